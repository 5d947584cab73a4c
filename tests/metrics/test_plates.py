import numpy as np
import pytest

from plate_seg.data.sample import Plate
from plate_seg.metrics.average_precision import average_precision, curve, rank
from plate_seg.metrics.pairing import pictures
from plate_seg.metrics.plates import match_plates, match_plates_by_area, match_plates_by_group, tally_plates
from plate_seg.metrics.tally import Tally, ratios
from tests.metrics.examples import box, find_plate, sample, stray_plate, true_plate


def values_of(samples, found, threshold=0.5):
    tally = Tally()
    for picture in pictures(samples, found, threshold):
        tally_plates(picture, tally)
    return ratios(tally.frame(), np.arange(len(samples))).set_index("measure").value


def test_recall_precision_and_false_plates_by_hand():
    first, second = true_plate(left=20), true_plate(left=100)
    samples = [sample(first, second), sample(first), sample()]
    found = [[find_plate(first), find_plate(first, 0.8)], [find_plate(first), stray_plate()], [stray_plate()]]

    values = values_of(samples, found)

    assert values["plate_recall"] == pytest.approx(2 / 3)
    assert values["plate_precision"] == pytest.approx(2 / 5)  # the second find of a plate is false
    assert values["plate_f1"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 3))
    assert values["false_plates_per_picture"] == 1
    assert values["plate_iou"] == pytest.approx(1)


def test_a_crowd_is_neither_missed_nor_false():
    crowd = true_plate(crowd=True)

    values = values_of([sample(crowd), sample(crowd)], [[], [find_plate(crowd)]])

    assert values.to_dict() == {"false_plates_per_picture": 0}


def test_area_ranges_ignore_plates_outside_of_them():
    small, medium = true_plate("A", left=20), true_plate("ABCDEFG", left=60)  # 18 x 28 and 102 x 28 px
    samples, found = [sample(small, medium)], [[find_plate(medium)]]

    matched = match_plates_by_area(samples, found)

    by_area = {name: average_precision([curve(rank(each))]) for name, each in matched.items()}

    assert by_area["area small"] == 0
    assert by_area["area medium"] == pytest.approx(1)
    assert np.isnan(by_area["area large"])


@pytest.mark.parametrize(("side", "names"), [(32, ("small", "medium")), (96, ("medium", "large"))])
def test_a_plate_between_two_ranges_of_area_is_of_both(side, names):
    plate = Plate(box(2, 2, 2 + side, 2 + side))

    matched = match_plates_by_area([sample(plate)], [[find_plate(plate)]])

    assert [name for name, (each,) in matched.items() if each.positives] == [f"area {name}" for name in names]


def test_false_plates_count_in_their_own_range_of_area_alone():
    small, medium = true_plate("A", left=20), true_plate("ABCDEFG", left=60)
    found = [find_plate(small), find_plate(medium), stray_plate(0.95)]  # of 20 x 60 px, the first of all

    matched = match_plates_by_area([sample(small, medium)], [found])

    by_area = {name: average_precision([curve(rank(each))]) for name, each in matched.items()}
    assert by_area["area small"] == pytest.approx(1)
    assert by_area["area medium"] == pytest.approx(1 / 2)


def test_groups_ignore_plates_of_other_kinds():
    car, motorbike = true_plate(left=20, vehicle="car", lines=1), true_plate(left=100, vehicle="motorbike", lines=2)
    samples, found = [sample(car, motorbike)], [[find_plate(car)]]

    matched = match_plates_by_group(samples, found)

    recalls = {name: curve(rank(each)).recall[0] for name, each in matched.items()}
    assert recalls == {"lines 1": 1, "lines 2": 0, "scenes": 0.5, "vehicle car": 1, "vehicle motorbike": 0,
                       "width 40-60 px": 0.5}  # fmt: skip


def test_average_precision_sees_plates_of_every_score():
    plate = true_plate()
    matched = match_plates([sample(plate)], [[find_plate(plate, 0.01)]])

    assert average_precision([curve(rank(matched))]) == pytest.approx(1)
