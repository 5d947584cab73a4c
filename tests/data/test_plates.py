import numpy as np
import pytest

from plate_seg import alphabet
from plate_seg.data.designs import Design, Line
from plate_seg.data.layouts import LAYOUTS
from plate_seg.data.plates import draw_plate, render_plate

PLAIN = Design("test", "", ("car",), (520, 110), (Line("A1-B.8", (0.2, 0.1, 0.8, 0.9)),), (255, 255, 255), (0, 0, 0))


def test_ink_lies_under_the_masks_and_nowhere_else():
    plate = draw_plate(
        np.random.default_rng(0),
        Design(**{**PLAIN.__dict__, "lines": (Line("A1B8", (0.2, 0.1, 0.8, 0.9)),)}),
        worn=False,
    )
    cover = np.zeros(plate.alpha.shape, np.uint8)
    for glyph in plate.glyphs:
        top, left, bottom, right = glyph.frame
        cover[top:bottom, left:right] = np.maximum(cover[top:bottom, left:right], glyph.visible)

    np.testing.assert_allclose(plate.image[..., 0].astype(int), 255 - cover.astype(int), atol=1)


def test_hyphens_and_dots_are_drawn_but_not_labelled():
    plate = draw_plate(np.random.default_rng(0), PLAIN, worn=False)
    covered = np.zeros(plate.alpha.shape, bool)
    for glyph in plate.glyphs:
        top, left, bottom, right = glyph.frame
        covered[top:bottom, left:right] = True

    assert "".join(glyph.character for glyph in plate.glyphs) == "A1B8"
    assert (plate.image[~covered] < 50).any()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_renders_with_its_proportions(layout):
    plate = render_plate(np.random.default_rng(1), layout)
    height, width = plate.alpha.shape

    assert plate.image.shape == (height, width, 3)
    assert abs(width / height - plate.design.size_mm[0] / plate.design.size_mm[1]) < 0.03
    assert plate.lines in (1, 2)
    assert all(0 <= glyph.share <= 1 for glyph in plate.glyphs)


def test_characters_of_another_script_are_other():
    plate = render_plate(np.random.default_rng(1), "eg_split")

    assert plate.lines == 1
    assert {glyph.label for glyph in plate.glyphs} == {alphabet.OTHER}


def test_the_same_generator_draws_the_same_plate():
    first, second = (render_plate(np.random.default_rng(8)) for _ in range(2))

    np.testing.assert_array_equal(first.image, second.image)
