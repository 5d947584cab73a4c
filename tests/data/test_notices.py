"""Texts that are no plates: how many, where, how they look, and what they leave alone."""

import numpy as np
import pytest

from plate_seg import boxes
from plate_seg.data import notices
from plate_seg.data.notices import add_notices
from plate_seg.data.sample import Plate

HEIGHT, WIDTH = 240, 320
GREY = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
PLATE = Plate(np.array([0.4, 0.3, 0.6, 0.7], np.float32), None, (), True)


def changed(seed, plates=(), mean=3.0):
    """Returns where notices are on a grey picture, bool [HEIGHT, WIDTH]."""
    return (add_notices(np.random.default_rng(seed), GREY, plates, mean) != GREY).any(-1)


def test_the_picture_that_is_given_stays_and_a_seed_gives_the_same_one():
    image = GREY.copy()

    first, again, other = (add_notices(np.random.default_rng(seed), image, (PLATE,), 5.0) for seed in (1, 1, 2))

    np.testing.assert_array_equal(image, GREY)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any() and first.dtype == np.uint8 and first.shape == GREY.shape


def test_no_pixel_of_a_plate_changes_and_those_beside_it_do():
    covered = np.mean([changed(seed, (PLATE,)) for seed in range(120)], 0)

    top, left, bottom, right = boxes.to_pixels(PLATE.box, HEIGHT, WIDTH).astype(int)
    assert covered[top:bottom, left:right].max() == 0
    assert covered[top:bottom, right + 10 : right + 60].mean() > 0.02


def test_texts_reach_every_corner_of_a_picture_without_plates():
    covered = np.mean([changed(seed) for seed in range(120)], 0)

    for rows in (slice(0, 30), slice(-30, None)):
        for columns in (slice(0, 40), slice(-40, None)):
            assert 0.01 < covered[rows, columns].mean() < 0.5


@pytest.mark.parametrize("mean", [0.5, 3.0])
def test_there_are_as_many_on_the_average_as_asked_for(mean, monkeypatch):
    drawn = []
    monkeypatch.setattr(notices, "_draw", lambda *_: drawn.append(1))
    monkeypatch.setattr(notices, "_set", lambda *_: np.ones((10, 30), np.uint8))

    for seed in range(2000):
        add_notices(np.random.default_rng(seed), GREY, (), mean)

    assert len(drawn) / 2000 == pytest.approx(mean, rel=0.08)


def test_a_text_can_be_told_from_its_ground():
    rng = np.random.default_rng(3)
    for _ in range(300):
        ground = notices.any_colour(rng)
        assert abs(notices._ink(rng, ground).mean() - ground.mean()) >= notices.CONTRAST


def test_numbers_are_of_their_kinds_and_no_phrase_is_empty():
    rng = np.random.default_rng(4)
    phrases = [notices._phrase(rng) for _ in range(500)]

    assert all(phrases) and not any("#" in phrase or "AAAA" in phrase for phrase in phrases)
    assert sum(phrase in notices.WORDS for phrase in phrases) / 500 == pytest.approx(0.45, abs=0.07)
    assert len(set(phrases)) > 200


def test_lines_stand_below_each_other():
    rng = np.random.default_rng(5)
    for count in (1, 2, 4):
        sheet = notices._set(rng, ["HOTEL"] * count)
        inked = (sheet > 0).any(1)
        assert np.count_nonzero(np.diff(inked.astype(int)) == 1) + inked[0] == count
        assert sheet.dtype == np.uint8 and sheet.max() > 200


def test_a_text_off_the_picture_draws_nothing():
    quad = np.array([[-90, -60], [-20, -60], [-20, -30], [-90, -30]], float)
    image = GREY.copy()

    notices._draw(np.random.default_rng(6), image, notices._set(np.random.default_rng(6), ["BAR"]), quad, quad)

    np.testing.assert_array_equal(image, GREY)
