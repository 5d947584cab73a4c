import numpy as np
import pytest

from plate_seg.metrics.intervals import interval, measure_interval, ratio_intervals, resample
from plate_seg.metrics.tally import Tally, ratios


def test_every_round_draws_as_many_pictures_as_there_are():
    weights = resample(7, rounds=50)

    assert weights.shape == (50, 7)
    assert (weights.sum(1) == 7).all()
    assert resample(0, rounds=3).shape == (3, 0)


def test_interval_of_a_share_is_near_the_normal_one():
    hits = np.zeros((400, 1))
    hits[:100] = 1

    low, high = ratio_intervals(hits, np.ones((400, 1)), rounds=4000)

    half = 1.96 * np.sqrt(0.25 * 0.75 / 400)
    assert low[0] == pytest.approx(0.25 - half, abs=0.005)
    assert high[0] == pytest.approx(0.25 + half, abs=0.005)


def test_a_slow_bootstrap_gives_the_same_interval():
    random = np.random.default_rng(1)
    hits, of = random.integers(0, 4, 30).astype(float), np.full(30, 4.0)
    values = []
    for weights in resample(30):
        drawn = np.repeat(np.arange(30), weights.astype(int))
        values.append(hits[drawn].sum() / of[drawn].sum())

    low, high = ratio_intervals(hits[:, None], of[:, None])

    np.testing.assert_allclose([low[0], high[0]], np.percentile(values, [2.5, 97.5]))


def test_rounds_without_a_value_are_left_out():
    low, high = interval(np.array([[np.nan, np.nan], [1, np.nan], [3, np.nan]]))

    assert (low[0], high[0]) == pytest.approx((1.05, 2.95))
    assert np.isnan(low[1]) and np.isnan(high[1])


def test_measure_interval_passes_weights():
    assert measure_interval(lambda weights: weights.sum(), pictures=5) == (5, 5)


def test_ratios_sum_over_pictures_and_leave_out_what_never_was_possible():
    tally = Tally()
    tally.add("recall", 0, 0, 1)
    tally.add("recall", 2, 0, 0, 3)
    tally.add("never", 0, 0, 0, 0)
    tally.add_f1("one", 1, -1, hits=2, misses=1, errors=2)

    rows = ratios(tally.frame(), np.arange(4)).set_index("measure")

    assert rows.value.to_dict() == pytest.approx(
        {"recall": 1 / 4, "one_precision": 2 / 4, "one_recall": 2 / 3, "one_f1": 4 / 7}
    )
    assert rows["count"]["recall"] == 4
    assert ratios(tally.frame(), np.array([3])).empty
