"""Characters of training plates that have none: read by the model a run starts from, kept where it is sure of them.

References: Lee, Pseudo-Label, 2013; Xie et al., Self-training with Noisy Student, 2020.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from plate_seg import readings
from plate_seg.data.pictures import read_picture
from plate_seg.data.pipeline import Source
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.found import FoundPlate
from plate_seg.outputs import write_beside
from plate_seg.readings import Find


def label(sources: Sequence[Source], find: Find, certainty: float) -> list[Source]:
    """Returns the sources, in which more plates are `complete`.

    A plate of a scene that has neither characters nor text gets those that `find` finds, where that is sure
    (`readings.is_sure`). What it takes for a character and is none, or overlooks each time, is taught as truth: ask
    for much.

    Args:
        find: a picture, uint8 RGB [height, width, 3], to its plates.
        certainty: 0..1.
    """
    return readings.change_samples(
        sources, lambda sample: _labelled(sample, find, certainty), "reading plates without texts"
    )


def write_counts(before: Sequence[Source], after: Sequence[Source], path: Path) -> pd.DataFrame:
    """Writes how many plates of each `source` had neither characters nor text, and how many of them have now; no texts.

    Returns:
        the table, with columns `source`, `open` and `labelled`.
    """
    pairs = (
        pair for old, new in zip(before, after, strict=True) for pair in zip(old.samples, new.samples, strict=True)
    )
    rows = [
        (old.source, 1, int(new_plate.complete))
        for old, new in pairs
        for old_plate, new_plate in zip(old.plates, new.plates, strict=True)
        if old.scene and _is_open(old_plate)
    ]
    table = pd.DataFrame(rows, columns=["source", "open", "labelled"]).groupby("source", as_index=False).sum()
    write_beside(path, table.to_csv(index=False))
    return table


def _labelled(sample: Sample, find: Find, certainty: float) -> Sample:
    if not sample.scene or not any(map(_is_open, sample.plates)):
        return sample
    image = read_picture(sample.path)
    found = find(image)
    plates = (_read(plate, found, image, find, certainty) if _is_open(plate) else plate for plate in sample.plates)
    return replace(sample, plates=tuple(plates))


def _is_open(plate: Plate) -> bool:
    return not (plate.complete or plate.crowd or plate.characters or plate.text)


def _read(plate: Plate, found: Sequence[FoundPlate], image: np.ndarray, find: Find, certainty: float) -> Plate:
    seen = readings.nearest(found, plate.box)
    if seen is None or not readings.is_sure(seen, image, plate.box, find, certainty):
        return plate
    characters = tuple(Character(one.label, one.box) for one in seen.characters)
    return replace(plate, characters=characters, text=seen.text, complete=True)
