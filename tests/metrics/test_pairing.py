import numpy as np

from plate_seg.found import FoundPlate
from plate_seg.metrics.pairing import Picture, invert, pictures
from tests.metrics.examples import box, find_plate, found_character, sample, stray_plate, true_plate


def test_plates_below_the_threshold_are_not_found():
    truth = true_plate()

    (picture,) = pictures([sample(truth)], [[find_plate(truth, 0.4), stray_plate(0.5)]], 0.5)

    assert picture.finder.tolist() == [-1]
    assert picture.partners.tolist() == [-1]


def test_what_lies_in_a_crowd_counts_neither_way():
    crowd = true_plate(crowd=True, complete=False)
    part = FoundPlate(box(18, 20, 40, 30), None, 0.9, (found_character(box(20, 20, 30, 25), 3),))

    picture = Picture(0, sample(crowd), (part, stray_plate()))

    assert picture.is_ignored.tolist() == [True, False]
    assert picture.character_is_ignored.tolist() == [True]
    assert picture.true_characters == []


def test_a_plate_lies_in_a_crowd_with_half_of_itself():
    crowd = true_plate(crowd=True)  # ends at 62 px from the left
    found = tuple(FoundPlate(box(20, left, 40, left + 20), None, 0.9) for left in (51, 53))

    assert Picture(0, sample(crowd), found).is_ignored.tolist() == [True, False]


def test_characters_on_an_incomplete_plate_are_ignored_and_on_a_complete_or_no_plate_are_not():
    labelled, unlabelled = true_plate(left=20), true_plate(left=100, complete=False)
    stray = stray_plate(characters=[found_character(box(72, 130, 88, 138), 5)])

    picture = Picture(0, sample(labelled, unlabelled), (find_plate(labelled), find_plate(unlabelled), stray))

    assert picture.character_is_ignored.tolist() == [False] * 3 + [True] * 3 + [False]
    assert [plate for plate, _ in picture.true_characters] == [0, 0, 0]


def test_characters_of_a_crowd_do_not_count_however_complete():
    assert Picture(0, sample(true_plate(crowd=True, complete=True)), ()).true_characters == []


def test_a_character_of_a_false_plate_is_ignored_within_an_unlabelled_plate_alone():
    labelled, unlabelled = true_plate("AB1DEF", left=20), true_plate(left=100, complete=False)  # meet at 96 to 104 px
    places = [box(20, 110, 40, 120), box(20, 95, 40, 105), box(20, 150, 40, 160), box(50, 110, 60, 120)]
    stray = stray_plate(characters=[found_character(place, 5) for place in places])

    ignored = Picture(0, sample(labelled, unlabelled), (stray,)).character_is_ignored

    assert ignored.tolist() == [True, False, False, False]  # inside; inside both; to the right; below


def test_characters_on_a_false_plate_are_ignored_where_no_plate_has_characters_that_count():
    stray = stray_plate(characters=[found_character(box(72, 130, 88, 138), 5)])

    assert Picture(0, sample(true_plate(complete=False)), (stray,)).character_is_ignored.tolist() == [True]
    assert Picture(0, sample(), (stray,)).character_is_ignored.tolist() == [False]


def test_a_picture_without_anything_has_empty_arrays():
    picture = Picture(0, sample(), ())

    assert picture.plate_ious.shape == (0, 0)
    assert picture.character_ious.shape == (0, 0)
    assert picture.character_is_ignored.shape == picture.is_ignored.shape == (0,)


def test_invert_turns_partners_round():
    assert invert(np.array([2, -1, 0]), 4).tolist() == [2, -1, 0, -1]
