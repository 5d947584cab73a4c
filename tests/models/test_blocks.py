"""Blocks: shapes, shortcuts and the prior bias."""

import keras
import numpy as np
import pytest

from plate_seg.models.blocks import conv, dense, predict, residual


def model_of(block, *arguments, **options):
    features = keras.Input((16, 24, 8))
    return keras.Model(features, block(features, *arguments, **options))


@pytest.mark.parametrize(("strides", "size"), [(1, (16, 24)), (2, (8, 12))])
def test_shapes_follow_strides_and_channels(strides, size):
    assert model_of(conv, 5, "block", strides=strides).output.shape == (None, *size, 5)
    assert model_of(residual, 5, "block", strides=strides).output.shape == (None, *size, 5)


@pytest.mark.parametrize(("channels", "strides", "is_projected"), [(8, 1, False), (8, 2, True), (4, 1, True)])
def test_the_shortcut_is_projected_only_where_the_shape_changes(channels, strides, is_projected):
    names = [layer.name for layer in model_of(residual, channels, "block", strides=strides).layers]

    assert ("block_shortcut_conv" in names) is is_projected


def test_a_residual_block_that_adds_nothing_is_the_positive_part_of_its_input():
    model = model_of(residual, 8, "block")
    model.get_layer("block_second_norm").gamma.assign(np.zeros(8))
    features = np.random.default_rng(1).normal(size=(1, 16, 24, 8)).astype("float32")

    np.testing.assert_allclose(model(features), np.maximum(features, 0))


def test_convolutions_before_a_norm_have_no_bias():
    assert not model_of(conv, 5, "block").get_layer("block_conv").use_bias


def test_the_size_of_a_dense_kernel_changes_nothing_in_training():
    features = keras.Input((1, 1, 40))
    model = keras.Model(features, dense(features, 6, "block"))
    values = np.random.default_rng(2).normal(size=(9, 1, 1, 40)).astype("float32")
    (kernel,) = model.get_layer("block_dense").get_weights()
    before = model(values, training=True)

    model.get_layer("block_dense").set_weights([30 * kernel])

    assert before.shape == (9, 1, 1, 6) and np.ptp(before) > 1
    np.testing.assert_allclose(model(values, training=True), before, atol=5e-3)


def test_predictions_start_at_the_prior_in_float32_under_a_mixed_policy():
    with_policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = model_of(predict, 3, "head", bias=-2.5)
    finally:
        keras.config.set_dtype_policy(with_policy)

    np.testing.assert_array_equal(model.get_layer("head").bias, [-2.5] * 3)
    assert model.output.dtype == "float32"
