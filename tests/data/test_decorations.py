import numpy as np
import pytest

from plate_seg.data.decorations import decorate, ink, write
from plate_seg.data.designs import Band, Border, Emblem, Rule, Scenery, Words


def sheet():
    return np.full((60, 120, 3), 255, np.uint8)


def test_a_band_fills_its_frame_and_nothing_else():
    drawn = sheet()
    decorate(np.random.default_rng(0), drawn, (Band((0.0, 0.0, 0.5, 1.0), (10, 20, 30)),))

    assert (drawn[:30] == (10, 20, 30)).all()
    assert (drawn[30:] == 255).all()


def test_words_stay_in_their_frame():
    drawn = sheet()
    decorate(np.random.default_rng(0), drawn, (Words("STATE", (0.2, 0.25, 0.6, 0.75), (0, 0, 0)),))
    rows, columns = np.nonzero((drawn < 128).all(-1))

    assert rows.size > 30
    assert rows.min() >= 12 and rows.max() < 36
    assert columns.min() >= 30 and columns.max() < 90


@pytest.mark.parametrize("kind", ["fade", "hills", "blobs", "stripes", "rays"])
def test_scenery_paints_inside_its_frame(kind):
    drawn = sheet()
    colours = ((200, 10, 10), (10, 200, 10), (10, 10, 200))
    decorate(np.random.default_rng(1), drawn, (Scenery((0.5, 0.0, 1.0, 1.0), colours, kind),))

    assert (drawn[:30] == 255).all()
    assert (drawn[30:] != 255).any()


def test_borders_and_rules_leave_the_middle_free():
    drawn = sheet()
    decorate(np.random.default_rng(0), drawn, (Border((0, 0, 0)), Rule((0.3, 0.0, 0.3, 1.0), (0, 0, 0))))

    assert (drawn[0:5, 60] < 60).any()
    assert (drawn[18, 60] < 60).all()
    assert (drawn[30:50, 30:90] == 255).all()


def test_ink_over_the_edge_is_cut():
    drawn = sheet()
    ink(drawn, np.full((20, 20), 255, np.uint8), -10, 110, (0, 0, 0))

    assert (drawn[:10, 110:] == 0).all()
    assert (drawn[10:] == 255).all()


def test_write_keeps_proportions():
    drawn = sheet()
    write(drawn, np.full((10, 20), 255, np.uint8), (0.0, 0.0, 1.0, 0.5), (0, 0, 0))
    rows, columns = np.nonzero((drawn == 0).all(-1))

    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (30, 60)


def test_an_emblem_fills_a_part_of_its_frame_with_two_colours():
    drawn = sheet()
    decorate(np.random.default_rng(0), drawn, (Emblem((0.2, 0.25, 0.8, 0.75), ((200, 10, 10), (10, 10, 200))),))
    rows, columns = np.nonzero((drawn != 255).any(-1))

    assert 0.2 < rows.size / (36 * 60) < 0.8
    assert rows.min() >= 12 and rows.max() <= 48 and columns.min() >= 30 and columns.max() <= 90
    assert (drawn == (200, 10, 10)).all(-1).any() and (drawn == (10, 10, 200)).all(-1).any()
