"""Contact sheets of failures: crops of the pictures with the truth in green and what was found in red."""

from collections.abc import Callable

import cv2
import numpy as np

from plate_seg import boxes
from plate_seg.data.sample import Sample
from plate_seg.draw import contact_sheet
from plate_seg.failures import Failure
from plate_seg.found import FoundPlate

TRUTH, FOUND = (0, 220, 0), (235, 30, 30)
COLUMNS, CELL = 4, (200, 320)  # cells of height and width, pixels
CAPTION = 22  # rows of a cell for the note
MARGIN = 0.35  # of the plate's width, shown around it


def draw_failures(
    failures: list[Failure],
    samples: list[Sample],
    found: list[list[FoundPlate]],
    read: Callable[[Sample], np.ndarray],
) -> np.ndarray:
    """Returns a sheet, uint8 RGB, of failures in the order given.

    Args:
        found: the plates at the threshold, a list for each sample.
        read: gives a sample's picture, uint8 RGB.
    """
    tiles = [
        draw_failure(one, read(samples[one.picture]), samples[one.picture], found[one.picture]) for one in failures
    ]
    return contact_sheet(tiles, COLUMNS, CELL)


def draw_failure(failure: Failure, image: np.ndarray, sample: Sample, found: list[FoundPlate]) -> np.ndarray:
    """Returns the surroundings of one failure's plate, enlarged to a cell, boxes drawn and captioned."""
    top, left, bottom, right = _window(failure.plate, *image.shape[:2])
    scale = min((CELL[0] - CAPTION) / (bottom - top), CELL[1] / (right - left))
    size = (max(int((right - left) * scale), 1), max(int((bottom - top) * scale), 1))
    tile = cv2.resize(image[top:bottom, left:right], size, interpolation=cv2.INTER_LINEAR)
    for color, plates in ((TRUTH, sample.plates), (FOUND, found)):
        for plate in plates:
            for box in [plate.box, *(character.box for character in plate.characters)]:
                edges = (boxes.to_pixels(box, *image.shape[:2]) - [top, left, top, left]) * scale
                row, column, end_row, end_column = (int(round(edge)) for edge in edges)
                cv2.rectangle(tile, (column, row), (end_column, end_row), color, 1)
    sides = CELL[1] - size[0]
    tile = np.pad(tile, ((0, 0), (sides // 2, sides - sides // 2), (0, 0)))
    return np.concatenate([tile, _caption(f"{sample.source} {sample.path.stem[-12:]}: {failure.note}")])


def _window(plate: np.ndarray, height: int, width: int) -> tuple[int, int, int, int]:
    """Returns the pixels round a plate: rows and columns from, to."""
    top, left, bottom, right = boxes.to_pixels(plate, height, width)
    margin = MARGIN * max(right - left, bottom - top) + 4
    top, left = int(np.clip(top - margin, 0, height - 1)), int(np.clip(left - margin, 0, width - 1))
    return top, left, int(np.clip(bottom + margin, top + 1, height)), int(np.clip(right + margin, left + 1, width))


def _caption(words: str) -> np.ndarray:
    strip = np.zeros((CAPTION, CELL[1], 3), np.uint8)
    plain = words.encode("ascii", "replace").decode()
    cv2.putText(strip, plain, (3, CAPTION - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1, cv2.LINE_AA)
    return strip
