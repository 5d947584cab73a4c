"""Plates that nobody boxed: which are added, as what, and what the list says."""

import numpy as np
import pandas as pd
import pytest

from plate_seg.data.sample import RENDERED, Plate
from plate_seg.found import FoundPlate
from plate_seg.overlooked import add, write

TOLD = np.array([0.4, 0.25, 0.5, 0.5], "float32")  # as in `white_plate`
FAR = np.array([0.7, 0.1, 0.8, 0.3], "float32")


def found(*plates):
    """A model that finds these (box, score) on any picture."""
    return lambda image: [FoundPlate(box, np.zeros((4, 2)), score) for box, score in plates]


def filled(sources, find, score=0.9):
    (source,), added = add(sources, find, score)
    return source.samples[0].plates, added


def test_a_sure_plate_without_a_box_is_taught_without_its_box_and_listed(white_plate, tmp_path):
    plates, added = filled(white_plate(), found((TOLD, 0.99), (FAR, 0.95)))
    write(added, tmp_path / "overlooked.csv")

    told, other = plates
    np.testing.assert_array_equal(told.box, TOLD)
    np.testing.assert_array_equal(other.box, FAR)
    assert told.box_counts and not other.box_counts
    assert other.corners is None and other.text is None and not other.complete and not other.crowd
    (row,) = pd.read_csv(tmp_path / "overlooked.csv").to_dict("records")
    assert row.pop("path") == str(tmp_path / "a.png") and row.pop("source") == "cars"
    assert row == pytest.approx({"ymin": 0.7, "xmin": 0.1, "ymax": 0.8, "xmax": 0.3, "score": 0.95})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "overlooked.csv"]


@pytest.mark.parametrize(
    "box, score",
    [
        (FAR, 0.89),
        (TOLD, 0.99),
        (np.array([0.48, 0.45, 0.6, 0.7], "float32"), 0.99),  # its corner lies on the plate that is told
    ],
)
def test_the_unsure_and_what_touches_a_told_plate_are_left(white_plate, box, score):
    plates, added = filled(white_plate(), found((box, score)))

    assert len(plates) == 1
    assert added == []


def test_of_two_that_touch_each_other_the_first_is_added(white_plate):
    plates, _ = filled(white_plate(), found((FAR, 0.95), (FAR + 0.01, 0.92)))

    np.testing.assert_array_equal([plate.box for plate in plates], [TOLD, FAR])


@pytest.mark.parametrize("kind", [{"source": RENDERED}, {"scene": False}])
def test_rendered_scenes_and_crops_of_one_plate_are_not_looked_at(white_plate, kind):
    sources = white_plate(Plate(TOLD), **kind)

    def find(image):
        raise AssertionError("asked")

    assert filled(sources, find) == (sources[0].samples[0].plates, [])


def test_an_empty_list_has_its_header(tmp_path):
    write([], tmp_path / "overlooked.csv")

    assert (tmp_path / "overlooked.csv").read_text() == "path,source,ymin,xmin,ymax,xmax,score\n"
