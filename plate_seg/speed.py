"""What an exported model costs: milliseconds a picture, memory, parameters, operations and file size.

`measure_speed` runs this file in a fresh process, so that the peak memory is the model's and TensorFlow's alone.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from plate_seg import provenance
from plate_seg.errors import UserError
from plate_seg.metrics.measure import COLUMNS

SETTINGS = ((640, 480, 1), (640, 480, 8), (1920, 1080, 1))  # width, height, batch
WARMUP = 3  # the first calls trace and plan memory
SECONDS = 8.0  # of timing, at least LEAST and at most MOST calls
LEAST, MOST = 5, 100
PER_MEGABYTE = 1 / 2**20


def measure_speed(model: Path, picture: Path | None = None, settings=SETTINGS) -> pd.DataFrame:
    """Returns rows in the columns of `measure`, source "speed", a group for each width, height and batch.

    Args:
        picture: what to run on, scaled to each size; noise if None, on which most models find nothing.

    Raises:
        UserError: the model cannot be run.
    """
    rows = []
    for width, height, batch in settings:
        command = [sys.executable, "-m", "plate_seg.speed", model, "--size", width, height, "--batch", batch]
        command += ["--picture", picture] if picture else []
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=_environment())
        if done.returncode:
            raise UserError(
                model, (done.stderr.strip().splitlines() or ["ended without a word"])[-1], "export it again"
            )
        measured = json.loads(done.stdout.splitlines()[-1])
        calls, group = measured.pop("calls"), f"{width}x{height} batch {batch}"
        rows += [("speed", group, name, value, calls, np.nan, np.nan) for name, value in measured.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def profile(model: Path, image: np.ndarray, batch: int) -> dict[str, float]:
    """Measures a model in this process.

    Args:
        image: uint8 [height, width, 3].

    Returns:
        By name: times in milliseconds a picture, memory and size in MiB, gigaflops a picture (a multiply-add is two).
    """
    import tensorflow as tf

    loaded = tf.saved_model.load(str(model))
    signature = loaded.signatures["serving_default"]
    images = tf.constant(np.repeat(image[None], batch, 0))
    times = _time(lambda: {name: each.numpy() for name, each in signature(images=images).items()}) / batch
    peak = peak_memory()
    return {
        "milliseconds_median": float(np.median(times)),
        "milliseconds_min": float(times.min()),
        "milliseconds_max": float(times.max()),
        "pictures_per_second": float(1000 / np.median(times)),
        "peak_memory_mib": peak * PER_MEGABYTE,
        "parameters": count_parameters(signature),
        "gigaflops": count_operations(signature, images) / batch / 1e9,
        "file_size_mib": sum(file.stat().st_size for file in Path(model).rglob("*") if file.is_file()) * PER_MEGABYTE,
        "threads": provenance.threads(),
        "calls": len(times),
    }


def peak_memory() -> float:
    """Returns the most bytes of memory that this process has held at once; NaN where the system does not say (Windows).

    On Linux from its own status: `getrusage` also remembers the peak of the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return math.nan
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def count_parameters(signature) -> int:
    """Returns how many numbers a signature's variables hold, constants in its graph not counted."""
    return int(sum(np.prod(variable.shape) for variable in {id(each): each for each in signature.variables}.values()))


def count_operations(signature, images) -> int:
    """Returns the floating-point operations of one call on `images`, a multiply and an add counted as two.

    The shapes are those of a real run, since much of the graph has none before; operations without a known cost
    (resizing, sorting) and inside loops count nothing or once.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    frozen = convert_variables_to_constants_v2(signature)
    options = tf.compat.v1.RunOptions(trace_level=tf.compat.v1.RunOptions.FULL_TRACE)
    config = tf.compat.v1.ConfigProto()
    config.graph_options.optimizer_options.opt_level = tf.compat.v1.OptimizerOptions.L0
    config.graph_options.rewrite_options.disable_meta_optimizer = True  # else operations merge and lose their names
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(_kept_apart(frozen.graph.as_graph_def()), name="")
        trace = tf.compat.v1.RunMetadata()
        with tf.compat.v1.Session(graph=graph, config=config) as session:
            outputs = [output.name for output in frozen.outputs]
            feed = {frozen.inputs[0].name: images.numpy()}
            session.run(outputs, feed, options=options, run_metadata=trace)
        wanted = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
        wanted["output"] = "none"
        return tf.compat.v1.profiler.profile(graph, run_meta=trace, cmd="op", options=wanted).total_float_ops


def _kept_apart(definition):
    """Puts an identity before each bias: oneDNN merges a bias into its convolution, which is then not counted."""
    for node in [each for each in definition.node if each.op == "BiasAdd"]:
        apart = definition.node.add(name=f"{node.name}/apart", op="Identity", input=node.input[:1])
        apart.attr["T"].CopyFrom(node.attr["T"])
        node.input[0] = apart.name
    return definition


def _time(call) -> np.ndarray:
    """Returns milliseconds of each call, after some that do not count."""
    for _ in range(WARMUP):
        call()
    times, start = [], time.perf_counter()
    while len(times) < LEAST or (len(times) < MOST and time.perf_counter() - start < SECONDS):
        before = time.perf_counter()
        call()
        times.append((time.perf_counter() - before) * 1000)
    return np.array(times)


def _environment() -> dict[str, str]:
    """Returns this process's environment with this package importable, installed or not."""
    root = str(Path(__file__).resolve().parents[1])
    paths = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "TF_CPP_MIN_LOG_LEVEL": "3"}


def _main():
    import cv2

    from plate_seg.data.pictures import read_picture

    parser = argparse.ArgumentParser(description="Measures an exported model in this process and prints JSON.")
    parser.add_argument("model", type=Path)
    parser.add_argument("--size", type=int, nargs=2, default=SETTINGS[0][:2], metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    width, height = options.size
    if options.picture:
        image = cv2.resize(read_picture(options.picture), (width, height), interpolation=cv2.INTER_AREA)
    else:
        image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    print(json.dumps(profile(options.model, image, options.batch)))


if __name__ == "__main__":
    _main()
