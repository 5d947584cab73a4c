"""Compares the TensorFlow Lite and the ONNX file of an exported model with the SavedModel: its answers and its time.

Run, for example:
    python benchmarks/files_against_tensorflow.py --model saved_models/plate_seg --data DIR --split val --count 60

Each picture of some of a split goes through both, one at a time, on two threads each; the first answer of a picture is
not timed, since both prepare for its size. The ONNX file needs `pip install -e ".[test]"`.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from plate_seg import outputs, provenance
from plate_seg.errors import UserError

THREADS = 2
ROUNDS = 3  # timed answers a picture, in turns; their median counts


def compare(expect: Callable, find: Callable, pictures: Sequence[np.ndarray], threshold: float) -> pd.DataFrame:
    """Returns rows of how far two models' answers lie apart and how long they take.

    Args:
        expect, find: the SavedModel's and the file's; from uint8 [1, height, width, 3] to a dict of arrays.
        threshold: score from which a plate counts.
    """
    same, plates, box_distances, score_distances, seconds = 0, 0, [0.0], [0.0], []
    for image in tqdm(pictures, unit="picture", disable=None):
        expected, found = expect(image), find(image)
        counts = expected["detection_scores"] >= threshold
        agrees = counts & (found["detection_scores"] >= threshold)
        agrees &= (expected["character_classes"] == found["character_classes"]).all(-1)
        plates, same = plates + counts.sum(), same + agrees.sum()
        box_distances.append(np.abs(expected["detection_boxes"] - found["detection_boxes"])[agrees].max(initial=0.0))
        score_distances.append(
            np.abs(expected["detection_scores"] - found["detection_scores"])[agrees].max(initial=0.0)
        )
        seconds.append(np.median([[_timed(model, image) for model in (expect, find)] for _ in range(ROUNDS)], axis=0))
    theirs, ours = 1000 * np.array(seconds).T
    rows = [
        ("plates", plates, "", "", len(pictures)),
        ("plates with the same text", same, "", "", len(pictures)),
        ("largest distance of their boxes", max(box_distances), "", "", len(pictures)),
        ("largest distance of their scores", max(score_distances), "", "", len(pictures)),
    ]
    for name, values in (("ms, SavedModel", theirs), ("ms, file", ours), ("SavedModel / file", theirs / ours)):
        rows.append((name, np.median(values), values.min(), values.max(), len(pictures)))
    return pd.DataFrame(rows, columns=["measure", "value", "low", "high", "pictures"])


def _timed(model, image):
    start = time.perf_counter()
    model(image)
    return time.perf_counter() - start


def main() -> int:
    """Measures and writes the table; returns the exit status."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--model", type=Path, default=Path("saved_models/plate_seg"), metavar="DIR")
    made.add_argument("--data", type=Path, required=True, metavar="DIR")
    made.add_argument("--split", default="val")
    made.add_argument("--count", type=int, default=60, metavar="N", help="pictures, evenly drawn")
    made.add_argument("--out", type=Path, default=Path("docs/results/files.csv"), metavar="FILE")
    options = made.parse_args()
    try:
        outputs.check_writable(options.out)
        rows = _measure(options)
        print(rows.to_string(index=False))
        source = {"commit": provenance.commit(), "command": provenance.command()}
        rows = rows.assign(split=options.split, cpu=provenance.processor(), **source)
        outputs.write_beside(options.out, rows.to_csv(index=False))
    except UserError as error:
        print(f"{made.prog}: {error}", file=sys.stderr)
        return 1
    return 0


def _measure(options):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)  # before the package starts TensorFlow

    from plate_seg import start
    from plate_seg.data.pictures import read_picture
    from plate_seg.data.readers import read_split
    from plate_seg.lite import export_lite
    from plate_seg.onnx_file import export_onnx

    samples = read_split(options.data, options.split)
    pictures = [read_picture(one.path)[None] for one in samples[:: max(1, len(samples) // options.count)]]
    threshold = start.of_export(options.model).config.score_threshold
    serve = tf.saved_model.load(str(options.model)).signatures["serving_default"]

    def expect(image):
        return {name: value.numpy() for name, value in serve(images=tf.constant(image)).items()}

    parts = []
    for export, load, name in ((export_lite, _lite, "plate_seg.tflite"), (export_onnx, _onnx, "plate_seg.onnx")):
        with tempfile.TemporaryDirectory() as folder:
            file = export(options.model, Path(folder) / name)
            rows = compare(expect, load(file), pictures, threshold)
            size = pd.DataFrame([{"measure": "MiB, file", "value": file.stat().st_size / 2**20}])
        parts.append(pd.concat([rows, size]).assign(file=file.suffix))
    return pd.concat(parts)


def _lite(file):
    import tensorflow as tf

    runner = tf.lite.Interpreter(str(file), num_threads=THREADS).get_signature_runner("serving_default")
    return lambda image: runner(images=image)


def _onnx(file):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(file, settings)
    names = [one.name for one in session.get_outputs()]
    return lambda image: dict(zip(names, session.run(names, {"images": image}), strict=True))


if __name__ == "__main__":
    sys.exit(main())
