import numpy as np

from plate_seg.data.assignment import assign_characters, gather_plates, reading_lines
from plate_seg.data.sample import Character, Plate


def character(label, top, left, height=0.1, width=0.05):
    return Character(label, np.array([top, left, top + height, left + width], np.float32))


def labels(characters):
    return [item.label for item in characters]


def test_tilted_lines_are_read_from_left_to_right_then_down():
    upper = [character(index, 0.2 + 0.03 * index, 0.1 * index) for index in range(4)]
    lower = [character(5 + index, 0.33 + 0.03 * index, 0.1 * index) for index in range(4)]

    lines = reading_lines([*lower, *upper][::-1])

    assert [labels(line) for line in lines] == [[0, 1, 2, 3], [5, 6, 7, 8]]


def test_the_upper_line_comes_first_though_it_begins_farther_right():
    upper, lower = [character(1, 0.1, 0.5), character(2, 0.1, 0.6)], [character(3, 0.4, 0.1), character(4, 0.4, 0.2)]

    (plate,) = assign_characters([Plate(np.array([0, 0, 1, 1.0]))], lower + upper)

    assert (labels(plate.characters), plate.lines) == ([1, 2, 3, 4], 2)


def test_a_character_between_two_lines_goes_on_with_the_one_it_shares_more_with():
    lines = reading_lines([character(0, 0.2, 0.0), character(1, 0.28, 0.1), character(2, 0.245, 0.3)])

    assert [labels(line) for line in lines] == [[0], [1, 2]]


def test_a_character_goes_to_the_smallest_plate_round_its_center():
    large, small = Plate(np.array([0, 0, 1, 1.0])), Plate(np.array([0.1, 0.1, 0.4, 0.9]))

    plates = assign_characters([large, small], [character(3, 0.2, 0.2), character(4, 0.8, 0.2)])

    assert [labels(plate.characters) for plate in plates] == [[4], [3]]


def test_characters_off_every_plate_are_left_out():
    (plate,) = assign_characters([Plate(np.array([0, 0, 0.3, 0.3]))], [character(3, 0.6, 0.6)])

    assert plate.characters == () and not plate.complete


def test_an_empty_crop_holds_no_plate():
    assert gather_plates([], [], is_crop=True) == ()
