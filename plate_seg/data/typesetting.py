"""Lines of text to placed glyphs: where each character and separator of a design goes, in pixels of the flat plate."""

from dataclasses import dataclass

import cv2
import numpy as np

from plate_seg.data.designs import SEPARATORS, Design, Line, pick
from plate_seg.data.fonts import STYLES, Font
from plate_seg.data.glyphs import glyph, resize_coverage
from plate_seg.data.zigzags import SIGNS, Zigzag, choose_zigzag

TWINS = {"0": "O", "1": "I"}
TWIN_SHARES = {"0": 0.3, "1": 0.15}  # of hands that draw a digit as its twin where no law asks for it
LARGEST_SAG = 0.1  # of the middle of characters, over their height
ZIGZAG_SHARE = 0.6  # of hands whose W and M are not those of their face
SEPARATOR_WIDTHS = {"-": 0.3, ".": 0.12, " ": 0.3, "_": 0.5}  # over the capitals' height


@dataclass(frozen=True)
class PlacedGlyph:
    """A character or separator on the flat plate: its coverage, uint8, with the window's top left in pixels."""

    character: str
    top: int
    left: int
    coverage: np.ndarray

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """Top, left, bottom, right."""
        height, width = self.coverage.shape
        return self.top, self.left, self.top + height, self.left + width


@dataclass(frozen=True)
class Hand:
    """How one plate is set: its faces and what is done to every glyph of it.

    With `even_cells` every character has a cell of the width of a 0, 1 and I a narrower one, as most countries rule.
    Digits among `twins` are drawn as the letter they look like; which is meant is told by where they stand. With a
    `zigzag`, W and M are cut as it says. The middle of every character lies below that of its face by `sag` heights.
    """

    font: Font
    arabic: Font
    even_cells: bool
    weight: float  # pixels at 100 px capitals: above 0 thicker, below thinner
    jitter: float  # of positions, over the capitals' height
    twins: frozenset[str] = frozenset()
    zigzag: Zigzag | None = None
    sag: float = 0.0

    def shape(self, sign: str) -> np.ndarray:
        """Returns the coverage of a character in its face, cropped to its strokes."""
        if self.zigzag and sign in SIGNS:
            return self.zigzag.shape(sign, glyph(self.font, "H"))
        face = self.font if sign.isascii() else self.arabic
        return _sagged(glyph(face, TWINS[sign] if sign in self.twins else sign), self.sag)


def choose_hand(rng: np.random.Generator, design: Design) -> Hand:
    """Returns the faces and habits for one plate."""
    latin = "any" if design.style == "arabic" or rng.random() < 0.12 else design.style
    weight = float(rng.choice([0, 0, rng.uniform(-3, 5)]))
    return Hand(
        pick(rng, STYLES[latin]),
        pick(rng, STYLES["arabic"]),
        rng.random() < 0.5,
        weight,
        float(rng.choice([0, 0.01, 0.02])),
        frozenset(digit for digit, share in TWIN_SHARES.items() if digit in design.twins or rng.random() < share),
        choose_zigzag(rng) if rng.random() < ZIGZAG_SHARE else None,
        float(rng.choice([0, rng.uniform(-LARGEST_SAG, LARGEST_SAG)])),
    )


def set_lines(rng: np.random.Generator, design: Design, hand: Hand, height: int, width: int) -> tuple[PlacedGlyph, ...]:
    """Places every glyph of a design on a plate of the given pixels, in reading order."""
    return tuple(placed for line in design.lines for placed in _set_line(rng, line, hand, height, width))


def _set_line(rng: np.random.Generator, line: Line, hand: Hand, height: int, width: int) -> list[PlacedGlyph]:
    top, left, bottom, right = (value * size for value, size in zip(line.frame, (height, width) * 2, strict=True))
    capital = bottom - top
    advances, glyph_widths = _widths(line, hand, capital)
    gap = line.spacing * capital
    length = sum(advances) + gap * (len(line.text) - 1)
    squeeze = min(1.0, (right - left) / length)
    position = left + (right - left - length * squeeze) / 2
    placed = []
    for sign, advance, glyph_width in zip(line.text, advances, glyph_widths, strict=True):
        centre = position + advance * squeeze / 2
        position += (advance + gap) * squeeze
        placed.append(_place(rng, sign, hand, centre, top, capital, glyph_width * squeeze))
    return placed


def _widths(line: Line, hand: Hand, capital: float) -> tuple[list[float], list[float]]:
    """Returns how far each sign moves on and how wide it is drawn, in pixels."""
    zero = glyph(hand.font, "0")
    stretch = line.aspect * capital / zero.shape[1]
    advances, widths = [], []
    for sign in line.text:
        if sign in SEPARATORS:
            widths.append(SEPARATOR_WIDTHS[sign] * capital)
            advances.append(widths[-1])
            continue
        width, cell = _glyph_width(sign, hand, stretch, line.aspect * capital), line.aspect * capital
        if hand.even_cells and sign.isascii():  # dies of one width: W and M are as narrow as the rest
            cell *= 0.8 if sign in "1I" else 1.0
            width, advance = min(width, cell), cell
        else:
            advance = width
        widths.append(width)
        advances.append(advance)
    return advances, widths


def _glyph_width(sign: str, hand: Hand, stretch: float, cell: float) -> float:
    if not sign.isascii():
        shape = hand.shape(sign).shape
        return min(cell * 1.3, max(cell * 0.3, 0.9 * cell * shape[1] / shape[0]))
    return hand.shape(sign).shape[1] * stretch


def _sagged(coverage: np.ndarray, sag: float) -> np.ndarray:
    """Moves the middle rows down by `sag` of the height, the others by less, top and bottom not at all."""
    if not sag:
        return coverage
    places = np.linspace(0, 1, coverage.shape[0])
    moved = places - 4 * sag * places * (1 - places)
    return coverage[np.round(moved * (coverage.shape[0] - 1)).astype(int)]


def _place(
    rng: np.random.Generator, sign: str, hand: Hand, centre: float, top: float, capital: float, width: float
) -> PlacedGlyph:
    coverage = _coverage(sign, hand, capital, width)
    shift = rng.normal(0, hand.jitter * capital, 2) if hand.jitter else (0.0, 0.0)
    if sign == ".":
        top += rng.choice([0.44, 0.88]) * capital
    elif sign == "-":
        top += (capital - coverage.shape[0]) / 2
    elif not sign.isascii():
        top += (capital - coverage.shape[0]) * rng.uniform(0.3, 0.7)
    row = max(0, round(top + float(shift[0])))
    return PlacedGlyph(sign, row, max(0, round(centre - coverage.shape[1] / 2 + float(shift[1]))), coverage)


def _coverage(sign: str, hand: Hand, capital: float, width: float) -> np.ndarray:
    if sign in SEPARATORS:
        return _separator(sign, capital, width)
    shape = hand.shape(sign)
    height = capital
    if not sign.isascii():
        height = min(capital, 1.6 * width * shape.shape[0] / shape.shape[1])
    coverage = resize_coverage(shape, round(height), max(2, round(width)))
    return _reweight(coverage, hand.weight * capital / 100)


def _separator(sign: str, capital: float, width: float) -> np.ndarray:
    if sign in " _":
        return np.zeros((1, 1), np.uint8)
    size = max(1, round(0.12 * capital))
    coverage = np.zeros((size, max(1, round(width))), np.uint8)
    if sign == "-":
        coverage[:] = 255
        return coverage
    cv2.ellipse(coverage, (coverage.shape[1] // 2, size // 2), (coverage.shape[1] // 2, size // 2), 0, 0, 360, 255, -1)
    return coverage


def _reweight(coverage: np.ndarray, pixels: float) -> np.ndarray:
    """Thickens (or thins) strokes by about `pixels` inside the same frame."""
    size = int(round(abs(pixels)))
    if not size:
        return coverage
    kernel = np.ones((size + 1, size + 1), np.uint8)
    return cv2.dilate(coverage, kernel) if pixels > 0 else _thin(coverage, kernel)


def _thin(coverage: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    thinner = cv2.erode(coverage, kernel)
    survives = (thinner > 128).sum() > 0.4 * (coverage > 128).sum()
    return thinner if survives else coverage
