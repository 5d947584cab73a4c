"""Four views side by side: pixels, plates, characters and strokes move together."""

import numpy as np

from plate_seg import boxes
from plate_seg.data.mosaic import join
from plate_seg.data.sample import Character, Mask, Plate

BOX = np.array([0.25, 0.5, 0.5, 1.0])


def view(value, has_plate=True):
    picture, strokes = np.full((20, 20, 3), value, np.uint8), np.zeros((20, 20), np.uint8)
    letter = Character(3, BOX, mask=Mask(5, 10, np.ones((5, 10), bool)))
    strokes[5:10, 10:20] = value
    return picture, (Plate(BOX, boxes.corners(BOX), (letter,), True),) if has_plate else (), strokes


def test_views_lie_side_by_side_with_their_strokes_and_masks():
    picture, plates, strokes = join([view(value) for value in (1, 2, 3, 4)], 40)

    assert picture[[0, 0, 20, 20], [0, 20, 0, 20], 0].tolist() == [1, 2, 3, 4]
    assert len(plates) == 4
    for value, plate in enumerate(plates, 1):
        mask = plate.characters[0].mask
        rows, columns = slice(mask.top, mask.top + 5), slice(mask.left, mask.left + 10)
        assert (strokes[rows, columns] == value).all() and (strokes == value).sum() == 50


def test_boxes_and_corners_are_fractions_of_the_whole():
    _, plates, _ = join([view(0, False), view(0, False), view(0, False), view(0)], 40)

    moved = [0.625, 0.75, 0.75, 1.0]
    np.testing.assert_allclose(plates[0].box, moved)
    np.testing.assert_allclose(plates[0].corners, boxes.corners(np.array(moved)))
    np.testing.assert_allclose(plates[0].characters[0].box, moved)
    np.testing.assert_allclose(plates[0].characters[0].corners, boxes.corners(np.array(moved)))


def test_an_odd_size_leaves_the_last_row_and_column_black():
    picture, plates, _ = join([view(9)] * 4, 41)

    assert not picture[40].any() and not picture[:, 40].any()
    np.testing.assert_allclose(plates[0].box, BOX * 20 / 41)


def test_unknown_corners_and_masks_stay_unknown():
    bare = np.zeros((20, 20, 3), np.uint8), (Plate(BOX, None, (Character(1, BOX),)),), np.zeros((20, 20), np.uint8)

    plate = join([bare] * 4, 40)[1][3]

    assert plate.corners is None and plate.characters[0].mask is None
