"""Which level, how many cells, and which of two plates, by hand."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models import plate_head


def asked(*plates):
    """The cells [n, 3] that are asked for plates (centre, height, width) on a canvas of 256 x 320, and their boxes."""
    boxes = np.array([[[y - h / 2, x - w / 2, y + h / 2, x + w / 2] for (y, x), h, w in plates]], "float32")
    known = dict.fromkeys(plate_head.KNOWN, np.ones(boxes.shape[:2], bool))
    cells = plate_head.cells(256, 320)
    targets = plate_head.encode(boxes, tf.zeros([1, len(plates), 4, 2]), known, cells)
    is_positive = targets["is_positive"][0].numpy()
    return cells.numpy()[is_positive], targets["boxes"][0].numpy()[is_positive]


def test_cells_are_the_middles_of_strides_level_after_level():
    cells = plate_head.cells(64, 96).numpy()

    assert len(cells) == 8 * 12 + 4 * 6 + 2 * 3
    np.testing.assert_array_equal(
        cells[[0, 1, 12, 96, -1]], [[4, 4, 8], [4, 12, 8], [12, 4, 8], [8, 8, 16], [48, 80, 32]]
    )


@pytest.mark.parametrize(("side", "stride"), [(40, 8), (60, 16), (100, 16), (130, 32)])
def test_larger_plates_are_asked_of_coarser_cells(side, stride):
    cells, _ = asked(((128, 160), side / 2, side * 2))

    assert set(cells[:, 2]) == {stride}


def test_nine_cells_are_asked_for_a_plate_that_is_large_enough():
    cells, _ = asked(((100, 164), 44, 48))

    expected = [[y, x, 8] for y in (92, 100, 108) for x in (156, 164, 172)]
    np.testing.assert_array_equal(cells, expected)


@pytest.mark.parametrize("order", [1, -1])
def test_the_smaller_of_two_plates_has_the_cells_that_see_both(order):
    plates = [((100, 164), 44, 48), ((100, 164), 8, 48)]

    cells, boxes = asked(*plates[::order])

    heights = dict(zip(cells[:, 0], boxes[:, 2] - boxes[:, 0], strict=True))
    assert heights == {92: 44, 100: 8, 108: 44}
