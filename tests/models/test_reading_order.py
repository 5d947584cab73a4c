"""The order in which the characters of a plate are read."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plate_seg.models.grouping import LINE_GAP, reading_order


def slow_order(boxes):
    """Rows by line, then left to right; a line starts where the next centre lies lower by half a mean height."""
    centres = [((top + bottom) / 2, (left + right) / 2, row) for row, (top, left, bottom, right) in enumerate(boxes)]
    height = np.mean([bottom - top for top, _, bottom, _ in boxes])
    lines, last = [], -np.inf
    for y, x, row in sorted(centres):
        if y - last > LINE_GAP * height:
            lines.append([])
        lines[-1].append((x, row))
        last = y
    return [row for members in lines for _, row in sorted(members)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(0, 31), st.integers(0, 79), st.integers(4, 14)),
        min_size=1,
        max_size=9,
        unique_by=(lambda place: place[0], lambda place: place[1]),
    )
)
def test_reading_order_equals_a_slow_loop(places):
    boxes = np.array([(y, x, y + height, x + 5) for y, x, height in places], "float32")
    padded = np.concatenate([np.zeros((1, 4)), boxes, np.zeros((2, 4))]).astype("float32")[None]
    is_character = np.array([[False] + [True] * len(places) + [False] * 2])

    order, kept = reading_order(tf.constant(padded), tf.constant(is_character))

    np.testing.assert_array_equal(order[0, : len(places)], np.array(slow_order(boxes)) + 1)
    np.testing.assert_array_equal(kept[0], [True] * len(places) + [False] * 3)


@pytest.mark.parametrize(("lower", "expected"), [(4.0, [1, 0]), (6.5, [0, 1])])
def test_a_character_lower_by_more_than_half_a_height_is_on_the_next_line(lower, expected):
    """The second of two characters, both ten high, is to the left of the first."""
    boxes = tf.constant([[[0.0, 20, 10, 25], [lower, 5, lower + 10, 10]]])

    order, _ = reading_order(boxes, tf.constant([[True, True]]))

    np.testing.assert_array_equal(order, [expected])
