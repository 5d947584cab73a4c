from dataclasses import replace

import cv2
import numpy as np
import pytest

from plate_seg import alphabet, boxes
from plate_seg.data.designs import Design, Line
from plate_seg.data.paste import STROKE, paste_plate, warp_plate
from plate_seg.data.plates import draw_plate, render_plate

QUAD = np.array([[30.0, 40.0], [42.0, 200.0], [88.0, 190.0], [80.0, 35.0]])  # y, x
SHAPE = (120, 240)


def plain_plate(text="A8B1Q"):
    design = Design("test", "", ("car",), (400, 130), (Line(text, (0.2, 0.08, 0.8, 0.92)),), (255, 255, 255), (0, 0, 0))
    return draw_plate(np.random.default_rng(1), design, worn=False)


def union(plate):
    mask = np.zeros(SHAPE, bool)
    for character in plate.characters:
        rows, columns = character.mask.pixels.shape
        window = mask[
            character.mask.top : character.mask.top + rows, character.mask.left : character.mask.left + columns
        ]
        window |= character.mask.pixels
    return mask


@pytest.mark.parametrize("scale", [0.4, 0.7, 1.0])
def test_every_glyph_pixel_is_inside_a_mask_and_none_outside(scale):
    warped = warp_plate(plain_plate(), QUAD * scale, SHAPE)
    mask = union(warped.plate)[warped.top :, warped.left :][: warped.image.shape[0], : warped.image.shape[1]]
    ink = 1 - warped.image[..., 0] / 255.0

    assert (ink[mask] >= STROKE - 0.02).all()
    inside = warped.alpha > 0.99
    assert (ink[inside & ~mask] <= STROKE + 0.02).all()
    assert mask.sum() > 100 * scale**2


def test_boxes_are_the_bounds_of_the_masks():
    for character in warp_plate(plain_plate(), QUAD, SHAPE).plate.characters:
        mask = character.mask
        rows, columns = np.nonzero(mask.pixels)
        bounds = [
            mask.top + rows.min(),
            mask.left + columns.min(),
            mask.top + rows.max() + 1,
            mask.left + columns.max() + 1,
        ]

        np.testing.assert_allclose(boxes.to_pixels(character.box, *SHAPE), bounds, atol=1e-3)


def test_masks_fill_the_frame_of_their_character():
    upright = np.array([[10.0, 20.0], [10.0, 180.0], [62.0, 180.0], [62.0, 20.0]])
    for character in warp_plate(plain_plate(), upright, SHAPE).plate.characters:
        frame = boxes.to_pixels(boxes.bounds(character.corners), *SHAPE)
        box = boxes.to_pixels(character.box, *SHAPE)

        assert np.abs(frame - box).max() < 1.0


def test_masks_lie_in_the_tilted_frame_of_their_character():
    for character in warp_plate(plain_plate(), QUAD, SHAPE).plate.characters:
        frame = boxes.to_pixels(character.corners, *SHAPE)
        rows, columns = np.nonzero(character.mask.pixels)
        points = np.stack([rows + character.mask.top, columns + character.mask.left], 1) + 0.5
        outline = frame[:, ::-1].astype(np.float32)

        assert min(cv2.pointPolygonTest(outline, (float(x), float(y)), True) for y, x in points) > -1.0


def test_frames_of_an_upright_plate_are_clockwise_from_the_top_left():
    upright = np.array([[10.0, 20.0], [10.0, 180.0], [62.0, 180.0], [62.0, 20.0]])
    warped = warp_plate(plain_plate(), upright, SHAPE)

    for corners in (warped.plate.corners, *(character.corners for character in warped.plate.characters)):
        (top, left), (_, right), (bottom, _), _ = boxes.to_pixels(corners, *SHAPE)
        np.testing.assert_allclose(
            boxes.to_pixels(corners, *SHAPE), [[top, left], [top, right], [bottom, right], [bottom, left]], atol=1e-3
        )
        assert top < bottom
        assert left < right


def test_characters_keep_their_order_and_text():
    plate = warp_plate(plain_plate("XY12"), QUAD, SHAPE).plate

    assert plate.text == "XY12"
    assert [float(character.box[1]) for character in plate.characters] == sorted(
        float(character.box[1]) for character in plate.characters
    )


def test_a_character_outside_the_picture_is_painted_over_in_the_text():
    plate = warp_plate(plain_plate("XY12"), QUAD - (0, 100), SHAPE).plate

    assert plate.text.startswith("*")
    assert len(plate.characters) == len(plate.text.replace("*", ""))
    assert (plate.box >= 0).all()


def test_a_character_that_is_hidden_by_more_than_half_is_painted_over_in_the_text():
    plate = plain_plate("XY12")
    shares = [replace(glyph, share=share) for glyph, share in zip(plate.glyphs, (1.0, 0.4, 0.5, 0.0), strict=True)]

    pasted = warp_plate(replace(plate, glyphs=tuple(shares)), QUAD, SHAPE).plate

    assert pasted.text == "X*1*" and pasted.complete
    assert "".join(alphabet.decode(character.label) for character in pasted.characters) == "X1"


@pytest.mark.parametrize(("outside", "text"), [(0.5, "XY12"), (0.6, "*Y12")])
def test_a_character_that_the_edge_cuts_by_more_than_half_is_painted_over_in_the_text(outside, text):
    upright = np.array([[10.0, 20.0], [10.0, 180.0], [62.0, 180.0], [62.0, 20.0]])
    frame = boxes.to_pixels(warp_plate(plain_plate("XY12"), upright, SHAPE).plate.characters[0].corners, *SHAPE)
    left, right = frame[0, 1], frame[1, 1]

    moved = warp_plate(plain_plate("XY12"), upright - (0, left + outside * (right - left)), SHAPE).plate

    assert moved.text == text


@pytest.mark.parametrize(("vehicles", "vehicle"), [(("car",), "car"), (("car", "motorbike"), None)])
def test_a_plate_is_of_a_vehicle_that_its_design_is_for_alone(vehicles, vehicle):
    plate = plain_plate()
    plate = replace(plate, design=replace(plate.design, vehicles=vehicles, country="VN"))

    pasted = warp_plate(plate, QUAD, SHAPE).plate

    assert (pasted.vehicle, pasted.country, pasted.lines) == (vehicle, "VN", 1)


def test_a_plate_that_reaches_off_the_picture_keeps_its_corners_but_not_its_box():
    plate = warp_plate(plain_plate("XY12"), QUAD + (60, 100), SHAPE).plate

    np.testing.assert_allclose(boxes.to_pixels(plate.corners, *SHAPE), QUAD + (60, 100), atol=1e-3)
    np.testing.assert_allclose(boxes.to_pixels(plate.box, *SHAPE), [90, 135, 120, 240], atol=1e-3)


def test_a_quad_off_the_picture_is_an_error():
    with pytest.raises(ValueError, match="misses a picture"):
        warp_plate(plain_plate(), QUAD + 500, SHAPE)


def test_paste_changes_nothing_away_from_the_plate():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (*SHAPE, 3), np.uint8)
    before = image.copy()
    pasted, plate = paste_plate(rng, image, QUAD, render_plate(rng))

    top, left, bottom, right = np.rint(boxes.to_pixels(plate.box, *SHAPE)).astype(int)
    same = (pasted == image).all(-1)
    same[top - 4 : bottom + 4, left - 4 : right + 4] = True
    assert same.all() and (pasted[50:70, 60:180] != before[50:70, 60:180]).any(-1).mean() > 0.9
    np.testing.assert_array_equal(image, before)
    assert pasted.dtype == np.uint8


def test_paste_matches_the_light_of_the_picture():
    rng = np.random.default_rng(0)
    plate = plain_plate()
    levels = []
    for level in (40, 200):
        image = np.full((*SHAPE, 3), level, np.uint8)
        image[40:70:4] = level // 3
        pasted, _ = paste_plate(rng, image, QUAD, plate, blur_px=0.0)
        levels.append(np.percentile(pasted[50:75, 60:180], 90))

    assert levels[0] < 0.6 * levels[1]
