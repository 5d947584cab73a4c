import numpy as np

from plate_seg.data.plates import render_plate
from plate_seg.data.typesetting import PlacedGlyph
from plate_seg.data.wear import paint_over


def test_wear_hides_some_strokes_and_leaves_most():
    rng = np.random.default_rng(0)
    shares = np.array([glyph.share for _ in range(150) for glyph in render_plate(rng).glyphs])

    assert (shares < 0.45).any()
    assert (shares > 0.99).mean() > 0.7


def test_unworn_plates_hide_nothing():
    rng = np.random.default_rng(0)

    assert all(glyph.share > 0.999 for _ in range(20) for glyph in render_plate(rng, worn=False).glyphs)


def test_painted_over_characters_vanish_from_the_sheet():
    glyph = PlacedGlyph("8", 10, 10, np.full((20, 10), 255, np.uint8))
    patches = []
    for seed in range(200):
        sheet, hidden = np.full((60, 60, 3), 200, np.uint8), np.zeros((60, 60), np.uint8)
        sheet[12:28, 12:18] = 0
        paint_over(np.random.default_rng(seed), sheet, hidden, (glyph,), (200, 200, 200))
        if hidden.any():
            assert (hidden[10:30, 10:20] == 255).all()
            assert np.ptp(sheet[hidden == 255]) == 0
            patches.append(int(sheet[15, 15, 0]))

    mean = 200 * (1 - 16 * 6 / (22 * 12))
    assert 15 < len(patches) < 50
    assert min(patches) < 100 and max(patches) > 180 and any(abs(patch - mean) < 15 for patch in patches)
