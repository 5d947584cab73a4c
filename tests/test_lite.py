"""The TensorFlow Lite file: builtin operations alone, the answers of the SavedModel, and never half-written."""

from pathlib import Path

import numpy as np
import pytest

from plate_seg.data.pictures import read_picture
from plate_seg.errors import UserError
from plate_seg.export import OUTPUTS
from plate_seg.lite import export_lite

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "saved_models" / "plate_seg"
SCENES = sorted((ROOT / "data" / "samples" / "images").iterdir())[:2]


@pytest.fixture(scope="module")
def find(tmp_path_factory):
    """The signature of the shipped model's file; an operation that is not builtin would keep it from being made."""
    import tensorflow as tf

    file = export_lite(SHIPPED, tmp_path_factory.mktemp("lite") / "plate_seg.tflite")
    return tf.lite.Interpreter(str(file)).get_signature_runner("serving_default")


def test_the_file_answers_as_the_saved_model_on_pictures_of_several_sizes(find):
    import tensorflow as tf

    expect = tf.saved_model.load(str(SHIPPED)).signatures["serving_default"]
    scene, other = (read_picture(path)[None] for path in SCENES)
    plates = 0
    large = scene[:, 30:265, :311].repeat(3, 1).repeat(3, 2)
    for image in (scene, other, scene[:, ::2, ::2], np.tile(scene, (1, 2, 3, 1)), large, scene[:, :1, :1]):
        expected, found = expect(images=tf.constant(image)), find(images=image)
        assert set(found) == set(OUTPUTS)
        plates += int(found["num_detections"].sum())
        for name, rows in found.items():
            assert rows.dtype == expected[name].dtype.as_numpy_dtype
            if name == "character_masks":  # a stroke begins at a threshold, and rounding may be what crosses it
                assert np.mean(rows != expected[name]) < 1e-4
            else:  # of a box, half of the place of its strokes' edge
                np.testing.assert_allclose(rows, expected[name], atol=4e-3, err_msg=name)
    assert plates >= 3


def test_the_file_takes_one_picture_of_bytes(find):
    details = find.get_input_details()["images"]

    assert (details["dtype"], list(details["shape_signature"])) == (np.uint8, [1, -1, -1, 3])


@pytest.fixture
def converter(monkeypatch, toy_view):
    """A run whose model is the stand-in, and what TensorFlow's converter is replaced by."""
    import tensorflow as tf

    from plate_seg import lite

    class Converter:
        converted = b"model"

        @classmethod
        def from_saved_model(cls, folder, signature_keys):
            assert (Path(folder) / "saved_model.pb").is_file() and signature_keys == ["serving_default"]
            return cls()

        def convert(self):
            if self.converted is None:
                raise RuntimeError("no such operation")
            return self.converted

    monkeypatch.setattr(lite, "chosen_parts", lambda run, chosen: (run, chosen))
    monkeypatch.setattr(lite.segmenter, "serving_view", lambda parts, dtype: toy_view)
    monkeypatch.setattr(tf.lite, "TFLiteConverter", Converter)
    return Converter


def test_a_file_is_replaced_and_nothing_is_left_beside(converter, tmp_path):
    (tmp_path / "a.tflite").write_bytes(b"old")

    assert export_lite(tmp_path, tmp_path / "a.tflite") == tmp_path / "a.tflite"

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.tflite": b"model"}


def test_a_failed_conversion_leaves_the_old_file(converter, tmp_path, monkeypatch):
    (tmp_path / "a.tflite").write_bytes(b"old")
    monkeypatch.setattr(converter, "converted", None)

    with pytest.raises(RuntimeError):
        export_lite(tmp_path, tmp_path / "a.tflite")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.tflite": b"old"}


def test_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "a.tflite").mkdir()

    with pytest.raises(UserError, match="is a folder; choose a file"):
        export_lite(SHIPPED, tmp_path / "a.tflite")


def test_a_run_that_is_none_is_one_clear_line(tmp_path):
    with pytest.raises(UserError, match=r"config\.json: No such file"):
        export_lite(tmp_path, tmp_path / "a.tflite")
