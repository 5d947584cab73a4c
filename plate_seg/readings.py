"""Training pictures shown to a model: what it reads on plates that are known to be there, and whether it is sure."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from tqdm import tqdm

from plate_seg import boxes
from plate_seg.data.pipeline import Source
from plate_seg.data.sample import Sample
from plate_seg.found import FoundPlate

MARGINS = (0.5, 1.5)  # of the closer looks, in plate sizes on every side
LEAST_OVERLAP = 0.5  # of a found plate with the true one

Find = Callable[[np.ndarray], list[FoundPlate]]


def change_samples(sources: Sequence[Source], change: Callable[[Sample], Sample], title: str) -> list[Source]:
    """Returns the sources with `change` applied to each sample, behind a progress bar of that title."""
    pictures = sum(len(source.samples) for source in sources)
    with tqdm(total=pictures, desc=title, unit="picture", file=sys.stderr) as progress:

        def changed(sample: Sample) -> Sample:
            progress.update()
            return change(sample)

        return [replace(source, samples=[changed(sample) for sample in source.samples]) for source in sources]


def nearest(found: Sequence[FoundPlate], box: np.ndarray) -> FoundPlate | None:
    """Returns the found plate that overlaps a box most, if by `LEAST_OVERLAP`."""
    overlaps = [float(boxes.iou(plate.box, box)[0, 0]) for plate in found]
    if not overlaps or max(overlaps) < LEAST_OVERLAP:
        return None
    return found[int(np.argmax(overlaps))]


def is_sure(seen: FoundPlate, image: np.ndarray, box: np.ndarray, find: Find, certainty: float) -> bool:
    """Whether the product of a reading's scores is at least `certainty` and two closer looks read the same.

    Args:
        seen: what `find` found on the picture.
        image: uint8 RGB [height, width, 3].
        box: [4], of the plate, true.
        find: a picture to its plates.
        certainty: 0..1.
    """
    if not seen.characters or np.prod([one.score for one in seen.characters]) < certainty:
        return False
    for margin in MARGINS:
        view, closer_box = _closer(image, box, margin)
        again = nearest(find(view), closer_box)
        if again is None or again.text != seen.text:
            return False
    return True


def _closer(image: np.ndarray, box: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the part of the picture round a box, and the box as fractions of the part."""
    size = np.array(image.shape[:2])
    low, high = np.asarray(box[:2], float), np.asarray(box[2:], float)
    reach = margin * (high - low)
    first = np.floor(np.maximum(low - reach, 0) * size).astype(int)
    last = np.ceil(np.minimum(high + reach, 1) * size).astype(int)
    part = np.ascontiguousarray(image[first[0] : last[0], first[1] : last[1]])
    return part, np.concatenate([(end * size - first) / (last - first) for end in (low, high)])
