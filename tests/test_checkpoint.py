"""Resuming: weights, moments, averages and the epoch come back, or nothing does."""

import json

import keras
import numpy as np
import pytest

from plate_seg import checkpoint
from plate_seg.checkpoint import Checkpoint, resume
from plate_seg.config import TrainConfig
from plate_seg.errors import UserError
from plate_seg.train import optimizer

SCHEDULE = TrainConfig(epochs=4, steps=5, warmup=2, ema=0.9)


def model(seed=1):
    keras.utils.set_random_seed(seed)
    made = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), keras.layers.BatchNormalization(), keras.layers.Dense(1)]
    )
    made.compile(optimizer(SCHEDULE), "mse")
    return made


def fit(made, epochs, initial_epoch=0, callbacks=()):
    random = np.random.default_rng(2)
    inputs, targets = random.normal(size=(20, 3)), random.normal(size=(20, 1))
    averages = keras.callbacks.SwapEMAWeights(swap_on_epoch=False)
    made.fit(
        inputs,
        targets,
        4,
        epochs=epochs,
        initial_epoch=initial_epoch,
        shuffle=False,
        verbose=0,
        callbacks=[averages, *callbacks],
    )


class Stop(keras.callbacks.Callback):
    """An interruption after the second epoch."""

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt


@pytest.fixture
def interrupted(tmp_path):
    """A folder with the checkpoint of two epochs, and the model as it was then."""
    made = model()
    with pytest.raises(KeyboardInterrupt):
        fit(made, 4, callbacks=[Checkpoint(tmp_path), Stop()])
    return tmp_path, made


def test_a_new_folder_starts_at_the_beginning(tmp_path):
    made = model()
    before = made.get_weights()

    assert resume(made, tmp_path) == 0
    for old, new in zip(before, made.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)


def test_the_first_step_is_traced_once(tmp_path, monkeypatch):
    made, traces = model(), []
    step = made.train_step
    monkeypatch.setattr(made, "train_step", lambda batch: traces.append(1) or step(batch))

    resume(made, tmp_path)
    fit(made, 1)

    assert len(traces) == 1


def test_everything_comes_back(interrupted):
    folder, before = interrupted
    after = model(seed=9)

    assert resume(after, folder) == 2
    assert int(after.optimizer.iterations) == 10
    names = [variable.path for variable in after.optimizer.variables]
    assert any("momentum" in name for name in names) and any("average" in name for name in names)
    for old, new in zip(
        before.weights + before.optimizer.variables, after.weights + after.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(new, old, err_msg=new.path)


def test_the_averages_that_come_back_are_not_the_weights_themselves(interrupted):
    folder, _ = interrupted
    made = model(seed=9)
    resume(made, folder)

    kernel, average = made.trainable_variables[0], made.optimizer._model_variables_moving_average[0]
    assert np.abs(np.array(kernel) - np.array(average)).max() > 1e-4


def test_an_interrupted_run_ends_like_one_that_was_not(interrupted):
    folder, _ = interrupted
    whole, resumed = model(), model(seed=9)
    fit(whole, 4)

    fit(resumed, 4, initial_epoch=resume(resumed, folder))

    for one, two in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_allclose(two, one, atol=1e-6)


def test_a_write_that_fails_leaves_the_last_checkpoint(interrupted, monkeypatch):
    folder, before = interrupted

    def fail(path):
        path.write_bytes(b"half")
        raise OSError("disk full")

    callback = Checkpoint(folder)
    callback.set_model(before)
    monkeypatch.setattr(before, "save_weights", fail)
    with pytest.raises(OSError, match="disk full"):
        callback.on_epoch_end(2)

    assert resume(model(), folder) == 2


def test_dying_between_the_two_files_does_not_count_an_epoch_twice(interrupted, monkeypatch):
    folder, before = interrupted
    fit(before, 3, initial_epoch=2)
    callback, replace = Checkpoint(folder), checkpoint.os.replace
    callback.set_model(before)

    def die(source, target):
        if str(target).endswith(".json"):
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(checkpoint.os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        callback.on_epoch_end(2)
    monkeypatch.undo()

    made = model(seed=9)
    assert resume(made, folder) * SCHEDULE.steps == int(made.optimizer.iterations)


def test_a_folder_holds_one_checkpoint_and_nothing_half_written(interrupted):
    folder, _ = interrupted

    assert sorted(path.name for path in folder.iterdir()) == ["checkpoint-2.weights.h5", "checkpoint.json"]
    assert json.loads((folder / checkpoint.STATE).read_text())["epochs"] == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"epochs": "2"}', '{"epochs": 0}', "\udcff"])
def test_a_damaged_state_is_one_clear_line(interrupted, text):
    folder, _ = interrupted
    (folder / checkpoint.STATE).write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(UserError, match=r"checkpoint\.json: .*; remove the run folder, or give another --run"):
        resume(model(), folder)


def test_a_missing_state_is_one_clear_line(interrupted):
    folder, _ = interrupted
    (folder / checkpoint.STATE).unlink()

    with pytest.raises(UserError, match=r"checkpoint\.json: no such file; remove the run folder"):
        resume(model(), folder)


def test_weights_of_the_first_epoch_alone_are_not_counted(interrupted):
    folder, _ = interrupted
    (folder / checkpoint.STATE).unlink()
    (folder / "checkpoint-2.weights.h5").rename(folder / "checkpoint-1.weights.h5")

    assert resume(model(), folder) == 0


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_damaged_weights_are_one_clear_line(interrupted, size):
    weights = interrupted[0] / "checkpoint-2.weights.h5"
    weights.write_bytes(weights.read_bytes()[:size])

    with pytest.raises(UserError, match=r"checkpoint-2\.weights\.h5: damaged checkpoint; remove the run folder"):
        resume(model(), interrupted[0])


def test_missing_weights_are_one_clear_line(interrupted):
    (interrupted[0] / "checkpoint-2.weights.h5").unlink()

    with pytest.raises(UserError, match=r"checkpoint-2\.weights\.h5: no such file; remove the run folder"):
        resume(model(), interrupted[0])
