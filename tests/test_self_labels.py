"""Characters that a model reads on training plates: when they count, and where they lie."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from plate_seg.alphabet import CHARACTERS
from plate_seg.data.pictures import write_picture
from plate_seg.data.pipeline import Source
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.found import FoundCharacter, FoundPlate
from plate_seg.self_labels import label, write_counts

BOX = np.array([0.4, 0.25, 0.5, 0.5], "float32")


class Reader:
    """Finds the one white plate of a picture, and reads `texts` in turn: of the whole picture, then of closer looks."""

    def __init__(self, texts, score=0.95):
        self.texts, self.score, self.seen = list(texts), score, []

    def __call__(self, image):
        self.seen.append(image.shape[:2])
        height, width = image.shape[:2]
        rows, columns = np.flatnonzero(image[..., 0].max(1)), np.flatnonzero(image[..., 0].max(0))
        ends = np.array([rows[0] / height, columns[0] / width, (rows[-1] + 1) / height, (columns[-1] + 1) / width])
        text = self.texts.pop(0)
        if text is None:
            return []
        span = (ends[3] - ends[1]) / max(len(text), 1)
        characters = tuple(
            FoundCharacter(
                np.array([ends[0], ends[1] + place * span, ends[2], ends[1] + (place + 1) * span]),
                CHARACTERS.index(sign),
                self.score,
                np.ones((2, 2), bool),
                ends,
            )
            for place, sign in enumerate(text)
        )
        return [FoundPlate(ends, np.zeros((4, 2)), 0.9, characters)]


def picture(folder, plate=None, scene=True):
    """A black picture of 100 x 200 px with a white plate at `BOX`."""
    image = np.zeros((100, 200, 3), np.uint8)
    image[40:50, 50:100] = 255
    write_picture(folder / "a.png", image)
    return [Source([Sample(folder / "a.png", 100, 200, (plate or Plate(BOX),), "cars", scene)])]


def read(sources, reader, certainty=0.8):
    (source,) = label(sources, reader, certainty)
    return source.samples[0].plates[0]


def test_a_sure_reading_that_closer_looks_repeat_becomes_truth(tmp_path):
    reader = Reader(["A12", "A12", "A12"])
    plate = read(picture(tmp_path), reader)

    assert plate.complete and plate.text == "A12"
    assert [CHARACTERS[one.label] for one in plate.characters] == ["A", "1", "2"]
    np.testing.assert_allclose(plate.characters[0].box, [0.4, 0.25, 0.5, 0.25 + 0.25 / 3], atol=1e-6)
    assert all(one.mask is None for one in plate.characters)
    np.testing.assert_array_equal(plate.box, BOX)
    assert reader.seen == [(100, 200), (20, 100), (40, 175)]  # 1.5 plates to the left leave the picture


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
def test_a_doubtful_reading_leaves_a_plate_open(tmp_path, texts, score):
    plate = read(picture(tmp_path), Reader(texts, score))

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
def test_what_people_said_stays(tmp_path, plate):
    reader = Reader([])

    assert read(picture(tmp_path, plate), reader) is plate
    assert not reader.seen


def test_crops_of_one_plate_are_not_read(tmp_path):
    assert not read(picture(tmp_path, scene=False), Reader([])).complete


def test_a_plate_found_elsewhere_is_not_this_one(tmp_path):
    elsewhere = Plate(np.array([0.8, 0.1, 0.9, 0.4], "float32"))

    assert not read(picture(tmp_path, elsewhere), Reader(["A12"])).complete


def test_counts_tell_open_and_labelled_plates_of_a_source_and_no_texts(tmp_path):
    before = picture(tmp_path, Plate(BOX))
    (sample,) = before[0].samples
    many = [replace(before[0], samples=[sample, sample, replace(sample, plates=(Plate(BOX, text="B1"),))])]
    after = label(many, Reader(["A12", "A12", "A12", "A12", "B12"]), 0.8)

    table = write_counts(many, after, tmp_path / "counts.csv")

    assert pd.read_csv(tmp_path / "counts.csv").to_dict("list") == {"source": ["cars"], "open": [2], "labelled": [1]}
    assert table.labelled.sum() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "counts.csv"]
