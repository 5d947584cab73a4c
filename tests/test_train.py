"""One run: its folder, its optimizer, its end in float32, and going on where it was interrupted."""

import dataclasses
import json
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg import config as configs
from plate_seg import train as training
from plate_seg.callbacks import training as callbacks
from plate_seg.checkpoint import Checkpoint
from plate_seg.config import Config, DataConfig, ModelConfig, TrainConfig
from plate_seg.data.collection import Collection
from plate_seg.data.pictures import read_picture, write_picture
from plate_seg.data.pipeline import Source
from plate_seg.data.sample import Character, Mask, Plate, Sample
from plate_seg.errors import UserError
from plate_seg.export import export_run
from plate_seg.found import unpack
from plate_seg.models import segmenter
from plate_seg.start import TEMPERATURES
from plate_seg.temperature import temper
from plate_seg.train import claim, finish, optimizer, train

TINY = Config(
    "tiny",
    DataConfig(),
    ModelConfig(pyramid_channels=8, crop_size=(16, 32), max_plates=2, max_characters=3, canvas=64),
    TrainConfig(epochs=2, steps=2, batch=2, picture=64, canvas=64, crops=1, warmup=1, precision="float32", ema=0.5),
)
FEW = '["plate_shape"]'  # layers to learn in runs that need only begin and end: tracing more of them takes longest


def make_pictures(folder):
    """Two pictures with a plate each."""
    random, box = np.random.default_rng(1), np.array([0.3, 0.2, 0.6, 0.8], "float32")
    letter = Character(3, np.array([0.35, 0.3, 0.55, 0.5], "float32"), mask=Mask(22, 20, np.ones((12, 12), bool)))
    samples = []
    for name in ("first", "second"):
        write_picture(folder / f"{name}.png", random.integers(0, 256, (64, 64, 3), np.uint8))
        samples.append(Sample(folder / f"{name}.png", 64, 64, (Plate(box, None, (letter,), True),)))
    return Collection([Source(samples)], list(samples))


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """They stand in for the data of a run."""
    data = make_pictures(tmp_path)
    monkeypatch.setattr(training.collection, "collect", lambda config: data)
    return data


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a finished run of `TINY`, for tests that leave it alone, and its serving view; its weights are
    fresh ones, since a training takes a minute."""
    folder = tmp_path_factory.mktemp("trained")
    claim(folder, TINY)
    return folder, finish(segmenter.build(TINY.model), folder)


def test_the_rate_warms_up_and_falls_to_a_hundredth():
    made = optimizer(TrainConfig(epochs=10, steps=10, warmup=20, learning_rate=0.01))

    rates = [float(made._learning_rate(step)) for step in (0, 10, 20, 60, 100)]

    np.testing.assert_allclose(rates, [0.0001, (0.0001 + 0.01) / 2, 0.01, (0.01 + 0.0001) / 2, 0.0001], rtol=1e-4)


def test_a_short_run_warms_up_for_a_quarter_at_most():
    made = optimizer(TrainConfig(epochs=1, steps=40, warmup=200, learning_rate=0.01))

    np.testing.assert_allclose(float(made._learning_rate(10)), 0.01, rtol=1e-5)


def test_norms_and_biases_do_not_decay():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), keras.layers.BatchNormalization()])
    made = optimizer(TrainConfig(weight_decay=0.5, warmup=0, learning_rate=0.1, ema=0))
    for weight in model.trainable_variables:
        weight.assign(weight * 0 + 1)

    made.apply([weight * 0 for weight in model.trainable_variables], model.trainable_variables)

    values = {weight.name: float(np.mean(weight)) for weight in model.trainable_variables}
    assert values.pop("kernel") < 0.99
    assert values == {"bias": 1, "gamma": 1, "beta": 1}


@pytest.mark.parametrize("ema", [0.0, 0.9])
def test_averages_are_kept_as_the_configuration_says(ema):
    made = optimizer(TrainConfig(ema=ema))

    assert (made.use_ema, made.global_clipnorm) == (ema > 0, 5.0)
    assert made.ema_momentum == ema


def test_claim_writes_what_is_needed_to_rebuild_the_run(tmp_path):
    claim(tmp_path / "runs" / "tiny", TINY)

    assert configs.load(tmp_path / "runs" / "tiny" / "config.json") == TINY
    environment = json.loads((tmp_path / "runs" / "tiny" / "environment.json").read_text())
    assert environment["keras"] == keras.__version__


@pytest.mark.parametrize("left", ["checkpoint-1.weights.h5", "model.weights.h5", "history.csv"])
def test_claim_lets_the_same_configuration_go_on_and_no_other(left, tmp_path):
    claim(tmp_path, TINY)
    (tmp_path / left).write_text("1")
    claim(tmp_path, TINY)

    with pytest.raises(UserError, match="holds a run with another configuration; give --run another folder"):
        claim(tmp_path, configs.replace(TINY, {"train.steps": "3"}))
    assert configs.load(tmp_path / "config.json") == TINY


def test_claim_takes_over_a_folder_where_nothing_was_trained(tmp_path):
    claim(tmp_path, TINY)
    (tmp_path / "history.csv").touch()  # as a run leaves it that dies within its first epoch
    other = configs.replace(TINY, {"train.steps": "3"})

    claim(tmp_path, other)

    assert configs.load(tmp_path / "config.json") == other


@pytest.mark.parametrize("fault", ["start", "run"])
def test_what_cannot_be_gone_on_from_is_told_before_pictures_are_made(fault, tmp_path, monkeypatch):
    monkeypatch.setattr(training.collection, "collect", lambda config: pytest.fail("pictures are made"))
    config, run = TINY, tmp_path / "run"
    if fault == "start":
        config = going_on_from(tmp_path / "nowhere")
    else:
        claim(run, going_on_from(tmp_path))
        (run / "model.weights.h5").touch()

    with pytest.raises(UserError, match="nowhere/config.json" if fault == "start" else "another configuration"):
        train(config, run)
    assert run.exists() == (fault == "run")


def test_a_run_folder_is_claimed_after_its_pictures_are_there(tmp_path, monkeypatch):
    def collect(config):
        raise UserError("a.jpg", "damaged picture", "remove it")

    monkeypatch.setattr(training.collection, "collect", collect)
    with pytest.raises(UserError, match="damaged"):
        train(TINY, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_run_folder_that_is_a_file_is_one_clear_line(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="give --run a folder that can be written"):
        claim(tmp_path / "file", TINY)


def test_finish_carries_the_weights_into_a_float32_serving_view(tmp_path):
    parts = segmenter.build(TINY.model)
    for layer in parts.layers:
        layer.set_weights([weight + 0.5 for weight in layer.get_weights()])

    view = finish(parts, tmp_path)

    renewed = segmenter.serving_view(segmenter.build(TINY.model))
    renewed.load_weights(tmp_path / "model.weights.h5")
    expected = [weight for layer in parts.layers for weight in layer.get_weights()]
    for made in (view, renewed):
        for one, two in zip(expected, made.get_weights(), strict=True):
            np.testing.assert_array_equal(two, one)
    assert [path.name for path in tmp_path.iterdir()] == ["model.weights.h5"]


class Copying(Checkpoint):
    """Leaves in the folder `broken` what an interruption after the first epoch would have left of a run."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            shutil.copytree(self.folder, self.folder.with_name("broken"))


@pytest.mark.slow
def test_an_interrupted_run_ends_with_the_weights_of_one_that_was_not(pictures, tmp_path, monkeypatch):
    """From the same first epoch on: fresh builds of a graph may round gradients in other ways, which Adam's first steps
    magnify."""
    config = configs.replace(TINY, {"train.ema": "0.9"})  # averages that reach back before the interruption
    with monkeypatch.context() as patch:
        patch.setattr(callbacks, "Checkpoint", Copying)
        whole = train(config, tmp_path / "whole").get_weights()
    assert not (tmp_path / "broken" / "model.weights.h5").exists()

    resumed = train(config, tmp_path / "broken").get_weights()

    for one, two in zip(whole, resumed, strict=True):
        np.testing.assert_allclose(two, one, atol=5e-4)
    epochs = [len((tmp_path / run / "history.csv").read_text().splitlines()) for run in ("whole", "broken")]
    assert epochs == [3, 3]  # a heading and two epochs

    again = train(config, tmp_path / "whole").get_weights()  # nothing is left to do
    for one, two in zip(whole, again, strict=True):
        np.testing.assert_array_equal(two, one)


@pytest.mark.slow
def test_a_run_without_averages_and_validation_ends_with_its_own_weights(pictures, tmp_path):
    config = configs.replace(TINY, {"train.ema": "0.0", "train.epochs": "1"})
    pictures.validation.clear()

    view = train(config, tmp_path / "run")

    assert all(np.isfinite(weight).all() for weight in view.get_weights())
    assert (tmp_path / "run" / "tensorboard").is_dir() and (tmp_path / "run" / "model.weights.h5").is_file()


def going_on_from(folder):
    """A run of hardly a change."""
    fields = {"start": str(folder), "learning_rate": 1e-9, "weight_decay": 0.0, "epochs": 1, "ema": 0.0}
    return dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, **fields))


def test_a_run_goes_on_from_the_weights_of_another(pictures, trained, tmp_path):
    first, view = trained

    second = train(going_on_from(first), tmp_path / "second")

    for before, after in zip(view.trainable_weights, second.trainable_weights, strict=True):
        np.testing.assert_allclose(after, before, atol=1e-6)


def test_a_run_has_the_model_that_it_goes_on_from_look_for_plates_doubt_labels_and_read(
    pictures, trained, tmp_path, monkeypatch
):
    first = shutil.copytree(trained[0], tmp_path / "first")
    image = read_picture(pictures.validation[0].path)
    expected = unpack({name: np.asarray(output) for name, output in trained[1](image[None]).items()})[0]
    kept = {"plate_temperature": 0.8, "character_temperature": 0.25}  # a young score stays above the least
    (first / TEMPERATURES).write_text(json.dumps(kept))
    asked, batches = [], training.pipeline.training_batches

    def ask(name):
        def step(sources, find, certainty):
            asked.append((name, sources[0].weight, find(image), certainty))
            heavier = [dataclasses.replace(source, weight=2 * source.weight) for source in sources]
            return heavier if name == "label" else (heavier, [])

        return step

    def draw(sources, *sizes):
        asked.append(("draw", sources[0].weight))
        return batches(sources, *sizes)

    monkeypatch.setattr(training.overlooked, "add", ask("add"))
    monkeypatch.setattr(training.doubts, "doubt", ask("doubt"))
    monkeypatch.setattr(training.self_labels, "label", ask("label"))
    monkeypatch.setattr(training.pipeline, "training_batches", draw)
    fields = {"data.overlooked": "0.9", "data.doubts": "0.8", "data.self_labels": "0.7"}
    train(configs.replace(going_on_from(first), {**fields, "train.learns": FEW}), tmp_path / "second")

    assert [(name, weight) for name, weight, *_ in asked] == [("add", 1), ("doubt", 2), ("label", 4), ("draw", 8)]
    assert [certainty for *_, certainty in asked[:3]] == [0.9, 0.8, 0.7]
    for _, _, found, _ in asked[:3]:
        assert len(found) == len(expected) > 0
        for plate, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(plate.box, other.box, atol=1e-4)
            np.testing.assert_allclose(plate.score, temper(other.score, 0.8), atol=1e-4)
    columns = {"overlooked": "path,source,ymin,xmin,ymax,xmax,score", "doubts": "path,source,told,read"}
    for name, line in {**columns, "self_labels": "source,open,labelled"}.items():
        assert (tmp_path / "second" / f"{name}.csv").read_text() == f"{line}\n"


def test_a_picture_that_is_gone_when_it_is_drawn_ends_the_run_with_its_name(pictures, tmp_path):
    pictures.training[0].samples[1].path.unlink()

    with pytest.raises(UserError, match=r"second\.png: no such file"):
        train(configs.replace(TINY, {"train.learns": FEW}), tmp_path / "run")
    with tf.summary.create_file_writer(str(tmp_path / "next")).as_default():
        assert tf.summary.should_record_summaries()  # of whatever the process does next


class Breaking(keras.callbacks.Callback):
    """Makes a weight infinite in the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            self.model.trainable_variables[0].assign(np.full(self.model.trainable_variables[0].shape, np.inf))


@pytest.mark.slow
def test_a_run_whose_weights_are_no_numbers_keeps_its_last_checkpoint_and_makes_no_model(
    pictures, tmp_path, monkeypatch
):
    made = training.training_callbacks
    monkeypatch.setattr(training, "training_callbacks", lambda *given: [Breaking(), *made(*given)])

    with pytest.raises(UserError, match="run: the loss or a weight is not finite; .*lower train.learning_rate"):
        train(TINY, tmp_path / "run")

    assert [path.name for path in (tmp_path / "run").glob("*.weights.h5")] == ["checkpoint-1.weights.h5"]


@pytest.mark.parametrize("field", ["data.self_labels", "data.doubts", "data.overlooked"])
def test_fresh_weights_are_not_asked_to_read(pictures, tmp_path, field):
    with pytest.raises(UserError, match=f"{field}: 0.9; give --start"):
        train(configs.replace(TINY, {field: "0.9"}), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_layers_that_do_not_learn_stay_as_they_are(pictures, trained, tmp_path):
    first, view = trained
    config = going_on_from(first)
    fields = {"learns": ("shape_", "plate_shape"), "learning_rate": 0.01}

    after = train(dataclasses.replace(config, train=dataclasses.replace(config.train, **fields)), tmp_path / "second")

    pairs = zip(view.weights, after.weights, strict=True)
    moved = {weight.path for old, weight in pairs if (weight.numpy() != old.numpy()).any()}
    learning = {weight.path for weight in view.weights if weight.path.startswith(fields["learns"])}
    assert len(learning) == 17 and moved == learning


def test_layers_to_learn_that_are_not_there_are_told_before_anything_is_made(tmp_path):
    config = configs.replace(TINY, {"train.learns": '["shape_", "tail"]'})

    with pytest.raises(UserError, match="train.learns: 'tail'; give the beginnings of some of .*plate_shape"):
        train(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_run_goes_on_from_an_exported_model(pictures, trained, tmp_path):
    model = export_run(trained[0], tmp_path / "model")

    train(going_on_from(model), tmp_path / "second")

    seen = read_picture(pictures.validation[0].path)[None]
    one, two = (tf.saved_model.load(str(path)) for path in (model, export_run(tmp_path / "second", tmp_path / "again")))
    before, after = one.find(seen), two.find(seen)
    for name in ("detection_scores", "detection_boxes"):
        np.testing.assert_allclose(after[name], before[name], atol=0.02)
