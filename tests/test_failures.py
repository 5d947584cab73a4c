from dataclasses import replace

import numpy as np
import pytest

from plate_seg import failure_sheets
from plate_seg.failures import CAUSES, Failure, count_failures, find_failures, worst
from plate_seg.metrics.pairing import Picture
from tests.metrics.examples import box, find_plate, found_character, sample, stray_plate, true_plate

PLATE = true_plate("AB1")  # characters at 20-30, 34-44 and 48-58 px from the left, 20-40 px from the top
FOUND = find_plate(PLATE)


def causes_of(*found, truth=PLATE):
    return [failure.cause for failure in find_failures(Picture(0, sample(truth), found))]


def with_characters(*characters):
    return replace(FOUND, characters=characters)


def test_a_perfect_picture_has_no_failure():
    assert causes_of(FOUND) == []


def test_plates_missed_and_false():
    assert causes_of(stray_plate()) == ["false plate", "missed plate"]
    assert causes_of(truth=true_plate(crowd=True)) == []


def test_two_characters_as_one_are_merged_and_not_missed_too():
    both = found_character(box(20, 20, 40, 44), 10)

    assert causes_of(with_characters(both, FOUND.characters[2])) == ["merged"]


def test_one_character_as_two_is_split_and_not_false_too():
    halves = [found_character(box(20, 34, 40, 39), 11), found_character(box(20, 39, 40, 44), 11)]

    assert causes_of(with_characters(FOUND.characters[0], *halves, FOUND.characters[2])) == ["split"]


@pytest.mark.parametrize(("right", "causes"), [(38, ["missed character"]), (39.5, ["merged"])])
def test_merging_takes_half_of_the_neighbour(right, causes):
    wide = found_character(box(20, 20, 40, right), 10)  # over the first, and 4 or 5.5 of 10 px of the second

    assert causes_of(with_characters(wide, FOUND.characters[2])) == causes


@pytest.mark.parametrize(("top", "causes"), [(32, ["missed character"] + ["false character"] * 2), (28, ["split"])])
def test_a_part_lies_by_half_in_what_is_split(top, causes):
    parts = [found_character(box(20, 34, 40, 38), 11), found_character(box(top, 39, top + 20, 44), 11)]

    assert causes_of(with_characters(FOUND.characters[0], *parts, FOUND.characters[2])) == causes


def test_a_failure_tells_its_place_and_its_weight():
    second = true_plate("CD", left=120)  # 32 px wide
    found = (find_plate(second, text="CE"), stray_plate(0.7))

    failures = {each.cause: each for each in find_failures(Picture(3, sample(PLATE, second), found))}

    places = {"false plate": stray_plate().box, "missed plate": PLATE.box, "wrong label": second.box}
    assert {cause: each.weight for cause, each in failures.items()} == pytest.approx(
        {"false plate": 0.7, "missed plate": 46, "wrong label": 32}
    )
    assert all(each.picture == 3 and (each.plate == places[cause]).all() for cause, each in failures.items())
    assert failures["wrong label"].note == "E not D"


def test_characters_are_compared_with_those_of_the_plate_that_was_found():
    second = true_plate("CD", left=120)
    found = (find_plate(second, text="CE"), FOUND)  # in another order than the truth

    failures = list(find_failures(Picture(0, sample(PLATE, second), found)))

    assert [(failure.cause, failure.note) for failure in failures] == [("wrong label", "E not D")]


def test_characters_missed_false_and_wrongly_named():
    extra = found_character(box(20, 90, 40, 99), 3)

    assert causes_of(with_characters(*FOUND.characters[1:])) == ["missed character"]
    assert causes_of(with_characters(*FOUND.characters, extra)) == ["false character"]
    assert causes_of(find_plate(PLATE, text="A81")) == ["wrong label"]


def test_right_characters_in_another_order():
    assert causes_of(with_characters(*FOUND.characters[::-1])) == ["wrong order"]


def test_incomplete_plates_have_no_character_failures():
    truth = replace(PLATE, complete=False, text=None)

    assert causes_of(with_characters(FOUND.characters[0]), truth=truth) == []


def test_counts_by_source_and_cause():
    failures = [Failure("merged", 0, PLATE.box, 1, ""), Failure("merged", 1, PLATE.box, 1, "")]

    table = count_failures(failures, ["street", "gate"])

    assert table.merged.to_dict() == {"all": 2, "gate": 1, "street": 1}
    assert list(table.columns) == list(CAUSES)
    assert table.to_numpy().sum() == 4


def test_the_worst_are_few_of_each_picture():
    failures = [Failure("split", picture, PLATE.box, 10 * place, "") for picture in range(3) for place in range(4)]

    chosen = worst(failures, "split", most=5)

    assert [(one.picture, one.weight) for one in chosen] == [(0, 30), (1, 30), (2, 30), (0, 20), (1, 20)]
    assert [one.weight for one in worst(failures[:4], "split", most=5)] == [30, 20]


@pytest.mark.parametrize("plate", [PLATE.box, np.array([-0.2, -0.2, 1.5, 1.5]), np.array([0.999, 0.999, 1, 1])])
def test_a_sheet_shows_truth_green_and_found_red_at_any_place(plate):
    image = np.full((100, 200, 3), 90, np.uint8)
    failure = Failure("merged", 0, plate, 1.0, "AB as one")

    sheet = failure_sheets.draw_failures([failure], [sample(PLATE)], [[find_plate(PLATE, shift=2)]], lambda _: image)

    height, width = failure_sheets.CELL
    assert sheet.shape == (height, width * failure_sheets.COLUMNS, 3)
    if plate is PLATE.box:
        found, truth = (
            np.abs(sheet.astype(int) - color).sum(-1).min() for color in (failure_sheets.FOUND, failure_sheets.TRUTH)
        )
        assert found < 60 and truth < 60
