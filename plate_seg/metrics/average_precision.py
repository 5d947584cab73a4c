"""COCO's average precision and recall over pictures, from what `matching.match` says of each.

Lin et al., Microsoft COCO, 2014; the numbers agree with pycocotools.
"""

from dataclasses import dataclass

import numpy as np

from plate_seg.metrics.matching import THRESHOLDS, Matched

RECALLS = np.linspace(0, 1, 101)  # where COCO reads the precision


@dataclass(frozen=True)
class Ranking:
    """Found objects of many pictures by falling score.

    Args:
        scores: [found].
        hits, errors: [thresholds, found] bool; neither where the object is ignored.
        pictures: [found], which picture each is from.
        positives: [pictures], true objects that count.
    """

    scores: np.ndarray
    hits: np.ndarray
    errors: np.ndarray
    pictures: np.ndarray
    positives: np.ndarray


@dataclass(frozen=True)
class Curve:
    """Precision [thresholds, 101] at `RECALLS`, and the final recall [thresholds]; all NaN without true objects."""

    precision: np.ndarray
    recall: np.ndarray


def rank(matched: list[Matched]) -> Ranking:
    """Merges the pictures' outcomes; equal scores stay in the order of the pictures."""
    if not matched:
        nothing = np.zeros((len(THRESHOLDS), 0), bool)
        return Ranking(np.zeros(0), nothing, nothing, np.zeros(0, int), np.zeros(0, int))
    scores = np.concatenate([picture.scores for picture in matched])
    order = np.argsort(-scores, kind="stable")
    found = np.concatenate([picture.partners >= 0 for picture in matched], 1)[:, order]
    counts = ~np.concatenate([picture.ignored for picture in matched], 1)[:, order]
    pictures = np.repeat(np.arange(len(matched)), [len(picture.scores) for picture in matched])[order]
    positives = np.array([picture.positives for picture in matched])
    return Ranking(scores[order], found & counts, ~found & counts, pictures, positives)


def curve(ranking: Ranking, weights: np.ndarray | None = None) -> Curve:
    """Returns the precision-recall curve; `weights` [pictures] counts a picture so many times."""
    weights = np.ones(len(ranking.positives)) if weights is None else weights
    thresholds, positives = ranking.hits.shape[0], float(weights @ ranking.positives)
    if positives == 0:
        return Curve(np.full((thresholds, len(RECALLS)), np.nan), np.full(thresholds, np.nan))
    times = weights[ranking.pictures]
    hits, errors = np.cumsum(ranking.hits * times, 1), np.cumsum(ranking.errors * times, 1)
    recall, precision = hits / positives, hits / (hits + errors + np.spacing(1))
    envelope = np.maximum.accumulate(precision[:, ::-1], 1)[:, ::-1]
    padded = np.pad(envelope, ((0, 0), (0, 1)))
    read = [row[np.searchsorted(place, RECALLS, "left")] for row, place in zip(padded, recall, strict=True)]
    return Curve(np.stack(read), recall[:, -1] if recall.shape[1] else np.zeros(thresholds))


def average_precision(curves: list[Curve], threshold: int | slice = slice(None)) -> float:
    """Returns the mean precision over classes (a curve each) and the IoU thresholds chosen; NaN without truth."""
    return _mean([curve.precision[threshold].mean() for curve in curves])


def average_recall(curves: list[Curve]) -> float:
    """Returns the mean final recall over classes and IoU thresholds; NaN without true objects."""
    return _mean([curve.recall.mean() for curve in curves])


def _mean(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
