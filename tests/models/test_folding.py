"""Batch normalisation folded into convolutions."""

import keras
import numpy as np
import tensorflow as tf

from plate_seg.models import segmenter
from plate_seg.models.folding import fold


def test_every_part_answers_as_before(lived, folded, tiny):
    height, width = tiny.crop_size
    random = np.random.default_rng(7)
    canvas = tf.constant(random.uniform(0, 255, (2, 64, 96, 3)), tf.float32)
    crops = tf.constant(random.uniform(0, 255, (3, height, width, 3)), tf.float32)
    context = tf.constant(random.normal(size=(3, height // 8, width // 8, tiny.pyramid_channels)), tf.float32)
    features = lived.encoder([crops, context])[1]

    for name, inputs in {"finder": canvas, "encoder": [crops, context], "decoder": features}.items():
        before, after = getattr(lived, name)(inputs, training=False), getattr(folded, name)(inputs, training=False)
        for one, two in zip(tf.nest.flatten(before), tf.nest.flatten(after), strict=True):
            scale = np.abs(one.numpy()).max()
            np.testing.assert_allclose(two / scale, one / scale, atol=1e-4)


def test_no_normalisation_is_left(folded):
    layers = [layer for part in folded.layers for layer in part.layers]

    assert not any(isinstance(layer, keras.layers.BatchNormalization) for layer in layers)
    assert all(layer.use_bias for layer in layers if isinstance(layer, keras.layers.Conv2D))


def test_the_layers_that_were_folded_stay_as_they_were(tiny):
    parts = segmenter.build(tiny)
    before = [weight for part in parts.layers for weight in part.get_weights()]

    fold(parts)

    after = [weight for part in parts.layers for weight in part.get_weights()]
    for one, two in zip(before, after, strict=True):
        np.testing.assert_array_equal(two, one)
