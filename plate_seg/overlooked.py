"""Plates of training photographs that nobody boxed: found by the model a run starts from, so that none is background.

Reference: Wu et al., Soft Sampling for Robust Object Detection, 2019, on what missing boxes cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from plate_seg import boxes, readings
from plate_seg.data.pictures import read_picture
from plate_seg.data.pipeline import Source
from plate_seg.data.sample import RENDERED, Plate, Sample
from plate_seg.outputs import write_beside
from plate_seg.readings import Find


@dataclass(frozen=True)
class Overlooked:
    """A plate that no box touches: its upright box in fractions of the picture, and how sure the model is of it."""

    path: Path
    source: str
    ymin: float
    xmin: float
    ymax: float
    xmax: float
    score: float


def add(sources: Sequence[Source], find: Find, score: float) -> tuple[list[Source], list[Overlooked]]:
    """Returns the sources, in which scenes have more plates, and which.

    Each plate that `find` gives at least `score`, and that touches no plate of the annotation, is taught as a plate of
    unknown characters; its box is not. What was rendered has all its plates and is not looked at.

    Args:
        find: a picture, uint8 RGB [height, width, 3], to its plates.
        score: 0..1.
    """
    added: list[Overlooked] = []

    def filled(sample: Sample) -> Sample:
        if sample.source == RENDERED or not sample.scene:
            return sample
        plates = _overlooked(sample, find, score)
        added.extend(Overlooked(sample.path, sample.source, *map(float, box), value) for box, value in plates)
        return replace(sample, plates=(*sample.plates, *(Plate(box, box_counts=False) for box, _ in plates)))

    return readings.change_samples(sources, filled, "looking for plates without boxes"), added


def write(added: Sequence[Overlooked], path: Path) -> None:
    """Writes the picture, box and score of each as CSV: a list to mend annotations by."""
    table = pd.DataFrame(added, columns=list(Overlooked.__annotations__))
    write_beside(path, table.to_csv(index=False))


def _overlooked(sample: Sample, find: Find, score: float) -> list[tuple]:
    """Returns box and score of the plates to add, which do not touch each other either."""
    taken = [plate.box for plate in sample.plates]
    added = []
    for plate in find(read_picture(sample.path)):
        if plate.score < score or any(boxes.iou(plate.box, box).any() for box in taken):
            continue
        taken.append(plate.box)
        added.append((plate.box, plate.score))
    return added
