"""Photographs made worse: where turned plates end up, and what counts as found."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import robustness
from benchmarks.robustness import AS_IT_IS, WAYS, count, measure_ways, overlap, shower, siding, turning
from plate_seg import boxes
from plate_seg.data import geometry
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.errors import UserError
from plate_seg.found import FoundCharacter, FoundPlate

HEIGHT, WIDTH = 120, 200
BOX = np.array([0.25, 0.4, 0.5, 0.7])
SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], np.float64)


def photograph(folder=None, **changes):
    """A sample with one plate, which reads 7, and its picture, a white plate on black; written if a folder is given."""
    plate = Plate(BOX, None, (Character(7, BOX),), complete=True, text="7")
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[30:60, 80:140] = 255
    path = (folder or Path()) / "one.png"
    if folder:
        cv2.imwrite(str(path), image)
    return Sample(path, HEIGHT, WIDTH, (plate,), **changes), image


def found(points, size, label=7):
    """A found plate with corners (x, y) pixels in a picture of `size`."""
    corners = geometry.to_yx(points, *size)
    box = boxes.bounds(corners)
    return FoundPlate(box, corners, 0.9, (FoundCharacter(box, label, 1.0, np.ones((2, 2), bool), box),))


@pytest.mark.parametrize(
    "move", [*(turning(degrees) for degrees in (0, 15, 30, 45, 60, 90)), *(siding(degrees) for degrees in (30, -45))]
)
def test_a_moved_plate_is_found_where_it_is_drawn(tmp_path, move):
    sample, image = photograph(tmp_path)
    turned = shower(move)(image)
    homography, size = move(HEIGHT, WIDTH)
    points = geometry.move_points(homography, geometry.to_xy(boxes.corners(BOX), HEIGHT, WIDTH))

    inside = np.zeros(turned.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, np.rint(points - 0.5).astype(np.int32), 1)
    assert turned.shape[:2] == size
    drawn = (turned > 180).all(-1)
    assert (drawn & (inside > 0)).sum() / (drawn | (inside > 0)).sum() > 0.9
    assert count(sample, [found(points, size)], move, size) == {
        "plates": 1,
        "plates_found": 1,
        "texts": 1,
        "plates_read": 1,
        "false_plates": 0,
    }


def test_a_plate_beside_the_true_one_is_false_and_one_misread_is_not_read():
    sample, _ = photograph()
    points = geometry.to_xy(boxes.corners(BOX), HEIGHT, WIDTH)

    counts = count(
        sample, [found(points, (HEIGHT, WIDTH), 8), found(points + 50, (HEIGHT, WIDTH))], AS_IT_IS, (HEIGHT, WIDTH)
    )

    assert counts == {"plates": 1, "plates_found": 1, "texts": 1, "plates_read": 0, "false_plates": 1}
    assert count(sample, [], turning(30), (HEIGHT, WIDTH))["plates_found"] == 0


def test_a_picture_of_half_the_size_has_its_plates_at_half():
    sample, image = photograph()
    points = geometry.to_xy(boxes.corners(BOX), HEIGHT, WIDTH) / 2

    assert (
        count(sample, [found(points, (60, 100))], AS_IT_IS, WAYS["half the size"](image).shape[:2])["plates_found"] == 1
    )


@pytest.mark.parametrize("degrees", [0, 30, 60])
def test_a_picture_from_the_side_is_as_a_pinhole_shows_it(degrees):
    """The middle of its sides, by similar triangles: the eye is twice as far away as the picture is wide."""
    homography, (tall, wide) = siding(degrees)(HEIGHT, WIDTH)

    sides = geometry.move_points(homography, np.array([[0, HEIGHT / 2], [WIDTH, HEIGHT / 2]], np.float64))

    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    halves = [WIDTH / 2 * cosine / (1 + sign * sine / 4) for sign in (-1, 1)]
    np.testing.assert_allclose(np.diff(sides[:, 0]), sum(halves), atol=1e-6)
    np.testing.assert_allclose(sides[:, 1], tall / 2, atol=0.51)
    assert wide == np.ceil(sum(halves) - 1e-9)


@pytest.mark.parametrize(("shift", "expected"), [(0, 1.0), (5, 1 / 3), (10, 0.0)])
def test_overlap_of_squares(shift, expected):
    assert overlap(SQUARE, SQUARE + [shift, 0]) == pytest.approx(expected)


def test_overlap_of_a_square_and_the_one_that_stands_on_its_corner():
    circle = np.deg2rad([0, 90, 180, 270])
    diamond = 5 + 5 * np.stack([np.cos(circle), np.sin(circle)], -1)

    assert overlap(SQUARE, diamond) == pytest.approx(0.5)
    assert overlap(SQUARE, np.zeros((4, 2))) == 0


def test_every_way_is_measured_over_all_scenes(tmp_path, monkeypatch):
    sample, image = photograph(tmp_path)
    monkeypatch.setattr(robustness, "WAYS", {"as it is": WAYS["as it is"], "turned by 30 degrees": shower(turning(30))})
    points = geometry.to_xy(boxes.corners(BOX), HEIGHT, WIDTH)

    shown = []

    def find(picture):
        shown.append(picture)
        return [found(points, picture.shape[:2])] if picture.shape == image.shape else []

    rows = measure_ways(find, [sample, photograph(tmp_path, scene=False)[0]]).set_index(["way", "measure"])

    assert rows.value["as it is"].tolist() == [1, 1, 0] and rows.value["turned by 30 degrees"].tolist() == [0, 0, 0]
    assert rows.value[robustness.NOTICED].tolist() == [1, 1, 0]
    assert set(rows.pictures) == {1}
    assert (shown[0] == image).all()
    assert (shown[2] != image).any() and (shown[2][30:60, 80:140] == 255).all()  # beside the plate alone
    with pytest.raises(UserError, match="none of a scene"):
        measure_ways(find, [photograph(tmp_path, scene=False)[0]])


def test_each_way_changes_what_it_says():
    image = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)

    changed = {way: change(image) for way, change in WAYS.items()}

    assert (changed["as it is"] == image).all() and changed["half the size"].shape == (20, 30, 3)
    assert changed["a quarter of the light"].mean() == pytest.approx(image.mean() / 4, abs=0.5)
    assert (np.ptp(changed["without colours"], axis=-1) == 0).all()
    smooth = np.full((40, 60, 3), 128, np.uint8)
    assert 18 < WAYS["noise of 20"](smooth).std() < 22
    assert changed["blurred by 1.5 px"].std() < 0.3 * image.std()
    assert all(changed[way].shape == image.shape for way in ("blurred by 1.5 px", "JPEG of quality 10"))
    assert (changed["JPEG of quality 10"] != image).any()
