"""Found plates to the JSON and CSV that `plate-seg predict` writes.

Boxes there are [x1, y1, x2, y2] and points [x, y], in pixels.
"""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from plate_seg import boxes
from plate_seg.alphabet import decode
from plate_seg.data.masks import encode_mask
from plate_seg.found import FoundCharacter, FoundPlate
from plate_seg.metrics.masks import paste
from plate_seg.outputs import write_beside

CSV_COLUMNS = ("image", "text", "score", "x1", "y1", "x2", "y2", "num_characters", "character_scores")


def entry(image: str, height: int, width: int, plates: Sequence[FoundPlate]) -> dict:
    """Returns one picture's part of the JSON list, as the command line's contract has it."""
    found = [_plate(plate, height, width) for plate in plates]
    return {"image": image, "width": width, "height": height, "plates": found}


def error_entry(image: str, error: str) -> dict:
    """Returns the part of a picture that cannot be read."""
    return {"image": image, "error": error}


def write_json(entries: Sequence[dict], path: Path) -> None:
    """Writes the list of entries, whole or not at all."""
    write_beside(path, json.dumps(list(entries), ensure_ascii=False, indent=1) + "\n")


def write_csv(entries: Sequence[dict], path: Path) -> None:
    """Writes a row a plate; pictures without a plate, or that could not be read, have none."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for picture in entries:
        writer.writerows(_row(picture["image"], plate) for plate in picture.get("plates", ()))
    write_beside(path, table.getvalue())


def _plate(plate: FoundPlate, height: int, width: int) -> dict:
    return {
        "box": _box(plate.box, height, width),
        "score": _score(plate.score),
        "corners": _points(boxes.to_pixels(plate.corners, height, width)),
        "text": plate.text,
        "characters": [_character(character, height, width) for character in plate.characters],
    }


def _character(character: FoundCharacter, height: int, width: int) -> dict:
    return {
        "box": _box(character.box, height, width),
        "label": decode(character.label),
        "score": _score(character.score),
        "mask": encode_mask(paste(character, height, width), height, width),
    }


def _box(box: np.ndarray, height: int, width: int) -> list[float]:
    top, left, bottom, right = boxes.to_pixels(box, height, width)
    return [round(float(edge), 2) for edge in (left, top, right, bottom)]


def _points(points: np.ndarray) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for y, x in points]


def _score(score: float) -> float:
    return round(float(score), 4)


def _row(image: str, plate: dict) -> list:
    scores = " ".join(f"{character['score']:.4f}" for character in plate["characters"])
    return [image, plate["text"], plate["score"], *plate["box"], len(plate["characters"]), scores]
