"""The models under measure, each built in the process that runs it."""

import os
import tempfile
from pathlib import Path

import numpy as np
from worker import Ready

SIDE = 640  # pixels of YOLO11n-seg's input, whatever the picture's size
OFFLINE = {"YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false", "YOLO_VERBOSE": "false"}


def build_ours(model: Path, images: np.ndarray, threads: int) -> Ready:
    """Loads an exported model; one call takes pixels in memory to numpy arrays of every output.

    Args:
        images: uint8 RGB [batch, height, width, 3].
    """
    import tensorflow as tf

    from plate_seg import predict

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    finder = predict.load(model)
    signature = finder.loaded.signatures["serving_default"]

    def call():
        return {name: output.numpy() for name, output in signature(images=tf.constant(images)).items()}

    def count():
        return count_found(call(), finder.threshold) | count_crops(signature, images)

    return Ready(call, count, f"tensorflow {tf.__version__}")


def build_lite(model: Path, images: np.ndarray, threads: int) -> Ready:
    """Makes the TensorFlow Lite file of an exported model; one call takes pixels to every output, a picture at a time.

    Args:
        images: as of `build_ours`.
    """
    import tensorflow as tf

    from plate_seg import description
    from plate_seg.export import spell
    from plate_seg.lite import export_lite

    with tempfile.TemporaryDirectory() as folder:
        content = export_lite(model, Path(folder) / "plate_seg.tflite").read_bytes()
    run = tf.lite.Interpreter(model_content=content, num_threads=threads).get_signature_runner("serving_default")

    def call():
        found = [run(images=image[None]) for image in images]
        return {name: np.concatenate([each[name] for each in found]) for name in found[0]}

    def count():
        found = call()
        texts = spell(tf.constant(found["character_classes"])).numpy()
        return count_found({**found, "plate_text": texts}, description.threshold(model))

    return Ready(call, count, f"TensorFlow Lite of tensorflow {tf.__version__}")


def build_theirs(batch: int, threads: int) -> Ready:
    """Builds YOLO11n-seg with random weights, batch norm fused; one call is its forward pass, without NMS and masks.

    It needs no picture, and a download neither: the time does not depend on what the numbers are.
    """
    os.environ.update(OFFLINE, YOLO_CONFIG_DIR=tempfile.gettempdir(), OMP_NUM_THREADS=str(threads))
    import torch
    import ultralytics
    from ultralytics.nn.tasks import SegmentationModel

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = SegmentationModel("yolo11n-seg.yaml", verbose=False).eval()
    model.fuse(verbose=False)
    pixels = torch.rand(batch, 3, SIDE, SIDE)

    def call():
        with torch.inference_mode():
            return model(pixels)

    return Ready(call, dict, f"ultralytics {ultralytics.__version__}, torch {torch.__version__}")


def count_found(outputs: dict[str, np.ndarray], threshold: float) -> dict:
    """Returns plates from the score `threshold` and their characters, a picture, and the texts of the first picture."""
    is_found = outputs["detection_scores"] >= threshold
    batch = len(is_found)
    return {
        "plates": float(is_found.sum() / batch),
        "characters": float(outputs["num_characters"][is_found].sum() / batch),
        "texts": [text.decode() for text in outputs["plate_text"][0][is_found[0]]],
    }


def count_crops(signature, images: np.ndarray) -> dict[str, float]:
    """Returns the crops a picture that the second stage looked at, empty for a model without the layer that says so."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    frozen = convert_variables_to_constants_v2(signature)
    definition = frozen.graph.as_graph_def()
    places = [node.name for node in definition.node if "/serving_crops" in node.name and node.op == "Where"]
    if len(places) != 1:
        return {}
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(definition, name="")
        with tf.compat.v1.Session(graph=graph) as session:
            rows = session.run(f"{places[0]}:0", {frozen.inputs[0].name: images})
    return {"crops": len(rows) / len(images)}
