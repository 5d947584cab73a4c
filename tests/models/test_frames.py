"""Affine frames against hand counts and their own inverses."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models import frames

TILTED = tf.constant([[[0.2, 0.1], [0.1, 0.6], [0.3, -0.05]]])  # origin, across, down


def test_an_upright_box_becomes_origin_across_and_down():
    np.testing.assert_allclose(
        frames.from_boxes(tf.constant([[0.1, 0.2, 0.4, 0.8]])), [[[0.1, 0.2], [0, 0.6], [0.3, 0]]]
    )


def test_corners_of_a_frame_run_clockwise_and_lead_back_to_it():
    corners = frames.corners(TILTED)

    np.testing.assert_allclose(corners[0], [[0.2, 0.1], [0.3, 0.7], [0.6, 0.65], [0.5, 0.05]], atol=1e-6)
    np.testing.assert_allclose(frames.from_corners(corners), TILTED, atol=1e-6)


def test_a_quad_gets_the_parallelogram_with_its_middle_and_mean_sides():
    quad = tf.constant([[0.0, 0.0], [0.0, 4.0], [2.0, 2.0], [2.0, 0.0]])

    np.testing.assert_allclose(frames.from_corners(quad), [[0, 0.5], [0, 3], [2, -1]], atol=1e-6)


@pytest.mark.parametrize("shift", [-0.05, 0.05])
def test_one_noisy_corner_moves_a_frame_by_no_more_than_its_own_shift(shift):
    noisy = frames.corners(TILTED) + tf.constant([[[shift, 0.0]] + [[0.0, 0.0]] * 3])

    moved = frames.corners(frames.from_corners(noisy)) - frames.corners(TILTED)

    assert np.abs(moved).max() <= abs(shift) * 0.75 + 1e-6


def test_points_go_into_a_frame_and_back():
    points = tf.constant(np.random.default_rng(1).uniform(-1, 2, (1, 20, 2)), tf.float32)

    np.testing.assert_allclose(frames.to_image(TILTED, frames.to_frame(TILTED, points)), points, atol=1e-5)


def test_the_middle_of_a_frame_is_half_across_and_half_down():
    np.testing.assert_allclose(frames.to_image(TILTED, tf.constant([[[0.5, 0.5]]])), [[[0.4, 0.375]]], atol=1e-6)


@pytest.mark.parametrize("frame", [np.zeros((3, 2)), [[0.5, 0.5], [0.1, 0.2], [0.2, 0.4]]])
def test_a_frame_without_area_maps_all_to_zero(frame):
    points = frames.to_frame(tf.constant(frame, tf.float32), tf.constant([[0.3, 0.9], [0.5, 0.5]]))

    np.testing.assert_array_equal(points, np.zeros((2, 2)))


def test_expand_grows_every_side_by_the_margin():
    grown = frames.expand(frames.from_boxes(tf.constant([[0.4, 0.2, 0.6, 0.6]])), 0.25)

    np.testing.assert_allclose(frames.bounds(frames.corners(grown)), [[0.35, 0.1, 0.65, 0.7]], atol=1e-6)


def test_a_negative_share_of_the_grown_size_undoes_expand():
    np.testing.assert_allclose(frames.expand(frames.expand(TILTED, 0.15), -0.15 / 1.3), TILTED, atol=1e-6)


def test_a_frame_within_a_window_has_its_points_where_the_window_has_them():
    window, points = tf.constant([[[0.5, 0.25], [0.4, 0.6]]]), frames.grid(2, 3)[None]

    found = frames.to_image(frames.within(TILTED, window), points)

    np.testing.assert_allclose(found, [0.5, 0.25] + [0.4, 0.6] * frames.to_image(TILTED, points), atol=1e-6)


def test_bounds_of_a_tilted_frame():
    np.testing.assert_allclose(frames.bounds(frames.corners(TILTED)), [[0.2, 0.05, 0.6, 0.7]], atol=1e-6)


def test_grid_holds_bin_centres_row_by_row():
    expected = [[0.25, 1 / 6], [0.25, 0.5], [0.25, 5 / 6], [0.75, 1 / 6], [0.75, 0.5], [0.75, 5 / 6]]

    np.testing.assert_allclose(frames.grid(2, 3), expected, atol=1e-6)


def test_spread_lays_the_bin_centres_of_a_grid_over_frames():
    random = np.random.default_rng(4).normal(size=(5, 3, 2)).astype(np.float32)

    y, x = frames.spread(tf.constant(random), 3, 7)

    expected = frames.to_image(tf.constant(random), frames.grid(3, 7)[None]).numpy().reshape(5, 3, 7, 2)
    np.testing.assert_allclose(y, expected[..., 0], atol=1e-6)
    np.testing.assert_allclose(x, expected[..., 1], atol=1e-6)
