"""Characters that people told wrong: when a model's reading counts against them, and what the list says."""

import numpy as np
import pandas as pd
import pytest

from plate_seg.alphabet import CHARACTERS
from plate_seg.data.sample import Character, Plate
from plate_seg.doubts import doubt, write

BOX = np.array([0.4, 0.25, 0.5, 0.5], "float32")  # as in `white_plate`


def told(text, **fields):
    """A plate at `BOX` with these characters, all of them known."""
    return Plate(BOX, None, tuple(Character(CHARACTERS.index(sign), BOX) for sign in text), True, text, **fields)


def checked(sources, reader, certainty=0.8):
    (source,), doubts = doubt(sources, reader, certainty)
    return source.samples[0].plates[0], doubts


def test_characters_that_are_surely_others_are_left_out_and_listed(white_plate, reader, tmp_path):
    plate, doubts = checked(white_plate(told("812")), reader(["B12", "B12", "B12"]))
    write(doubts, tmp_path / "doubts.csv")

    assert not plate.complete
    np.testing.assert_array_equal(plate.box, BOX)
    (row,) = pd.read_csv(tmp_path / "doubts.csv", dtype=str).to_dict("records")
    assert row == {"path": str(tmp_path / "a.png"), "source": "cars", "told": "812", "read": "B12"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "doubts.csv"]


@pytest.mark.parametrize(
    "texts, score",
    [
        (["812"], 0.95),
        (["B12"], 0.92),  # 0.92 ** 3 = 0.78
        (["B12", "812"], 0.95),
        (["B12", "B12", None], 0.95),
        ([""], 0.95),
        ([None], 0.95),
    ],
)
def test_what_is_told_stays_unless_another_reading_is_sure(white_plate, reader, texts, score):
    sources = white_plate(told("812"))
    plate, doubts = checked(sources, reader(texts, score))

    assert plate is sources[0].samples[0].plates[0]
    assert not doubts


@pytest.mark.parametrize(
    "plate", [Plate(BOX), Plate(BOX, text="812"), Plate(BOX, complete=True), told("812", crowd=True)]
)
def test_plates_without_known_characters_are_not_read(white_plate, reader, plate):
    asked = reader([])

    assert checked(white_plate(plate), asked) == (plate, [])
    assert not asked.seen


def test_crops_of_one_plate_are_read_and_drawn_scenes_are_not(white_plate, reader):
    _, doubts = checked(white_plate(told("812"), scene=False), reader(["B12", "B12", "B12"]))
    asked = reader([])

    assert len(doubts) == 1
    assert checked(white_plate(told("812"), source="rendered"), asked)[0].complete
    assert not asked.seen


def test_no_doubt_is_a_list_without_rows(tmp_path):
    write([], tmp_path / "doubts.csv")

    assert (tmp_path / "doubts.csv").read_text() == "path,source,told,read\n"
