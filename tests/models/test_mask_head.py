"""The mask head: shapes in a graph, contrast taken out, blocks back and forth, and a mixed policy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models.mask_head import CONTEXT, DepthToSpace, SpaceToDepth, Standardize, decode, encode
from plate_seg.precision import policy


def build():
    crops, context = keras.Input((32, 64, 3)), keras.Input((32 // CONTEXT, 64 // CONTEXT, 8))
    shape, features = encode(crops, context)
    return keras.Model([crops, context], {**decode(features), "plate_shape": shape})


SHAPES = {
    "class_logits": (16, 32, 38),
    "centre_logits": (16, 32),
    "offsets": (16, 32, 2),
    "sizes": (16, 32, 2),
    "stroke_logits": (32, 64),
    "plate_shape": (13,),
}


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    return build()


def test_outputs_have_the_promised_shapes(model):
    assert {name: output.shape[1:] for name, output in model.output.items()} == SHAPES


def test_outputs_are_float32_under_a_mixed_policy():
    with policy("mixed_bfloat16"):
        mixed = build()

    assert mixed.get_layer("mask_encode2a_conv").compute_dtype == "bfloat16"
    assert {output.dtype for output in mixed.output.values()} == {"float32"}


def test_priors_start_with_few_centres_and_small_characters(model):
    centres, sizes = (model.get_layer(name).bias.numpy() for name in ("centre_cells", "sizes"))

    np.testing.assert_allclose(tf.sigmoid(centres), 0.1, atol=0.001)
    np.testing.assert_allclose(sizes, 0.4)


def test_brightness_and_contrast_do_not_change_the_answer(model):
    crops = np.random.default_rng(1).uniform(60, 200, (1, 32, 64, 3)).astype("float32")
    context = np.zeros((1, 4, 8, 8), "float32")

    before, after = model([crops, context]), model([crops * 0.4 + 20, context])

    for name in SHAPES:
        np.testing.assert_allclose(after[name], before[name], atol=1e-3, err_msg=name)


def test_the_context_is_read(model):
    crops = np.random.default_rng(1).uniform(0, 255, (1, 32, 64, 3)).astype("float32")

    before, after = (model([crops, np.full((1, 4, 8, 8), value, "float32")]) for value in (0, 3))

    assert np.abs(after["class_logits"] - before["class_logits"]).max() > 1e-3


@pytest.mark.parametrize("value", [0, 255])
def test_a_crop_without_contrast_gives_finite_maps(model, value):
    maps = model([np.full((1, 32, 64, 3), value, "float32"), np.zeros((1, 4, 8, 8), "float32")])

    assert all(np.isfinite(rows).all() for rows in maps.values())


def test_standardize_gives_each_crop_mean_zero_and_spread_one():
    crops = np.random.default_rng(2).uniform(0, 255, (3, 8, 8, 3)) * np.array([1, 0.5, 0.2]).reshape(3, 1, 1, 1)

    found = Standardize()(tf.constant(crops, tf.float32)).numpy()

    np.testing.assert_allclose(found.mean((1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(found.std((1, 2, 3)), 1, rtol=1e-4)


def test_standardize_does_not_blow_up_faint_noise():
    crops = 100 + np.tile([[-1.0, 1.0]], (2, 1)).reshape(1, 2, 2, 1).astype("float32")

    np.testing.assert_allclose(Standardize()(crops)[0, 0, :, 0], [-0.25, 0.25])


def test_blocks_become_channels_row_by_row_and_come_back():
    pixels = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)

    cells = SpaceToDepth(2)(pixels)

    np.testing.assert_array_equal(cells[0, 0, 1], [2, 3, 6, 7])
    np.testing.assert_array_equal(DepthToSpace(2)(cells), pixels)


def test_block_layers_have_static_shapes_in_a_graph():
    features = keras.Input((8, 12, 4))

    assert SpaceToDepth(4)(features).shape == (None, 2, 3, 64)
    assert DepthToSpace(2)(features).shape == (None, 16, 24, 1)


@pytest.mark.parametrize("layer", [SpaceToDepth, DepthToSpace])
def test_block_layers_are_rebuilt_from_their_arguments(layer):
    config = layer(block=4, name="odd").get_config()

    assert (config["block"], config["name"]) == (4, "odd")
    assert layer.from_config(config).block == 4
