import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_seg import boxes
from plate_seg.metrics.matching import candidates, match, overlap, pair


def test_a_crowd_takes_any_number_and_none_counts():
    ious = np.array([[0.9], [0.8], [0.1]])

    matched = match(candidates(ious, [0.9, 0.8, 0.7], crowd=[True]), thresholds=np.array([0.5]))

    assert matched.partners.tolist() == [[0, 0, -1]]
    assert matched.ignored.tolist() == [[True, True, False]]
    assert matched.positives == 0


def test_a_counted_truth_goes_before_an_ignored_one_of_larger_overlap():
    matched = match(candidates([[0.9, 0.6]], [1.0], truth_ignored=[True, False]), thresholds=np.array([0.5, 0.7]))

    assert matched.partners[:, 0].tolist() == [1, 0]
    assert matched.ignored[:, 0].tolist() == [False, True]


def test_the_best_score_chooses_first_but_pairs_go_by_overlap():
    ious = np.array([[0.6], [0.9]])

    assert match(candidates(ious, [0.9, 0.1]), thresholds=np.array([0.5])).partners.tolist() == [[0, -1]]
    assert pair(ious).tolist() == [-1, 0]


def test_empty_sides_match_nothing():
    assert match(candidates(np.zeros((0, 3)), [])).partners.shape == (10, 0)
    assert match(candidates(np.zeros((2, 0)), [0.5, 0.6])).partners.tolist() == [[-1, -1]] * 10
    assert pair(np.zeros((0, 3))).shape == (0,)
    assert pair(np.zeros((2, 0))).tolist() == [-1, -1]


def test_overlap_is_iou_and_for_a_crowd_the_share_inside():
    found, truth = np.array([[0, 0, 10, 10.0]]), np.array([[0, 5, 10, 25.0], [0, 5, 10, 25.0], [0, 0, 0, 0]])

    np.testing.assert_allclose(overlap(found, truth, np.array([False, True, False])), [[50 / 250, 50 / 100, 0]])


def slow_pair(ious, least=0.5):
    """Takes the largest overlap left, again and again."""
    ious, partners = ious.copy(), [-1] * len(ious)
    while ious.size and ious.max() >= least:
        found, truth = np.unravel_index(ious.argmax(), ious.shape)
        partners[found] = truth
        ious[found], ious[:, truth] = -1, -1
    return partners


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_pairs_agree_with_taking_the_largest_overlap_again_and_again(seed):
    random = np.random.default_rng(seed)
    ious = random.integers(0, 11, random.integers(0, 7, 2)) / 10

    assert pair(ious).tolist() == slow_pair(ious)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_overlap_agrees_with_the_boxes_module(seed):
    random = np.random.default_rng(seed)
    found, truth = (np.sort(random.random((5, 2, 2)), 1).reshape(5, 4) for _ in range(2))

    np.testing.assert_allclose(overlap(found, truth), boxes.iou(found, truth), atol=1e-6)
