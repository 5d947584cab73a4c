"""The ONNX file: the answers and the names of the TensorFlow Lite file, on pictures of any size, never half-written."""

import builtins
from pathlib import Path

import numpy as np
import pytest

from plate_seg import onnx_file
from plate_seg.data.pictures import read_picture
from plate_seg.errors import UserError
from plate_seg.export import OUTPUTS
from plate_seg.onnx_file import export_onnx

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "saved_models" / "plate_seg"
SCENES = sorted((ROOT / "data" / "samples" / "images").iterdir())[:2]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The shipped model's file in ONNX Runtime."""
    pytest.importorskip("tf2onnx")
    runtime = pytest.importorskip("onnxruntime")
    return runtime.InferenceSession(export_onnx(SHIPPED, tmp_path_factory.mktemp("onnx") / "plate_seg.onnx"))


@pytest.mark.slow
def test_the_file_takes_one_picture_and_gives_the_names_of_the_contract(session):
    ((name, kind, shape),) = [(one.name, one.type, one.shape) for one in session.get_inputs()]

    assert (name, kind, shape[0], shape[3]) == ("images", "tensor(uint8)", 1, 3)
    assert {one.name for one in session.get_outputs()} == set(OUTPUTS)


@pytest.mark.slow
def test_the_file_answers_as_the_saved_model_on_pictures_of_several_sizes(session):
    import tensorflow as tf

    expect = tf.saved_model.load(str(SHIPPED)).signatures["serving_default"]
    names = [one.name for one in session.get_outputs()]
    scene, other = (read_picture(path)[None] for path in SCENES)
    plates = 0
    # sides that are multiples of 32, that are none, larger than the canvas, so large that it has two windows of odd
    # sizes, and smaller than a stride
    for image in (
        scene,
        other,
        scene[:, ::2, ::2],
        scene[:, 30:265, :361],
        np.tile(scene, (1, 2, 3, 1)),
        scene[:, 30:265, :311].repeat(3, 1).repeat(3, 2),
        scene[:, :1, :1],
    ):
        expected = expect(images=tf.constant(image))
        plates += int(expected["num_detections"].numpy().sum())
        for name, rows in zip(names, session.run(names, {"images": image}), strict=True):
            assert rows.dtype == expected[name].dtype.as_numpy_dtype
            if name == "character_masks":  # a cell on the edge of a stroke may fall either way
                assert (rows != expected[name].numpy()).mean() < 1e-4
            else:
                np.testing.assert_allclose(rows, expected[name], atol=4e-3, err_msg=name)
    assert plates >= 3


def test_inputs_and_outputs_get_their_names_and_branches_still_reach_for_them():
    pytest.importorskip("tf2onnx")
    runtime, helper = pytest.importorskip("onnxruntime"), pytest.importorskip("onnx").helper
    kind = pytest.importorskip("onnx").TensorProto.FLOAT

    def branch(operation):
        node = helper.make_node(operation, ["in:0"], [f"{operation}:0"])
        return helper.make_graph([node], operation, [], [helper.make_tensor_value_info(f"{operation}:0", kind, ["n"])])

    nodes = [
        helper.make_node("ReduceMax", ["in:0"], ["most"], keepdims=0),
        helper.make_node("Greater", ["most", "zero"], ["is_more"]),
        helper.make_node("If", ["is_more"], ["out:7"], then_branch=branch("Neg"), else_branch=branch("Abs")),
    ]
    values = [[helper.make_tensor_value_info(name, kind, ["n"])] for name in ("in:0", "out:7")]
    graph = helper.make_graph(nodes, "toy", *values, [helper.make_tensor("zero", kind, [], [0.0])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", onnx_file.OPSET)], ir_version=8)

    made = onnx_file.named(model, ({"images": "in:0"}, {"scores": "out:7"}))

    session = runtime.InferenceSession(made.SerializeToString())
    for given, expected in (([1.0, 2.0], [-1.0, -2.0]), ([-1.0, -2.0], [1.0, 2.0])):
        np.testing.assert_array_equal(session.run(["scores"], {"images": np.float32(given)})[0], expected)


def test_without_the_converter_the_remedy_is_told(monkeypatch, tmp_path):
    plain = builtins.__import__

    def refuse(name, *rest):
        if name == "tf2onnx":
            raise ImportError("No module named 'tf2onnx'")
        return plain(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)

    with pytest.raises(UserError, match=r"a\.onnx: no converter to ONNX \(No module.*; pip install tf2onnx"):
        export_onnx(SHIPPED, tmp_path / "a.onnx")


def test_a_failed_conversion_leaves_the_old_file(monkeypatch, tmp_path):
    def fail(*_, **__):
        raise RuntimeError("no such operation")

    (tmp_path / "a.onnx").write_bytes(b"old")
    monkeypatch.setattr(onnx_file, "_converter", lambda out: None)
    monkeypatch.setattr(onnx_file, "export_lite", fail)

    with pytest.raises(RuntimeError):
        export_onnx(SHIPPED, tmp_path / "a.onnx")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.onnx": b"old"}


def test_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "a.onnx").mkdir()

    with pytest.raises(UserError, match="is a folder; choose a file"):
        export_onnx(SHIPPED, tmp_path / "a.onnx")
