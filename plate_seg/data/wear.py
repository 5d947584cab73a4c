"""What happens to a plate after printing: relief, screws, frames, seals, dirt, scratches, hidden strokes."""

import cv2
import numpy as np

from plate_seg.data.decorations import emblem, ink, rounded_line, write
from plate_seg.data.designs import pick
from plate_seg.data.fonts import STYLES
from plate_seg.data.glyphs import words
from plate_seg.data.typesetting import PlacedGlyph

DEALERS = (
    "AUTOHAUS KRAUSE",
    "www.cars4you.com",
    "MOTORS",
    "HONDA",
    "Toyota of Springfield",
    "TALLERES RUIZ",
    "0123 456789",
    "CITY FORD",
)


def press(rng: np.random.Generator, sheet: np.ndarray, placed: tuple[PlacedGlyph, ...]) -> None:
    """Raises the characters: one edge catches the light, the other lies in shadow."""
    if rng.random() < 0.4:
        return
    cover = np.zeros(sheet.shape[:2], np.float32)
    for glyph in placed:
        window = cover[
            glyph.top : glyph.top + glyph.coverage.shape[0], glyph.left : glyph.left + glyph.coverage.shape[1]
        ]
        np.maximum(window, glyph.coverage[: window.shape[0], : window.shape[1]], out=window)
    cover = cv2.GaussianBlur(cover, (0, 0), float(rng.uniform(0.8, 1.8)))
    down, across = (int(step) for step in rng.integers(-3, 4, 2))
    relief = np.roll(cover, (down, across), (0, 1)) - np.roll(cover, (-down, -across), (0, 1))
    strength = float(rng.uniform(0.05, 0.3))
    sheet[:] = np.clip(sheet + strength * relief[..., None], 0, 255).astype(np.uint8)


def fit(rng: np.random.Generator, sheet: np.ndarray, hidden: np.ndarray, placed: tuple[PlacedGlyph, ...]) -> None:
    """Adds seals in their gaps, screws, and a frame round the edge, which may carry a text."""
    for glyph in placed:
        if glyph.character == "_" and rng.random() < 0.9:
            _seal(rng, sheet, glyph, placed)
    if rng.random() < 0.5:
        _screws(rng, sheet, hidden)
    if rng.random() < 0.3:
        _frame(rng, sheet, hidden)


def soil(rng: np.random.Generator, sheet: np.ndarray) -> None:
    """Fades, stains and scratches the sheet without hiding any stroke wholly."""
    height, width = sheet.shape[:2]
    if rng.random() < 0.5:
        grain = cv2.resize(rng.random((5, 8), np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        colour = pick(rng, ((110, 95, 75), (60, 58, 55), (150, 140, 120)))
        share = np.clip((grain - rng.uniform(0.2, 0.7)) * rng.uniform(0.3, 1.0), 0, 0.65) * 255
        ink(sheet, share.astype(np.uint8), 0, 0, colour)
    if rng.random() < 0.25:
        _speckle(rng, sheet)
    for _ in range(int(rng.integers(1, 6)) if rng.random() < 0.25 else 0):
        start, end = rng.integers(0, (width, height)), rng.integers(0, (width, height))
        cv2.line(
            sheet, start.tolist(), end.tolist(), [int(value) for value in rng.integers(60, 220, 3)], 1, cv2.LINE_AA
        )


def light(rng: np.random.Generator, sheet: np.ndarray) -> None:
    """Throws a shadow's edge over a part of the sheet, or a reflection that washes a part out; seldom."""
    height, width = sheet.shape[:2]
    for share, colour, low, high in ((0.15, (8, 8, 12), 70, 190), (0.08, (250, 250, 250), 60, 200)):
        if rng.random() > share:
            continue
        outline = rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * (width, height)
        cover = np.zeros((height, width), np.uint8)
        cv2.fillConvexPoly(cover, cv2.convexHull(outline.astype(np.int32)), int(rng.integers(low, high)))
        ink(sheet, cv2.GaussianBlur(cover, (0, 0), float(rng.uniform(0.8, 12))), 0, 0, colour)


def hide(rng: np.random.Generator, sheet: np.ndarray, hidden: np.ndarray) -> None:
    """Covers parts of the plate, seldom: mud, flaked paint, a strap or a tow bar."""
    height, width = sheet.shape[:2]
    if rng.random() < 0.06:
        for _ in range(int(rng.integers(1, 6))):
            cover = np.zeros_like(hidden)
            centre = int(rng.integers(0, width)), int(rng.integers(0, height))
            axes = int(rng.integers(2, width // 14)), int(rng.integers(2, height // 8))
            cv2.ellipse(cover, centre, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
            _cover(sheet, hidden, cover, rng.integers(40, 200, 3))
    if rng.random() < 0.03:
        cover = np.zeros_like(hidden)
        left = int(rng.integers(0, width))
        right = left + int(rng.integers(-width // 6, width // 6 + 1))
        cv2.line(cover, (left, -5), (right, height + 5), 255, int(rng.integers(3, max(4, width // 25))), cv2.LINE_AA)
        _cover(sheet, hidden, cover, rng.integers(10, 230, 3))


def paint_over(
    rng: np.random.Generator, sheet: np.ndarray, hidden: np.ndarray, placed: tuple[PlacedGlyph, ...], paper
) -> None:
    """Hides one to three characters wholly under even patches, as data sets do for privacy.

    The patches of a plate are of one kind: paper, a darker shade of it, or each the mean of what it hides. All but the
    first stand out like characters, and are none.
    """
    if rng.random() > 0.15:
        return
    shade = pick(rng, (float(rng.uniform(0.9, 1.0)), float(rng.uniform(0.35, 0.9)), None))
    margins = rng.uniform(-0.02, 0.12, 2)
    for index in rng.choice(len(placed), min(len(placed), int(rng.integers(1, 4))), replace=False):
        top, left, bottom, right = placed[int(index)].frame
        down, across = (max(1, int(margin * (bottom - top))) for margin in margins)
        window = slice(max(0, top - down), bottom + down), slice(max(0, left - across), right + across)
        cover = np.zeros_like(hidden)
        cover[window] = 255
        _cover(sheet, hidden, cover, sheet[window].mean((0, 1)) if shade is None else np.asarray(paper) * shade)


def _cover(sheet: np.ndarray, hidden: np.ndarray, cover: np.ndarray, colour) -> None:
    left, top, width, height = cv2.boundingRect(cover)
    ink(sheet, cover[top : top + height, left : left + width], top, left, colour)
    np.maximum(hidden, cover, out=hidden)


def _speckle(rng: np.random.Generator, sheet: np.ndarray) -> None:
    height, width = sheet.shape[:2]
    for row, column, radius in zip(
        rng.integers(0, height, 20), rng.integers(0, width, 20), rng.integers(1, 3, 20), strict=True
    ):
        cv2.circle(sheet, (int(column), int(row)), int(radius), (110, 100, 85), -1, cv2.LINE_AA)


def _seal(rng: np.random.Generator, sheet: np.ndarray, gap: PlacedGlyph, placed: tuple[PlacedGlyph, ...]) -> None:
    """Draws one or two round seals, or a picture as high as the characters, in a gap between them."""
    tallest = max(glyph.coverage.shape[0] for glyph in placed)
    if rng.random() < 0.4:
        high, wide = tallest * rng.uniform(0.45, 1.0), tallest * rng.uniform(0.3, 0.5)
        colours = tuple(tuple(int(value) for value in rng.integers(20, 240, 3)) for _ in range(2))
        emblem(rng, sheet, gap.top + tallest / 2, gap.left, (high, wide), colours)
        return
    radius = int(tallest * rng.uniform(0.14, 0.22))
    count = int(rng.integers(1, 3))
    for index in range(count):
        row = gap.top + int(tallest * (0.5 if count == 1 else (0.27, 0.75)[index]))
        colour = [int(value) for value in rng.integers(40, 240, 3)]
        inner = [int(value) for value in rng.integers(40, 240, 3)]
        cv2.circle(sheet, (gap.left, row), radius, colour, -1, cv2.LINE_AA)
        cv2.circle(sheet, (gap.left, row), radius * 2 // 3, inner, -1, cv2.LINE_AA)


def _screws(rng: np.random.Generator, sheet: np.ndarray, hidden: np.ndarray) -> None:
    height, width = sheet.shape[:2]
    radius = max(2, int(height * rng.uniform(0.02, 0.05)))
    row = pick(rng, (0.06, 0.5, 0.94)) * height
    left = rng.uniform(0.03, 0.3) if row != 0.5 * height else 0.02
    colour = (
        [int(rng.integers(40, 235))] * 3 if rng.random() < 0.8 else [int(value) for value in rng.integers(0, 255, 3)]
    )
    for column in (left * width, (1 - left) * width):
        cover = np.zeros_like(hidden)
        cv2.circle(cover, (int(column), int(row)), radius, 255, -1, cv2.LINE_AA)
        _cover(sheet, hidden, cover, colour)
        cv2.circle(
            sheet, (int(column), int(row)), max(1, radius // 2), [value // 2 for value in colour], 1, cv2.LINE_AA
        )


def _frame(rng: np.random.Generator, sheet: np.ndarray, hidden: np.ndarray) -> None:
    """Covers the edge with a frame; strokes under it are hidden."""
    height, width = sheet.shape[:2]
    side, foot = max(2, int(height * rng.uniform(0.02, 0.05))), max(2, int(height * rng.uniform(0.03, 0.12)))
    colour = pick(rng, ((20, 20, 22), (20, 20, 22), (180, 182, 185), (90, 92, 95)))
    cover = np.full_like(hidden, 255)
    cover[side : height - foot, side : width - side] = 0
    _cover(sheet, hidden, cover, colour)
    if foot > 8:
        text = words(pick(rng, STYLES["any"]), pick(rng, DEALERS))
        write(
            sheet,
            text,
            (1 - foot / height * 0.85, 0.2, 1 - foot / height * 0.15, 0.8),
            (230, 230, 230) if colour[0] < 60 else (30, 30, 30),
        )
    rounded_line(sheet, 0, 3, [value // 2 for value in colour], 1)
