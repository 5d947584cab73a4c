"""What the callbacks of a training do in its epochs: validation, averaged weights, history, seconds, pictures."""

from dataclasses import replace
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest

from plate_seg import boxes
from plate_seg.callbacks import measures, pictures, seconds
from plate_seg.callbacks.training import training_callbacks
from plate_seg.config import Config, ModelConfig, TrainConfig
from tests.metrics.examples import find_plate, sample, true_plate


@pytest.fixture
def made(tmp_path, monkeypatch):
    """`Measures` of a model that drops plates under 0.5; on its one picture it finds the plate with a score of 0.4."""
    monkeypatch.setattr(measures.segmenter, "inspection_view", lambda parts: None)
    monkeypatch.setattr(measures, "_compiled", lambda view: None)
    parts, plate = SimpleNamespace(config=SimpleNamespace(score_threshold=0.5)), true_plate()
    made = measures.Measures(parts, [sample(plate)], tmp_path)
    made.seen, made.shown = [], []
    made._find = lambda _: made.seen.append(weight(made)) or [find_plate(plate, score=0.4)]
    made._show = lambda found: made.shown.append(made.epoch)
    return made


def weight(callback):
    return float(callback.model.weights[0][0, 0])


def fit(callbacks, epochs):
    """Trains one weight from 1 towards 0."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse")
    ones = np.ones((4, 1), "float32")
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=False)
    callbacks = [*callbacks, swap]
    return model.fit(ones, 0 * ones, 2, epochs, validation_data=(ones, ones), callbacks=callbacks, verbose=0).history


def test_pictures_are_looked_at_with_the_averaged_weights(made):
    trained = []
    after = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: trained.append(weight(made)))

    fit([made, after], epochs=3)

    assert len(made.seen) == 3 and all(raw < averaged for raw, averaged in zip(trained, made.seen, strict=True))


def test_doubtful_plates_count_for_average_precision_alone(made):
    history = fit([made], epochs=1)

    assert history["val_plate_ap50"] == pytest.approx([1])
    assert history["val_text_exact"] == history["val_character_f1"] == [0]


def test_curves_and_pictures_are_written_every_few_epochs_and_at_the_end(made, monkeypatch):
    monkeypatch.setattr(measures, "EVERY", 3)

    fit([made], epochs=6)

    assert made.shown == [0, 3, 5]


@pytest.mark.parametrize(("done", "losses"), [(0, [7]), (2, [9, 8, 7])])
def test_a_run_that_goes_on_keeps_its_history(tmp_path, done, losses):
    (tmp_path / "history.csv").write_text("epoch,loss,val_loss\n0,9,9\n1,8,8\n")
    made = training_callbacks(SimpleNamespace(config=ModelConfig()), [], Config(), tmp_path, done)
    (logger,) = [callback for callback in made if isinstance(callback, keras.callbacks.CSVLogger)]

    logger.set_model(keras.Sequential())
    logger.on_train_begin()
    logger.on_epoch_end(done, {"loss": 7, "val_loss": 7})
    logger.on_train_end()

    assert pd.read_csv(tmp_path / "history.csv").loss.tolist() == losses


def test_an_epoch_lasts_from_its_begin_to_its_end(monkeypatch):
    clock, logs = iter([5.0, 12.5]), {}
    monkeypatch.setattr(seconds, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    callback = seconds.Seconds()

    callback.on_epoch_begin(0)
    callback.on_epoch_end(0, logs)

    assert logs == {"seconds": 7.5}


@pytest.mark.parametrize(("ema", "count"), [(0.0, 0), (0.99, 1)])
def test_weights_are_swapped_where_some_are_averaged(tmp_path, ema, count):
    config = Config(train=TrainConfig(ema=ema))

    made = training_callbacks(SimpleNamespace(config=ModelConfig()), [], config, tmp_path, done=0)

    assert sum(isinstance(callback, keras.callbacks.SwapEMAWeights) for callback in made) == count


def test_the_truth_is_shown_on_the_left_and_what_was_found_on_the_right():
    image, plate = np.full((*pictures.CELL, 3), 90, np.uint8), true_plate()
    found = replace(find_plate(plate), corners=boxes.corners(plate.box))
    plain = pictures.draw_beside(image, [], [])

    left = (pictures.draw_beside(image, [plate], []) != plain).any((0, 2))
    right = (pictures.draw_beside(image, [], [found]) != plain).any((0, 2))

    middle = len(left) // 2
    assert left[:middle].any() and not left[middle:].any()
    assert right[middle:].any() and not right[:middle].any()
