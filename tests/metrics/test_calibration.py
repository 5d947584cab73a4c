import numpy as np
import pytest

from plate_seg.metrics.calibration import (
    LEAST_SCORE,
    calibration_error,
    character_outcomes,
    fit_temperature,
    plate_outcomes,
    reliability,
    threshold_table,
)
from plate_seg.metrics.pairing import Picture, pictures
from plate_seg.temperature import temper
from tests.metrics.examples import find_plate, sample, stray_plate, true_plate


def test_calibration_error_by_hand():
    scores, is_right = np.array([0.9, 0.9, 0.9, 0.9, 0.1, 0.1]), np.array([1, 1, 0, 0, 0, 1], bool)

    # four of 0.9 are half right (gap 0.4), two of 0.1 half right (gap 0.4)
    assert calibration_error(scores, is_right, bins=2) == pytest.approx(0.4)
    assert np.isnan(calibration_error(np.zeros(0), np.zeros(0, bool)))


def test_reliability_has_a_row_a_bin_and_nan_where_it_is_empty():
    table = reliability(np.array([0.0, 0.1, 1.0]), np.array([False, True, True]), bins=4)

    assert table["count"].tolist() == [2, 0, 0, 1]
    assert table.right.tolist()[0] == 0.5
    assert np.isnan(table.score[1])


def test_a_score_between_two_bins_is_of_the_upper_one():
    scores = np.array([0.0, 0.25, 0.25, 0.5, 0.6, 1.0])

    table = reliability(scores, scores > 0.3, bins=4)

    assert table["count"].tolist() == np.histogram(scores, 4, (0, 1))[0].tolist()
    filled = table[table["count"] > 0]
    assert ((filled.low <= filled.score) & (filled.score <= filled.high)).all()
    assert table.right.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 3.0])
def test_the_temperature_that_made_the_scores_is_found_again(true_temperature):
    random = np.random.default_rng(0)
    logits = random.normal(0, 1.5, 40_000)
    is_right = random.random(len(logits)) < 1 / (1 + np.exp(-logits))
    scores = 1 / (1 + np.exp(-logits * true_temperature))

    temperature = fit_temperature(scores, is_right)

    assert temperature == pytest.approx(true_temperature, rel=0.05)
    assert calibration_error(temper(scores, temperature), is_right) < 0.01


def test_without_a_difference_in_outcomes_scores_stay():
    assert fit_temperature(np.array([0.2, 0.9]), np.array([True, True])) == 1
    assert fit_temperature(np.zeros(0), np.zeros(0, bool)) == 1


def test_outcomes_leave_out_crowds_hopeless_plates_and_unlabelled_characters():
    plate, crowd = true_plate("AB1"), true_plate("AB1", left=100, complete=False, crowd=True)
    found = (find_plate(plate, text="AB7"), find_plate(crowd), stray_plate(0.6), stray_plate(0.05))
    picture = Picture(4, sample(plate, crowd), found)

    plates, characters = plate_outcomes([picture]), character_outcomes([picture])

    assert plates.scores.tolist() == [0.9, 0.6]
    assert plates.is_right.tolist() == [True, False]
    assert characters.is_right.tolist() == [True, True, False]
    assert len(characters.of(np.array([3])).scores) == 0
    assert len(characters.of(np.array([4])).scores) == 3


def test_plates_from_the_least_score_on_are_outcomes():
    found = (stray_plate(LEAST_SCORE), stray_plate(np.nextafter(LEAST_SCORE, 0)))

    assert plate_outcomes([Picture(0, sample(true_plate()), found)]).scores.tolist() == [LEAST_SCORE]


def test_a_character_is_right_from_an_overlap_of_half_on():
    plate = true_plate("AB1")
    found = [Picture(0, sample(plate), (find_plate(plate, shift=shift),)) for shift in (6, 8)]  # by 0.54 or 0.43

    assert [character_outcomes([each]).is_right.tolist() for each in found] == [[True] * 3, [False] * 3]


def test_a_crowd_is_not_missed_at_any_score():
    plate, crowd = true_plate("AB1"), true_plate(left=100, crowd=True)
    samples, found = [sample(plate, crowd)], [[find_plate(plate)]]

    table = threshold_table(lambda score: pictures(samples, found, score), np.array([0.5]))

    assert table.plate_recall[0] == table.plate_precision[0] == 1


def test_threshold_table_by_hand():
    plate, other = true_plate("AB1"), true_plate("AB1", left=100)
    samples = [sample(plate, other)]
    found = [[find_plate(plate, 0.9), find_plate(other, 0.3, text="AB7"), stray_plate(0.5)]]

    table = threshold_table(lambda score: pictures(samples, found, score), np.array([0.2, 0.4, 0.8, 0.95]))

    np.testing.assert_allclose(table.plate_precision, [2 / 3, 1 / 2, 1, np.nan])
    np.testing.assert_allclose(table.plate_recall, [1, 1 / 2, 1 / 2, 0])
    np.testing.assert_allclose(table.text_precision, [1 / 2, 1, 1, np.nan])
    np.testing.assert_allclose(table.text_recall, [1 / 2, 1 / 2, 1 / 2, 0])
    np.testing.assert_allclose(table.false_plates_per_picture, [1, 1, 0, 0])
