"""Rendered plates over the plates of a picture."""

from pathlib import Path

import numpy as np

from plate_seg import boxes
from plate_seg.data.repaint import GROWTH, repaint
from plate_seg.data.sample import Plate, Sample

TILTED = np.array([[0.3, 0.2], [0.35, 0.6], [0.55, 0.6], [0.5, 0.2]], np.float32)


def photograph(*plates):
    """A sample of 200 x 300 pixels, and a grey picture."""
    return Sample(Path("unread.jpg"), 200, 300, plates), np.full((200, 300, 3), 128, np.uint8)


def test_new_plates_lie_where_the_old_ones_were_and_know_their_characters():
    sample, image = photograph(Plate(boxes.bounds(TILTED), TILTED))

    (plate,) = repaint(sample, image, np.random.default_rng(1))[0].plates

    centre = TILTED.mean(0)
    np.testing.assert_allclose(plate.corners, centre + (TILTED - centre) * (1 + 2 * GROWTH), atol=0.01)
    assert plate.complete
    assert all(character.mask is not None for character in plate.characters)


def test_a_plate_without_corners_is_covered_by_its_whole_box():
    box = np.array([0.25, 0.2, 0.5, 0.8], np.float32)
    sample, image = photograph(Plate(box))

    plate = repaint(sample, image, np.random.default_rng(2))[0].plates[0]

    assert (plate.box[:2] <= box[:2]).all()
    assert (plate.box[2:] >= box[2:]).all()


def test_the_new_box_counts_where_the_old_corners_were_known_alone():
    sample, image = photograph(Plate(boxes.bounds(TILTED), TILTED), Plate(np.array([0.7, 0.2, 0.9, 0.8], np.float32)))

    known, unknown = repaint(sample, image, np.random.default_rng(4))[0].plates

    assert known.box_counts and not unknown.box_counts


def test_pixels_change_on_the_plate_alone_and_the_given_picture_stays():
    sample, image = photograph(Plate(boxes.bounds(TILTED), TILTED))

    _, painted = repaint(sample, image, np.random.default_rng(3))

    assert (image == 128).all()
    assert (painted[70:90, 90:150] != 128).any()
    assert (painted[:40] == 128).all()
    assert (painted[130:] == 128).all()


def test_every_plate_is_painted_and_those_of_a_crowd_keep_their_place():
    crowd = Plate(np.array([0.75, 0.7, 0.95, 0.95], np.float32), crowd=True)
    sample, image = photograph(Plate(boxes.bounds(TILTED), TILTED), crowd, Plate(np.array([0.7, 0.1, 0.9, 0.6])))

    renewed, painted = repaint(sample, image, np.random.default_rng(5))

    changed = (painted != 128).any(-1)
    assert changed[75:85, 80:160].mean() > 0.9 and changed[145:175, 40:170].mean() > 0.9
    assert not changed[150:, 210:].any()
    assert [plate.crowd for plate in renewed.plates] == [False, True, False] and renewed.plates[1] is crowd
    assert [bool(plate.characters) for plate in renewed.plates] == [True, False, True]


def test_the_layout_fits_the_aspect():
    long, square = np.array([0.4, 0.05, 0.5, 0.8], np.float32), np.array([0.2, 0.3, 0.7, 0.7], np.float32)
    lines = {"long": [], "square": []}
    for seed in range(8):
        sample, image = photograph(Plate(long), Plate(square))
        first, second = repaint(sample, image, np.random.default_rng(seed))[0].plates
        lines["long"].append(first.lines)
        lines["square"].append(second.lines)

    assert np.mean(lines["long"]) < np.mean(lines["square"])


def test_a_picture_without_plates_stays_as_it_is():
    sample, image = photograph()

    changed, painted = repaint(sample, image, np.random.default_rng(4))

    assert changed == sample
    assert painted is image


def test_a_crowd_stays():
    crowd = Plate(np.array([0.1, 0.1, 0.9, 0.9], np.float32), crowd=True)
    sample, image = photograph(crowd)

    renewed, painted = repaint(sample, image, np.random.default_rng(4))

    assert renewed.plates == (crowd,)
    assert (painted == 128).all()
