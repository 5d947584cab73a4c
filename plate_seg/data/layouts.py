"""All plate layouts by name, and the one that follows no country."""

import colorsys
from collections.abc import Callable, Sequence

import numpy as np

from plate_seg.data import layouts_asia as asia
from plate_seg.data import layouts_brazil as brazil
from plate_seg.data import layouts_europe as europe
from plate_seg.data import layouts_south_asia as south_asia
from plate_seg.data import layouts_usa as usa
from plate_seg.data.designs import (
    BLACK,
    DIGITS,
    LETTERS,
    SERIES_LETTERS,
    WHITE,
    Border,
    Colour,
    Design,
    Emblem,
    Line,
    Scenery,
    Words,
    middle,
    pick,
)
from plate_seg.errors import UserError


def free_design(rng: np.random.Generator) -> Design:
    """Any size, colours, characters and one or two lines: what a net must not lean on varies without end."""
    two_lines = rng.random() < 0.5
    aspect = float(rng.uniform(1.15, 2.4) if two_lines else rng.uniform(1.9, 5.5))
    paper, ink = _contrasting(rng)
    decorations = _free_decorations(rng, paper, ink)
    if two_lines:
        lines = _free_lines(rng)
    else:
        top = float(rng.uniform(0.12, 0.3))
        bottom = 1 - float(rng.uniform(0.12, 0.3))
        most = min(9, int(aspect * 3))
        lines = (_free_line(rng, int(rng.integers(3, most + 1)), top, bottom),)
    style = pick(rng, ("any", "narrow", "heavy", "plain"))
    return Design(
        "free", "", ("car", "van", "motorbike"), (int(aspect * 120), 120), lines, paper, ink, style, decorations
    )


# layouts and how often each is drawn when none is asked for; two-line ones make up nearly half
_FACTORIES: dict[str, tuple[Callable[[np.random.Generator], Design], float]] = {
    "vn_car_long": (asia.vietnam_car_long, 5),
    "vn_car": (asia.vietnam_car, 9),
    "vn_motorbike": (asia.vietnam_motorbike, 17),
    "in_long": (south_asia.india_long, 5),
    "in_square": (south_asia.india_square, 4),
    "pk": (south_asia.pakistan, 4),
    "mixed_script": (asia.mixed_script, 1.5),
    "eg_split": (asia.egypt, 3.5),
    "eg_motorbike": (asia.egypt_motorbike, 2),
    "es_long": (europe.spain, 5),
    "es_square": (europe.spain_square, 2),
    "de_long": (europe.germany, 3),
    "de_square": (europe.germany_square, 2),
    "fr_long": (europe.france, 3),
    "uk_front": (europe.united_kingdom_front, 3.5),
    "uk_rear": (europe.united_kingdom_rear, 3.5),
    "uk_square": (europe.united_kingdom_square, 4),
    "eu_long": (europe.european, 8),
    "br_grey": (brazil.grey, 4.5),
    "br_motorbike": (brazil.motorbike, 6),
    "br_mercosur": (brazil.mercosur, 4),
    "us_plain": (usa.plain, 6),
    "us_picture": (usa.picture, 7),
    "us_banded": (usa.banded, 5),
    "free": (free_design, 15),
}
LAYOUTS: tuple[str, ...] = tuple(_FACTORIES)


def check_layouts(names: Sequence[str] | None) -> None:
    """Raises UserError on the first name that no layout has."""
    for name in names or ():
        if name not in _FACTORIES:
            raise UserError("layout", repr(name), f"choose from {', '.join(LAYOUTS)}")


def draw_design(rng: np.random.Generator, names: Sequence[str] | None = None) -> Design:
    """Returns a new number on one of the named layouts (of all, unless named)."""
    check_layouts(names)
    names = tuple(names or LAYOUTS)
    shares = np.array([_FACTORIES[name][1] for name in names])
    return _FACTORIES[names[int(rng.choice(len(names), p=shares / shares.sum()))]][0](rng)


def _free_line(rng: np.random.Generator, count: int, top: float, bottom: float, most_gaps: int = 2) -> Line:
    letters = SERIES_LETTERS if rng.random() < 0.75 else LETTERS
    characters = [pick(rng, DIGITS + letters) for _ in range(count)]
    for _ in range(int(rng.integers(0, most_gaps + 1))):
        characters.insert(int(rng.integers(1, len(characters))), pick(rng, "-. _ "))
    left = float(rng.uniform(0.03, 0.14))
    return Line(
        "".join(characters),
        middle(top, bottom, left, 1 - left),
        float(rng.uniform(0.38, 0.75) if rng.random() < 0.85 else rng.uniform(0.75, 1.1)),
        float(rng.uniform(0.06, 0.25)),
    )


def _free_lines(rng: np.random.Generator) -> tuple[Line, Line]:
    split = float(rng.uniform(0.42, 0.56))
    margin, gap = float(rng.uniform(0.06, 0.13)), float(rng.uniform(0.02, 0.05))
    above, below = int(rng.integers(2, 6)), int(rng.integers(3, 6))
    return _free_line(rng, above, margin, split - gap, 1), _free_line(rng, below, split + gap, 1 - margin, 1)


def _free_decorations(rng: np.random.Generator, paper: Colour, ink: Colour) -> tuple:
    decorations = []
    if rng.random() < 0.2:
        high, wide = float(rng.uniform(0.25, 0.6)), float(rng.uniform(0.07, 0.16))
        top, left = float(rng.uniform(0.05, 0.95 - high)), pick(rng, (0.01, 0.99 - wide))
        decorations.append(Emblem((top, left, top + high, left + wide), (_hue(rng), _hue(rng))))
    if rng.random() < 0.35:
        tints = tuple(_mix(paper, _hue(rng), float(rng.uniform(0.05, 0.35))) for _ in range(3))
        decorations.append(
            Scenery((0.0, 0.0, 1.0, 1.0), tints, pick(rng, ("fade", "hills", "blobs", "stripes", "rays")))
        )
    if rng.random() < 0.6:
        decorations.append(
            Border(
                ink if rng.random() < 0.7 else _hue(rng),
                float(rng.uniform(0.01, 0.05)),
                float(rng.uniform(0.01, 0.035)),
            )
        )
    if rng.random() < 0.3:
        decorations.append(
            Words(pick(rng, ("STATE", "AUTO", "CAR PARK", "2024", "OFFICIAL")), (0.02, 0.35, 0.09, 0.65), ink)
        )
    return tuple(decorations)


def _contrasting(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Returns a paper and an ink at least 90 of 255 levels apart."""
    if rng.random() < 0.35:
        return (WHITE, BLACK) if rng.random() < 0.75 else (BLACK, WHITE)
    while True:
        paper, ink = _hue(rng), _hue(rng)
        if abs(np.dot(np.subtract(paper, ink), (0.3, 0.59, 0.11))) > 90:
            return paper, ink


def _hue(rng: np.random.Generator) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0, 0.9), rng.uniform(0.05, 1.0))
    return int(red * 255), int(green * 255), int(blue * 255)


def _mix(first: Colour, second: Colour, share: float) -> Colour:
    return tuple(int(a * (1 - share) + b * share) for a, b in zip(first, second, strict=True))
