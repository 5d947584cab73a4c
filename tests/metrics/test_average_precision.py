import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from plate_seg.metrics.average_precision import average_precision, average_recall, curve, rank
from plate_seg.metrics.matching import LIMIT, candidates, match, overlap

AREAS = {"all": (0, 1e10), "small": (0, 32**2), "medium": (32**2, 96**2), "large": (96**2, 1e10)}


def random_boxes(random, count, grid=8, side=160):
    """Boxes on a coarse grid, so that equal overlaps are common."""
    first, size = random.integers(0, side // grid, (count, 2)) * grid, random.integers(1, 16, (count, 2)) * grid
    return np.concatenate([first, first + size], 1).astype(float)


def random_pictures(seed, count=12):
    """Found objects shifted from true ones, with tied scores, duplicates, strays, crowds and empty pictures."""
    random = np.random.default_rng(seed)
    pictures = []
    for _ in range(count):
        truth = random_boxes(random, random.integers(0, 6))
        near = np.repeat(truth, random.integers(0, 4, len(truth)), 0)
        near[:, 2:] += random.integers(0, 3, (len(near), 2)) * 8
        found = np.concatenate([near, random_boxes(random, random.integers(0, 5))])
        scores = random.integers(1, 6, len(found)) / 5
        pictures.append((found, scores, truth, random.random(len(truth)) < 0.2))
    return pictures


def ours(pictures, area=(0, 1e10), limit=LIMIT):
    matched = []
    for found, scores, truth, crowd in pictures:
        outside = [((side[:, 2:] - side[:, :2]).prod(1) < area[0]) | ((side[:, 2:] - side[:, :2]).prod(1) > area[1])
                   for side in (truth, found)]  # fmt: skip
        matched.append(
            match(candidates(overlap(found, truth, crowd), scores, outside[0], crowd, outside[1]), limit=limit)
        )
    return curve(rank(matched))


def theirs(pictures):
    """pycocotools' numbers by name, NaN where it says -1."""
    truth, found = [], []
    for image, (boxes, scores, true_boxes, crowd) in enumerate(pictures, 1):
        for box, score in zip(boxes, scores, strict=True):
            found.append({"image_id": image, "category_id": 1, "bbox": as_xywh(box), "score": score})
        for box, is_crowd in zip(true_boxes, crowd, strict=True):
            area = float((box[2:] - box[:2]).prod())
            truth.append({"id": len(truth) + 1, "image_id": image, "category_id": 1, "bbox": as_xywh(box),
                          "area": area, "iscrowd": int(is_crowd)})  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        images = [{"id": image, "height": 500, "width": 500} for image in range(1, len(pictures) + 1)]
        coco.dataset = {"images": images, "annotations": truth, "categories": [{"id": 1}]}
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    names = [f"ap{end}" for end in ("", "50", "75", "_small", "_medium", "_large")]
    names += [f"ar{end}" for end in ("1", "10", "100", "_small", "_medium", "_large")]
    return {name: np.nan if value == -1 else value for name, value in zip(names, evaluation.stats, strict=True)}


def as_xywh(box):
    return [float(box[1]), float(box[0]), float(box[3] - box[1]), float(box[2] - box[0])]


@pytest.mark.parametrize("seed", range(25))
def test_average_precision_and_recall_agree_with_pycocotools(seed):
    pictures = random_pictures(seed)

    expected, all_areas = theirs(pictures), ours(pictures)

    actual = {
        "ap": average_precision([all_areas]),
        "ap50": average_precision([all_areas], 0),
        "ap75": average_precision([all_areas], 5),
        "ar100": average_recall([all_areas]),
        "ar10": average_recall([ours(pictures, limit=10)]),
        "ar1": average_recall([ours(pictures, limit=1)]),
    }
    for name in ("small", "medium", "large"):
        actual[f"ap_{name}"] = average_precision([ours(pictures, AREAS[name])])
        actual[f"ar_{name}"] = average_recall([ours(pictures, AREAS[name])])
    np.testing.assert_allclose([actual[name] for name in expected], list(expected.values()), atol=1e-6)


def test_more_than_a_hundred_found_plates_are_cut_as_in_pycocotools():
    random = np.random.default_rng(0)
    truth = random_boxes(random, 5)
    found = np.concatenate([random_boxes(random, 150), truth])
    pictures = [(found, random.integers(1, 50, len(found)) / 50, truth, np.zeros(5, bool))]

    assert average_recall([ours(pictures)]) == pytest.approx(theirs(pictures)["ar100"], abs=1e-9)


def test_precision_of_one_right_then_one_wrong_then_one_right_of_three():
    truth = np.array([[0, 0, 10, 10], [0, 20, 10, 30], [0, 40, 10, 50.0]])
    found = np.array([[0, 0, 10, 10], [50, 50, 60, 60], [0, 20, 10, 30.0]])

    result = ours([(found, np.array([0.9, 0.8, 0.7]), truth, np.zeros(3, bool))])

    # recall 1/3 at precision 1 (34 of 101 points), recall 2/3 at precision 2/3 (33 points), then nothing
    assert average_precision([result]) == pytest.approx((34 * 1 + 33 * 2 / 3) / 101)
    np.testing.assert_allclose(result.recall, 2 / 3)


def test_no_truth_is_nan_and_nothing_found_is_zero():
    nothing, box = np.zeros((0, 4)), np.array([[0, 0, 10, 10.0]])

    assert np.isnan(average_precision([ours([(box, np.ones(1), nothing, np.zeros(0, bool))])]))
    assert average_precision([ours([(nothing, np.zeros(0), box, np.zeros(1, bool))])]) == 0


def test_weights_are_repetitions_of_pictures():
    pictures = distinct(random_pictures(3, count=6), np.random.default_rng(0))
    repeats = np.array([2, 0, 1, 3, 1, 1])
    matched = [
        match(candidates(overlap(found, truth, crowd), scores, crowd=crowd)) for found, scores, truth, crowd in pictures
    ]
    written_out = [picture for picture, times in zip(matched, repeats, strict=True) for _ in range(times)]

    weighted = average_precision([curve(rank(matched), repeats.astype(float))])

    assert weighted == pytest.approx(average_precision([curve(rank(written_out))]))


def distinct(pictures, random):
    """The same pictures with scores that never tie."""
    total = sum(len(found) for found, *_ in pictures)
    scores = iter(random.permutation(total) / (total + 1))
    return [(found, np.array([next(scores) for _ in found]), truth, crowd) for found, _, truth, crowd in pictures]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_order_of_detections_and_of_pictures_plays_no_part(seed):
    random = np.random.default_rng(seed)
    pictures = distinct(random_pictures(seed, count=5), random)
    shuffled = []
    for place in random.permutation(len(pictures)):
        found, scores, truth, crowd = pictures[place]
        order = random.permutation(len(found))
        shuffled.append((found[order], scores[order], truth, crowd))

    first, second = ours(pictures), ours(shuffled)

    np.testing.assert_allclose(first.precision, second.precision)
    np.testing.assert_allclose(first.recall, second.recall)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_a_duplicate_with_a_lower_score_never_raises_precision(seed):
    random = np.random.default_rng(seed)
    # truth that does not overlap: between crossing true boxes a second detection may rightly find the second one
    truth = np.array(
        [[40 * row, 40 * column, 40 * row + 32, 40 * column + 32.0] for row in range(3) for column in range(3)]
    )
    found = truth[random.integers(0, 9, 6)] + random.integers(-8, 9, (6, 1))
    scores = random.permutation(6) / 10 + 0.3
    copy = random.integers(6)
    doubled = np.concatenate([found, found[[copy]]]), np.append(scores, scores[copy] - 0.01)

    before = ours([(found, scores, truth, np.zeros(9, bool))])
    after = ours([(*doubled, truth, np.zeros(9, bool))])

    assert average_precision([after]) <= average_precision([before]) + 1e-12
    assert (after.recall == before.recall).all()
