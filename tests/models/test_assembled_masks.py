"""The characters of a tilted crop drawn upright, and their boxes drawn to their strokes."""

import numpy as np
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models.assembly import meet_strokes, upright_masks


def test_upright_masks_of_an_upright_frame_are_the_characters_where_strokes_are():
    random = np.random.default_rng(1)
    numbers, strokes = random.integers(0, 9, (2, 16, 32)), random.normal(size=(2, 32, 64))
    boxes = tf.constant([[0.1, 0.2, 0.3, 0.9], [0.0, 0.0, 1.0, 1.0]])

    upright = upright_masks(
        tf.constant(numbers, tf.int32), tf.constant(strokes, tf.float32), affine.from_boxes(boxes), (32, 64)
    )

    np.testing.assert_array_equal(upright, np.where(strokes > 0, numbers.repeat(2, 1).repeat(2, 2), 0))


def test_upright_masks_of_a_tilted_frame_equal_a_slow_loop():
    random = np.random.default_rng(1)
    numbers, strokes = random.integers(1, 9, (6, 10)), random.normal(size=(12, 20))
    frame = np.array([[0.3, 0.2], [0.17, 0.5], [0.2, -0.04]], "float32")

    upright = upright_masks(
        tf.constant(numbers[None], tf.int32), tf.constant(strokes[None], tf.float32), tf.constant(frame[None]), (18, 25)
    )

    top, left, bottom, right = affine.bounds(affine.corners(frame[None])).numpy()[0].astype("float64")
    expected = np.zeros((18, 25))
    for row, column in np.ndindex(18, 25):
        point = [top + (row + 0.5) / 18 * (bottom - top), left + (column + 0.5) / 25 * (right - left)]
        u, v = np.linalg.solve(frame[1:].T.astype("float64"), point - frame[0])
        if 0 <= u < 1 and 0 <= v < 1 and interpolate(strokes, v * 12 - 0.5, u * 20 - 0.5) > 0:
            expected[row, column] = numbers[int(v * 6), int(u * 10)]
    np.testing.assert_array_equal(upright[0], expected)
    assert (expected == 0).any() and (expected > 0).any()


def interpolate(values, y, x):
    """The value between four cells of [h, w], the edge's beyond the centres of the outermost."""
    y, x = np.clip(y, 0, len(values) - 1), np.clip(x, 0, len(values[0]) - 1)
    corners = [(row, column) for row in (int(y), int(y) + 1) for column in (int(x), int(x) + 1)]
    weights = [max(0, 1 - abs(y - row)) * max(0, 1 - abs(x - column)) for row, column in corners]
    last = len(values) - 1, len(values[0]) - 1
    return sum(
        weight * values[min(row, last[0]), min(column, last[1])]
        for weight, (row, column) in zip(weights, corners, strict=True)
    )


def test_a_character_box_ends_halfway_to_its_strokes():
    masks = np.zeros((1, 8, 10), np.int32)
    masks[0, 2:6, 3:5], masks[0, 1:7, 8] = 1, 2
    boxes = np.array([[[0.2, 0.2, 0.8, 0.6], [0.2, 0.7, 0.8, 1.0]]], np.float32)
    over = np.array([[0.0, 0.5, 1.0, 1.5]], np.float32)

    met = meet_strokes(tf.constant(boxes), tf.constant(masks), tf.constant(over)).numpy()

    strokes = np.array([[[2 / 8, 0.5 + 3 / 10, 6 / 8, 0.5 + 5 / 10], [1 / 8, 0.5 + 8 / 10, 7 / 8, 0.5 + 9 / 10]]])
    np.testing.assert_allclose(met, (boxes + strokes) / 2, atol=1e-6)


def test_a_character_without_strokes_keeps_its_box():
    boxes = tf.constant([[[0.2, 0.2, 0.8, 0.6], [0.0] * 4]])

    met = meet_strokes(boxes, tf.zeros([1, 8, 10], tf.int32), tf.constant([[0.0, 0.0, 1.0, 1.0]]))

    np.testing.assert_array_equal(met, boxes)
