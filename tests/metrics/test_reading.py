from dataclasses import replace

import numpy as np
import pytest

from plate_seg.metrics.pairing import Picture
from plate_seg.metrics.reading import confusion, edits, is_wrong_order, tally_reading, true_text
from plate_seg.metrics.tally import Tally, ratios
from tests.metrics.examples import find_plate, sample, true_plate


@pytest.mark.parametrize(
    ("text", "truth", "expected"),
    [("", "ABC", 3), ("ABC", "ABC", 0), ("ABC", "", 3), ("AC", "ABC", 1), ("KITTEN", "SITTING", 3), ("BA", "AB", 2)],
)
def test_edits_by_hand(text, truth, expected):
    assert edits(text, truth) == expected


def test_wrong_order_is_the_same_characters_otherwise():
    assert is_wrong_order("BA1", "AB1")
    assert not is_wrong_order("AB1", "AB1")
    assert not is_wrong_order("AB", "AB1")


def test_painted_over_other_and_unknown_texts_are_not_read():
    assert true_text(true_plate("AB1")) == "AB1"
    assert true_text(true_plate("AB*")) is None
    assert true_text(true_plate("Aس1")) is None
    assert true_text(true_plate("AB1", crowd=True)) is None


def test_a_text_that_is_not_given_is_that_of_the_characters_if_all_are_known():
    plate = replace(true_plate("AB1"), text=None)

    assert true_text(plate) == true_text(replace(plate, text="ab1")) == "AB1"
    assert true_text(replace(plate, complete=False)) is None


def values_of(pairs):
    tally = Tally()
    for index, (truth, found) in enumerate(pairs):
        tally_reading(Picture(index, sample(truth), tuple(found)), tally)
    return ratios(tally.frame(), np.arange(len(pairs))).set_index("measure").value


def test_texts_and_character_errors_by_hand():
    plate = true_plate("AB1")
    texts = [[find_plate(plate)], [find_plate(plate, text="AB7")], [find_plate(plate, text="BA1")], []]

    values = values_of([(plate, found) for found in texts])

    assert values["text_exact"] == 1 / 4
    assert values["character_error_rate"] == pytest.approx((0 + 1 + 2 + 3) / 12)
    assert values["text_wrong_order"] == 1 / 4
    assert values["found_plates_text_exact"] == pytest.approx(1 / 3)
    assert values["found_plates_character_error_rate"] == pytest.approx(3 / 9)


def test_a_text_counts_where_no_character_is_labelled():
    plate = true_plate("AB1")
    bare = replace(plate, characters=(), complete=False)

    values = values_of([(bare, [find_plate(plate)]), (bare, [find_plate(plate, text="AB7")])])

    assert values["text_exact"] == 1 / 2
    assert values["character_error_rate"] == pytest.approx(1 / 6)


def test_errors_are_shares_of_all_characters_not_of_plates():
    short, long = true_plate("AB1"), true_plate("ABCDE")

    values = values_of([(short, [find_plate(short, text="AB7")]), (long, [])])

    assert values["character_error_rate"] == pytest.approx((1 + 5) / (3 + 5))


def test_characters_that_overlap_by_less_than_half_are_not_taken_for_each_other():
    plate = true_plate("AB1")

    counts = [confusion([Picture(0, sample(plate), (find_plate(plate, shift=shift),))]).to_numpy() for shift in (6, 8)]

    assert [table.sum() for table in counts] == [3, 0]  # by 0.54 or 0.43


def test_confusion_counts_true_rows_and_found_columns():
    plate = true_plate("AB1")

    table = confusion([Picture(0, sample(plate), (find_plate(plate, text="A8?"),))])

    assert table.shape == (37, 37)
    assert table.to_numpy().sum() == 3
    assert table.loc["A", "A"] == table.loc["B", "8"] == table.loc["1", "?"] == 1
