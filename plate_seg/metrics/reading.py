"""Measures of the text read: exact plates, character errors, order, and which label is taken for which.

A plate with a painted-over character (`*`), or with one of another script, is segmented but not read.
"""

import numpy as np
import pandas as pd

from plate_seg import alphabet
from plate_seg.data.sample import Plate
from plate_seg.metrics.matching import pair
from plate_seg.metrics.pairing import Picture
from plate_seg.metrics.tally import Tally


def true_text(plate: Plate) -> str | None:
    """Returns the text that a reader should give, or None where there is none to compare with."""
    known = plate.text
    if known is None and plate.complete:
        known = alphabet.text(one.label for one in plate.characters)
    known = (known or "").upper()
    readable = known and not plate.crowd and all(one in alphabet.CHARACTERS for one in known)
    return known if readable else None


def tally_reading(picture: Picture, tally: Tally):
    """Counts right texts, character errors and wrong orders on one picture; a missed plate reads as an empty text."""
    for index, plate in enumerate(picture.sample.plates):
        truth = true_text(plate)
        if truth is None:
            continue
        found = picture.finder[index]
        text = picture.found[found].text if found >= 0 else ""
        for name in ["", "found_plates_"] if found >= 0 else [""]:
            tally.add(f"{name}text_exact", picture.index, index, text == truth)
            tally.add(f"{name}character_error_rate", picture.index, index, edits(text, truth), len(truth))
            tally.add(f"{name}text_wrong_order", picture.index, index, is_wrong_order(text, truth))


def edits(text: str, truth: str) -> int:
    """Returns the fewest insertions, deletions and replacements that turn one text into the other (Levenshtein)."""
    row = list(range(len(truth) + 1))
    for place, character in enumerate(text, 1):
        diagonal, row[0] = row[0], place
        for column, expected in enumerate(truth, 1):
            diagonal, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, diagonal + (character != expected)),
            )
    return row[-1]


def is_wrong_order(text: str, truth: str) -> bool:
    """True where the right characters were read in another order."""
    return text != truth and sorted(text) == sorted(truth)


def confusion(paired: list[Picture]) -> pd.DataFrame:
    """Returns counts [37, 37] of matched characters: rows are true labels, columns found ones."""
    counts = np.zeros((alphabet.NUM_CLASSES, alphabet.NUM_CLASSES), int)
    for picture in paired:
        partners = pair(picture.character_ious)
        for found in np.flatnonzero(partners >= 0):
            truth = picture.true_characters[partners[found]][1].label
            counts[truth, picture.found_characters[found][1].label] += 1
    names = [alphabet.decode(index) for index in range(alphabet.NUM_CLASSES)]
    return pd.DataFrame(counts, index=names, columns=names)
