"""Plates of Brazil, grey and Mercosur. Sources: docs/rendering.md."""

import numpy as np

from plate_seg.data.designs import BLACK, WHITE, Band, Border, Decoration, Design, Line, Words, draw, middle, pick

BRAZIL_TOWNS = (
    "SP-SAO PAULO",
    "RJ-RIO DE JANEIRO",
    "MG-BELO HORIZONTE",
    "PR-CURITIBA",
    "BA-SALVADOR",
    "RS-PORTO ALEGRE",
)
MERCOSUR_BLUE = (30, 60, 150)


def grey(rng: np.random.Generator) -> Design:
    """400 x 130 mm: ABC-1234 under the town, grey; red for hire, white for officials."""
    paper, ink = pick(rng, (*[((165, 168, 170), BLACK)] * 5, ((170, 30, 30), WHITE), (WHITE, BLACK)))
    line = Line(draw(rng, pick(rng, ("@@@-####", "@@@ ####"))), middle(0.36, 0.88, 0.05, 0.95), 0.58)
    town = Words(pick(rng, BRAZIL_TOWNS), (0.1, 0.28, 0.25, 0.72), ink)
    return Design("br_grey", "BR", ("car", "van"), (400, 130), (line,), paper, ink, "narrow", (town, Border(ink)))


def motorbike(rng: np.random.Generator) -> Design:
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


def mercosur(rng: np.random.Generator) -> Design:
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


def _mercosur_head(bottom: float) -> tuple[Decoration, ...]:
    return (
        Band((0.0, 0.0, bottom, 1.0), MERCOSUR_BLUE),
        Words("BRASIL", (bottom * 0.25, 0.38, bottom * 0.75, 0.62), WHITE, "heavy"),
        Band((bottom * 0.2, 0.9, bottom * 0.8, 0.96), (40, 140, 70)),
    )
