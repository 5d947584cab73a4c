from dataclasses import replace

import numpy as np
import pytest

from plate_seg.data.fonts import STYLES
from plate_seg.data.glyphs import glyph
from plate_seg.data.zigzags import Zigzag, choose_zigzag

STRAIGHT = Zigzag(width=1.0, reach=0.5, lean_w=0.1, lean_m=0.1)


def upright(height=90, width=60, stem=8):
    """An H of the given stem."""
    shape = np.zeros((height, width), np.uint8)
    shape[:, :stem] = shape[:, -stem:] = 255
    shape[height // 2 - stem // 2 : height // 2 + stem // 2] = 255
    return shape


def runs(row):
    return int((np.diff(np.concatenate([[False], row > 127]).astype(int)) > 0).sum())


def test_a_short_middle_leaves_two_strokes_on_the_open_side_and_four_on_the_closed_one():
    w = STRAIGHT.shape("W", upright())

    assert w.shape == (90, 60)
    assert runs(w[10]) == 2
    assert runs(w[60]) == 4
    assert w[:40, 25:35].max() == 0  # above the middle


def test_a_middle_reaches_as_far_as_asked():
    for reach in (0.4, 0.7, 1.0):
        middle = replace(STRAIGHT, reach=reach).shape("W", upright())[:, 30]
        assert 1 - np.flatnonzero(middle > 127)[0] / 90 == pytest.approx(reach, abs=0.06)


def test_m_is_w_upside_down():
    w, m = (STRAIGHT.shape(sign, upright()) for sign in "WM")

    np.testing.assert_array_equal(m, w[::-1])


def test_strokes_are_those_of_the_face_until_they_would_close_the_gaps():
    thin, heavy = (replace(STRAIGHT, lean_w=0.0).shape("W", upright(stem=stem)) for stem in (6, 25))

    assert int((thin[5, :30] > 127).sum()) == pytest.approx(6, abs=1)
    assert int((heavy[5, :30] > 127).sum()) == pytest.approx(10, abs=1)  # 0.17 of 60
    assert runs(heavy[70]) >= 2


@pytest.mark.parametrize("style", ["narrow", "heavy", "plain", "serif"])
def test_letters_fill_their_frame_in_every_face(style):
    rng = np.random.default_rng(5)
    for face in STYLES[style]:
        for sign in "WM":
            shape = choose_zigzag(rng).shape(sign, glyph(face, "H"))
            assert shape.shape[0] == glyph(face, "H").shape[0]
            assert min(shape[0].max(), shape[-1].max(), shape[:, :2].max(), shape[:, -2:].max()) > 127
