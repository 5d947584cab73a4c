"""Plates of India and Pakistan. Sources of each rule: docs/rendering.md."""

import numpy as np

from plate_seg.data.designs import (
    BLACK,
    SERIES_LETTERS,
    WHITE,
    Band,
    Border,
    Design,
    Emblem,
    Line,
    Words,
    draw,
    middle,
    pick,
    two_lines,
)

INDIA_STATES = [
    "AP",
    "AS",
    "BR",
    "CG",
    "CH",
    "DL",
    "GA",
    "GJ",
    "HR",
    "HP",
    "JH",
    "JK",
    "KA",
    "KL",
    "MH",
    "MP",
    "MN",
    "OD",
    "OR",
    "PB",
    "PY",
    "RJ",
    "TN",
    "TS",
    "UK",
    "UP",
    "WB",
]
INDIA_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I, O
INDIA_COLOURS = (*[(WHITE, BLACK)] * 6, ((240, 200, 40), BLACK), (BLACK, (240, 200, 40)), ((30, 130, 60), WHITE))
WIDE = (0.75, 1.1)
PAKISTAN_COLOURS = (*[(WHITE, BLACK)] * 5, (BLACK, WHITE), ((240, 190, 40), BLACK))
PAKISTAN_NAMES = ("ISLAMABAD", "ISLAMABAD", "ICT-ISLAMABAD", "PUNJAB", "SINDH", "KARACHI", "PESHAWAR")


def india_long(rng: np.random.Generator) -> Design:
    """500 x 120 mm: MH 14 DT 8831; the high-security plate has a blue IND at the left."""
    paper, ink = pick(rng, INDIA_COLOURS)
    state, gap = pick(rng, INDIA_STATES), pick(rng, ("", " ", " ", "-"))
    text = gap.join((f"{state}{pick(rng, ('', ' '))}{draw(rng, '##')}", _indian_series(rng), draw(rng, "####")))
    strip = _ind_strip(rng)
    left = 0.11 if strip else 0.04
    aspect = _indian_aspect(rng)
    reach = 0.29 if aspect < WIDE[0] else float(rng.uniform(0.16, 0.22))  # wide characters are low, or they do not fit
    line = Line(text, middle(0.51 - reach, 0.51 + reach, left), aspect)
    return Design(
        "in_long",
        "IN",
        ("car", "van"),
        (500, 120),
        (line,),
        paper,
        ink,
        _indian_style(rng),
        (*strip, *_maybe_border(rng, ink)),
    )


def india_square(rng: np.random.Generator) -> Design:
    """285 x 200 (cars 340 x 200, motorbikes 200 x 100): KA 21 over M 5519."""
    paper, ink = pick(rng, INDIA_COLOURS)
    above = f"{pick(rng, INDIA_STATES)}{pick(rng, (' ', '-', ''))}{draw(rng, '##')}"
    below = f"{_indian_series(rng)}{pick(rng, (' ', '-'))}{draw(rng, '####')}"
    size = pick(rng, ((285, 200), (340, 200), (200, 100)))
    vehicles = ("motorbike",) if size[0] == 200 else ("car", "van")
    aspect = _indian_aspect(rng)
    lines = two_lines(above, below, aspect, 0.08 if aspect < WIDE[0] else float(rng.uniform(0.12, 0.2)))
    return Design("in_square", "IN", vehicles, size, lines, paper, ink, _indian_style(rng), _maybe_border(rng, ink))


def pakistan(rng: np.random.Generator) -> Design:
    """About 330 x 165 mm: AB-123 between ICT and ISLAMABAD; or a province's letters over three or four digits."""
    paper, ink = pick(rng, PAKISTAN_COLOURS)
    size, style = pick(rng, ((330, 165), (300, 165), (400, 130))), pick(rng, ("plain", "plain", "narrow", "serif"))
    letters = draw(rng, pick(rng, ("@@", "@@@")), SERIES_LETTERS)
    if rng.random() < 0.5:
        name = pick(rng, PAKISTAN_NAMES)
        text = f"{letters}{pick(rng, ('-', ' ', '.'))}{draw(rng, pick(rng, ('###', '####')))}"
        head = (Words("ICT", (0.05, 0.42, 0.18, 0.58), ink, style),) if name == "ISLAMABAD" else ()
        foot = Words(name, (0.82, 0.25, 0.94, 0.75), ink, style)
        picture = (Emblem((0.28, 0.03, 0.72, 0.16), (ink, (150, 140, 120))),) if rng.random() < 0.3 else ()
        left = 0.18 if picture else 0.06
        lines, decorations = (Line(text, middle(0.26, 0.74, left, 0.96), 0.6, 0.14),), (*head, foot, *picture)
    else:
        left = 0.24 if rng.random() < 0.7 else 0.06
        lines = two_lines(f"{letters}{pick(rng, ('', '-'))}", draw(rng, "####"), 0.6, 0.08, left)
        decorations = (Band((0.0, 0.0, 1.0, 0.22), (30, 120, 60)),) if left > 0.2 else ()
    return Design("pk", "PK", ("car", "van"), size, lines, paper, ink, style, (*decorations, *_maybe_border(rng, ink)))


def _ind_strip(rng: np.random.Generator) -> tuple:
    if rng.random() < 0.5:
        return ()
    blue = (40, 70, 160)
    wheel = Emblem((0.2, 0.025, 0.48, 0.085), (blue, (190, 200, 225)))
    words = Words("IND", (0.55, 0.025, 0.72, 0.085), blue, "heavy")
    return (words,) if rng.random() < 0.5 else (wheel, words)


def _indian_series(rng: np.random.Generator) -> str:
    return draw(rng, pick(rng, ("@", "@@", "@@")), INDIA_LETTERS)


def _indian_aspect(rng: np.random.Generator) -> float:
    """Returns the width of a 0 over its height; of every fourth plate, that of an extended face."""
    return float(rng.uniform(*(WIDE if rng.random() < 0.25 else (0.5, 0.67))))


def _indian_style(rng: np.random.Generator) -> str:
    return pick(rng, ("plain", "plain", "narrow", "heavy"))


def _maybe_border(rng: np.random.Generator, ink) -> tuple:
    return (Border(ink),) if rng.random() < 0.6 else ()
