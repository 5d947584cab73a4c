from dataclasses import replace

import numpy as np
import pytest

from plate_seg.data.sample import Plate
from plate_seg.metrics.characters import mask_ious, match_characters, repeated, tally_characters, touching
from plate_seg.metrics.pairing import Picture
from plate_seg.metrics.tally import Tally, ratios
from tests.metrics.examples import box, find_plate, found_character, sample, stray_plate, true_character, true_plate


def values_of(*pairs):
    """Measures of pictures with one true plate each, found as given."""
    tally = Tally()
    for index, (truth, found) in enumerate(pairs):
        tally_characters(Picture(index, sample(truth), tuple(found)), tally)
    return ratios(tally.frame(), np.arange(len(pairs))).set_index("measure").value


def without(plate, place):
    characters = plate.characters[:place] + plate.characters[place + 1 :]
    return replace(plate, characters=characters)


def test_a_perfect_plate_is_perfect_in_every_measure():
    plate = true_plate(masked=True)

    values = values_of((plate, [find_plate(plate)]))

    errors = values[values.index.str.endswith("centre_error")]
    assert (errors < 1e-6).all()
    np.testing.assert_allclose(values.drop(errors.index), 1, atol=1e-6)


def test_missed_false_and_wrongly_named_characters_by_hand():
    plate = true_plate("AB1")
    found = find_plate(plate, text="AB7")
    found = replace(without(found, 0), characters=(*found.characters[1:], found_character(box(20, 90, 40, 99), 3)))

    values = values_of((plate, [found]))

    assert values["character_precision"] == pytest.approx(2 / 3)
    assert values["character_recall"] == pytest.approx(2 / 3)
    assert values["labelled_character_recall"] == pytest.approx(1 / 3)
    assert values["labelled_character_f1"] == pytest.approx(1 / 3)
    assert values["label_accuracy"] == 1 / 2
    assert values["plates_right_count"] == 1
    assert values["plates_segmented_exactly"] == 0


def test_a_wrong_label_spoils_what_is_read_but_not_what_is_segmented():
    plate = true_plate("AB1")

    values = values_of((plate, [find_plate(plate, text="AB7")]))

    assert values["plates_segmented_exactly"] == values["found_plates_segmented_exactly"] == values["character_f1"] == 1
    assert values["plates_labelled_exactly"] == values["found_plates_labelled_exactly"] == 0
    assert values["labelled_character_f1"] == values["found_plates_labelled_character_f1"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("shift", "right"), [(6, 1), (8, 0)])
def test_a_character_that_overlaps_by_less_than_half_is_not_found(shift, right):
    plate = true_plate()  # with characters 20 px high: they overlap by 0.54 or 0.43, and their plate by more

    values = values_of((plate, [find_plate(plate, shift=shift)]))

    names = ["character_f1", "labelled_character_f1", "plates_segmented_exactly", "plates_labelled_exactly"]
    names += ["found_plates_segmented_exactly", "found_plates_character_f1", "found_plates_labelled_character_f1"]
    assert values[names].tolist() == [right] * len(names)
    assert ("label_accuracy" in values) == bool(right)


def test_characters_of_a_missed_plate_are_missed_and_those_on_a_false_one_false():
    plate = true_plate("AB1")
    stray = stray_plate(characters=[found_character(box(72, 130, 88, 138), 5)])

    values = values_of((plate, [stray]), (plate, [find_plate(plate)]))

    assert values["character_recall"] == 3 / 6
    assert values["character_precision"] == 3 / 4
    assert values["character_f1"] == pytest.approx(2 * 3 / (2 * 3 + 3 + 1))
    assert values["found_plates_character_f1"] == 1
    assert values["plates_segmented_exactly"] == 1 / 2
    assert values["found_plates_segmented_exactly"] == 1


def test_incomplete_plates_count_for_no_character_measure():
    plate = true_plate(complete=False)

    values = values_of((plate, [find_plate(plate)]))

    assert values.empty


def test_centre_error_is_in_character_heights():
    plate = true_plate("A", masked=True)

    values = values_of((plate, [find_plate(plate, shift=5)]))  # of 20 px

    assert values["character_centre_error"] == pytest.approx(0.25, abs=1e-6)
    assert values["character_box_iou"] == pytest.approx(15 / 25, abs=1e-6)
    assert values["character_mask_iou"] == pytest.approx(15 / 25)
    assert values["character_mask_dice"] == pytest.approx(2 * 15 / 40)


def test_characters_of_other_scripts_are_segmented_but_not_read():
    plate = true_plate("سA")

    values = values_of((plate, [find_plate(plate, text="?B")]))

    assert values["character_recall"] == 1
    assert values["other_script_told"] == 1
    assert values["label_accuracy"] == 0


def test_touching_needs_a_gap_under_a_tenth_of_the_width_on_one_line():
    assert touching(true_plate("AB1", gap=0)).all()
    assert not touching(true_plate("AB1", gap=1)).any()
    two_lines = Plate(box(0, 0, 99, 99), characters=(true_character("A", 20, top=20), true_character("B", 20, top=41)))
    assert not touching(two_lines).any()


def test_repeated_needs_the_same_label_next_door_on_one_line():
    assert repeated(true_plate("AAB1")).tolist() == [True, True, False, False]
    assert not repeated(true_plate("ABA")).any()
    two_lines = Plate(box(0, 0, 99, 99), characters=(true_character("A", 20, top=20), true_character("A", 20, top=41)))
    assert not repeated(two_lines).any()


def test_touching_and_repeated_characters_are_counted_apart():
    plate = true_plate("1123")
    found = without(find_plate(plate), 1)

    values = values_of((plate, [found]), (true_plate("12", gap=0), []))

    assert values["repeated_character_recall"] == 1 / 2
    assert values["touching_character_recall"] == 0


def test_where_no_mask_is_known_the_box_stands_in_and_does_not_count():
    plate = true_plate("AB", masked=True)
    plate = replace(plate, characters=(plate.characters[0], replace(plate.characters[1], mask=None)))
    picture = Picture(0, sample(plate), (find_plate(plate),))

    ious, unknown = mask_ious(picture)
    matched = match_characters(picture, ious, unknown)

    assert unknown.tolist() == [False, True]
    np.testing.assert_allclose(ious, np.eye(2), atol=1e-6)
    assert matched.positives == 1
    assert matched.ignored[0].tolist() == [False, True]


def test_characters_rank_by_the_score_of_plate_times_character():
    plate = true_plate("AB")
    sure, doubtful = find_plate(plate, score=0.9), find_plate(plate, score=0.1)

    matched = match_characters(picture := Picture(0, sample(plate), (doubtful, sure)), picture.character_ious)

    np.testing.assert_allclose(matched.scores, [0.72, 0.72, 0.08, 0.08])
    assert matched.partners[0].tolist() == [0, 1, -1, -1]


def test_an_extra_character_or_a_second_one_on_the_same_spoils_exactness():
    plate = true_plate("AB")
    found = find_plate(plate)
    doubled = replace(found, characters=(*found.characters, found.characters[0]))

    values = values_of((plate, [doubled]))

    assert values["plates_segmented_exactly"] == values["plates_right_count"] == 0
    assert values["character_recall"] == 1
    assert values["character_precision"] == pytest.approx(2 / 3)
