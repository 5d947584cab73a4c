"""Boxes against hand counts, a loop over pixels, and keras-cv."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plate_seg import boxes

busy = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be
CELL = st.integers(0, 10)


@st.composite
def cell_boxes(draw):
    """A box [4] on a 10 x 10 grid; some have no area."""
    top, bottom = sorted([draw(CELL), draw(CELL)])
    left, right = sorted([draw(CELL), draw(CELL)])
    return np.array([top, left, bottom, right], "float32") / 10


def covered(box):
    """The cells of a 10 x 10 grid that a box covers."""
    top, left, bottom, right = np.round(np.asarray(box) * 10).astype(int)
    return {(y, x) for y in range(top, bottom) for x in range(left, right)}


@busy
@given(cell_boxes(), cell_boxes())
def test_iou_counts_cells(first, second):
    one, two = covered(first), covered(second)
    expected = len(one & two) / len(one | two) if one | two else 0.0

    np.testing.assert_allclose(boxes.iou(first, second), [[expected]], atol=1e-6)


def test_iou_equals_keras_cv():
    keras_cv = pytest.importorskip("keras_cv")
    corners = np.sort(np.random.default_rng(1).random((2, 30, 2, 2)), axis=2)
    first, second = corners.reshape(2, 30, 4).astype("float32")

    expected = keras_cv.bounding_box.compute_iou(first, second, "yxyx")

    np.testing.assert_allclose(boxes.iou(first, second), expected, atol=1e-5)


def test_iou_of_no_boxes_is_an_empty_table():
    assert boxes.iou(np.zeros((0, 4)), np.ones((3, 4))).shape == (0, 3)


def test_padded_and_inverted_rows_are_not_valid_and_have_no_area():
    rows = np.array([[0, 0, 0, 0], [0.1, 0.2, 0.3, 0.6], [0.3, 0.2, 0.1, 0.6], [0.1, 0.2, 0.1, 0.6]])

    np.testing.assert_array_equal(boxes.is_valid(rows), [False, True, False, False])
    np.testing.assert_allclose(boxes.area(rows), [0, 0.08, 0, 0])


def test_corners_run_clockwise_from_the_top_left():
    expected = [[1, 2], [1, 5], [4, 5], [4, 2]]

    np.testing.assert_array_equal(boxes.corners([1, 2, 4, 5]), expected)


@busy
@given(cell_boxes())
def test_bounds_of_corners_are_the_box(box):
    np.testing.assert_array_equal(boxes.bounds(boxes.corners(box[None]))[0], box)


def test_bounds_of_a_tilted_quad():
    quad = [[[0.2, 0.1], [0.1, 0.6], [0.4, 0.7], [0.5, 0.2]]]

    np.testing.assert_allclose(boxes.bounds(quad), [[0.1, 0.1, 0.5, 0.7]])


def test_pixels_follow_height_and_width():
    np.testing.assert_allclose(boxes.to_pixels([0.5, 0.5, 1, 1], height=10, width=40), [5, 20, 10, 40])
    np.testing.assert_allclose(boxes.to_pixels([[0.1, 0.1], [1, 1]], height=10, width=40), [[1, 4], [10, 40]])


@busy
@given(cell_boxes(), st.integers(1, 5000), st.integers(1, 5000))
def test_fractions_undo_pixels(box, height, width):
    back = boxes.to_fractions(boxes.to_pixels(box, height, width), height, width)

    assert back.dtype == np.float32
    np.testing.assert_allclose(back, box, atol=1e-7)
