import cv2
import numpy as np

from plate_seg import boxes
from plate_seg.data.contact_sheet import CELL, MASK_COLOUR, draw_sheet, draw_truth
from plate_seg.data.sample import Character, Mask, Plate, Sample

CORNERS = np.array([[0.2, 0.2], [0.2, 0.8], [0.6, 0.8], [0.6, 0.2]], np.float32)
CHARACTER = Character(3, np.array([0.3, 0.3, 0.5, 0.4], np.float32), None, Mask(30, 30, np.ones((20, 10), bool)))
PLATE = Plate(boxes.bounds(CORNERS), CORNERS, (CHARACTER,), True, "3", 1)


def test_truth_is_drawn_where_it_lies():
    drawn = draw_truth(np.zeros((100, 100, 3), np.uint8), (PLATE,))

    np.testing.assert_allclose(drawn[40, 35], np.array(MASK_COLOUR) * 0.6, atol=1)
    assert drawn[20, 50, 0] > 100
    assert not drawn[80:].any()


def test_a_sheet_has_two_pictures_a_row(tmp_path):
    truths = {"a.jpg": (PLATE,), "b.jpg": (), "c.jpg": (PLATE,)}
    for name in truths:
        cv2.imwrite(str(tmp_path / name), np.full((100, 100, 3), 90, np.uint8))

    sheet = draw_sheet([Sample(tmp_path / name, 100, 100, plates) for name, plates in truths.items()])

    assert sheet.shape == (2 * CELL[0], 4 * CELL[1], 3)
    assert not sheet[CELL[0] :, 2 * CELL[1] :].any()
