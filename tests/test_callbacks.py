"""A run's TensorBoard files, read back: measures, curves, pictures, settings, learning rate and gradient norm."""

import dataclasses
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2

from plate_seg import train
from plate_seg.callbacks import curves, measures, pictures
from plate_seg.callbacks.hparams import flatten, hparams
from plate_seg.callbacks.training import training_callbacks
from plate_seg.config import Config, DataConfig, ModelConfig, TrainConfig
from plate_seg.data.readers import read_samples
from plate_seg.data.render import render_dataset
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.found import FoundCharacter, FoundPlate
from plate_seg.metrics.average_precision import Ranking
from plate_seg.models import segmenter, trainer

MODEL = ModelConfig(pyramid_channels=8, crop_size=(16, 32), max_plates=2, max_characters=4, canvas=96)
TRAIN = TrainConfig(epochs=2, steps=2, batch=2, picture=96, canvas=96, crops=1, warmup=1, precision="float32")
BOX = np.array([0.2, 0.2, 0.6, 0.8], np.float32)
LETTER = np.array([0.3, 0.3, 0.5, 0.4], np.float32)


def events(folder):
    """Everything under a folder of event files."""
    accumulator = EventAccumulator(str(folder), {"tensors": 0, "images": 0})
    accumulator.Reload()
    return accumulator


def values(accumulator, tag):
    """The numbers of a scalar, or the arrays of a tensor, one a step."""
    return [tf.make_ndarray(event.tensor_proto) for event in accumulator.Tensors(tag)]


def truth_and_found():
    """One plate with the letter A, and the same one found."""
    truth = Plate(BOX, characters=(Character(10, LETTER),), complete=True, text="A")
    letter = FoundCharacter(LETTER, 10, 0.9, np.ones((4, 4), bool), LETTER)
    return truth, FoundPlate(BOX, np.zeros((4, 2), np.float32), 0.8, (letter,))


def test_every_measure_is_one_for_a_picture_found_as_it_is():
    truth, found = truth_and_found()

    reached = measures.measures([Sample("a.png", 100, 100, (truth,))], [[found]], threshold=0.5)

    assert reached == pytest.approx(dict.fromkeys(measures.MEASURES, 1.0) | {"character_error_rate": 0.0})


def test_measures_are_nan_where_no_plate_is_true_or_found():
    reached = measures.measures([Sample("a.png", 100, 100)], [[]], threshold=0.5)

    assert tuple(reached) == measures.MEASURES
    assert np.isnan(list(reached.values())).all()


def test_samples_are_drawn_evenly_and_all_of_a_few():
    assert measures.spread(range(10), 4) == [0, 2, 5, 7]
    assert measures.spread(range(3), 8) == [0, 1, 2]


def test_a_curve_counts_what_was_missed_altogether():
    one, two = np.array([[True, False], [False, False]]), np.array([[False, True], [True, True]])  # at 0.5, farther up
    ranking = Ranking(np.array([0.9, 0.4]), one, two, np.zeros(2, int), np.array([4]))

    hits, errors, _, misses, precision, recall = curves.counts(ranking)

    at = {score: int(round(score * 100)) for score in (0.0, 0.5, 0.95)}
    assert [(hits[row], errors[row], misses[row]) for row in at.values()] == [(1, 1, 3), (1, 0, 3), (0, 0, 4)]
    np.testing.assert_allclose(precision[list(at.values())], [0.5, 1, 1])
    np.testing.assert_allclose(recall[list(at.values())], [0.25, 0.25, 0])


def test_curves_can_be_read_back_as_those_of_the_plugin(tmp_path):
    truth, found = truth_and_found()

    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        curves.write_curves([Sample("a.png", 100, 100, (truth,))], [[found]], step=3)

    read = events(tmp_path)
    assert set(read.PluginTagToContent("pr_curves")) == {"plate/pr_curves", "character/pr_curves"}
    (curve,) = values(read, "plate/pr_curves")
    np.testing.assert_allclose(curve[:, 50], [1, 0, 0, 0, 1, 1])
    np.testing.assert_allclose(curve[:, 90], [0, 0, 0, 1, 1, 0])
    np.testing.assert_allclose(curve[:, 75], [1, 0, 0, 0, 1, 1])
    (curve,) = values(read, "character/pr_curves")  # the letter's score is 0.9 of the plate's 0.8
    np.testing.assert_allclose(curve[:, 70], [1, 0, 0, 0, 1, 1])
    np.testing.assert_allclose(curve[:, 75], [0, 0, 0, 1, 1, 0])


def test_maps_show_class_centre_offset_and_stroke_where_they_are():
    logits = np.zeros((8, 16, 38), np.float32)
    logits[..., 0], logits[2:6, 4:8, 1] = 9.0, 30.0
    centres = np.full((8, 16), -20.0)
    centres[4, 6] = 20.0
    maps = {"crops": np.full((16, 32, 3), 77.0), "class_logits": logits, "centre_logits": centres}
    maps |= {"offsets": np.full((8, 16, 2), 0.5, np.float32), "stroke_logits": np.full((16, 32), 20.0)}

    crop, label, centre, offset, stroke = np.split(pictures.draw_maps(maps), len(pictures.TILES), 1)

    middle, letter, margin = (66, 162), (60, 120), (66, 300)  # each tile is 128 x 256 in a cell of 132 x 324
    assert (crop[middle] == 77).all() and (stroke[middle] >= 254).all()
    assert label[letter].tolist() == [255, 0, 0] and offset[letter].any()
    assert label[100, 250].max() <= 1 and offset[100, 250].max() <= 1 and not centre[100, 250].any()
    assert (centre == 255).any() and (label[margin] == label[0, 0]).all()


def test_settings_reach_the_hparams_tab(tmp_path):
    config = Config("tab", DataConfig(scenes=9), MODEL, TRAIN)
    callback = hparams(config, tmp_path)
    callback.on_train_begin()
    callback.on_train_end()

    tags = events(tmp_path).PluginTagToContent("hparams")

    start = plugin_data_pb2.HParamsPluginData.FromString(tags["_hparams_/session_start_info"]).session_start_info
    assert start.hparams["data.scenes"].number_value == 9
    assert start.hparams["model.crop_size"].string_value == "(16, 32)"
    assert set(start.hparams) == set(flatten(config))
    experiment = plugin_data_pb2.HParamsPluginData.FromString(tags["_hparams_/experiment"]).experiment
    assert "epoch_text_exact" in [info.name.tag for info in experiment.metric_infos]


class Spy(keras.callbacks.Callback):
    """Stands where `Measures` stands; notes the weight before and at the end of validation, and measures 0.25."""

    def __init__(self, *_):
        super().__init__()
        self.seen = []

    def on_test_begin(self, logs=None):
        self.raw = float(self.model.weights[0][0, 0])

    def on_test_end(self, logs=None):
        self.seen.append((self.raw, float(self.model.weights[0][0, 0])))

    def on_epoch_end(self, epoch, logs=None):
        logs["val_text_exact"] = 0.25


def test_measures_see_averaged_weights_and_their_values_are_logged(tmp_path, monkeypatch):
    monkeypatch.setattr("plate_seg.callbacks.training.Measures", Spy)
    made = training_callbacks(SimpleNamespace(config=MODEL), [None], Config(train=TRAIN), tmp_path, done=0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse")
    ones = np.ones((4, 1), "float32")

    model.fit(ones, 0 * ones, 2, epochs=2, validation_data=(ones, ones), callbacks=made, verbose=0)

    (spy,) = (each for each in made if isinstance(each, Spy))
    assert all(raw < averaged for raw, averaged in spy.seen) and len(spy.seen) == 2
    assert pd.read_csv(tmp_path / "history.csv").val_text_exact.tolist() == [0.25, 0.25]
    assert values(events(tmp_path / "tensorboard" / "validation"), "epoch_text_exact") == [0.25, 0.25]


def test_without_validation_pictures_there_are_no_measures(tmp_path):
    made = training_callbacks(SimpleNamespace(config=MODEL), [], Config(), tmp_path, done=0)

    assert not any(isinstance(callback, measures.Measures) for callback in made)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a tiny training run with scenes to validate on."""
    folder = tmp_path_factory.mktemp("run")
    data = DataConfig(scenes=24, scene_size=320, cache=str(folder / "scenes"))
    train.train(Config("tiny", data, MODEL, TRAIN), folder / "tiny")
    return folder / "tiny"


@pytest.mark.slow
def test_a_run_shows_losses_rate_norm_and_measures(run):
    training, validation = events(run / "tensorboard" / "train"), events(run / "tensorboard" / "validation")
    for name in ("loss", *trainer.TERMS):
        for accumulator in (training, validation):
            assert np.isfinite(values(accumulator, f"epoch_{name}")).all()
    rates, norms = values(training, "epoch_learning_rate"), values(training, "epoch_gradient_norm")
    assert len(rates) == len(norms) == TRAIN.epochs
    assert 0 < rates[1] < rates[0] <= TRAIN.learning_rate and min(norms) > 0
    for name in measures.MEASURES:
        assert np.isfinite(values(validation, f"epoch_{name}")).all()
    table = pd.read_csv(run / "history.csv")
    assert len(table) == TRAIN.epochs and {"val_plate_ap50", "gradient_norm", "learning_rate"} <= set(table)
    assert "val_gradient_norm" not in table


@pytest.mark.slow
def test_a_run_shows_curves_and_pictures(run):
    shown = events(run / "tensorboard" / "pictures")

    assert set(shown.PluginTagToContent("pr_curves")) == {"plate/pr_curves", "character/pr_curves"}
    size, *encoded = values(shown, "truth_and_found")[0][1:]
    assert int(size) == 480 and tf.io.decode_png(encoded[0]).shape == (480, 1280, 3)
    (_, height, *encoded), *_ = values(shown, "crop_class_centre_offset_stroke")
    assert int(height) == 132 and tf.io.decode_png(encoded[0]).shape == (132, 5 * 324, 3)


@pytest.mark.slow
def test_a_run_goes_on_without_plates_to_validate_on(tmp_path):
    samples = [dataclasses.replace(one, plates=()) for one in read_samples(render_dataset(tmp_path / "s", 2, 1, 1))]
    callback = measures.Measures(segmenter.build(MODEL), samples, tmp_path / "pictures")
    callback.set_params({"epochs": 1})
    logs = {}

    callback.on_epoch_begin(0)
    callback.on_test_end()
    callback.on_epoch_end(0, logs)

    assert set(logs) == {f"val_{name}" for name in measures.MEASURES}
    assert "truth_and_found" in events(tmp_path / "pictures").Tags()["tensors"]
