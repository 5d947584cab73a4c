import numpy as np
import pytest

from plate_seg.alphabet import CHARACTERS
from plate_seg.data.fonts import STYLES
from plate_seg.data.glyphs import glyph, resize_coverage, words


@pytest.mark.parametrize("character", CHARACTERS)
def test_strokes_touch_every_side_of_their_window(character):
    for face in STYLES["any"]:
        coverage = glyph(face, character)

        for side in (coverage[0], coverage[-1], coverage[:, 0], coverage[:, -1]):
            assert side.max() > 40


def test_no_two_characters_of_a_face_look_alike():
    for face in STYLES["any"]:
        shapes = {resize_coverage(glyph(face, character), 20, 20).tobytes() for character in CHARACTERS}

        assert len(shapes) == len(CHARACTERS)


def test_a_space_has_no_strokes():
    assert not words(STYLES["any"][0], " ").any()


def test_resize_coverage_keeps_the_share_of_ink():
    coverage = np.zeros((40, 40), np.uint8)
    coverage[:, :20] = 255

    assert abs(resize_coverage(coverage, 10, 14).mean() - 127.5) < 2
