"""Overlays: what was found is visible, at every picture size, and the picture given stays as it was."""

import subprocess
import sys

import numpy as np
import pytest

from plate_seg import boxes, draw
from plate_seg.data.sample import Character, Mask, Plate
from plate_seg.found import FoundCharacter, FoundPlate


def found_plate(box, count=2):
    box = np.array(box, np.float32)
    edges = np.linspace(box[1], box[3], count + 1)
    characters = []
    for place in range(count):
        mask = np.zeros((4, 2 * count), bool)
        mask[:, 2 * place] = True  # the left half of each character
        window = np.array([box[0], edges[place], box[2], edges[place + 1]])
        characters.append(FoundCharacter(window, place, 0.9, mask, box))
    return FoundPlate(box, boxes.corners(box), 0.87, tuple(characters))


def grey(height, width):
    return np.full((height, width, 3), 120, np.uint8)


def closeness(image, color):
    """Returns how many pixels differ from `color` by less than 40 in every channel."""
    return int((np.abs(image.astype(int) - color) < 40).all(-1).sum())


def test_masks_of_wide_plates_are_filled_in_place_each_in_its_own_color():
    image = grey(700, 1000)

    drawn = draw.draw_found(image, [found_plate([0.4, 0.2, 0.6, 0.8])])

    row, (first, between, second) = 400, (280, 430, 580)  # inside strokes, then beside one
    expected = [0.4 * 120 + 0.6 * np.array(color) for color in draw.COLORS[:2]]
    np.testing.assert_allclose(drawn[row, first], expected[0], atol=1)
    np.testing.assert_allclose(drawn[row, second], expected[1], atol=1)
    np.testing.assert_array_equal(drawn[row, between], [120, 120, 120])


def test_plate_is_outlined_along_its_corners():
    plate = found_plate([0.4, 0.2, 0.6, 0.8], count=0)

    drawn = draw.draw_found(grey(700, 1000), [plate])

    for row, column in [(280, 500), (420, 500), (350, 200), (350, 800)]:
        assert closeness(drawn[row - 1 : row + 2, column - 1 : column + 2], draw.PLATE_COLOR)
    assert closeness(drawn[300:400, 220:780], draw.PLATE_COLOR) == 0


def test_small_plate_gets_an_enlarged_inset_beside_it_and_stays_uncovered():
    image = grey(700, 1000)
    plate = found_plate([0.5, 0.5, 0.54, 0.56])  # 60 px wide

    drawn = draw.draw_found(image, [plate])

    filled = 0.4 * 120 + 0.6 * np.array(draw.COLORS[0])
    assert closeness(drawn, filled) > 20 * (60 / 4) * 28  # many times the 60 x 28 plate's own stroke
    np.testing.assert_array_equal(drawn[355:373, 505:555], image[355:373, 505:555])


def test_insets_of_neighbors_do_not_hide_each_other():
    plates = [found_plate([0.5, left, 0.54, left + 0.05]) for left in (0.3, 0.37, 0.44)]
    panels, place = [], draw._place
    draw._place, restore = lambda *given: panels.append(place(*given)) or panels[-1], place

    try:
        draw.draw_found(grey(1000, 1000), plates)
    finally:
        draw._place = restore

    assert len(panels) == 3
    pixels = np.zeros((1000, 1000), int)
    for top, left, bottom, right in panels:
        pixels[top:bottom, left:right] += 1
    assert pixels.max() == 1


@pytest.mark.parametrize("size", [(1, 1), (8, 6000), (6000, 8), (30, 90), (480, 640)])
@pytest.mark.parametrize(
    "box", [[0.0, 0.0, 1.0, 1.0], [0.4, 0.4, 0.42, 0.41], [-0.2, -0.1, 0.1, 0.1], [0.9, 0.9, 1.2, 1.3]]
)
def test_every_size_and_place_is_drawn_without_touching_the_picture_given(size, box):
    image = grey(*size)

    drawn = draw.draw_found(image, [found_plate(box, count=3)])

    assert drawn.dtype == np.uint8 and drawn.shape[2] == 3
    assert (image == 120).all()
    assert (drawn != 120).any()


def test_small_pictures_are_enlarged_and_large_ones_keep_their_size():
    assert draw.draw_found(grey(40, 128), []).shape == (200, 640, 3)
    assert draw.draw_found(grey(700, 1000), []).shape == (700, 1000, 3)


def test_picture_without_plates_is_unchanged():
    image = np.random.default_rng(0).integers(0, 256, (700, 900, 3), np.uint8)

    np.testing.assert_array_equal(draw.draw_found(image, []), image)


def test_padded_plate_without_area_is_survived():
    plate = FoundPlate(np.zeros(4, np.float32), np.zeros((4, 2), np.float32), 0.1, found_plate([0, 0, 0, 0]).characters)

    assert draw.draw_found(grey(700, 700), [plate]).shape == (700, 700, 3)


def test_truth_draws_known_masks_and_leaves_unknown_ones_empty():
    strokes = Mask(310, 220, np.ones((80, 60), bool))
    known = Character(1, np.array([0.4, 0.2, 0.6, 0.4]), mask=strokes)
    unknown = Character(2, np.array([0.4, 0.6, 0.6, 0.8]))
    plate = Plate(np.array([0.4, 0.2, 0.6, 0.8]), characters=(known, unknown), text="12")

    drawn = draw.draw_truth(grey(700, 1000), [plate])

    np.testing.assert_allclose(drawn[360, 250], 0.4 * 120 + 0.6 * np.array(draw.COLORS[0]), atol=1)
    np.testing.assert_array_equal(drawn[360, 700], [120, 120, 120])


def test_truth_draws_a_plate_of_which_only_the_box_is_known():
    drawn = draw.draw_truth(grey(700, 1000), [Plate(np.array([0.4, 0.2, 0.6, 0.8]), crowd=True)])

    assert closeness(drawn, draw.PLATE_COLOR) > 1000


def test_contact_sheet_fits_pictures_into_cells():
    images = [
        np.full(size, level, np.uint8) for size, level in (((50, 100, 3), 250), ((90, 30, 3), 200), ((9, 9, 3), 150))
    ]

    sheet = draw.contact_sheet(images, columns=2, cell=(40, 60))

    assert sheet.shape == (80, 120, 3)
    assert [sheet[20, 30, 0], sheet[20, 90, 0], sheet[60, 30, 0]] == [250, 200, 150]
    np.testing.assert_array_equal(sheet[60, 90], draw.BACKGROUND)


def test_contact_sheet_of_nothing_is_empty():
    assert draw.contact_sheet([], columns=3, cell=(10, 20)).shape == (10, 60, 3)


def test_drawing_does_not_import_tensorflow():
    program = "import sys, plate_seg.draw; sys.exit('tensorflow' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
