from dataclasses import replace

import numpy as np
import pytest

from plate_seg.data.designs import SEPARATORS, Line
from plate_seg.data.layouts import LAYOUTS, draw_design
from plate_seg.data.typesetting import choose_hand, set_lines
from plate_seg.data.zigzags import Zigzag


@pytest.mark.parametrize("layout", LAYOUTS)
def test_glyphs_keep_their_order_and_do_not_overlap(layout):
    rng = np.random.default_rng(4)
    for _ in range(20):
        design = draw_design(rng, [layout])
        placed = set_lines(rng, design, choose_hand(rng, design), 200, 200 * design.size_mm[0] // design.size_mm[1])

        assert "".join(glyph.character for glyph in placed) == "".join(line.text for line in design.lines)
        start = 0
        for line in design.lines:
            own = [glyph for glyph in placed[start : start + len(line.text)] if glyph.character not in SEPARATORS]
            start += len(line.text)
            overlaps = [first.frame[3] - second.frame[1] for first, second in zip(own, own[1:], strict=False)]
            assert max(overlaps, default=0) <= 8, (layout, line.text)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_glyphs_stay_on_the_sheet(layout):
    rng = np.random.default_rng(6)
    for _ in range(20):
        design = draw_design(rng, [layout])
        width = 200 * design.size_mm[0] // design.size_mm[1]
        for glyph in set_lines(rng, design, choose_hand(rng, design), 200, width):
            top, left, bottom, right = glyph.frame
            assert 0 <= top < bottom <= 200
            assert 0 <= left < right <= width


def test_even_cells_hold_wide_letters_and_narrow_ones():
    rng = np.random.default_rng(8)
    hand = replace(
        choose_hand(rng, draw_design(rng, ["uk_front"])), twins=frozenset(), even_cells=True, jitter=0.0, weight=0.0
    )
    line = Line("0WMI1", (0.2, 0.05, 0.8, 0.95), 0.5, 0.1)
    design = replace(draw_design(rng, ["uk_front"]), lines=(line,))

    zero, w, m, i, one = set_lines(rng, design, hand, 120, 800)

    widths = [glyph.frame[3] - glyph.frame[1] for glyph in (zero, w, m)]
    assert max(widths) <= widths[0]
    pitches = np.diff([(glyph.frame[1] + glyph.frame[3]) / 2 for glyph in (zero, w, m)])
    np.testing.assert_allclose(pitches, widths[0] * 1.2, atol=2)  # a cell of 0.5 and a gap of 0.1 capitals
    assert max(glyph.frame[3] - glyph.frame[1] for glyph in (i, one)) <= 0.8 * widths[0] + 1


def test_cells_of_their_own_leave_wide_letters_wide():
    rng = np.random.default_rng(8)
    hand = replace(
        choose_hand(rng, draw_design(rng, ["uk_front"])), twins=frozenset(), even_cells=False, jitter=0.0, weight=0.0
    )
    design = replace(draw_design(rng, ["uk_front"]), lines=(Line("0W", (0.2, 0.05, 0.8, 0.95), 0.5, 0.1),))

    zero, w = set_lines(rng, design, hand, 120, 800)

    assert w.frame[3] - w.frame[1] > 1.1 * (zero.frame[3] - zero.frame[1])


def test_a_digit_is_drawn_as_its_twin_and_keeps_its_name():
    rng = np.random.default_rng(8)
    hand = replace(choose_hand(rng, draw_design(rng, ["de_long"])), even_cells=False, jitter=0.0, weight=0.0)
    design = replace(draw_design(rng, ["de_long"]), lines=(Line("O0I1", (0.2, 0.05, 0.8, 0.95), 0.5, 0.1),))

    def shapes(twins):
        placed = set_lines(rng, design, replace(hand, twins=frozenset(twins)), 120, 800)
        assert "".join(glyph.character for glyph in placed) == "O0I1"
        return [glyph.coverage for glyph in placed]

    o, zero, i, one = shapes("01")
    assert np.array_equal(o, zero) and np.array_equal(i, one)
    o, zero, i, one = shapes("")
    assert not np.array_equal(o, zero) and not np.array_equal(i, one)


def test_the_law_of_a_plate_decides_its_twins():
    rng = np.random.default_rng(9)
    hands = {name: [choose_hand(rng, draw_design(rng, [name])) for _ in range(60)] for name in ("uk_rear", "fr_long")}

    assert all(hand.twins == {"0", "1"} for hand in hands["uk_rear"])
    assert {frozenset(), frozenset("0"), frozenset("1")} <= {hand.twins for hand in hands["fr_long"]}


def test_a_zigzag_cuts_w_and_m_alone():
    rng = np.random.default_rng(8)
    hand = replace(
        choose_hand(rng, draw_design(rng, ["de_long"])), even_cells=False, jitter=0.0, weight=0.0, zigzag=None
    )
    design = replace(draw_design(rng, ["de_long"]), lines=(Line("WMN8", (0.2, 0.05, 0.8, 0.95), 0.5, 0.1),))
    face, cut = (
        [placed.coverage for placed in set_lines(rng, design, replace(hand, zigzag=zigzag), 120, 800)]
        for zigzag in (None, Zigzag(1.0, 0.5, 0.1, 0.0))
    )

    is_same = [one.shape == other.shape and np.array_equal(one, other) for one, other in zip(face, cut, strict=True)]
    assert is_same == [False, False, True, True]


def test_a_sag_moves_the_bar_of_an_h_and_leaves_its_ends():
    hand = replace(choose_hand(np.random.default_rng(8), draw_design(np.random.default_rng(8), ["de_long"])), sag=0.0)

    def bar(sag):
        shape = replace(hand, sag=sag).shape("H")
        return np.flatnonzero(shape[:, shape.shape[1] // 2] > 127).mean() / shape.shape[0], shape

    level, plain = bar(0.0)
    sunk, lower = bar(0.1)
    risen, upper = bar(-0.1)
    assert sunk - level == pytest.approx(0.1, abs=0.02)
    assert level - risen == pytest.approx(0.1, abs=0.02)
    for moved in (lower, upper):
        assert moved.shape == plain.shape
        np.testing.assert_array_equal(moved[[0, -1]], plain[[0, -1]])
