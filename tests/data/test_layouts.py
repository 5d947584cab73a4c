import re
from collections import Counter

import numpy as np
import pytest

from plate_seg.alphabet import CHARACTERS
from plate_seg.data.designs import SEPARATORS, Band
from plate_seg.data.layouts import LAYOUTS, draw_design
from plate_seg.data.layouts_europe import EU_BLUE, EU_COUNTRIES
from plate_seg.errors import UserError

VIETNAM = "[A-HK-NPSTUVXYZ]"
FRANCE = "[A-HJ-NP-TV-Z]"
ARABIC = "[\u0627-\u064a]"
GRAMMAR = {
    "vn_car_long": rf"\d\d{VIETNAM}-(\d{{3}}\.\d\d|\d{{4}})",
    "vn_car": rf"\d\d({VIETNAM}|LD|NG|NN|QT)/(\d{{3}}\.\d\d|\d{{4}})",
    "vn_motorbike": rf"\d\d-{VIETNAM}[{VIETNAM[1:-1]}\d]/(\d{{3}}\.\d\d|\d{{4}})",
    "in_long": r"[A-Z]{2}[ ]?\d\d[ -]?[A-Z]{1,2}[ -]?\d{4}",
    "in_square": r"[A-Z]{2}[ -]?\d\d/[A-Z]{1,2}[ -]\d{4}",
    "pk": r"[A-Z]{2,3}[-. ]\d{3,4}|[A-Z]{2,3}-?/\d{4}",
    "mixed_script": rf"\d{{2,3}}{ARABIC} \d{{4}}",
    "eg_split": rf"[\u0661-\u0669]{{1,4}}/{ARABIC}( {ARABIC}){{1,2}}",
    "eg_motorbike": rf"{ARABIC}( {ARABIC}){{1,2}}/[\u0661-\u0669]{{1,4}}",
    "es_long": r"\d{4} [B-DF-HJ-NPR-TV-Z]{3}",
    "es_square": r"\d{4}/[B-DF-HJ-NPR-TV-Z]{3}",
    "de_long": r"[A-Z]{1,3}_[A-Z]{1,2} \d{2,4}",
    "de_square": r"[A-Z]{1,2}_/[A-Z]{1,2} \d{2,3}",
    "fr_long": rf"{FRANCE}{{2}}-\d{{3}}-{FRANCE}{{2}}|\d{{3,4}} {FRANCE}{{2,3}} \d\d",
    "uk_front": r"[A-Z]{2}\d\d [A-Z]{3}|[A-Z]\d{2,3} [A-Z]{3}|[A-Z]{3} (\d{2,3}[A-Z]?|\d{4})",
    "uk_rear": r"[A-Z]{2}\d\d [A-Z]{3}|[A-Z]\d{2,3} [A-Z]{3}|[A-Z]{3} (\d{2,3}[A-Z]?|\d{4})",
    "uk_square": r"[A-Z]{2}\d\d/[A-Z]{3}|[A-Z]\d{2,3}/[A-Z]{3}|[A-Z]{3}/(\d{2,3}[A-Z]?|\d{4})",
    "eu_long": r"[A-Z\d]+([-_ ]?[A-Z\d]+)*",
    "br_grey": r"[A-Z]{3}[- ]\d{4}",
    "br_motorbike": r"[A-Z]{3}/\d[A-Z\d]\d\d",
    "br_mercosur": r"[A-Z]{3}\d[A-Z]\d\d",
    "us_plain": r"[A-Z\d]{2,5}[-_ ]?[A-Z\d]{2,5}",
    "us_picture": r"[A-Z\d]{2,5}[-_ ]?[A-Z\d]{2,5}",
    "us_banded": r"[A-Z\d]{2,5}[-_ ]?[A-Z\d]{2,5}",
    "free": r"[A-Z\d][-_. A-Z\d]*(/[A-Z\d][-_. A-Z\d]*)?",
}
SIZES_MM = {
    "vn_car_long": {(520, 110), (470, 110)},
    "vn_car": {(330, 165), (280, 200)},
    "vn_motorbike": {(190, 140)},
    "es_long": {(520, 110)},
    "eu_long": {(520, 110)},
    "uk_rear": {(520, 111)},
    "br_mercosur": {(400, 130)},
    "us_plain": {(305, 152)},
    "in_long": {(500, 120)},
}


def designs(layout, count=60):
    rng = np.random.default_rng(5)
    return [draw_design(rng, [layout]) for _ in range(count)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_numbers_follow_the_grammar_of_their_layout(layout):
    for design in designs(layout):
        text = "/".join(line.text for line in design.lines)

        assert re.fullmatch(GRAMMAR[layout], text), text


@pytest.mark.parametrize("layout", SIZES_MM)
def test_plates_have_their_true_size(layout):
    assert {design.size_mm for design in designs(layout, 20)} == SIZES_MM[layout]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_lines_stay_on_the_plate_in_reading_order(layout):
    for design in designs(layout):
        for line in design.lines:
            top, left, bottom, right = line.frame
            assert 0 <= top < bottom <= 1
            assert 0 <= left < right <= 1
        starts = [(line.frame[0], line.frame[1]) for line in design.lines]
        assert starts == sorted(starts)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_ink_stands_out_from_paper(layout):
    for design in designs(layout):
        assert abs(np.mean(design.paper) - np.mean(design.ink)) > 25


def test_all_characters_come_often():
    rng = np.random.default_rng(2)
    seen = Counter()
    for _ in range(6000):
        seen.update(sign for line in draw_design(rng).lines for sign in line.text if sign not in SEPARATORS)

    shares = {character: seen[character] / seen.total() for character in CHARACTERS}

    left_out = {character: shares.pop(character) for character in "IOQ"}  # by most registries
    assert min(shares.values()) > 0.007, shares
    assert min(left_out.values()) > 0.004, left_out


def test_european_countries_have_their_strip_or_none():
    drawn = designs("eu_long", 300)
    with_strip = {
        one.country
        for one in drawn
        if any(isinstance(part, Band) and part.colour == EU_BLUE for part in one.decorations)
    }

    assert {one.country for one in drawn} == set(EU_COUNTRIES)
    assert with_strip == set(EU_COUNTRIES) - {"CH", "BIH", "RUS"}


def test_nearly_half_of_the_plates_have_two_lines():
    rng = np.random.default_rng(3)
    rows = [len({line.frame[0] for line in draw_design(rng).lines}) for _ in range(600)]

    assert 0.38 < np.mean(np.array(rows) == 2) < 0.55


def test_an_unknown_layout_names_the_choices():
    with pytest.raises(UserError, match="'mars'; choose from vn_car_long"):
        draw_design(np.random.default_rng(0), ["mars"])
