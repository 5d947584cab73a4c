"""Precision-recall curves for TensorBoard's own tab, of plates and of characters at IoU 0.5.

The plugin's summary for predictions cannot count what was missed altogether, so the counts are made here.
"""

import numpy as np
import tensorflow as tf
from tensorboard.plugins.pr_curve import summary as pr_curve

from plate_seg.data.sample import Sample
from plate_seg.found import FoundPlate
from plate_seg.metrics.average_precision import Ranking, rank
from plate_seg.metrics.characters import match_characters
from plate_seg.metrics.measure import AT_50
from plate_seg.metrics.pairing import pictures
from plate_seg.metrics.plates import match_plates

THRESHOLDS = np.linspace(0, 1, 101)  # scores at which the curve is read


def write_curves(samples: list[Sample], found: list[list[FoundPlate]], step: int) -> None:
    """Writes a curve of plates and one of characters (class-blind) to the default writer; none without true objects."""
    matched = [match_characters(picture, picture.character_ious) for picture in pictures(samples, found, -np.inf)]
    for name, ranking in (("plate", rank(match_plates(samples, found))), ("character", rank(matched))):
        if ranking.positives.sum() > 0:
            summary = pr_curve.raw_data_pb(name, *counts(ranking), num_thresholds=len(THRESHOLDS))
            tf.summary.experimental.write_raw_pb(summary.SerializeToString(), step=step)


def counts(ranking: Ranking) -> tuple[np.ndarray, ...]:
    """Returns true and false positives, true and false negatives, precision and recall, each [thresholds].

    There are no true negatives in detection: that row is zero. Precision is 1 where nothing is found.
    """
    is_found = ranking.scores[None] >= THRESHOLDS[:, None]
    hits = (is_found & ranking.hits[AT_50]).sum(1)
    errors = (is_found & ranking.errors[AT_50]).sum(1)
    positives = ranking.positives.sum()
    precision = np.where(hits + errors > 0, hits / np.maximum(hits + errors, 1), 1.0)
    return hits, errors, np.zeros_like(hits), positives - hits, precision, hits / max(positives, 1)
