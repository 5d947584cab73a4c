"""Are scores probabilities? Reliability, expected calibration error, and one temperature to mend them.

Guo et al., On Calibration of Modern Neural Networks, 2017.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plate_seg.metrics.matching import pair
from plate_seg.metrics.pairing import Picture
from plate_seg.metrics.reading import true_text
from plate_seg.temperature import temper

BINS = 15  # as in the paper
LEAST_SCORE = 0.1  # plates below are never shown; thousands of them near 0 would hide every error of the rest
SMALLEST = 1e-6  # a score of 0 or 1 is right or wrong whatever the temperature
TEMPERATURES = (0.05, 20.0)
STEPS = 60  # golden sections: the bracket shrinks by 1e-12


@dataclass(frozen=True)
class Outcomes:
    """Scores [n], whether each was right [n], and which picture each is from [n]."""

    scores: np.ndarray
    is_right: np.ndarray
    pictures: np.ndarray

    def of(self, pictures: np.ndarray) -> "Outcomes":
        """Keeps those of some pictures."""
        kept = np.isin(self.pictures, pictures)
        return Outcomes(self.scores[kept], self.is_right[kept], self.pictures[kept])


def plate_outcomes(paired: list[Picture]) -> Outcomes:
    """A plate is right where it overlaps a true one by IoU 0.5, one to one; one in a crowd is left out."""
    rows = [
        (plate.score, partner >= 0, picture.index)
        for picture in paired
        for plate, partner, ignored in zip(picture.found, picture.partners, picture.is_ignored, strict=True)
        if not ignored and plate.score >= LEAST_SCORE
    ]
    return _outcomes(rows)


def character_outcomes(paired: list[Picture]) -> Outcomes:
    """A character is right where it overlaps a true one by IoU 0.5 and has its label; what may be unlabelled is out."""
    rows = []
    for picture in paired:
        partners, ignored = pair(picture.character_ious), picture.character_is_ignored
        for found, (_, character) in enumerate(picture.found_characters):
            is_right = partners[found] >= 0 and picture.same_label[found, partners[found]]
            if partners[found] >= 0 or not ignored[found]:
                rows.append((character.score, is_right, picture.index))
    return _outcomes(rows)


def reliability(scores: np.ndarray, is_right: np.ndarray, bins: int = BINS) -> pd.DataFrame:
    """Returns a row a bin of scores: low, high, count, mean score, share right (NaN in an empty bin)."""
    edges = np.linspace(0, 1, bins + 1)
    places = np.clip(np.digitize(scores, edges[1:-1]), 0, bins - 1)
    counts = np.bincount(places, minlength=bins)
    sums = [np.bincount(places, weights, minlength=bins) for weights in (scores, np.asarray(is_right, float))]
    score, right = (np.divide(total, counts, out=np.full(bins, np.nan), where=counts > 0) for total in sums)
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "count": counts, "score": score, "right": right})


def calibration_error(scores: np.ndarray, is_right: np.ndarray, bins: int = BINS) -> float:
    """Returns the expected calibration error: the mean gap between score and share right; NaN without scores."""
    if not len(scores):
        return float("nan")
    table = reliability(scores, is_right, bins)
    return float(((table.score - table.right).abs() * table["count"]).sum() / len(scores))


def fit_temperature(scores: np.ndarray, is_right: np.ndarray) -> float:
    """Returns the temperature that makes the scores' log-likelihood largest; 1 where outcomes do not differ."""
    scores, is_right = np.clip(np.asarray(scores, np.float64), SMALLEST, 1 - SMALLEST), np.asarray(is_right, bool)
    if is_right.all() or not is_right.any():
        return 1.0

    def loss(log_temperature: float) -> float:
        tempered = temper(scores, np.exp(log_temperature))
        return -np.log(np.where(is_right, tempered, 1 - tempered) + 1e-300).sum()

    return float(np.exp(_minimum(loss, *np.log(TEMPERATURES))))


def threshold_table(pair_at: Callable[[float], list[Picture]], thresholds: np.ndarray) -> pd.DataFrame:
    """Returns a row a plate score: precision and recall of plates found, and of whole plates read exactly.

    Args:
        pair_at: gives the pictures with the plates at or above a score.
    """
    return pd.DataFrame([{"threshold": float(each)} | _at_threshold(pair_at(each)) for each in thresholds])


def _at_threshold(paired: list[Picture]) -> dict[str, float]:
    true, found, hits, texts, read, right = (0,) * 6
    for picture in paired:
        true += int((~picture.is_crowd).sum())
        found += int((~picture.is_ignored).sum())
        hits += int((picture.partners >= 0).sum())
        for plate, finder in zip(picture.sample.plates, picture.finder, strict=True):
            text = true_text(plate)
            texts += text is not None
            read += text is not None and finder >= 0
            right += text is not None and finder >= 0 and picture.found[finder].text == text
    return {
        "plate_precision": _share(hits, found),
        "plate_recall": _share(hits, true),
        "false_plates_per_picture": _share(found - hits, len(paired)),
        "text_precision": _share(right, read),
        "text_recall": _share(right, texts),
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _outcomes(rows: list[tuple]) -> Outcomes:
    scores, is_right, pictures = np.array(rows, np.float64).reshape(-1, 3).T
    return Outcomes(scores, is_right.astype(bool), pictures.astype(int))


def _minimum(function: Callable[[float], float], low: float, high: float) -> float:
    """Returns where a function with one valley is least, by golden sections."""
    golden = (np.sqrt(5) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(STEPS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = function(right)
    return (low + high) / 2
