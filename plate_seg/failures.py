"""What went wrong on each picture, sorted by cause, so that the next improvement is obvious."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plate_seg import alphabet, boxes
from plate_seg.metrics.matching import pair
from plate_seg.metrics.pairing import Picture, counts, invert
from plate_seg.metrics.reading import is_wrong_order, true_text

CAUSES = (
    "missed plate",
    "false plate",
    "merged",
    "split",
    "missed character",
    "false character",
    "wrong label",
    "wrong order",
)
COVERED = 0.5  # share of a true character that a merging one covers, or of a part inside the one that was split


@dataclass(frozen=True)
class Failure:
    """One thing gone wrong.

    Args:
        cause: one of `CAUSES`.
        picture: the picture's index.
        plate: [4], the true or found plate it happened on, to look at.
        weight: the worst have the most: a plate's width in pixels, or the score of a false one.
        note: what was found and what is true, in words.
    """

    cause: str
    picture: int
    plate: np.ndarray
    weight: float
    note: str


def find_failures(picture: Picture) -> Iterator[Failure]:
    """Yields the failures of one picture; a character has at most one cause, merged and split before the others."""
    for found, plate in enumerate(picture.found):
        if picture.partners[found] < 0 and not picture.is_ignored[found]:
            yield Failure("false plate", picture.index, plate.box, plate.score, f"{plate.score:.2f} {plate.text}")
    for index, plate in enumerate(picture.sample.plates):
        width = float((plate.box[3] - plate.box[1]) * picture.sample.width)
        found = picture.finder[index]
        if found < 0:
            if not plate.crowd:
                yield Failure("missed plate", picture.index, plate.box, width, f"{width:.0f} px {plate.text or ''}")
            continue
        causes = list(_character_causes(picture, index)) if counts(plate) else []
        text, truth = picture.found[found].text, true_text(plate)
        if truth and is_wrong_order(text, truth):
            causes.append(("wrong order", f"{text} not {truth}"))
        for cause, note in causes:
            yield Failure(cause, picture.index, plate.box, width, note)


def count_failures(failures: list[Failure], sources: list[str]) -> pd.DataFrame:
    """Returns counts: a row a source with "all" first, a column a cause.

    Args:
        sources: of each picture.
    """
    names = ["all", *sorted(set(sources))]
    table = pd.DataFrame(0, index=pd.Index(names, name="source"), columns=list(CAUSES))
    for failure in failures:
        table.loc[["all", sources[failure.picture]], failure.cause] += 1
    return table


def worst(failures: list[Failure], cause: str, most: int) -> list[Failure]:
    """Returns the worst failures of one cause, at most two of a picture, so that a sheet shows many pictures."""
    chosen, shown = [], {}
    for failure in sorted((one for one in failures if one.cause == cause), key=lambda one: -one.weight):
        shown[failure.picture] = shown.get(failure.picture, 0) + 1
        if shown[failure.picture] <= 2 and len(chosen) < most:
            chosen.append(failure)
    return chosen


def _character_causes(picture: Picture, plate: int) -> Iterator[tuple[str, str]]:
    """Yields cause and note of every character gone wrong on a found plate whose characters count."""
    truth = picture.sample.plates[plate].characters
    found = picture.found[picture.finder[plate]].characters
    true_boxes, found_boxes = (picture.pixels([one.box for one in side]) for side in (truth, found))
    ious = _ious(picture, plate)
    partners = pair(ious)
    finder = invert(partners, len(truth))
    shared = _shared(found_boxes, true_boxes)
    covers = shared >= COVERED * boxes.area(true_boxes)[None]
    inside = shared >= COVERED * np.maximum(boxes.area(found_boxes), 1e-9)[:, None]
    merging = (covers.sum(1) > 1) & (covers & (finder < 0)[None]).any(1)
    merged = (covers[merging] & (finder < 0)[None]).any(0)
    parts = inside & ~merging[:, None]
    is_split = (parts.sum(0) > 1) & ~merged
    of_split = parts[:, is_split].any(1)
    for one in np.flatnonzero(merging):
        yield "merged", "".join(_name(truth[each].label) for each in np.flatnonzero(covers[one])) + " as one"
    for one in np.flatnonzero(is_split):
        yield "split", f"{_name(truth[one].label)} into {parts[:, one].sum()}"
    for one in np.flatnonzero((finder < 0) & ~merged & ~is_split):
        yield "missed character", _name(truth[one].label)
    for one in np.flatnonzero((partners < 0) & ~merging & ~of_split):
        yield "false character", _name(found[one].label)
    for one in np.flatnonzero((partners >= 0) & ~merging & ~of_split):
        expected = truth[partners[one]].label
        if expected != found[one].label:
            yield "wrong label", f"{_name(found[one].label)} not {_name(expected)}"


def _ious(picture: Picture, plate: int) -> np.ndarray:
    """Returns the IoU [found, truth] of the characters of one true plate and of the plate that found it."""
    columns = [place for place, (owner, _) in enumerate(picture.true_characters) if owner == plate]
    rows = [place for place, (owner, _) in enumerate(picture.found_characters) if owner == picture.finder[plate]]
    return picture.character_ious[np.ix_(rows, columns)]


def _shared(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Returns the areas [found, truth] that boxes have in common."""
    size = np.minimum(found[:, None, 2:], truth[None, :, 2:]) - np.maximum(found[:, None, :2], truth[None, :, :2])
    return np.maximum(size, 0).prod(-1)


def _name(label: int) -> str:
    return alphabet.decode(label)
