"""Which found object is which true one on a picture: COCO's matching by score, and pairs by largest overlap."""

from dataclasses import dataclass

import numpy as np

THRESHOLDS = np.linspace(0.5, 0.95, 10)  # COCO's ten IoU thresholds
LIMIT = 100  # COCO's most detections a picture


@dataclass(frozen=True)
class Candidates:
    """Found and true objects of one picture, and how much they overlap.

    Args:
        ious: [found, truth] float64; for a crowd, the overlap divided by the found object's area.
        scores: [found].
        truth_ignored: [truth], True where neither finding nor missing it counts.
        crowd: [truth], True where any number of found objects may match; such a truth is always ignored.
        found_ignored: [found], True where it counts only if it matches.
    """

    ious: np.ndarray
    scores: np.ndarray
    truth_ignored: np.ndarray
    crowd: np.ndarray
    found_ignored: np.ndarray


@dataclass(frozen=True)
class Matched:
    """Outcome of one picture, found objects by falling score.

    Args:
        scores: [found].
        partners: [thresholds, found], the true object's index, -1 for none.
        ignored: [thresholds, found], True where the found object counts neither way.
        positives: true objects that count.
    """

    scores: np.ndarray
    partners: np.ndarray
    ignored: np.ndarray
    positives: int


def candidates(ious, scores, truth_ignored=None, crowd=None, found_ignored=None) -> Candidates:
    """Builds `Candidates`; what is not given is False everywhere."""
    ious, scores = np.asarray(ious, np.float64), np.asarray(scores, np.float64).reshape(-1)
    ious = (
        ious.reshape(len(scores), -1) if ious.size else np.zeros((len(scores), ious.shape[-1] if ious.ndim > 1 else 0))
    )
    flags = [(truth_ignored, ious.shape[1]), (crowd, ious.shape[1]), (found_ignored, len(scores))]
    masks = [np.zeros(size, bool) if flag is None else np.asarray(flag, bool).reshape(size) for flag, size in flags]
    return Candidates(ious, scores, masks[0] | masks[1], masks[1], masks[2])


def match(picture: Candidates, thresholds: np.ndarray = THRESHOLDS, limit: int = LIMIT) -> Matched:
    """Matches by falling score; each found object takes the free true object it overlaps most, counted ones first.

    Ties go as in pycocotools: equal scores keep their order, equal overlaps prefer the later true object.
    """
    thresholds = np.minimum(np.atleast_1d(thresholds), 1 - 1e-10)
    order = np.argsort(-picture.scores, kind="stable")[:limit]
    partners = np.full((len(thresholds), len(order)), -1)
    free = np.ones((len(thresholds), picture.ious.shape[1]), bool)
    hopeful = picture.ious.max(1, initial=-1) >= thresholds.min()
    for rank, found in enumerate(order):
        if hopeful[found]:
            partners[:, rank] = _choose(picture, found, free | picture.crowd, thresholds)
            taken = np.flatnonzero(partners[:, rank] >= 0)
            free[taken, partners[taken, rank]] = False
    matched = partners >= 0
    ignored = np.where(matched, np.append(picture.truth_ignored, False)[partners], picture.found_ignored[order])
    return Matched(picture.scores[order], partners, ignored, int((~picture.truth_ignored).sum()))


def pair(ious: np.ndarray, least: float = 0.5) -> np.ndarray:
    """Returns [found] the true partner of each found object or -1: one to one, the largest overlap first.

    Needs no scores, so neither the order nor the confidence of what was found plays a part.
    """
    ious = np.asarray(ious, np.float64)
    partners = np.full(ious.shape[0], -1)
    found, truth = np.nonzero(ious >= least)
    free = np.ones(ious.shape[1], bool)
    for place in np.argsort(-ious[found, truth], kind="stable"):
        if partners[found[place]] < 0 and free[truth[place]]:
            partners[found[place]] = truth[place]
            free[truth[place]] = False
    return partners


def overlap(found: np.ndarray, truth: np.ndarray, crowd: np.ndarray | None = None) -> np.ndarray:
    """Returns the IoU [found, truth] of boxes in pixels, float64; for a crowd, the share of the found box inside it."""
    found, truth = np.asarray(found, np.float64).reshape(-1, 1, 4), np.asarray(truth, np.float64).reshape(1, -1, 4)
    shared = np.minimum(found[..., 2:], truth[..., 2:]) - np.maximum(found[..., :2], truth[..., :2])
    shared = np.maximum(shared, 0).prod(-1)
    found_area, truth_area = (np.maximum(side[..., 2:] - side[..., :2], 0).prod(-1) for side in (found, truth))
    whole = found_area + truth_area - shared
    if crowd is not None:
        whole = np.where(crowd, found_area, whole)
    return np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)


def _choose(picture: Candidates, found: int, available: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Returns [thresholds] the best available true object of one found object, -1 where there is none."""
    row = picture.ious[found]
    eligible = available & (row >= thresholds[:, None])
    places = np.empty(len(row), int)
    places[np.lexsort((np.arange(len(row)), row, ~picture.truth_ignored))] = np.arange(len(row))
    best = np.where(eligible, places, -1).argmax(1)
    return np.where(eligible.any(1), best, -1)
