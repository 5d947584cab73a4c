"""The stem's outputs two at a time."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models import segmenter
from plate_seg.models.folding import fold
from plate_seg.models.paired import PairedConv2D, pair


@pytest.mark.parametrize("size", [(32, 64), (31, 4), (6, 96), (1, 8)])
def test_pairs_are_what_single_outputs_are(size):
    random = np.random.default_rng(3)
    maps = random.normal(size=(2, *size, 3)).astype(np.float32)
    single = keras.layers.Conv2D(5, 3, 2, "same")
    paired = PairedConv2D(5, 3, 2, "same")
    single.build(maps.shape)
    paired.build(maps.shape)
    weights = [random.normal(size=weight.shape) for weight in single.get_weights()]
    single.set_weights(weights)
    paired.set_weights(weights)

    expected = tf.nn.relu(single(maps))

    np.testing.assert_allclose(paired(maps), expected, atol=1e-5)
    assert 0 < np.mean(expected.numpy() > 0) < 1


def test_the_finder_answers_as_before(folded):
    canvas = tf.constant(np.random.default_rng(4).uniform(-1, 1, (2, 64, 96, 3)), tf.float32)

    paired = pair(folded)

    assert isinstance(paired.finder.get_layer("stem_conv"), PairedConv2D)
    for name, before in folded.finder(canvas).items():
        scale = np.abs(before.numpy()).max()
        np.testing.assert_allclose(paired.finder(canvas)[name] / scale, before / scale, atol=1e-4)


def test_an_exported_model_of_either_kind_is_read_alike(folded):
    """`start.of_export` goes by the order and the shapes of the weights."""
    paired = segmenter.serving_view(pair(folded)).variables

    for one, other in zip(segmenter.serving_view(folded).variables, paired, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_wide_stem_stays_single(tiny):
    parts = fold(segmenter.build(replace(tiny, backbone="resnet19")))

    assert pair(parts) is parts
