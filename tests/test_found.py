"""The serving signature's arrays to found plates."""

import numpy as np

from plate_seg.found import unpack


def outputs():
    """Two pictures: the first with one plate of two characters and a padded row, the second with nothing."""
    numbers = np.zeros((2, 2, 2, 4), "uint8")
    numbers[0, 0] = [[1, 1, 0, 2], [0, 1, 0, 2]]
    return {
        "num_detections": np.array([1, 0], "int32"),
        "detection_boxes": np.array([[[0.1, 0.2, 0.3, 0.6], [0] * 4], [[0] * 4] * 2], "float32"),
        "detection_corners": np.arange(32, dtype="float32").reshape(2, 2, 4, 2),
        "detection_scores": np.array([[0.75, 0], [0, 0]], "float32"),
        "num_characters": np.array([[2, 0], [0, 0]], "int32"),
        "character_boxes": np.arange(48, dtype="float32").reshape(2, 2, 3, 4),
        "character_classes": np.array([[[11, 36, -1], [-1] * 3], [[-1] * 3] * 2], "int32"),
        "character_scores": np.array([[[0.5, 0.25, 0], [0] * 3], [[0] * 3] * 2], "float32"),
        "character_masks": numbers,
        "mask_boxes": np.array([[[0, 0.1, 0.4, 0.7], [0] * 4], [[0] * 4] * 2], "float32"),
    }


def test_padded_rows_are_left_out():
    first, second = unpack(outputs())

    assert [len(plate.characters) for plate in first] == [2]
    assert second == []


def test_a_plate_has_its_box_score_corners_and_text():
    plate = unpack(outputs())[0][0]

    np.testing.assert_array_equal(plate.box, np.array([0.1, 0.2, 0.3, 0.6], "float32"))
    np.testing.assert_array_equal(plate.corners, [[0, 1], [2, 3], [4, 5], [6, 7]])
    assert (plate.score, plate.text) == (0.75, "B?")


def test_a_character_has_its_own_pixels_of_the_shared_mask():
    first, second = unpack(outputs())[0][0].characters

    np.testing.assert_array_equal(first.mask, [[True, True, False, False], [False, True, False, False]])
    np.testing.assert_array_equal(second.mask, [[False, False, False, True]] * 2)
    np.testing.assert_array_equal(second.box, [4, 5, 6, 7])
    np.testing.assert_array_equal(first.mask_box, np.array([0, 0.1, 0.4, 0.7], "float32"))
    assert (first.label, second.label, second.score) == (11, 36, 0.25)
