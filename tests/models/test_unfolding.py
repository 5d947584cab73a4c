"""Normalisations for layers that were exported without."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models.segmenter import Segmenter
from plate_seg.models.unfolding import Moments, unfold


@pytest.fixture(scope="module")
def seen(tiny):
    """What each part is shown: a canvas, crops and their context, features."""
    height, width = tiny.crop_size
    random = np.random.default_rng(7)
    canvas = tf.constant(random.uniform(0, 255, (2, 64, 96, 3)), tf.float32)
    crops = tf.constant(random.uniform(0, 255, (3, height, width, 3)), tf.float32)
    context = tf.constant(random.normal(size=(3, height // 8, width // 8, tiny.pyramid_channels)), tf.float32)
    return canvas, crops, context


def answers(parts: Segmenter, seen, training=False) -> list[np.ndarray]:
    canvas, crops, context = seen
    found = parts.finder(canvas, training=training)
    shape, features = parts.encoder([crops, context], training=training)
    outputs = [found, shape, parts.decoder(features, training=training)]
    return [each.numpy() for each in tf.nest.flatten(outputs)]


@pytest.fixture(scope="module")
def unfolded(folded, seen):
    return unfold(folded, lambda parts: answers(parts, seen))


def test_they_answer_as_before(folded, unfolded, seen):
    for before, after in zip(answers(folded, seen), answers(unfolded, seen), strict=True):
        scale = np.abs(before).max()
        np.testing.assert_allclose(after / scale, before / scale, atol=1e-4)


def test_they_answer_so_in_training_too_where_they_were_shown_the_same(folded, unfolded, seen):
    for before, after in zip(answers(folded, seen), answers(unfolded, seen, training=True), strict=True):
        scale = np.abs(before).max()
        np.testing.assert_allclose(after / scale, before / scale, atol=0.01)


def test_moments_are_of_all_that_was_seen():
    layer, random = Moments(), np.random.default_rng(8)
    first, second = random.normal(2, 3, (1, 4, 5, 2)), random.normal(5, 1, (3, 2, 2, 2))

    for maps in (first, second):
        np.testing.assert_array_equal(layer(maps.astype("float32")), maps.astype("float32"))

    mean, variance = layer.mean_and_variance()
    every = np.concatenate([maps.reshape(-1, 2) for maps in (first, second)])
    np.testing.assert_allclose(mean, every.mean(0), rtol=1e-5)
    np.testing.assert_allclose(variance, every.var(0), rtol=1e-4)
