"""Muon: orthogonal steps of hidden kernels, AdamW's for all other weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg import muon
from plate_seg.config import ModelConfig
from plate_seg.models import segmenter


@pytest.fixture
def rng():
    return np.random.default_rng(3)


@pytest.mark.parametrize("shape", [(27, 16), (16, 27), (9, 9), (432, 48)])
def test_orthogonal_keeps_the_directions_and_levels_the_singular_values(rng, shape):
    matrix = rng.normal(size=shape).astype(np.float32)
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    levelled = muon.orthogonal(tf.constant(matrix)).numpy()
    inner = left.T @ levelled @ right.T
    values = np.diag(inner)
    assert values.min() > 0.6 and values.max() < 1.25
    np.testing.assert_allclose(inner - np.diag(values), 0, atol=1e-2)


def test_directions_of_a_five_hundredth_of_the_norm_are_levelled_too(rng):
    left, _, right = np.linalg.svd(rng.normal(size=(12, 5)), full_matrices=False)
    matrix = (left * [1, 0.3, 0.05, 0.01, 0.002]) @ right
    values = np.linalg.svd(muon.orthogonal(tf.constant(matrix, tf.float32)).numpy(), compute_uv=False)
    assert values.min() > 0.6 and values.max() < 1.25


def test_a_gradient_of_zero_is_no_step():
    np.testing.assert_array_equal(muon.orthogonal(tf.zeros([4, 8])), 0)


@pytest.mark.parametrize("shape", [(3, 3, 8, 16), (3, 3, 32, 8), (20, 12)])
def test_a_hidden_kernel_steps_as_far_as_its_size_says_however_large_the_gradient(rng, shape):
    kernel = variable("stem_conv", "kernel", np.zeros(shape, np.float32))
    made = muon.Muon(0.5, weight_decay=0.0)
    made.build([kernel])
    made.apply([tf.constant(1e4 * rng.normal(size=shape), tf.float32)])
    moved = np.reshape(kernel.numpy(), (-1, shape[-1]))
    spread = np.sqrt(np.mean(moved**2))
    assert spread == pytest.approx(0.5 * muon.STEP_SIZE, rel=0.15)


def test_a_hidden_kernel_goes_against_the_gradient(rng):
    gradient = rng.normal(size=(3, 3, 4, 8)).astype(np.float32)
    kernel = variable("stem_conv", "kernel", np.zeros_like(gradient))
    made = muon.Muon(0.1, weight_decay=0.0)
    made.build([kernel])
    made.apply([tf.constant(gradient)])
    assert np.sum(kernel.numpy() * gradient) < 0


@pytest.mark.parametrize(("layer", "name"), [("offsets", "kernel"), ("stem_norm", "gamma"), ("plate_shape", "bias")])
def test_all_other_weights_step_as_in_adamw(rng, layer, name):
    start = rng.normal(size=(5, 7)).astype(np.float32)
    gradients = rng.normal(size=(3, 5, 7)).astype(np.float32)
    ends = []
    for kind in (muon.Muon, keras.optimizers.AdamW):
        weight = variable(layer, name, start)
        made = kind(0.01, weight_decay=0.1)
        made.build([weight])
        for gradient in gradients:
            made.apply([tf.constant(gradient)])
        ends.append(weight.numpy())
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-6)


def test_momentum_outlives_a_gradient(rng):
    kernel = variable("stem_conv", "kernel", np.zeros((6, 6), np.float32))
    made = muon.Muon(0.1, weight_decay=0.0)
    made.build([kernel])
    made.apply([tf.constant(rng.normal(size=(6, 6)), tf.float32)])
    after_one = kernel.numpy()
    made.apply([tf.zeros([6, 6])])
    assert np.abs(kernel.numpy() - after_one).max() > 0.01


def test_a_hidden_kernel_steps_to_where_its_momentum_will_lead(rng):
    """Nesterov's momentum, over the kernel as a matrix of a row for each weight of an output."""
    gradients = rng.normal(size=(2, 3, 3, 4, 8)).astype(np.float32)
    kernel = variable("stem_conv", "kernel", np.zeros((3, 3, 4, 8), np.float32))
    made = muon.Muon(0.1, weight_decay=0.0)
    made.build([kernel])
    for gradient in gradients:
        made.apply([tf.constant(gradient)])

    first, second = gradients.reshape(2, 36, 8)
    ahead = [first, second + 0.95 * (0.95 * first + second)]
    expected = -0.1 * 0.2 * 6 * sum(muon.orthogonal(tf.constant(each)).numpy() for each in ahead)
    np.testing.assert_allclose(np.reshape(kernel.numpy(), (36, 8)), expected, atol=1e-5)


def test_every_hidden_kernel_of_the_graph_and_no_other_is_stepped_by_muon():
    weights = [weight for part in segmenter.build(ModelConfig()).layers for weight in part.trainable_weights]
    hidden = {weight.path for weight in weights if weight.path.endswith(muon.HIDDEN)}
    last = {"plate_logits", "plate_deltas", "plate_corners", "plate_shape", "class", "centre", "offsets", "sizes"}
    kernels = {weight.path for weight in weights if weight.path.endswith("kernel")}
    assert len(hidden) > 40
    assert all(any(name in path for name in (*last, "stroke")) for path in kernels - hidden)


def variable(layer, name, value):
    with keras.name_scope(layer):
        return keras.Variable(value, name=name)
