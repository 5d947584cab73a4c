"""Characters of training plates that people told wrong, as far as the model that a run starts from can say.

Reference: Northcutt et al., Confident Learning: Estimating Uncertainty in Dataset Labels, 2021.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from plate_seg import alphabet, readings
from plate_seg.data.pictures import read_picture
from plate_seg.data.pipeline import Source
from plate_seg.data.sample import RENDERED, Plate, Sample
from plate_seg.found import FoundPlate
from plate_seg.outputs import write_beside
from plate_seg.readings import Find


@dataclass(frozen=True)
class Doubt:
    """A plate whose characters are `told` by its annotation and `read` otherwise; `?` is another script."""

    path: Path
    source: str
    told: str
    read: str


def doubt(sources: Sequence[Source], find: Find, certainty: float) -> tuple[list[Source], list[Doubt]]:
    """Returns the sources, in which fewer plates are `complete`, and why.

    The characters of a plate are not taught where `find` reads others and is sure (`readings.is_sure`); the plate is.
    A model that has learnt a mistake by heart does not doubt it. What was rendered is right and is not read.

    Args:
        find: a picture, uint8 RGB [height, width, 3], to its plates.
        certainty: 0..1.
    """
    doubts: list[Doubt] = []

    def checked(sample: Sample) -> Sample:
        left, found = _checked(sample, find, certainty)
        doubts.extend(found)
        return left

    return readings.change_samples(sources, checked, "checking characters"), doubts


def write(doubts: Sequence[Doubt], path: Path) -> None:
    """Writes `path`, `source`, `told` and `read` of each doubt as CSV: a list to mend annotations by."""
    table = pd.DataFrame(doubts, columns=list(Doubt.__annotations__))
    write_beside(path, table.to_csv(index=False))


def _checked(sample: Sample, find: Find, certainty: float) -> tuple[Sample, list[Doubt]]:
    if sample.source == RENDERED or not any(map(_is_told, sample.plates)):
        return sample, []
    image = read_picture(sample.path)
    found = find(image)
    plates, doubts = [], []
    for plate in sample.plates:
        read = _other_reading(plate, found, image, find, certainty)
        if read is not None:
            told = alphabet.text(character.label for character in plate.characters)
            doubts.append(Doubt(sample.path, sample.source, told, read))
            plate = replace(plate, complete=False)
        plates.append(plate)
    return replace(sample, plates=tuple(plates)), doubts


def _is_told(plate: Plate) -> bool:
    return plate.complete and bool(plate.characters) and not plate.crowd


def _other_reading(
    plate: Plate, found: Sequence[FoundPlate], image: np.ndarray, find: Find, certainty: float
) -> str | None:
    """Returns what a plate is read as where that is sure and not what is told; else None."""
    seen = readings.nearest(found, plate.box) if _is_told(plate) else None
    if seen is None or [one.label for one in seen.characters] == [one.label for one in plate.characters]:
        return None
    return seen.text if readings.is_sure(seen, image, plate.box, find, certainty) else None
