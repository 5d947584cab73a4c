"""Plates of Brazil and of states of the USA, whose designs vary without end. Sources: docs/rendering.md."""

import colorsys

import numpy as np

from plate_seg.data.designs import (
    BLACK,
    LETTERS,
    WHITE,
    Band,
    Border,
    Colour,
    Decoration,
    Design,
    Line,
    Scenery,
    Words,
    draw,
    middle,
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
BRAZIL_TOWNS = (
    "SP-SAO PAULO",
    "RJ-RIO DE JANEIRO",
    "MG-BELO HORIZONTE",
    "PR-CURITIBA",
    "BA-SALVADOR",
    "RS-PORTO ALEGRE",
)
MERCOSUR_BLUE = (30, 60, 150)


def brazil_grey(rng: np.random.Generator) -> Design:
    """400 x 130 mm: ABC-1234 under the town, grey; red for hire, white for officials."""
    paper, ink = pick(rng, (*[((165, 168, 170), BLACK)] * 5, ((170, 30, 30), WHITE), (WHITE, BLACK)))
    line = Line(draw(rng, pick(rng, ("@@@-####", "@@@ ####"))), middle(0.36, 0.88, 0.05, 0.95), 0.58)
    town = Words(pick(rng, BRAZIL_TOWNS), (0.1, 0.28, 0.25, 0.72), ink)
    return Design("br_grey", "BR", ("car", "van"), (400, 130), (line,), paper, ink, "narrow", (town, Border(ink)))


def brazil_motorbike(rng: np.random.Generator) -> Design:
    """200 x 170 mm: ABC over 1234, or Mercosur's ABC over 1D23."""
    if rng.random() < 0.5:
        below, paper, head = "####", (165, 168, 170), (Words(pick(rng, BRAZIL_TOWNS), (0.07, 0.15, 0.17, 0.85), BLACK),)
    else:
        below, paper, head = "#@##", WHITE, _mercosur_head(0.2)
    lines = (
        Line(draw(rng, "@@@"), middle(0.24, 0.56, 0.12, 0.88), 0.6),
        Line(draw(rng, below), middle(0.62, 0.94, 0.06, 0.94), 0.6),
    )
    return Design(
        "br_motorbike", "BR", ("motorbike",), (200, 170), lines, paper, BLACK, "heavy", (*head, Border(BLACK))
    )


def brazil_mercosur(rng: np.random.Generator) -> Design:
    """400 x 130 mm: ABC1D23 in 65 mm capitals under a blue band."""
    ink = pick(rng, (*[BLACK] * 6, (170, 30, 40), (30, 60, 150), (30, 110, 60)))
    line = Line(draw(rng, "@@@#@##"), middle(0.34, 0.9, 0.08, 0.96), 0.6, 0.12)
    side = (Words("BR", (0.72, 0.025, 0.86, 0.065), BLACK, "heavy"),)
    return Design(
        "br_mercosur",
        "BR",
        ("car", "van"),
        (400, 130),
        (line,),
        WHITE,
        ink,
        "heavy",
        (*_mercosur_head(0.24), *side, Border(ink)),
    )


def usa_plain(rng: np.random.Generator) -> Design:
    """305 x 152 mm: state above, slogan below, one line of five to seven characters between, on one colour."""
    paper, ink = _usa_colours(rng)
    return _usa(rng, "us_plain", paper, ink, ())


def usa_picture(rng: np.random.Generator) -> Design:
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


def usa_banded(rng: np.random.Generator) -> Design:
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
    """Composes a plate: characters as the states give them, or any five to seven (vanity plates)."""
    text = draw(rng, pick(rng, USA_PATTERNS)) if rng.random() < 0.65 else _vanity(rng)
    text = text.replace(" ", pick(rng, (" ", " ", "_", "-", "")))
    top = float(rng.uniform(0.22, 0.3))
    room = (top, float(rng.uniform(0.03, 0.08)), float(rng.uniform(0.71, 0.8)), float(rng.uniform(0.92, 0.97)))
    line = Line(text, room, float(rng.uniform(0.38, 0.55)), float(rng.uniform(0.1, 0.22)))
    label = ink if header is None else header
    half = float(rng.uniform(0.18, 0.32))
    name = Words(pick(rng, STATES), (0.04, 0.5 - half, 0.18, 0.5 + half), label if rng.random() < 0.7 else _colour(rng))
    slogan = Words(pick(rng, SLOGANS), (0.85, 0.28, 0.96, 0.72), label)
    extras = (name,) if rng.random() < 0.25 else (name, slogan)
    stickers = tuple(
        Band((top_, left, top_ + 0.15, left + 0.12), _colour(rng))
        for top_, left in ((0.03, 0.05), (0.03, 0.83), (0.82, 0.05), (0.82, 0.83))
        if rng.random() < 0.25
    )
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
        (*under, *extras, *stickers, *border),
    )


def _vanity(rng: np.random.Generator) -> str:
    letters = LETTERS + ("0123456789" if rng.random() < 0.5 else "")
    return "".join(pick(rng, letters) for _ in range(int(rng.integers(5, 8))))


def _usa_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Returns a paper and an ink: light and dark mostly, sometimes the reverse, with enough contrast to be read."""
    dark = BLACK if rng.random() < 0.3 else _shade(rng, 0.15, 0.45)
    light = pick(rng, (WHITE, WHITE, _shade(rng, 0.75, 0.98), (235, 205, 110), (200, 215, 235)))
    return (light, dark) if rng.random() < 0.85 else (dark, light)


def _shade(rng: np.random.Generator, low: float, high: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.1, 0.9), rng.uniform(low, high))
    return int(red * 255), int(green * 255), int(blue * 255)


def _colour(rng: np.random.Generator) -> Colour:
    return _shade(rng, 0.2, 1.0)


def _blend(first: Colour, second: Colour, share: float) -> Colour:
    return tuple(int(a * (1 - share) + b * share) for a, b in zip(first, second, strict=True))


def _mercosur_head(bottom: float) -> tuple[Decoration, ...]:
    return (
        Band((0.0, 0.0, bottom, 1.0), MERCOSUR_BLUE),
        Words("BRASIL", (bottom * 0.25, 0.38, bottom * 0.75, 0.62), WHITE, "heavy"),
        Band((bottom * 0.2, 0.9, bottom * 0.8, 0.96), (40, 140, 70)),
    )
