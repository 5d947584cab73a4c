"""The exported folder: both signatures, without the package, at several sizes, and never half-written."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from plate_seg import alphabet
from plate_seg.errors import UserError
from plate_seg.export import OUTPUTS, Serving, check_replaceable, export, export_run, spell

SIZES = [(1, 1), (40, 64), (8, 600), (97, 33)]

STRANGER = """
import sys
sys.modules["plate_seg"] = None  # importing it fails from here on
import numpy as np, tensorflow as tf
loaded = tf.saved_model.load(sys.argv[1])
pictures = np.load(sys.argv[2])
for name in pictures.files:
    image = pictures[name]
    found = loaded.signatures["serving_default"](images=tf.constant(image[None]))
    encoded = tf.stack([tf.io.encode_png(image), tf.io.encode_png(image[:, :1])])
    several = loaded.signatures["serving_bytes"](encoded=encoded)
    arrays = {"default_" + key: value.numpy() for key, value in found.items()}
    arrays |= {"bytes_" + key: value.numpy() for key, value in several.items()}
    np.savez(sys.argv[3] + "/" + name, **{key: value.astype("U") if value.dtype == object else value
             for key, value in arrays.items()})
"""


@pytest.fixture(scope="module")
def pictures():
    random = np.random.default_rng(3)
    return {f"{h}x{w}": random.integers(60, 256, (h, w, 3), np.uint8) for h, w in SIZES}


@pytest.fixture(scope="module")
def answers(toy_model, pictures, tmp_path_factory):
    """What a program without the package gets from the exported folder, by picture."""
    folder = tmp_path_factory.mktemp("stranger")
    np.savez(folder / "pictures.npz", **pictures)
    (folder / "answers").mkdir()
    arguments = [str(toy_model), str(folder / "pictures.npz"), str(folder / "answers")]
    subprocess.run([sys.executable, "-I", "-c", STRANGER, *arguments], cwd=folder / "answers", check=True)
    return {name: np.load(folder / "answers" / f"{name}.npz") for name in pictures}


def test_stranger_gets_the_answers_of_keras_at_every_size(answers, toy_view, pictures):
    for name, image in pictures.items():
        expected = toy_view(image[None])
        for output in OUTPUTS:
            np.testing.assert_allclose(answers[name][f"default_{output}"], expected[output], 1e-6, err_msg=output)


def test_serving_bytes_takes_files_of_different_sizes(answers, toy_view, pictures):
    for name, image in pictures.items():
        narrow = toy_view(image[None, :, :1])
        for output in OUTPUTS:
            both = answers[name][f"bytes_{output}"]
            np.testing.assert_allclose(both[0], answers[name][f"default_{output}"][0], 1e-6, err_msg=output)
            np.testing.assert_allclose(both[1], narrow[output][0], 1e-6, err_msg=output)


def test_outputs_are_those_of_the_contract_with_numeric_types(toy_model):
    import tensorflow as tf

    signatures = tf.saved_model.load(str(toy_model)).signatures
    kinds = {name: spec.dtype.name for name, spec in signatures["serving_default"].structured_outputs.items()}
    integers = {"num_detections": "int32", "num_characters": "int32", "character_classes": "int32"}
    special = integers | {"character_masks": "uint8", "plate_text": "string"}

    assert kinds == {name: special.get(name, "float32") for name in (*OUTPUTS, "plate_text")}
    assert {name: spec.dtype.name for name, spec in signatures["serving_bytes"].structured_outputs.items()} == kinds


def test_plate_text_follows_the_classes(answers, pictures):
    for name in pictures:
        classes = answers[name]["default_character_classes"][0]
        assert list(answers[name]["default_plate_text"][0]) == [alphabet.text(row) for row in classes]
        assert answers[name]["default_plate_text"][0, 0].startswith("?1")


def test_spell_reads_every_class_and_skips_padding():
    classes = np.array([[0, 9, 10, 35], [36, -1, -1, -1], [-1, -1, -1, -1]], "int32")

    assert spell(classes).numpy().tolist() == [b"09AZ", b"?", b""]


def test_serving_bytes_reads_jpeg_and_grey_png(toy_model):
    import tensorflow as tf

    find = tf.saved_model.load(str(toy_model)).signatures["serving_bytes"]
    grey = np.full((20, 30), 128, np.uint8)
    files = [cv2.imencode(suffix, grey)[1].tobytes() for suffix in (".jpg", ".png")]

    scores = find(encoded=tf.constant(files))["detection_scores"][:, 0]

    np.testing.assert_allclose(scores, 0.5 * 128 / 127.5, atol=1e-6)


def test_serving_bytes_shows_the_model_a_phone_picture_upright(toy_view):
    import keras
    import tensorflow as tf

    images = keras.Input((None, None, 3), dtype="uint8")
    top_left = Serving(keras.Model(images, toy_view(images[:, :8, :8])))
    stored = np.zeros((40, 60, 3), np.uint8)
    stored[20:, :30] = 255  # in the lower left, which a quarter clockwise brings to the upper left
    scores = []
    for value in (1, 6):
        exif, file = Image.Exif(), io.BytesIO()
        exif[0x0112] = value
        Image.fromarray(stored).save(file, "jpeg", exif=exif)
        scores += [float(top_left.find_encoded(tf.constant([file.getvalue()]))["detection_scores"][0, 0])]

    assert scores[0] < 0.1 and scores[1] > 0.9


@pytest.mark.parametrize("shape", [(1, 0, 5, 3), (1, 5, 0, 3), (0, 5, 5, 3)])
def test_no_pictures_and_pictures_without_pixels_get_a_clear_line(toy_model, shape):
    import tensorflow as tf

    find = tf.saved_model.load(str(toy_model)).signatures["serving_default"]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"images must be uint8 \[batch, height, width, 3\]"):
        find(images=tf.zeros(shape, tf.uint8))


@pytest.mark.parametrize("shape", [(5, 5, 3), (1, 5, 5, 1), (1, 5, 5, 4)])
def test_pictures_of_another_rank_or_with_other_channels_are_refused(toy_model, shape):
    import tensorflow as tf

    find = tf.saved_model.load(str(toy_model)).signatures["serving_default"]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"images must be uint8"):
        find(images=tf.zeros(shape, tf.uint8))


def test_folder_says_alphabet_threshold_and_version(toy_model):
    description = json.loads((toy_model / "plate_seg.json").read_text())

    assert description["alphabet"] == alphabet.CHARACTERS
    assert description["threshold"] == 0.3
    assert description["version"] == "0.1.0"


def test_export_replaces_a_model_and_leaves_nothing_beside(toy_view, tmp_path):
    out = tmp_path / "models" / "plate_seg"
    export(toy_view, out)
    (out / "variables" / "variables.data-00001-of-00002").touch()  # of an older model
    (out.parent / "README.md").touch()

    export(toy_view, out, threshold=0.7)

    assert sorted(path.name for path in out.parent.iterdir()) == ["README.md", "plate_seg"]
    assert not (out / "variables" / "variables.data-00001-of-00002").exists()
    assert json.loads((out / "plate_seg.json").read_text())["threshold"] == 0.7


def test_export_spares_a_folder_of_something_else(toy_view, tmp_path):
    (tmp_path / "photo.jpg").touch()

    with pytest.raises(UserError, match="choose another folder"):
        export(toy_view, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


@pytest.mark.parametrize("name", ["notes.txt", "1/x", "variables/mine.txt"])
def test_export_spares_what_somebody_put_beside_a_model(toy_model, toy_view, tmp_path, name):
    out = shutil.copytree(toy_model, tmp_path / "model")
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("mine")

    for attempt in (lambda: export(toy_view, out), lambda: export_run(tmp_path, out)):
        with pytest.raises(UserError, match=f"{name.split('/')[0]}.*move it, or choose another folder"):
            attempt()

    assert (out / name).read_text() == "mine"


def test_the_shipped_model_may_be_replaced():
    check_replaceable(Path(__file__).parents[1] / "saved_models" / "plate_seg")


def test_export_refuses_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UserError, match="name a new folder"):
        export_run(tmp_path, Path("."))


def test_failed_export_leaves_the_old_model(toy_view, toy_model, monkeypatch):
    before = (toy_model / "plate_seg.json").read_text()
    monkeypatch.setattr("tensorflow.saved_model.save", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        export(toy_view, toy_model)

    assert (toy_model / "plate_seg.json").read_text() == before
    assert [path.name for path in toy_model.parent.iterdir()] == ["plate_seg"]


def test_an_export_that_cannot_be_put_in_place_leaves_the_old_model(toy_view, toy_model, monkeypatch):
    before, replace = (toy_model / "plate_seg.json").read_text(), os.replace

    def fail(source, target):
        if Path(source).name == "made":
            raise OSError(5, "Input/output error")
        replace(source, target)

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(UserError, match="Input/output error"):
        export(toy_view, toy_model, threshold=0.9)

    assert (toy_model / "plate_seg.json").read_text() == before
    assert [path.name for path in toy_model.parent.iterdir()] == ["plate_seg"]


def test_export_refuses_a_model_without_the_outputs(tmp_path):
    import keras

    images = keras.Input((None, None, 3), dtype="uint8")
    model = keras.Model(images, {"num_detections": keras.ops.sum(images, (1, 2, 3))})

    with pytest.raises(ValueError, match="character_boxes"):
        export(model, tmp_path / "plate_seg")


def test_export_to_a_place_that_cannot_be_made_is_one_clear_line(toy_view, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="choose a folder that can be written"):
        export(toy_view, tmp_path / "file" / "plate_seg")


def test_export_run_rebuilds_the_real_graph_from_configuration_and_weights(tmp_path):
    import tensorflow as tf

    from plate_seg import config
    from plate_seg.models import segmenter

    settings = config.Config(model=config.ModelConfig(pyramid_channels=16, score_threshold=0.25))
    view = segmenter.serving_view(segmenter.build(settings.model))
    config.save(settings, tmp_path / "config.json")
    view.save_weights(tmp_path / "model.weights.h5")

    out = export_run(tmp_path, tmp_path / "exported")

    find = tf.saved_model.load(str(out)).signatures["serving_default"]
    for size in ((1, 1), (8, 600), (120, 160)):
        image = np.random.default_rng(5).integers(0, 256, (1, *size, 3), np.uint8)
        found, expected = find(images=tf.constant(image)), view(image)
        for output in OUTPUTS:
            np.testing.assert_allclose(found[output], expected[output], 1e-4, 1e-4, err_msg=output)
    nodes = [node for function in find.graph.as_graph_def().library.function for node in function.node_def]
    strides = [list(node.attr["strides"].list.i) for node in nodes if node.op == "Conv2D"]
    assert [1, 2, 4, 1] in strides  # the stem's pairs
    assert json.loads((out / "plate_seg.json").read_text())["threshold"] == 0.25


@pytest.mark.slow
def test_what_was_exported_is_exported_again_with_another_canvas(tmp_path):
    import tensorflow as tf

    from plate_seg import config
    from plate_seg.models import segmenter

    settings = config.Config(model=config.ModelConfig(pyramid_channels=16, canvas=64))
    config.save(settings, tmp_path / "config.json")
    segmenter.serving_view(segmenter.build(settings.model)).save_weights(tmp_path / "model.weights.h5")
    image = tf.constant(np.random.default_rng(5).integers(0, 256, (1, 120, 160, 3), np.uint8))

    once = export_run(tmp_path, tmp_path / "once", canvas=128)
    twice = export_run(export_run(tmp_path, tmp_path / "first"), tmp_path / "twice", canvas=128)

    found, again = (tf.saved_model.load(str(out)).signatures["serving_default"](images=image) for out in (once, twice))
    for output in OUTPUTS:
        np.testing.assert_array_equal(found[output], again[output], err_msg=output)


@pytest.fixture
def default(monkeypatch, toy_view):
    """The graph of the run that `export_run` finds in any folder; the export is its threshold and graph."""
    from plate_seg import config, start
    from plate_seg import export as exporting
    from plate_seg.models.segmenter import Segmenter

    graph = config.ModelConfig()
    monkeypatch.setattr(start, "folded", lambda folders: Segmenter(None, None, None, graph))
    monkeypatch.setattr(exporting, "pair", lambda parts: parts)
    monkeypatch.setattr(exporting.segmenter, "serving_view", lambda parts: toy_view)
    monkeypatch.setattr(exporting, "export", lambda view, out, threshold, graph: (threshold, graph))
    return graph


def test_export_run_takes_what_was_chosen_after_training(tmp_path, default):
    threshold, graph = export_run(tmp_path, tmp_path / "out", canvas=512, score_threshold=0.7, proposal_threshold=0.3)
    assert (threshold, graph.canvas, graph.score_threshold, graph.proposal_threshold) == (0.7, 512, 0.7, 0.3)
    assert export_run(tmp_path, tmp_path / "out") == (default.score_threshold, default)
    threshold, graph = export_run(tmp_path, tmp_path / "out", plate_temperature=0.5)
    assert threshold == graph.score_threshold == pytest.approx(0.9)  # 0.75 of odds 3, which the temperature squares
    assert export_run(tmp_path, tmp_path / "out", plate_temperature=0.5, score_threshold=0.8)[0] == 0.8
    with pytest.raises(UserError, match="multiple of 32"):
        export_run(tmp_path, tmp_path / "out", canvas=500)


def test_export_run_names_the_file_that_a_run_lacks(tmp_path):
    with pytest.raises(UserError, match=r"config\.json: No such file"):
        export_run(tmp_path, tmp_path / "exported")
