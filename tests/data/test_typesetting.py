import numpy as np
import pytest

from plate_seg.data.designs import SEPARATORS
from plate_seg.data.layouts import LAYOUTS, draw_design
from plate_seg.data.typesetting import choose_hand, set_lines


@pytest.mark.parametrize("layout", LAYOUTS)
def test_glyphs_keep_their_order_and_do_not_overlap(layout):
    rng = np.random.default_rng(4)
    for _ in range(20):
        design = draw_design(rng, [layout])
        placed = set_lines(
            rng, design, choose_hand(rng, design.style), 200, 200 * design.size_mm[0] // design.size_mm[1]
        )

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
        for glyph in set_lines(rng, design, choose_hand(rng, design.style), 200, width):
            top, left, bottom, right = glyph.frame
            assert 0 <= top < bottom <= 200
            assert 0 <= left < right <= width
