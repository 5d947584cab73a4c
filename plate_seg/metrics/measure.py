"""Every measure of what was found against the truth, as one tidy table: source x group x measure."""

import re

import numpy as np
import pandas as pd

from plate_seg.data.sample import Sample
from plate_seg.found import FoundPlate
from plate_seg.metrics.average_precision import Ranking, average_precision, average_recall, curve, rank
from plate_seg.metrics.characters import mask_ious, match_characters, match_labels, tally_characters
from plate_seg.metrics.groups import EVERYTHING, memberships
from plate_seg.metrics.intervals import measure_interval
from plate_seg.metrics.matching import Matched
from plate_seg.metrics.pairing import Picture, pictures
from plate_seg.metrics.plates import match_plates, match_plates_by_area, match_plates_by_group, tally_plates
from plate_seg.metrics.reading import tally_reading
from plate_seg.metrics.tally import Tally, ratios

COLUMNS = ["source", "group", "measure", "value", "count", "low", "high"]
AT_50, AT_75 = 0, 5  # places in `matching.THRESHOLDS`


def measure(samples: list[Sample], found: list[list[FoundPlate]], threshold: float) -> pd.DataFrame:
    """Measures plates, characters and reading.

    Args:
        found: plates of every score, a list for each sample; average precision uses all of them.
        threshold: the plate score from which on all other measures count a plate as found.

    Returns:
        Rows of source ("all" or one of the samples'), group ("all" or a kind of plate), measure, value,
        count (what the value is a share or mean of), low and high (95 % over pictures; NaN where not drawn again).
    """
    members = sources(samples)
    parts = [_counted(samples, found, threshold, members), _ranked(samples, found, members)]
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return table[COLUMNS].sort_values(["source", "group", "measure"], key=_natural).reset_index(drop=True)


def sources(samples: list[Sample]) -> dict[str, np.ndarray]:
    """Returns the pictures' indices of "all" and of each source."""
    names = np.array([sample.source for sample in samples])
    return {EVERYTHING: np.arange(len(samples))} | {
        str(name): np.flatnonzero(names == name) for name in np.unique(names)
    }


def _counted(samples, found, threshold, members) -> pd.DataFrame:
    """Returns the rows of measures that are ratios of sums, per source, and per group over all sources.

    What is false belongs to no true plate, hence to no group: a group has no precision and no F1 but on found plates.
    """
    tally = Tally()
    for picture in pictures(samples, found, threshold):
        tally_plates(picture, tally)
        tally_characters(picture, tally)
        tally_reading(picture, tally)
    events, kinds = tally.frame(), memberships(samples)
    rows = [ratios(events, chosen).assign(source=source, group=EVERYTHING) for source, chosen in members.items()]
    told = events[events.measure.map(_is_of_true_plates).astype(bool)]
    for group, plates in kinds.groupby("group"):
        theirs = ratios(told.merge(plates, on=["picture", "plate"]), members[EVERYTHING])
        rows.append(theirs.assign(source=EVERYTHING, group=group))
    return pd.concat(rows, ignore_index=True)


def _is_of_true_plates(measure: str) -> bool:
    return measure.startswith("found_plates_") or not measure.endswith(("_precision", "_f1"))


def _ranked(samples, found, members) -> pd.DataFrame:
    """Returns the rows of average precision and recall."""
    plates = match_plates(samples, found)
    kinds = match_plates_by_area(samples, found) | match_plates_by_group(samples, found)
    rows = [row for group, matched in kinds.items() for row in _plate_rows(matched, EVERYTHING, group)]
    characters = _match_characters(pictures(samples, found, -np.inf))
    for source, chosen in members.items():
        rows += _plate_rows([plates[index] for index in chosen], source, EVERYTHING, resampled=True)
        for name, matched in characters.items():
            rows += _character_rows([matched[index] for index in chosen], source, name)
    return pd.DataFrame(rows, columns=COLUMNS)


def _match_characters(every: list[Picture]) -> dict[str, list[dict[int, Matched]]]:
    """Returns for each way of measuring a list of pictures, each a dict of labels (class-blind: the one label 0)."""
    ways = {"box": [], "mask": [], "labelled_box": [], "labelled_mask": []}
    for picture in every:
        masks, without = mask_ious(picture)
        ways["box"].append({0: match_characters(picture, picture.character_ious)})
        ways["mask"].append({0: match_characters(picture, masks, without)})
        ways["labelled_box"].append(match_labels(picture, picture.character_ious))
        ways["labelled_mask"].append(match_labels(picture, masks, without))
    return ways


def _plate_rows(matched: list[Matched], source: str, group: str, resampled: bool = False) -> list[tuple]:
    ranking = rank(matched)
    positives = int(ranking.positives.sum())
    if not positives:
        return []
    whole = [curve(ranking)]
    values = {
        "plate_ap50": average_precision(whole, AT_50),
        "plate_ap75": average_precision(whole, AT_75),
        "plate_ap": average_precision(whole),
        "plate_ar100": average_recall(whole),
    }
    edges = _plate_intervals(ranking) if resampled else {}
    nothing = (np.nan, np.nan)
    return [(source, group, name, value, positives, *edges.get(name, nothing)) for name, value in values.items()]


def _plate_intervals(ranking: Ranking) -> dict[str, tuple[float, float]]:
    """Returns the intervals of AP50 and AP."""

    def at_50(weights):
        return average_precision([curve(ranking, weights)], AT_50)

    def over_all(weights):
        return average_precision([curve(ranking, weights)])

    count = len(ranking.positives)
    return {"plate_ap50": measure_interval(at_50, count), "plate_ap": measure_interval(over_all, count)}


def _character_rows(matched: list[dict[int, Matched]], source: str, name: str) -> list[tuple]:
    labels = sorted({label for picture in matched for label in picture})
    rankings = [rank([picture[label] for picture in matched if label in picture]) for label in labels]
    positives = int(sum(ranking.positives.sum() for ranking in rankings))
    if not positives:
        return []
    curves = [curve(ranking) for ranking in rankings]
    values = {"ap50": average_precision(curves, AT_50), "ap": average_precision(curves)}
    prefix = f"labelled_character_{name.removeprefix('labelled_')}" if "labelled" in name else f"character_{name}"
    return [(source, EVERYTHING, f"{prefix}_{key}", value, positives, np.nan, np.nan) for key, value in values.items()]


def _natural(column: pd.Series) -> pd.Series:
    """Sorts names as people do: "all" before the rest, 40 px before 120 px."""
    return column.map(
        lambda name: "" if name == EVERYTHING else re.sub(r"\d+", lambda digits: digits[0].zfill(6), name)
    )
