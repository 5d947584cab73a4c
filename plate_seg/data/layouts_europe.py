"""Plates of Spain, Germany, France, the United Kingdom and, by their numbers, the rest of Europe.

Sources: docs/rendering.md.
"""

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
    Line,
    Words,
    draw,
    middle,
    pick,
)

EU_BLUE, EU_YELLOW = (20, 60, 150), (240, 210, 60)
SPAIN_LETTERS = "BCDFGHJKLMNPRSTVWXYZ"  # no vowels, no Q
FRANCE_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"  # no I, O, U
UK_AREA = "ABCDEFGHKLMNOPRSVWXY"
UK_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"  # no I, Q in the last three; 0 and O, 1 and I have one shape each
UK_OLDER = ("@### @@@", "@## @@@", "@@@ ###@", "@@@ ##@", "@@@ ###", "@I@ ####", "@@Z ####")  # I, Z: Northern Ireland
UK_AGES = (*range(2, 26), *range(51, 76))
GERMAN_TOWNS = [
    "B",
    "M",
    "K",
    "F",
    "S",
    "D",
    "H",
    "L",
    "N",
    "A",
    "E",
    "P",
    "W",
    "C",
    "BO",
    "DO",
    "HH",
    "KA",
    "MA",
    "WI",
    "AB",
    "BN",
    "GI",
    "KI",
    "OS",
    "DA",
    "FR",
    "HD",
    "IN",
    "MG",
]
EU_COUNTRIES = {
    "P": ("##-##-@@", "@@-##-@@"),
    "I": ("@@ ###@@",),
    "NL": ("##-@@@-#", "@@-###-@", "@-###-@@"),
    "B": ("#-@@@-###",),
    "RO": ("B_##_@@@", "@@_##_@@@"),
    "PL": ("@@_#####", "@@@_##@@"),
    "CZ": ("#@#_####",),
    "SK": ("@@_###@@",),
    "H": ("@@@-###",),
    "A": ("@_#####@", "@@_###@@"),
    "S": ("@@@ ###", "@@@ ##@"),
    "FIN": ("@@@-###",),
    "LT": ("@@@ ###",),
    "GR": ("@@@-####",),
    "HR": ("@@_###-@@",),
    "BG": ("@ #### @@",),
    "TR": ("## @@@ ##", "## @@ ###", "## @ ####", "## @@ ####"),
    "CH": ("@@ ######", "@@ #####"),
    "DK": ("@@ ## ###",),
    "N": ("@@ #####",),
    "UA": ("@@ #### @@",),
    "SLO": ("@@_@@-###", "@@_##-@@@"),
    "SRB": ("@@_###-@@", "@@_####-@@"),
    "BIH": ("@##-@-###",),
    "EST": ("### @@@",),
    "LV": ("@@-####",),
    "IRL": ("##-@-#####", "###-@-####", "###-@@-###"),
    "L": ("@@ ####",),
    "RUS": ("@ ### @@ ##", "@ ### @@ ###"),
}
EU_LETTERS = {  # where fewer than all of them are used
    "NL": "BDFGHJKLNPRSTVXZ",
    "I": "ABCDEFGHJKLMNPRSTVWXYZ",
    "B": "ABCDEFGHJKLNPRSTUVXYZ",
    "CZ": "ABCDEFHIJKLMNPRSTUVXYZ",
    "PL": "ABCDEFGHIJKLMNOPRSTUVWXYZ",
    "TR": "ABCDEFGHIJKLMNOPRSTUVYZ",
    "CH": "ABEFGHIJLNORSTUVWZ",
    "DK": SERIES_LETTERS,
    "N": SERIES_LETTERS,
    "UA": "ABCEHIKMOPTX",
    "BIH": "AEJKMOT",
    "IRL": "CDEGHKLMNORSTUWXY",
    "RUS": "ABCEHKMOPTXY",
}
EU_STRIPLESS = ("CH", "BIH", "RUS")
ONE_LINE, TWO_LINES = (520, 110), (340, 220)


def spain(rng: np.random.Generator) -> Design:
    """520 x 110 mm: 1234 BCD, black on white, 77 mm capitals."""
    text = draw(rng, "#### @@@", SPAIN_LETTERS)
    return _strip_plate(rng, "es_long", "ES", "E", text, aspect=0.56)


def spain_square(rng: np.random.Generator) -> Design:
    """340 x 220 mm (cars) and 220 x 160 mm (motorbikes): 1234 over BCD."""
    size = pick(rng, (TWO_LINES, (220, 160)))
    strip = eu_strip("E", size)
    lines = (
        Line(draw(rng, "####"), (0.09, 0.18, 0.47, 0.95), 0.56, 0.16),
        Line(draw(rng, "@@@", SPAIN_LETTERS), (0.54, 0.18, 0.92, 0.95), 0.56, 0.16),
    )
    vehicles = ("motorbike",) if size[0] == 220 else ("car", "van")
    return Design("es_square", "ES", vehicles, size, lines, WHITE, BLACK, "narrow", (*strip, Border(BLACK)))


def germany(rng: np.random.Generator) -> Design:
    """520 x 110 mm: a town, two seals, one or two letters, one to four digits; 75 mm capitals."""
    town = pick(rng, GERMAN_TOWNS) if rng.random() < 0.6 else draw(rng, pick(rng, ("@", "@@", "@@@")))
    text = f"{town}_{draw(rng, pick(rng, ('@', '@@')))} {draw(rng, pick(rng, ('##', '###', '####')))}"
    return _strip_plate(rng, "de_long", "DE", "D", text, aspect=0.6)


def germany_square(rng: np.random.Generator) -> Design:
    """340 x 200 mm, motorbikes 220 x 200 or 180 x 200: town and seal over letters and digits."""
    size = pick(rng, ((340, 200), (220, 200), (180, 200)))
    above = f"{pick(rng, GERMAN_TOWNS)}_"
    below = f"{draw(rng, pick(rng, ('@', '@@')))} {draw(rng, pick(rng, ('##', '###')))}"
    lines = (Line(above, (0.1, 0.2, 0.46, 0.9), 0.6), Line(below, (0.54, 0.08, 0.9, 0.92), 0.6))
    vehicles = ("car", "van") if size[0] == 340 else ("motorbike",)
    return Design(
        "de_square", "DE", vehicles, size, lines, WHITE, BLACK, "narrow", (*eu_strip("D", size, 0.48), Border(BLACK))
    )


def france(rng: np.random.Generator) -> Design:
    """520 x 110 mm: AB-123-CD with a blue strip at either end; or before 2009, 1234 AB 56, yellow behind."""
    if rng.random() < 0.75:
        design = _strip_plate(rng, "fr_long", "FR", "F", draw(rng, "@@-###-@@", FRANCE_LETTERS), aspect=0.55)
        area = f"{rng.integers(1, 96):02d}"
        right = (Band((0.0, 0.925, 1.0, 1.0), EU_BLUE), Words(area, (0.66, 0.935, 0.86, 0.99), WHITE, "heavy"))
        return _with(design, (*design.decorations, *right), right=0.91)
    text = draw(rng, pick(rng, ("#### @@ ##", "### @@@ ##")), FRANCE_LETTERS)
    return _strip_plate(rng, "fr_long", "FR", "F", text, aspect=0.55, paper=pick(rng, (WHITE, (235, 190, 40))))


def united_kingdom_front(rng: np.random.Generator) -> Design:
    """520 x 111 mm, white: AB12 CDE, 79 x 50 mm capitals."""
    return _british(rng, "uk_front", WHITE)


def united_kingdom_rear(rng: np.random.Generator) -> Design:
    """520 x 111 mm, yellow."""
    return _british(rng, "uk_rear", (240, 200, 40))


def united_kingdom_square(rng: np.random.Generator) -> Design:
    """285 x 203 mm (229 x 178 on motorbikes): AB12 over CDE."""
    size = pick(rng, ((285, 203), (229, 178)))
    number = _british_number(rng)
    above, below = number.split(" ") if " " in number else (number[:3], number[3:])
    lines = (Line(above, middle(0.08, 0.46, 0.06, 0.94), 0.6), Line(below, middle(0.54, 0.92, 0.06, 0.94), 0.6))
    paper = pick(rng, (WHITE, (240, 200, 40), (240, 200, 40)))
    vehicles = ("car", "van") if size[0] == 285 else ("motorbike",)
    return Design("uk_square", "GB", vehicles, size, lines, paper, BLACK, "heavy", twins="01")


def european(rng: np.random.Generator) -> Design:
    """520 x 110 mm with the blue strip, or without as before it came, in the grammar of one of `EU_COUNTRIES`."""
    country = pick(rng, tuple(EU_COUNTRIES))
    paper = pick(rng, (WHITE,) * 6 + ((235, 190, 40),)) if country != "NL" else (235, 175, 40)
    ink = pick(rng, (BLACK, BLACK, BLACK, (160, 30, 40), (20, 40, 120))) if country in ("B", "A", "GR") else BLACK
    text = draw(rng, pick(rng, EU_COUNTRIES[country]), EU_LETTERS.get(country, LETTERS))
    design = _strip_plate(rng, "eu_long", country, country, text, 0.58, paper, ink)
    if country not in EU_STRIPLESS and rng.random() < 0.8:
        return design
    return _with(design, (Border(ink),), left=0.04)


def eu_strip(letters: str, size_mm: tuple[int, int], bottom: float = 1.0) -> tuple[Decoration, ...]:
    """Returns the blue strip with its stars and the country's letters, 40 to 50 mm wide, at the left edge."""
    width = 44 / size_mm[0]
    return (
        Band((0.0, 0.0, bottom, width), EU_BLUE),
        Words("***", (0.2 * bottom, 0.2 * width, 0.42 * bottom, 0.8 * width), EU_YELLOW),
        Words(letters, (0.64 * bottom, 0.2 * width, 0.86 * bottom, 0.8 * width), WHITE, "heavy"),
    )


def _strip_plate(
    rng: np.random.Generator,
    layout: str,
    country: str,
    letters: str,
    text: str,
    aspect: float,
    paper: Colour = WHITE,
    ink: Colour = BLACK,
) -> Design:
    aspect *= float(rng.uniform(0.92, 1.08))
    line = Line(text, middle(0.15, 0.85, 0.11), aspect, float(rng.uniform(0.1, 0.17)))
    decorations = (*eu_strip(letters, ONE_LINE), Border(ink))
    return Design(layout, country, ("car", "van"), ONE_LINE, (line,), paper, ink, "narrow", decorations)


def _british(rng: np.random.Generator, layout: str, paper: Colour) -> Design:
    strip = ()
    if rng.random() < 0.35:
        strip = eu_strip("GB" if rng.random() < 0.7 else "UK", (520, 111))
    line = Line(_british_number(rng), middle(0.145, 0.855, 0.11 if strip else 0.04), 0.62, 0.14)
    maker = (Words(pick(rng, ("MOTORS LTD", "CAR SALES", "01273 555 010")), (0.9, 0.38, 0.96, 0.62), BLACK),)
    border = (Border(BLACK),) if rng.random() < 0.3 else ()
    decorations = (*strip, *maker, *border)
    return Design(layout, "GB", ("car", "van"), (520, 111), (line,), paper, BLACK, "heavy", decorations, twins="01")


def _british_number(rng: np.random.Generator) -> str:
    if rng.random() < 0.7:
        return f"{draw(rng, '@@', UK_AREA)}{pick(rng, UK_AGES):02d} {draw(rng, '@@@', UK_LETTERS)}"
    return draw(rng, pick(rng, UK_OLDER), UK_LETTERS)


def _with(design: Design, decorations: tuple, left: float | None = None, right: float | None = None) -> Design:
    line = design.lines[0]
    top, old_left, bottom, old_right = line.frame
    frame = (top, old_left if left is None else left, bottom, old_right if right is None else right)
    moved = Line(line.text, frame, line.aspect, line.spacing)
    return Design(**{**design.__dict__, "lines": (moved,), "decorations": decorations})
