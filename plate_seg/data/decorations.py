"""Draws the unlabelled parts of a design on the flat plate: bands, borders, small words and pictures."""

import cv2
import numpy as np

from plate_seg.data.designs import Band, Border, Colour, Decoration, Emblem, Frame, Rule, Scenery, Words, pick
from plate_seg.data.fonts import STYLES
from plate_seg.data.glyphs import resize_coverage, words
from plate_seg.data.stage import blend


def decorate(rng: np.random.Generator, sheet: np.ndarray, decorations: tuple[Decoration, ...]) -> None:
    """Draws the decorations in their order on `sheet`, uint8 [height, width, 3], in place."""
    for decoration in decorations:
        _DRAW[type(decoration)](rng, sheet, decoration)


def ink(sheet: np.ndarray, coverage: np.ndarray, top: int, left: int, colour) -> None:
    """Blends one colour into `sheet` where `coverage` says, cut at the sheet's edges."""
    window = sheet[max(top, 0) : top + coverage.shape[0], max(left, 0) : left + coverage.shape[1]]
    if window.size:
        coverage = coverage[max(-top, 0) :, max(-left, 0) :][: window.shape[0], : window.shape[1]]
        blend(window, coverage, np.asarray(colour)[None, None])


def write(sheet: np.ndarray, coverage: np.ndarray, frame: Frame, colour) -> None:
    """Draws a text as large as its frame allows, keeping its proportions, centred."""
    top, left, bottom, right = _pixels(frame, sheet)
    scale = min((bottom - top) / coverage.shape[0], (right - left) / coverage.shape[1])
    height, width = max(1, round(coverage.shape[0] * scale)), max(1, round(coverage.shape[1] * scale))
    small = resize_coverage(coverage, height, width)
    ink(sheet, small, round((top + bottom - height) / 2), round((left + right - width) / 2), colour)


def _pixels(frame: Frame, sheet: np.ndarray) -> tuple[int, int, int, int]:
    height, width = sheet.shape[:2]
    return tuple(round(value * size) for value, size in zip(frame, (height, width, height, width), strict=True))


def _draw_band(rng: np.random.Generator, sheet: np.ndarray, band: Band) -> None:
    top, left, bottom, right = _pixels(band.frame, sheet)
    sheet[top:bottom, left:right] = band.colour


def _draw_rule(rng: np.random.Generator, sheet: np.ndarray, rule: Rule) -> None:
    top, left, bottom, right = _pixels(rule.frame, sheet)
    cv2.line(sheet, (left, top), (right, bottom), rule.colour, max(1, sheet.shape[0] // 60), cv2.LINE_AA)


def _draw_words(rng: np.random.Generator, sheet: np.ndarray, text: Words) -> None:
    write(sheet, words(pick(rng, STYLES[text.style]), text.text), text.frame, text.colour)


def _draw_border(rng: np.random.Generator, sheet: np.ndarray, border: Border) -> None:
    height, width = sheet.shape[:2]
    thickness = max(1, round(border.thickness * height))
    inset = round(border.inset * height) + thickness // 2
    rounded_line(sheet, inset, round(0.06 * height), border.colour, thickness)


def rounded_line(sheet: np.ndarray, inset: int, radius: int, colour, thickness: int) -> None:
    """Draws a rectangle with round corners, `inset` pixels from the edge."""
    bottom, right = sheet.shape[0] - 1 - inset, sheet.shape[1] - 1 - inset
    near_top, near_left, near_bottom, near_right = inset + radius, inset + radius, bottom - radius, right - radius
    for start, end in (
        ((near_left, inset), (near_right, inset)),
        ((near_left, bottom), (near_right, bottom)),
        ((inset, near_top), (inset, near_bottom)),
        ((right, near_top), (right, near_bottom)),
    ):
        cv2.line(sheet, start, end, colour, thickness, cv2.LINE_AA)
    for centre, start in (
        ((near_left, near_top), 180),
        ((near_right, near_top), 270),
        ((near_right, near_bottom), 0),
        ((near_left, near_bottom), 90),
    ):
        cv2.ellipse(sheet, centre, (radius, radius), start, 0, 90, colour, thickness, cv2.LINE_AA)


def _draw_emblem(rng: np.random.Generator, sheet: np.ndarray, shown: Emblem) -> None:
    top, left, bottom, right = _pixels(shown.frame, sheet)
    emblem(rng, sheet, (top + bottom) / 2, (left + right) / 2, (bottom - top, right - left), shown.colours)


def emblem(
    rng: np.random.Generator,
    sheet: np.ndarray,
    row: float,
    column: float,
    size: tuple[float, float],
    colours: tuple[Colour, Colour],
) -> None:
    """Draws a ragged outline of `size` pixels, high and wide, round (row, column), and one of other colour within."""
    angles = np.linspace(0, 2 * np.pi, int(rng.integers(5, 15)), endpoint=False)
    for colour, reach in zip(colours, (1.0, float(rng.uniform(0.3, 0.75))), strict=True):
        radii = reach * rng.uniform(0.55, 1.0, len(angles)) / 2
        down, across = radii * np.sin(angles) * size[0] + row, radii * np.cos(angles) * size[1] + column
        cv2.fillPoly(sheet, [np.stack([across, down], 1).round().astype(np.int32)], colour, cv2.LINE_AA)


def _draw_scenery(rng: np.random.Generator, sheet: np.ndarray, scenery: Scenery) -> None:
    top, left, bottom, right = _pixels(scenery.frame, sheet)
    _SCENERY[scenery.kind](rng, sheet[top:bottom, left:right], scenery.colours)


def _fade(rng: np.random.Generator, view: np.ndarray, colours) -> None:
    ramp = np.linspace(0, 1, view.shape[0], dtype=np.float32)[:, None, None]
    ramp = ramp if rng.random() < 0.5 else np.abs(2 * ramp - 1)
    first, second = np.float32(colours[0]), np.float32(colours[1])
    view[:] = np.broadcast_to(first + (second - first) * ramp, view.shape).astype(np.uint8)


def _hills(rng: np.random.Generator, view: np.ndarray, colours) -> None:
    _fade(rng, view, colours)
    height, width = view.shape[:2]
    columns = np.linspace(0, width, 24)
    for level, colour in zip((0.5, 0.7), colours[1:], strict=False):
        ridge = height * (
            level + 0.15 * np.sin(columns / width * rng.uniform(4, 14) + rng.uniform(0, 6)) + rng.normal(0, 0.03, 24)
        )
        outline = np.concatenate([np.stack([columns, ridge], 1), [[width, height], [0, height]]])
        cv2.fillPoly(view, [outline.astype(np.int32)], colour, cv2.LINE_AA)


def _blobs(rng: np.random.Generator, view: np.ndarray, colours) -> None:
    for _ in range(int(rng.integers(2, 9))):
        centre = int(rng.integers(0, view.shape[1] + 1)), int(rng.integers(0, view.shape[0] + 1))
        axes = int(rng.integers(3, view.shape[1] // 4 + 4)), int(rng.integers(3, view.shape[0] // 3 + 4))
        cv2.ellipse(view, centre, axes, float(rng.uniform(0, 180)), 0, 360, pick(rng, colours), -1, cv2.LINE_AA)


def _stripes(rng: np.random.Generator, view: np.ndarray, colours) -> None:
    slope = int(rng.integers(-view.shape[0], view.shape[0] + 1))
    step = int(rng.integers(8, 60))
    for left in range(-view.shape[0], view.shape[1] + view.shape[0], step):
        cv2.line(
            view, (left, 0), (left + slope, view.shape[0]), pick(rng, colours), int(rng.integers(2, step)), cv2.LINE_AA
        )


def _rays(rng: np.random.Generator, view: np.ndarray, colours) -> None:
    centre = np.array([rng.uniform(0, view.shape[1]), rng.uniform(0, view.shape[0])])
    angles = np.linspace(0, 2 * np.pi, int(rng.integers(8, 24)) * 2)
    far = centre + 2 * view.shape[1] * np.stack([np.cos(angles), np.sin(angles)], 1)
    for first, second in zip(far[::2], far[1::2], strict=False):
        cv2.fillConvexPoly(view, np.array([centre, first, second]).astype(np.int32), colours[0], cv2.LINE_AA)


_SCENERY = {"fade": _fade, "hills": _hills, "blobs": _blobs, "stripes": _stripes, "rays": _rays}
_DRAW = {
    Band: _draw_band,
    Rule: _draw_rule,
    Words: _draw_words,
    Border: _draw_border,
    Scenery: _draw_scenery,
    Emblem: _draw_emblem,
}
