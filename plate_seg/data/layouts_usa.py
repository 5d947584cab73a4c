"""Plates like those of the states of the USA, whose designs vary without end. Sources: docs/rendering.md."""

import colorsys
from dataclasses import replace

import numpy as np

from plate_seg.data.designs import (
    BLACK,
    LETTERS,
    SERIES_LETTERS,
    WHITE,
    Band,
    Border,
    Colour,
    Decoration,
    Design,
    Emblem,
    Line,
    Scenery,
    Words,
    draw,
    pick,
)

STATES = [
    "ALABAMA",
    "ALASKA",
    "ARIZONA",
    "ARKANSAS",
    "CALIFORNIA",
    "COLORADO",
    "CONNECTICUT",
    "DELAWARE",
    "FLORIDA",
    "GEORGIA",
    "HAWAII",
    "IDAHO",
    "ILLINOIS",
    "INDIANA",
    "IOWA",
    "KANSAS",
    "KENTUCKY",
    "LOUISIANA",
    "MAINE",
    "MARYLAND",
    "MASSACHUSETTS",
    "MICHIGAN",
    "MINNESOTA",
    "MISSISSIPPI",
    "MISSOURI",
    "MONTANA",
    "NEBRASKA",
    "NEVADA",
    "OHIO",
    "OKLAHOMA",
    "OREGON",
    "PENNSYLVANIA",
    "TENNESSEE",
    "TEXAS",
    "UTAH",
    "VERMONT",
    "VIRGINIA",
    "WASHINGTON",
    "WISCONSIN",
    "WYOMING",
]
SLOGANS = (
    "SUNSHINE STATE",
    "LAND OF LAKES",
    "The Garden State",
    "GREAT FACES",
    "First in Flight",
    "In God We Trust",
    "Peach County",
    "www.state.gov",
    "VACATIONLAND",
    "LIVE FREE",
    "TRUCK",
)
SOUNDS = ("AEIOU", "BCDFGHJKLMNPQRSTVWXYZ")  # take turns in a word: O and I tell themselves from 0 and 1 by it
USA_PATTERNS = (
    "@@@ ####",
    "### @@@",
    "#@@@###",
    "@@@ ###",
    "@@# ###",
    "### ###",
    "@## @##",
    "####@@",
    "@@ #####",
    "@@@-####",
    "#@@ #@#",
)


def plain(rng: np.random.Generator) -> Design:
    """305 x 152 mm: state above, slogan below, one line of five to seven characters between, on one colour."""
    paper, ink = _usa_colours(rng)
    return _usa(rng, "us_plain", paper, ink, ())


def picture(rng: np.random.Generator) -> Design:
    """305 x 152 mm with a picture or a fade under the characters."""
    paper, ink = _usa_colours(rng)
    tints = tuple(_blend(paper, _colour(rng), float(rng.uniform(0.15, 0.7))) for _ in range(3))
    kind = pick(rng, ("fade", "hills", "blobs", "stripes", "rays"))
    frame = pick(
        rng,
        (
            (0.0, 0.0, 1.0, 1.0),
            (0.0, 0.0, 1.0, 1.0),
            (0.5, 0.0, 1.0, 1.0),
            (0.0, 0.35, 1.0, 0.65),
            (0.0, 0.0, 1.0, 0.35),
        ),
    )
    return _usa(rng, "us_picture", paper, ink, (Scenery(frame, tints, kind),))


def banded(rng: np.random.Generator) -> Design:
    """305 x 152 mm with coloured bands above and below, such as Pennsylvania's."""
    paper, ink = _usa_colours(rng)
    top, bottom = _colour(rng), _colour(rng)
    bands = [Band((0.0, 0.0, float(rng.uniform(0.18, 0.27)), 1.0), top)]
    if rng.random() < 0.7:
        bands.append(Band((float(rng.uniform(0.76, 0.86)), 0.0, 1.0, 1.0), bottom))
    if rng.random() < 0.3:
        bands.reverse()
    return _usa(rng, "us_banded", paper, ink, tuple(bands), header=pick(rng, (WHITE, (240, 210, 60), BLACK)))


def _usa(
    rng: np.random.Generator,
    layout: str,
    paper: Colour,
    ink: Colour,
    under: tuple[Decoration, ...],
    header: Colour | None = None,
) -> Design:
    """Composes a plate: characters as the states give them, or as an owner chose them."""
    letters = SERIES_LETTERS if rng.random() < 0.85 else LETTERS
    text = draw(rng, pick(rng, USA_PATTERNS), letters) if rng.random() < 0.75 else _vanity(rng)
    text = text.replace(" ", pick(rng, (" ", " ", "_", "-", "")))
    top = float(rng.uniform(0.22, 0.3))
    room = (top, float(rng.uniform(0.03, 0.08)), float(rng.uniform(0.71, 0.8)), float(rng.uniform(0.92, 0.97)))
    line = Line(text, room, float(rng.uniform(0.38, 0.55)), float(rng.uniform(0.1, 0.22)))
    line, pictures = _beside(rng, line) if rng.random() < 0.25 else (line, ())
    label = ink if header is None else header
    half = float(rng.uniform(0.18, 0.32))
    name = Words(pick(rng, STATES), (0.04, 0.5 - half, 0.18, 0.5 + half), label if rng.random() < 0.7 else _colour(rng))
    slogan = Words(pick(rng, SLOGANS), (0.85, 0.28, 0.96, 0.72), label)
    extras = (name,) if rng.random() < 0.25 else (name, slogan)
    border = (Border(pick(rng, (ink, label, _colour(rng))), 0.02, 0.02),) if rng.random() < 0.4 else ()
    return Design(
        layout,
        "US",
        ("car", "van"),
        (305, 152),
        (line,),
        paper,
        ink,
        pick(rng, ("narrow", "heavy", "any")),
        (*under, *extras, *pictures, *_stickers(rng), *border),
    )


def _stickers(rng: np.random.Generator) -> tuple[Decoration, ...]:
    """Draws months and years in some of the corners."""
    stickers = []
    for top, left in ((0.03, 0.05), (0.03, 0.83), (0.82, 0.05), (0.82, 0.83)):
        if rng.random() < 0.3:
            stickers.append(Band((top, left, top + 0.15, left + 0.12), _colour(rng)))
            text = pick(rng, ("JAN", "MAY", "SEP", "DEC", draw(rng, "##"), draw(rng, "20##")))
            stickers.append(Words(text, (top + 0.02, left + 0.01, top + 0.13, left + 0.11), _shade(rng, 0.0, 1.0)))
    return tuple(stickers)


def _beside(rng: np.random.Generator, line: Line) -> tuple[Line, tuple[Decoration, ...]]:
    """Makes room for a picture on the left or right of a line; returns the shorter line and the picture."""
    top, left, bottom, right = line.frame
    wide = float(rng.uniform(0.1, 0.18))
    ends = (left + wide, right) if rng.random() < 0.6 else (left, right - wide)
    start = left if ends[0] > left else right - wide
    centre = (top + bottom) / 2
    half = float(rng.uniform(0.15, 0.32))
    picture = Emblem((centre - half, start, centre + half, start + 0.9 * wide), (_colour(rng), _colour(rng)))
    return replace(line, frame=(top, ends[0], bottom, ends[1])), (picture,)


def _vanity(rng: np.random.Generator) -> str:
    """Returns what an owner chose: a word of four to seven letters, alone, parted, or shorter beside a digit or two."""
    first, count = int(rng.integers(2)), int(rng.integers(4, 8))
    word = "".join(pick(rng, SOUNDS[(first + place) % 2]) for place in range(count))
    if rng.random() < 0.5:
        return word
    digits = draw(rng, pick(rng, ("#", "##")))
    return pick(rng, (f"{word[:4]}{digits}", f"{digits}{word[:4]}", f"{word[:2]} {word[2:]}"))


def _usa_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Returns a paper and an ink: light and dark mostly, sometimes the reverse, at least 50 of 255 levels apart."""
    dark = BLACK if rng.random() < 0.3 else _shade(rng, 0.15, 0.45)
    light = pick(rng, (WHITE, WHITE, _shade(rng, 0.75, 0.98), (235, 205, 110), (200, 215, 235)))
    while np.mean(light) < np.mean(dark) + 50:
        light = _shade(rng, 0.75, 0.98)
    return (light, dark) if rng.random() < 0.85 else (dark, light)


def _shade(rng: np.random.Generator, low: float, high: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.1, 0.9), rng.uniform(low, high))
    return int(red * 255), int(green * 255), int(blue * 255)


def _colour(rng: np.random.Generator) -> Colour:
    return _shade(rng, 0.2, 1.0)


def _blend(first: Colour, second: Colour, share: float) -> Colour:
    return tuple(int(a * (1 - share) + b * share) for a, b in zip(first, second, strict=True))
