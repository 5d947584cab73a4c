"""Pictures with their truth drawn on, side by side, for a person to look at."""

from collections.abc import Sequence

import cv2
import numpy as np

from plate_seg import alphabet, boxes
from plate_seg.data.pictures import read_picture
from plate_seg.data.sample import Plate, Sample

COLUMNS, CELL = 4, (300, 400)  # rows by columns, pixels
PLATE_COLOUR, FRAME_COLOUR, MASK_COLOUR = (255, 60, 40), (60, 255, 90), (40, 120, 255)


def draw_sheet(samples: Sequence[Sample]) -> np.ndarray:
    """Returns the pictures, RGB, with plates red, characters green and strokes blue, and each first plate enlarged."""
    cells = []
    for sample in samples:
        image = read_picture(sample.path)
        zoomed = _zoom(draw_truth(image, sample.plates), sample.plates)
        cells.append(_fit(np.hstack([_fit(image), _fit(zoomed)]), CELL[0], 2 * CELL[1]))
    cells += [np.zeros_like(cells[0])] * (-len(cells) % 2)
    return np.vstack([np.hstack(cells[row : row + 2]) for row in range(0, len(cells), 2)])


def draw_truth(image: np.ndarray, plates: tuple[Plate, ...]) -> np.ndarray:
    """Returns a copy of `image` with the truth of its plates drawn."""
    drawn = image.copy()
    for plate in plates:
        for character in plate.characters:
            mask = character.mask
            window = drawn[mask.top : mask.top + mask.pixels.shape[0], mask.left : mask.left + mask.pixels.shape[1]]
            window[mask.pixels] = (window[mask.pixels] * 0.4 + np.array(MASK_COLOUR) * 0.6).astype(np.uint8)
            _outline(drawn, character.corners, FRAME_COLOUR)
        _outline(drawn, plate.corners, PLATE_COLOUR)
    return drawn


def _outline(image: np.ndarray, corners: np.ndarray, colour) -> None:
    points = boxes.to_pixels(corners, *image.shape[:2])[:, ::-1]
    cv2.polylines(image, [np.round(points * 8).astype(np.int32)], True, colour, 1, cv2.LINE_AA, 3)


def _zoom(image: np.ndarray, plates: tuple[Plate, ...]) -> np.ndarray:
    """Returns the surroundings of the first plate; the picture if there is none."""
    if not plates:
        return image
    top, left, bottom, right = boxes.to_pixels(plates[0].box, *image.shape[:2])
    margin = 0.15 * (right - left)
    rows = slice(int(max(0, top - margin)), int(bottom + margin) + 1)
    columns = slice(int(max(0, left - margin)), int(right + margin) + 1)
    zoomed = np.ascontiguousarray(image[rows, columns])
    text = "".join(alphabet.decode(character.label) for character in plates[0].characters)
    large = _fit(zoomed)
    cv2.putText(large, text, (4, CELL[0] - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 0), 1, cv2.LINE_AA)
    return large


def _fit(image: np.ndarray, height: int = CELL[0], width: int = CELL[1]) -> np.ndarray:
    scale = min(height / image.shape[0], width / image.shape[1])
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    return cv2.copyMakeBorder(small, 0, height - size[1], 0, width - size[0], cv2.BORDER_CONSTANT)
