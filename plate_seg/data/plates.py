"""A flat plate: its picture and, for every labelled character, the strokes that can be seen."""

from dataclasses import dataclass

import cv2
import numpy as np

from plate_seg import alphabet
from plate_seg.data.decorations import decorate, ink
from plate_seg.data.designs import SEPARATORS, Design
from plate_seg.data.layouts import draw_design
from plate_seg.data.typesetting import PlacedGlyph, choose_hand, set_lines
from plate_seg.data.wear import fit, hide, light, paint_over, press, soil

SHEET_PIXELS = 60_000  # of a flat plate: 530 px for 520 x 110 mm, more than any plate in a scene needs


@dataclass(frozen=True)
class RenderedGlyph:
    """One labelled character of a flat plate.

    Args:
        label: class index of the alphabet.
        frame: top, left, bottom, right in pixels of the plate, tight round the whole character.
        visible: uint8 coverage of what nothing hides, over that frame.
        share: how much of the character can be seen, 0 to 1.
    """

    character: str
    label: int
    frame: tuple[int, int, int, int]
    visible: np.ndarray
    share: float


@dataclass(frozen=True)
class RenderedPlate:
    """A flat plate.

    Args:
        image: uint8 RGB [height, width, 3].
        alpha: uint8 [height, width], 0 outside its round corners.
        glyphs: in reading order.
    """

    design: Design
    image: np.ndarray
    alpha: np.ndarray
    glyphs: tuple[RenderedGlyph, ...]

    @property
    def lines(self) -> int:
        """Rows of characters."""
        return len({line.frame[0] for line in self.design.lines})


def render_plate(rng: np.random.Generator, layout: str | None = None, worn: bool = True) -> RenderedPlate:
    """Draws a plate with a new number.

    Args:
        layout: one of `layouts.LAYOUTS`, any if None.
        worn: False leaves out everything but the design: no relief, fittings, dirt or damage.
    """
    return draw_plate(rng, draw_design(rng, None if layout is None else (layout,)), worn)


def draw_plate(rng: np.random.Generator, design: Design, worn: bool = True) -> RenderedPlate:
    """Draws one design on a sheet of `SHEET_PIXELS`."""
    height, width = _sheet_size(design)
    sheet = np.empty((height, width, 3), np.uint8)
    sheet[:] = design.paper
    decorate(rng, sheet, design.decorations)
    placed = set_lines(rng, design, choose_hand(rng, design), height, width)
    for glyph in placed:
        ink(sheet, glyph.coverage, glyph.top, glyph.left, design.ink)
    hidden = np.zeros((height, width), np.uint8)
    if worn:
        press(rng, sheet, placed)
        paint_over(rng, sheet, hidden, placed, design.paper)
        fit(rng, sheet, hidden, placed)
        soil(rng, sheet)
        hide(rng, sheet, hidden)
        light(rng, sheet)
    glyphs = tuple(_glyph(placed_glyph, hidden) for placed_glyph in placed if placed_glyph.character not in SEPARATORS)
    return RenderedPlate(design, sheet, _outline(height, width), glyphs)


def _sheet_size(design: Design) -> tuple[int, int]:
    aspect = design.size_mm[0] / design.size_mm[1]
    width = round((SHEET_PIXELS * aspect) ** 0.5)
    return round(width / aspect), width


def _outline(height: int, width: int) -> np.ndarray:
    alpha = np.zeros((height, width), np.uint8)
    radius = max(2, height // 20)
    cv2.rectangle(alpha, (radius, 0), (width - 1 - radius, height - 1), 255, -1)
    cv2.rectangle(alpha, (0, radius), (width - 1, height - 1 - radius), 255, -1)
    for row in (radius, height - 1 - radius):
        for column in (radius, width - 1 - radius):
            cv2.circle(alpha, (column, row), radius, 255, -1)
    return alpha


def _glyph(placed: PlacedGlyph, hidden: np.ndarray) -> RenderedGlyph:
    top, left, bottom, right = placed.frame
    bottom, right = min(bottom, hidden.shape[0]), min(right, hidden.shape[1])
    coverage = placed.coverage[: bottom - top, : right - left]
    free = 255 - hidden[top:bottom, left:right].astype(np.uint16)
    visible = (coverage * free // 255).astype(np.uint8)
    share = float(visible.sum()) / max(float(coverage.sum()), 1.0)
    return RenderedGlyph(
        placed.character, alphabet.encode(placed.character), (top, left, bottom, right), visible, share
    )
