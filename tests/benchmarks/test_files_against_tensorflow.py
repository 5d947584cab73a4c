"""Two models' answers side by side."""

import numpy as np
import pytest

from benchmarks.files_against_tensorflow import ROUNDS, compare


def answer(score=0.9, box=0.5, label=3):
    """Makes a model that finds one plate with one character, besides an empty row, and counts its calls."""

    def find(image):
        find.calls += 1
        return {
            "detection_scores": np.array([[score, 0.0]]),
            "detection_boxes": np.array([[[0.0, 0.0, box, box], [0.0] * 4]]),
            "character_classes": np.array([[[label, -1], [-1, -1]]]),
        }

    find.calls = 0
    return find


def table(expect, find):
    rows = compare(expect, find, [np.zeros((1, 4, 4, 3), np.uint8)] * 2, threshold=0.5)
    return rows.set_index("measure").value


def test_the_same_answers_are_no_distance_apart():
    expect, find = answer(), answer()

    rows = table(expect, find)

    assert (rows["plates"], rows["plates with the same text"]) == (2, 2)
    assert rows["largest distance of their boxes"] == rows["largest distance of their scores"] == 0
    assert expect.calls == find.calls == 2 * (1 + ROUNDS)


def test_distances_are_those_of_plates_with_the_same_text():
    rows = table(answer(), answer(score=0.8, box=0.75))

    assert rows["largest distance of their boxes"] == 0.25
    assert rows["largest distance of their scores"] == pytest.approx(0.1)


@pytest.mark.parametrize("other", [{"label": 4}, {"score": 0.4}])
def test_another_text_or_a_plate_not_reported_is_no_agreement(other):
    rows = table(answer(), answer(**other))

    assert (rows["plates"], rows["plates with the same text"]) == (2, 0)
    assert rows["largest distance of their boxes"] == 0
