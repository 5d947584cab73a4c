"""Fused batch normalisation against Keras's own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models.normalization import BatchNormalization

SHAPE = (4, 6, 5, 3)


def trained(kind, features, policy="float32"):
    """Outputs, gradients and weights after one training step's call of a layer with unlike gains and offsets."""
    layer = kind(momentum=0.9, epsilon=1e-3, dtype=policy)
    layer.build(SHAPE)
    layer.gamma.assign([0.5, 1.0, 2.0])
    layer.beta.assign([-1.0, 0.0, 1.0])
    with tf.GradientTape() as tape:
        tape.watch(features)
        outputs = layer(features, training=True)
        loss = tf.reduce_sum(tf.cast(outputs, tf.float32) ** 2 * tf.range(5.0)[:, None])
    return layer, outputs, tape.gradient(loss, [features, *layer.trainable_variables])


@pytest.fixture
def features():
    return tf.constant(np.random.default_rng(1).normal(1, 2, SHAPE), tf.float32)


@pytest.mark.parametrize(("policy", "tolerance"), [("float32", 1e-4), ("mixed_bfloat16", 0.1)])
def test_outputs_gradients_and_averages_are_those_of_keras(features, policy, tolerance):
    ours, outputs, gradients = trained(BatchNormalization, features, policy)
    theirs, expected, slopes = trained(keras.layers.BatchNormalization, features, policy)

    assert outputs.dtype == expected.dtype
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), tf.cast(expected, tf.float32), atol=tolerance)
    for found, wanted in zip(gradients, slopes, strict=True):
        np.testing.assert_allclose(found, wanted, atol=tolerance * float(tf.reduce_max(tf.abs(wanted))))
    np.testing.assert_allclose(ours.moving_mean, theirs.moving_mean, atol=tolerance / 10)
    count = np.prod(SHAPE[:3])
    spread = (theirs.moving_variance - 0.9) * count / (count - 1) + 0.9
    np.testing.assert_allclose(ours.moving_variance, spread, rtol=tolerance / 10)


def test_serving_uses_the_averages_as_keras_does(features):
    ours, theirs = BatchNormalization(), keras.layers.BatchNormalization()
    for layer in (ours, theirs):
        layer.build(SHAPE)
        layer.set_weights(np.array([[1, 2, 3], [0, 1, -1], [0.5, 1, 1.5], [1, 2, 4]], np.float32))
    before = [np.copy(rows) for rows in ours.get_weights()]

    np.testing.assert_array_equal(ours(features), theirs(features))
    for rows, kept in zip(ours.get_weights(), before, strict=True):
        np.testing.assert_array_equal(rows, kept)


def test_a_frozen_layer_serves_in_training_too(features):
    layer = BatchNormalization()
    layer.build(SHAPE)
    layer.trainable = False

    np.testing.assert_array_equal(layer(features, training=True), layer(features, training=False))


def test_weights_of_keras_load(tmp_path):
    models = []
    for kind in (keras.layers.BatchNormalization, BatchNormalization):
        inputs = keras.Input(SHAPE[1:])
        models.append(keras.Model(inputs, kind()(kind()(inputs))))
    theirs, ours = models
    theirs.set_weights([rows + index for index, rows in enumerate(theirs.get_weights())])
    theirs.save_weights(tmp_path / "theirs.weights.h5")

    ours.load_weights(tmp_path / "theirs.weights.h5")

    for found, wanted in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)
