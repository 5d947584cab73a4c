import numpy as np
import pytest

from plate_seg import alphabet, boxes
from plate_seg.data.scenes import render_scene

SCENES = 60


@pytest.fixture(scope="module")
def scenes():
    return [render_scene(np.random.default_rng([1, seed]), 240, 320) for seed in range(SCENES)]


def test_pictures_have_the_size_asked_for(scenes):
    assert {image.shape for image, _ in scenes} == {(240, 320, 3)}
    assert {image.dtype for image, _ in scenes} == {np.dtype(np.uint8)}


def test_some_scenes_have_no_plate_and_some_several(scenes):
    counts = np.array([len(plates) for _, plates in scenes])

    assert 0 < (counts == 0).sum() < SCENES // 4
    assert 0 < (counts > 1).sum() < SCENES // 3


def test_boxes_are_valid_and_inside(scenes):
    for plate in (plate for _, plates in scenes for plate in plates):
        rows = np.stack([plate.box, *(character.box for character in plate.characters)])
        assert boxes.is_valid(rows).all()
        assert (rows >= 0).all()
        assert (rows <= 1).all()


def test_masks_lie_in_their_box_and_on_their_plate(scenes):
    for plate in (plate for _, plates in scenes for plate in plates):
        for character in plate.characters:
            mask = character.mask
            window = [mask.top, mask.left, mask.top + mask.pixels.shape[0], mask.left + mask.pixels.shape[1]]
            np.testing.assert_allclose(boxes.to_pixels(character.box, 240, 320), window, atol=1e-2)
            grown = boxes.to_pixels(plate.box, 240, 320) + np.array([-1.5, -1.5, 1.5, 1.5])
            assert (grown[:2] <= window[:2]).all()
            assert (grown[2:] >= window[2:]).all()


def test_texts_spell_the_labels(scenes):
    for plate in (plate for _, plates in scenes for plate in plates):
        labels = [alphabet.encode(sign) for sign in plate.text if sign != "*"]
        assert labels == [character.label for character in plate.characters]


def test_corners_turn_clockwise(scenes):
    for plate in (plate for _, plates in scenes for plate in plates):
        for corners in (plate.corners, *(character.corners for character in plate.characters)):
            y, x = boxes.to_pixels(corners, 240, 320).T
            assert (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() > 0  # y points down


def test_plates_do_not_touch(scenes):
    for _, plates in scenes:
        if len(plates) > 1:
            rows = np.stack([plate.box for plate in plates])
            overlaps = boxes.iou(rows, rows) - np.eye(len(rows))
            assert overlaps.max() < 1e-6


def test_only_the_layouts_asked_for_are_drawn():
    plates = [
        plate for seed in range(10) for plate in render_scene(np.random.default_rng(seed), 240, 320, ["es_long"])[1]
    ]

    assert plates
    assert {plate.country for plate in plates} == {"ES"}


def test_nothing_printed_on_the_picture_covers_a_plate(monkeypatch):
    def cover(rng, image):
        image[:] = 255

    monkeypatch.setattr("plate_seg.data.scenes.add_overlays", cover)
    refused, plates = render_scene(np.random.default_rng([1, 0]), 240, 320)
    monkeypatch.setattr("plate_seg.data.scenes.add_overlays", lambda rng, image: None)
    bare, _ = render_scene(np.random.default_rng([1, 0]), 240, 320)

    assert plates
    np.testing.assert_array_equal(refused, bare)
