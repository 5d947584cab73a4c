"""Characters that a model reads on training plates: when they count, and where they lie."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from plate_seg.alphabet import CHARACTERS
from plate_seg.data.sample import Character, Plate
from plate_seg.self_labels import label, write_counts

BOX = np.array([0.4, 0.25, 0.5, 0.5], "float32")  # as in `white_plate`


def read(sources, reader, certainty=0.8):
    (source,) = label(sources, reader, certainty)
    return source.samples[0].plates[0]


def test_a_sure_reading_that_closer_looks_repeat_becomes_truth(white_plate, reader):
    asked = reader(["A12", "A12", "A12"])
    plate = read(white_plate(), asked)

    assert plate.complete and plate.text == "A12"
    assert [CHARACTERS[one.label] for one in plate.characters] == ["A", "1", "2"]
    np.testing.assert_allclose(plate.characters[0].box, [0.4, 0.25, 0.5, 0.25 + 0.25 / 3], atol=1e-6)
    assert all(one.mask is None for one in plate.characters)
    np.testing.assert_array_equal(plate.box, BOX)
    assert asked.seen == [(100, 200), (20, 100), (40, 175)]  # 1.5 plates to the left leave the picture


@pytest.mark.parametrize(
    "texts, score",
    [
        (["A12", "A12", "A17"], 0.95),
        (["A12", "A1"], 0.95),
        (["A12", None], 0.95),
        (["A12"], 0.92),  # 0.92 ** 3 = 0.78
        ([""], 0.95),
        ([None], 0.95),
    ],
)
def test_a_doubtful_reading_leaves_a_plate_open(white_plate, reader, texts, score):
    plate = read(white_plate(), reader(texts, score))

    assert not plate.complete and not plate.characters and plate.text is None


@pytest.mark.parametrize(
    "plate",
    [
        Plate(BOX, complete=True),
        Plate(BOX, crowd=True),
        Plate(BOX, text="B1"),
        Plate(BOX, characters=(Character(3, BOX),)),
    ],
)
def test_what_people_said_stays(white_plate, reader, plate):
    asked = reader([])

    assert read(white_plate(plate), asked) is plate
    assert not asked.seen


def test_crops_of_one_plate_are_not_read(white_plate, reader):
    assert not read(white_plate(scene=False), reader([])).complete


def test_a_plate_found_elsewhere_is_not_this_one(white_plate, reader):
    elsewhere = Plate(np.array([0.8, 0.1, 0.9, 0.4], "float32"))

    assert not read(white_plate(elsewhere), reader(["A12"])).complete


def test_counts_tell_open_and_labelled_plates_of_a_source_and_no_texts(white_plate, reader, tmp_path):
    before = white_plate(Plate(BOX))
    (sample,) = before[0].samples
    many = [replace(before[0], samples=[sample, sample, replace(sample, plates=(Plate(BOX, text="B1"),))])]
    after = label(many, reader(["A12", "A12", "A12", "A12", "B12"]), 0.8)

    table = write_counts(many, after, tmp_path / "counts.csv")

    assert pd.read_csv(tmp_path / "counts.csv").to_dict("list") == {"source": ["cars"], "open": [2], "labelled": [1]}
    assert table.labelled.sum() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "counts.csv"]
