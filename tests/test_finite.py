"""Runs that are no numbers any more: ended at the step or the epoch where it shows."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg.callbacks.finite import Finite, finite_required, require_finite
from plate_seg.errors import UserError

END = "run: the loss or a weight is not finite; give --run another folder"


@pytest.fixture
def model():
    made = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    made.compile(keras.optimizers.SGD(0.1), "mse")
    return made


def test_a_loss_that_is_no_number_ends_the_run_at_its_step(model):
    steps, inputs = [], np.ones((8, 2))
    inputs[2:4] = np.nan  # the second of four steps
    count = keras.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: steps.append(batch))

    with pytest.raises(UserError, match=END):
        model.fit(inputs, np.ones(8), batch_size=2, shuffle=False, verbose=0, callbacks=[Finite("run"), count])

    assert steps == [0, 1]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_end_the_run_with_the_epoch(model, value):
    callback = Finite("run")
    callback.set_model(model)
    callback.on_epoch_end(0, {"loss": 1.0})

    model.layers[0].kernel.assign([[0.0], [value]])

    with pytest.raises(UserError, match=END):
        callback.on_epoch_end(1, {"loss": 1.0})
    with pytest.raises(UserError, match=END):
        require_finite(model, "run")


def test_what_tensorflow_makes_of_places_that_are_no_numbers_is_told_as_what_it_is(model):
    def read():
        with finite_required(model, "run"):
            tf.gather([1.0], -5)

    with pytest.raises(tf.errors.InvalidArgumentError):
        read()
    model.layers[0].kernel.assign([[0.0], [np.nan]])
    with pytest.raises(UserError, match=END):
        read()


def test_finite_runs_go_on(model):
    model.fit(np.ones((8, 2)), np.ones(8), verbose=0, callbacks=[Finite("run")])

    require_finite(model, "run")
