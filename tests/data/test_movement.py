from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plate_seg.data import geometry
from plate_seg.data.movement import move_sample
from plate_seg.data.sample import Character, Mask, Plate, Sample
from plate_seg.errors import UserError

SIZE = 100


def scene(*plates):
    return Sample(Path("a.png"), SIZE, SIZE, plates)


def plate(left, right, characters=()):
    box = np.array([0.4, left, 0.6, right], np.float32)
    return Plate(box, None, tuple(characters), complete=bool(characters))


def character(left, right, has_mask=True):
    mask = Mask(45, round(left * SIZE), np.ones((10, round((right - left) * SIZE)), bool)) if has_mask else None
    return Character(7, np.array([0.45, left, 0.55, right], np.float32), None, mask)


def shift(sample, x, smallest=0.0):
    image = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)
    canvas = np.zeros((SIZE, SIZE, 3), np.uint8)
    return image, move_sample(sample, image, geometry.translation(x, 0), canvas, 0.6, smallest)


def test_a_shift_moves_boxes_masks_and_strokes():
    _, (_, (moved,), strokes) = shift(scene(plate(0.1, 0.5, [character(0.2, 0.3)])), 20)

    np.testing.assert_allclose(moved.box, [0.4, 0.3, 0.6, 0.7], rtol=1e-6)
    np.testing.assert_allclose(moved.characters[0].box, [0.45, 0.4, 0.55, 0.5], rtol=1e-6)
    assert strokes.sum() == 100 and strokes[45:55, 40:50].all()
    assert (moved.characters[0].mask.top, moved.characters[0].mask.left) == (45, 40) and moved.complete
    assert moved.corners is None  # unknown before, unknown after


def test_a_plate_cut_in_half_is_gone_and_cannot_be_read():
    image, (canvas, plates, strokes) = shift(scene(plate(0.1, 0.5, [character(0.4, 0.5)])), -30)

    assert plates == () and strokes.sum() == 0
    assert canvas[42:58, :18].std() < 0.5 * image[42:58, 30:48].std()
    np.testing.assert_array_equal(canvas[:35], np.roll(image, -30, 1)[:35] * (np.arange(SIZE) < 70)[None, :, None])


def test_a_cut_character_makes_the_plate_incomplete():
    _, (_, (moved,), _) = shift(scene(plate(0.1, 0.5, [character(0.1, 0.2), character(0.3, 0.4)])), -18)

    np.testing.assert_allclose(moved.box, [0.4, 0, 0.6, 0.32], atol=1e-6)
    assert len(moved.characters) == 1 and not moved.complete


@pytest.mark.parametrize(("x", "complete"), [(-10.3, True), (-11, False), (-13, False)])
def test_a_character_cut_by_more_than_a_trace_stays_but_its_plate_is_incomplete(x, complete):
    _, (_, (moved,), _) = shift(scene(plate(0.1, 0.5, [character(0.1, 0.2), character(0.3, 0.4)])), x)

    first, second = moved.characters
    np.testing.assert_allclose(first.box, [0.45, 0, 0.55, 0.2 + x / SIZE], atol=1e-6)
    np.testing.assert_allclose(first.corners[0], [0.45, 0.1 + x / SIZE], atol=1e-6)
    np.testing.assert_allclose(second.box, [0.45, 0.3 + x / SIZE, 0.55, 0.4 + x / SIZE], atol=1e-6)
    assert moved.complete is complete


def test_a_pixel_is_of_a_stroke_that_covers_half_of_it():
    _, (_, (moved,), strokes) = shift(scene(plate(0.1, 0.5, [character(0.2, 0.3)])), 20.25)

    assert strokes.sum() == 100 and strokes[45:55, 40:50].all()
    assert moved.characters[0].mask.pixels.sum() == 100


def test_no_stroke_is_in_the_masks_of_two_turned_characters():
    sample = scene(plate(0.3, 0.7, [character(0.35, 0.45), character(0.45, 0.55), character(0.55, 0.65)]))
    cosine, sine = np.cos(np.pi / 6), np.sin(np.pi / 6)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    homography = geometry.translation(50, 50) @ turn @ geometry.translation(-50, -50)

    canvas = np.zeros((SIZE, SIZE, 3), np.uint8)
    _, (moved,), strokes = move_sample(sample, canvas.copy(), homography, canvas, 0.6, 0)

    times = np.zeros((SIZE, SIZE), int)
    for mask in (one.mask for one in moved.characters):
        times[mask.top : mask.top + mask.pixels.shape[0], mask.left : mask.left + mask.pixels.shape[1]] += mask.pixels
    assert ((times > 0) == strokes).all() and strokes.sum() == pytest.approx(300, abs=15)
    assert (times > 1).sum() <= 2 * 13  # the pixels on the two edges that neighbours share


def test_a_tiny_plate_is_left_out():
    assert len(shift(scene(plate(0.1, 0.15)), 0, smallest=19)[1][1]) == 1
    assert shift(scene(plate(0.1, 0.15)), 0, smallest=21)[1][1] == ()


def test_a_crowd_is_blurred_away():
    image, (canvas, plates, _) = shift(scene(replace(plate(0.1, 0.5), crowd=True), plate(0.6, 0.9)), 0)

    assert [list(kept.box) for kept in plates] == [list(plate(0.6, 0.9).box)]
    assert canvas[42:58, 12:48].std() < 0.5 * image[42:58, 12:48].std()
    np.testing.assert_array_equal(canvas[:, 60:], image[:, 60:])


def test_a_character_without_mask_draws_no_strokes():
    _, (_, (moved,), strokes) = shift(scene(plate(0.1, 0.5, [character(0.2, 0.3, has_mask=False)])), 5)

    assert moved.characters[0].mask is None and strokes.sum() == 0 and moved.complete


def test_a_picture_without_plates_moves_alone():
    _, (canvas, plates, strokes) = shift(scene(), 5)

    assert plates == () and strokes.sum() == 0 and canvas[:, 5:].any()


def test_a_plate_off_the_canvas_leaves_no_trace():
    image, (canvas, plates, _) = shift(scene(plate(0.1, 0.3)), -40)

    assert plates == ()
    np.testing.assert_array_equal(canvas[:, :60], image[:, 40:])


def test_a_picture_of_another_size_than_annotated_is_named():
    canvas = np.zeros((SIZE, SIZE, 3), np.uint8)

    with pytest.raises(UserError, match="a.png: the picture is 50 x 100, its annotations say 100 x 100"):
        move_sample(scene(), np.zeros((100, 50, 3), np.uint8), np.eye(3), canvas, 0.6, 0)
