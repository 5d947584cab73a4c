"""Plates of Vietnam and Egypt, and one that mixes scripts. Sources of each rule: docs/rendering.md."""

import numpy as np

from plate_seg.data.designs import (
    BLACK,
    WHITE,
    Band,
    Border,
    Design,
    Line,
    Rule,
    Words,
    draw,
    middle,
    pick,
    two_lines,
)

VIETNAM_LETTERS = "ABCDEFGHKLMNPSTUVXYZ"  # series letters; I, J, O, Q, R and W are not used
VIETNAM_COLOURS = (
    *[(WHITE, BLACK)] * 7,
    ((238, 196, 40), BLACK),
    ((238, 196, 40), BLACK),
    ((30, 70, 160), WHITE),
    ((190, 30, 35), WHITE),
)
ARABIC_DIGITS = "١٢٣٤٥٦٧٨٩"
ARABIC_LETTERS = "ابجدرسصطعفقلمنهوي"
EGYPT_BANDS = (
    (60, 170, 220),
    (40, 150, 200),
    (90, 180, 225),
    (220, 130, 40),
    (190, 40, 40),
    (150, 150, 150),
    (40, 140, 80),
)


def vietnam_car_long(rng: np.random.Generator) -> Design:
    """520 x 110 mm (470 x 110 before 2020): 51F-123.45 or, older, 51F-1234."""
    paper, ink = pick(rng, VIETNAM_COLOURS)
    text = f"{_province(rng)}{draw(rng, '@', VIETNAM_LETTERS)}-{_serial(rng)}"
    line = Line(text, middle(0.14, 0.86), aspect=float(rng.uniform(0.42, 0.56)), spacing=0.12)
    return Design(
        "vn_car_long",
        "VN",
        ("car", "van"),
        pick(rng, ((520, 110), (470, 110))),
        (line,),
        paper,
        ink,
        "narrow",
        (Border(ink),),
    )


def vietnam_car(rng: np.random.Generator) -> Design:
    """330 x 165 mm (280 x 200 before 2020): 51F over 123.45."""
    paper, ink = pick(rng, VIETNAM_COLOURS)
    letters = draw(rng, "@", VIETNAM_LETTERS) if rng.random() < 0.85 else pick(rng, ("LD", "NG", "NN", "QT"))
    above, below = _halves(rng, f"{_province(rng)}{letters}")
    aspect = float(rng.uniform(0.48, 0.6))
    return Design(
        "vn_car",
        "VN",
        ("car", "van"),
        pick(rng, ((330, 165), (330, 165), (280, 200))),
        two_lines(above, below, aspect, 0.07),
        paper,
        ink,
        "narrow",
        (Border(ink),),
    )


def vietnam_motorbike(rng: np.random.Generator) -> Design:
    """190 x 140 mm: 59-X1 over 123.45 or, older, over 1234."""
    paper, ink = pick(rng, (*VIETNAM_COLOURS, *[(WHITE, BLACK)] * 6))
    series = draw(rng, "@#", VIETNAM_LETTERS) if rng.random() < 0.85 else draw(rng, "@@", VIETNAM_LETTERS)
    above, below = _halves(rng, f"{_province(rng)}-{series}")
    lines = two_lines(above, below, float(rng.uniform(0.45, 0.6)), 0.08)
    border = (Border(ink),) if rng.random() < 0.6 else ()
    return Design("vn_motorbike", "VN", ("motorbike",), (190, 140), lines, paper, ink, "narrow", border)


def mixed_script(rng: np.random.Generator) -> Design:
    """520 x 110 mm: two or three digits, a character of another script, four digits, as in Korea."""
    text = f"{draw(rng, pick(rng, ('##', '###')))}{pick(rng, ARABIC_LETTERS)} {draw(rng, '####')}"
    line = Line(text, middle(0.16, 0.84), aspect=float(rng.uniform(0.5, 0.6)))
    return Design("mixed_script", "KR", ("car", "van"), (520, 110), (line,), WHITE, BLACK, "narrow", (Border(BLACK),))


def egypt(rng: np.random.Generator) -> Design:
    """350 x 170 mm: EGYPT over one to four digits at the left and two or three letters at the right, in Arabic."""
    numbers = "".join(pick(rng, ARABIC_DIGITS) for _ in range(int(rng.integers(1, 5))))
    split = 0.52
    lines = (
        Line(numbers, (0.44, 0.05, 0.9, split - 0.03), 0.42, 0.2),
        Line(_arabic_letters(rng), (0.44, split + 0.03, 0.9, 0.95), 0.6, 0.1),
    )
    rule = (Rule((0.36, split, 1.0, split), BLACK),) if rng.random() < 0.7 else ()
    decorations = (*_egypt_head(rng, 0.36), *rule, Border(BLACK))
    vehicles = ("car", "van")
    return Design("eg_split", "EG", vehicles, (350, 170), lines, WHITE, BLACK, "arabic", decorations)


def egypt_motorbike(rng: np.random.Generator) -> Design:
    """About 200 x 200 mm: EGYPT over two or three letters over one to four digits, in Arabic."""
    numbers = "".join(pick(rng, ARABIC_DIGITS) for _ in range(int(rng.integers(1, 5))))
    lines = (
        Line(_arabic_letters(rng), middle(0.34, 0.6, 0.08, 0.92), 0.7, 0.15),
        Line(numbers, middle(0.67, 0.93, 0.06, 0.94), 0.6, 0.25),
    )
    decorations = (*_egypt_head(rng, 0.28), Border(BLACK))
    size = (200, int(rng.integers(180, 215)))
    return Design("eg_motorbike", "EG", ("motorbike",), size, lines, WHITE, BLACK, "arabic", decorations)


def _arabic_letters(rng: np.random.Generator) -> str:
    return " ".join(pick(rng, ARABIC_LETTERS) for _ in range(int(rng.integers(2, 4))))


def _egypt_head(rng: np.random.Generator, bottom: float) -> tuple:
    return (
        Band((0.0, 0.0, bottom, 1.0), pick(rng, EGYPT_BANDS)),
        Words("EGYPT", (0.28 * bottom, 0.08, 0.78 * bottom, 0.4), BLACK, "heavy"),
        Words("\ufeae\ufebc\ufee3", (0.17 * bottom, 0.62, 0.83 * bottom, 0.92), BLACK, "arabic"),
        Rule((bottom, 0.0, bottom, 1.0), BLACK),
    )


def _province(rng: np.random.Generator) -> str:
    return (
        pick(rng, ("29", "30", "43", "50", "51", "59", "60", "61"))
        if rng.random() < 0.3
        else f"{rng.integers(11, 100)}"
    )


def _serial(rng: np.random.Generator) -> str:
    return draw(rng, "###.##") if rng.random() < 0.7 else draw(rng, "####")


def _halves(rng: np.random.Generator, above: str) -> tuple[str, str]:
    return above, _serial(rng)
