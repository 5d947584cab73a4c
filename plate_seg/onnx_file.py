"""An exported model as one ONNX file, for runtimes that know neither TensorFlow nor TensorFlow Lite."""

import logging
import os
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path

import tensorflow as tf

from plate_seg.errors import UserError
from plate_seg.export import folder_beside
from plate_seg.lite import export_lite

OPSET = 18
SIGNATURE = "serving_default"


def export_onnx(run: Path, out: Path, others: Sequence[Path] = (), **chosen: float | None) -> Path:
    """Writes the file `out`, whole or not at all; one that is there already is replaced.

    It is made from the TensorFlow Lite file, which has its inputs, outputs and limits: see `lite.export_lite`.

    Args:
        run, others, chosen: as of `export.export_run`.

    Raises:
        UserError: tf2onnx is missing, a folder lacks a file or holds another graph, a value is out of range, or `out`
            cannot be written.
    """
    out = Path(out)
    if out.is_dir():
        raise UserError(out, "is a folder", "choose a file")
    converter = _converter(out)
    partial = folder_beside(out)
    try:
        lite, file = export_lite(run, partial / "model.tflite", others, **chosen), partial / out.name
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # TensorFlow means to move its interpreter elsewhere
            model, _ = converter.convert.from_tflite(str(lite), opset=OPSET)
            names = tensor_names(lite)
        file.write_bytes(named(model, names).SerializeToString())
        os.replace(file, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return out


def _converter(out):
    """Returns the module tf2onnx, which says nothing but what is wrong."""
    try:
        import tf2onnx
    except ImportError as error:
        raise UserError(out, f"no converter to ONNX ({error})", "pip install tf2onnx") from error
    for name in ("tf2onnx", *(name for name in logging.root.manager.loggerDict if name.startswith("tf2onnx."))):
        logging.getLogger(name).setLevel(logging.ERROR)
    return tf2onnx


def tensor_names(lite: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the names of the tensors behind the inputs and the outputs of a TensorFlow Lite file's signature."""
    runner = tf.lite.Interpreter(str(lite)).get_signature_runner(SIGNATURE)
    details = runner.get_input_details(), runner.get_output_details()
    return tuple({name: detail["name"] for name, detail in each.items()} for each in details)


def named(model, names: tuple[dict[str, str], dict[str, str]]):
    """Returns an ONNX model whose inputs and outputs have the names of a signature.

    Branches and loops reach for tensors of the graph by name, so those keep theirs and are handed on by `Identity`.

    Args:
        names: of inputs and outputs, each with the tensor behind it.
    """
    from onnx import helper

    inputs, outputs = names
    graph = model.graph
    known = {value.name: value.type for value in (*graph.input, *graph.output)}
    ways_in = [helper.make_node("Identity", [name], [tensor]) for name, tensor in inputs.items()]
    ways_out = [helper.make_node("Identity", [tensor], [name]) for name, tensor in outputs.items()]
    made = helper.make_graph(
        [*ways_in, *graph.node, *ways_out],
        "plate_seg",
        [helper.make_value_info(name, known[tensor]) for name, tensor in inputs.items()],
        [helper.make_value_info(name, known[tensor]) for name, tensor in outputs.items()],
        list(graph.initializer),
    )
    return helper.make_model(made, opset_imports=model.opset_import, ir_version=model.ir_version)
