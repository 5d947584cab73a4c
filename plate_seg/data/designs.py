"""What a plate says and looks like before it is drawn: lines of text on a sheet of known size, and decorations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Colour = tuple[int, int, int]  # red, green, blue
Frame = tuple[float, float, float, float]  # top, left, bottom, right as fractions of the plate

BLACK, WHITE = (18, 18, 20), (236, 236, 232)
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERIES_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # without I, O and Q, which most registries leave out for 1 and 0
OFTEN = "WWM"  # come so many times more than other letters: photographs with texts have hardly a W, and M for it
SEPARATORS = "-. _"  # hyphen, dot, gap, gap with a seal: drawn or left free, never labelled


@dataclass(frozen=True)
class Line:
    """One line of characters.

    Args:
        text: labelled characters and `SEPARATORS`.
        frame: top and bottom of the capitals, left and right ends of the room for the line.
        aspect: width of a 0 over its height.
        spacing: gap between characters over their height.
    """

    text: str
    frame: Frame
    aspect: float = 0.55
    spacing: float = 0.14


@dataclass(frozen=True)
class Band:
    """A filled rectangle."""

    frame: Frame
    colour: Colour


@dataclass(frozen=True)
class Words:
    """A small text, never labelled."""

    text: str
    frame: Frame
    colour: Colour
    style: str = "any"


@dataclass(frozen=True)
class Border:
    """A rounded line along the edge; `inset` and `thickness` are fractions of the plate's height."""

    colour: Colour
    inset: float = 0.025
    thickness: float = 0.02


@dataclass(frozen=True)
class Scenery:
    """A picture of hills, stripes, blobs or a fade over the sheet, as on plates of the USA."""

    frame: Frame
    colours: tuple[Colour, ...]
    kind: str


@dataclass(frozen=True)
class Emblem:
    """A picture about as large as a character, never labelled: the outline of a shield, a flower or an animal."""

    frame: Frame
    colours: tuple[Colour, Colour]


@dataclass(frozen=True)
class Rule:
    """A straight line between two points (top, left, bottom, right)."""

    frame: Frame
    colour: Colour


Decoration = Band | Words | Border | Scenery | Emblem | Rule


@dataclass(frozen=True)
class Design:
    """A plate before drawing.

    Args:
        layout: the name it is asked for by.
        vehicles: what carries it, among car, van, motorbike.
        size_mm: width and height.
        twins: digits drawn as the letter they look like, 0 as O and 1 as I, by law; a hand may add others.
    """

    layout: str
    country: str
    vehicles: tuple[str, ...]
    size_mm: tuple[int, int]
    lines: tuple[Line, ...]
    paper: Colour
    ink: Colour
    style: str = "narrow"
    decorations: tuple[Decoration, ...] = ()
    twins: str = ""


def pick(rng: np.random.Generator, options: Sequence):
    """Returns one of the options, each as likely."""
    return options[int(rng.integers(len(options)))]


def draw(rng: np.random.Generator, pattern: str, letters: str = LETTERS) -> str:
    """Fills a pattern: `#` a digit, `@` a letter of `letters`, those of `OFTEN` more often; everything else stays."""
    fill = {"#": DIGITS, "@": letters + "".join(sign for sign in OFTEN if sign in letters)}
    return "".join(pick(rng, fill[sign]) if sign in fill else sign for sign in pattern)


def middle(top: float, bottom: float, left: float = 0.04, right: float = 0.96) -> Frame:
    """Returns the frame of a line that uses the plate's width."""
    return top, left, bottom, right


def two_lines(above: str, below: str, aspect: float, margin: float, left: float = 0.05) -> tuple[Line, Line]:
    """Returns two lines of the same characters' width, the upper one a little shorter, `margin` from the edges."""
    return (
        Line(above, middle(margin, 0.475, left + 0.05, 0.9), aspect, 0.14),
        Line(below, middle(0.535, 1 - margin, left, 0.95), aspect, 0.14),
    )
