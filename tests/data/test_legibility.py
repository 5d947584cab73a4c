"""Strokes that stand out, and plates past reading."""

import numpy as np
import pytest

from plate_seg.data.legibility import is_legible, stroke_contrast
from plate_seg.data.sample import Character, Mask, Plate
from plate_seg.data.scenes import render_scene

BARS = np.zeros((20, 12), bool)
BARS[:, 4:8] = True
CHARACTER = Character(7, np.zeros(4), mask=Mask(30, 40, BARS))
PLATE = Plate(np.array([0.25, 0.3, 0.6, 0.6]), characters=(CHARACTER,), complete=True)


def picture(ink, paper):
    image = np.full((100, 100, 3), paper, np.uint8)
    image[30:50, 44:48] = ink
    return image


@pytest.mark.parametrize(("ink", "paper"), [(20, 220), (220, 20)])
def test_clean_strokes_follow_their_mask_whichever_is_brighter(ink, paper):
    correlation, contrast = stroke_contrast(picture(ink, paper), CHARACTER)

    np.testing.assert_allclose([correlation, contrast], [1, 200], rtol=1e-5)
    assert is_legible(picture(ink, paper), PLATE)


def test_strokes_as_bright_as_their_paper_do_not_show():
    assert stroke_contrast(picture(90, 90), CHARACTER) == (0, 0)
    assert not is_legible(picture(90, 90), PLATE)


def test_strokes_a_few_levels_off_are_past_reading_though_they_follow_their_mask():
    correlation, contrast = stroke_contrast(picture(90, 95), CHARACTER)

    assert correlation > 0.99 and contrast < 6
    assert not is_legible(picture(90, 95), PLATE)


def test_strokes_in_strong_noise_are_past_reading_though_they_differ_on_average():
    noise = np.random.default_rng(1).normal(0, 80, (100, 100, 1))
    noisy = np.clip(picture(100, 140) + noise, 0, 255).astype(np.uint8)

    assert stroke_contrast(noisy, CHARACTER)[0] < 0.4
    assert not is_legible(noisy, PLATE)


def test_a_character_at_the_edge_is_judged_by_what_is_there():
    at_edge = Character(7, np.zeros(4), mask=Mask(0, 0, BARS))
    image = np.full((20, 12, 3), 200, np.uint8)
    image[:, 4:8] = 50

    np.testing.assert_allclose(stroke_contrast(image, at_edge), (1, 150), rtol=1e-5)


def test_a_plate_without_characters_has_nothing_to_read():
    assert is_legible(picture(0, 0), Plate(PLATE.box))


def test_scenes_say_of_each_plate_whether_it_can_be_read():
    plates = []
    for seed in range(60):
        image, found = render_scene(np.random.default_rng([5, seed]), 240, 320)
        assert [plate.complete for plate in found] == [is_legible(image, plate) for plate in found]
        plates += found
    assert 0.6 < np.mean([plate.complete for plate in plates]) < 1
