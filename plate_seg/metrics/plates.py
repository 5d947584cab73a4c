"""Measures of plate detection: COCO's average precision, and what a user meets at the chosen score threshold."""

import numpy as np

from plate_seg.data.sample import Sample
from plate_seg.found import FoundPlate
from plate_seg.metrics.groups import AREAS, plate_groups
from plate_seg.metrics.matching import Candidates, Matched, candidates, match
from plate_seg.metrics.pairing import Picture, pictures
from plate_seg.metrics.tally import NO_PLATE, Tally


def match_plates(samples: list[Sample], found: list[list[FoundPlate]]) -> list[Matched]:
    """Matches every found plate, whatever its score, for `average_precision.rank`."""
    return [match(_candidates(picture)) for picture in pictures(samples, found, -np.inf)]


def match_plates_by_area(samples: list[Sample], found: list[list[FoundPlate]]) -> dict[str, list[Matched]]:
    """Returns `match_plates` for each of COCO's ranges of area in square pixels."""
    return {
        name: [match(_candidates(picture, area=area)) for picture in pictures(samples, found, -np.inf)]
        for name, area in AREAS.items()
    }


def match_plates_by_group(samples: list[Sample], found: list[list[FoundPlate]]) -> dict[str, list[Matched]]:
    """Returns `match_plates` for each kind of plate: the other kinds are ignored, false plates count for every kind."""
    every = pictures(samples, found, -np.inf)
    kinds = [[set(plate_groups(plate, sample)) for plate in sample.plates] for sample in samples]
    names = sorted(set().union(*(kind for plates in kinds for kind in plates)))
    return {name: [_match_group(*one, name) for one in zip(every, kinds, strict=True)] for name in names}


def tally_plates(picture: Picture, tally: Tally):
    """Counts plates found, missed and false at IoU 0.5 on one picture."""
    index = picture.index
    for plate in np.flatnonzero(~picture.is_crowd):
        found = picture.finder[plate]
        tally.add("plate_recall", index, plate, found >= 0)
        tally.add("plate_f1", index, plate, 2 * (found >= 0), 1 + (found >= 0))
        if found >= 0:
            tally.add("plate_precision", index, plate, 1)
            tally.add("plate_iou", index, plate, picture.plate_ious[found, plate])
    false = int(((picture.partners < 0) & ~picture.is_ignored).sum())
    tally.add("plate_precision", index, NO_PLATE, 0, false)
    tally.add("plate_f1", index, NO_PLATE, 0, false)
    tally.add("false_plates_per_picture", index, NO_PLATE, false)


def _match_group(picture: Picture, kinds: list[set[str]], name: str) -> Matched:
    return match(_candidates(picture, others=[name not in kind for kind in kinds]))


def _candidates(picture: Picture, area: tuple[float, float] | None = None, others: list[bool] = ()) -> Candidates:
    """Returns the candidates of one picture; true plates that are `others` or outside `area` are ignored."""
    scores = [plate.score for plate in picture.found]
    ignored, found_ignored = np.zeros(len(picture.is_crowd), bool), None
    if len(others):
        ignored |= np.array(others, bool)
    if area:
        ignored |= _is_outside(picture.true_boxes, area)
        found_ignored = _is_outside(picture.found_boxes, area)
    return candidates(picture.plate_ious, scores, ignored, picture.is_crowd, found_ignored)


def _is_outside(boxes_px: np.ndarray, area: tuple[float, float]) -> np.ndarray:
    areas = np.maximum(boxes_px[:, 2:] - boxes_px[:, :2], 0).prod(-1)
    return (areas < area[0]) | (areas > area[1])
