"""Found or true plates to annotated pictures, and pictures to a contact sheet: uint8 RGB in, uint8 RGB out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from plate_seg import boxes
from plate_seg.alphabet import decode
from plate_seg.data import sample
from plate_seg.found import FoundCharacter, FoundPlate
from plate_seg.metrics.masks import paste

LARGE_ENOUGH = 640  # px; pictures with a shorter long side are enlarged first, so that labels fit
NARROW = 200  # lines; characters of a plate narrower than this are drawn in an enlarged inset instead
INSET = 320  # lines, its long side
PLATE_COLOR = (255, 214, 10)
COLORS = (  # neighbors differ in hue and all stand out on white and on black plates
    (230, 25, 75),
    (60, 180, 75),
    (0, 130, 200),
    (245, 130, 48),
    (145, 30, 180),
    (0, 170, 170),
    (240, 50, 230),
    (128, 128, 0),
)
FONT = cv2.FONT_HERSHEY_DUPLEX
BACKGROUND = (24, 24, 24)


@dataclass(frozen=True)
class Label:
    """A plate to draw, and the words beside it."""

    plate: FoundPlate
    words: str


def draw_found(image: np.ndarray, plates: Sequence[FoundPlate]) -> np.ndarray:
    """Returns the picture [height, width, 3] with plates outlined, characters filled, boxed and named.

    A small picture comes back enlarged.
    """
    return _draw(image, [Label(plate, f"{plate.text or '-'}  {plate.score:.2f}") for plate in plates])


def draw_truth(image: np.ndarray, plates: Sequence[sample.Plate]) -> np.ndarray:
    """Returns the picture with true plates drawn as `draw_found` draws found ones; unknown masks stay empty."""
    height, width = image.shape[:2]
    labels = []
    for plate in plates:
        found = _as_found(plate, height, width)
        labels.append(Label(found, plate.text or found.text or ("crowd" if plate.crowd else "plate")))
    return _draw(image, labels)


def contact_sheet(images: Sequence[np.ndarray], columns: int, cell: tuple[int, int]) -> np.ndarray:
    """Returns pictures side by side, each fitted into a cell.

    Args:
        images: uint8 [height, width, 3], of any sizes.
        cell: height and width, pixels.

    Returns:
        uint8 [rows * cell height, columns * cell width, 3]; a single empty row for no pictures.
    """
    rows = max(1, -(-len(images) // columns))
    sheet = np.full((rows * cell[0], columns * cell[1], 3), BACKGROUND, np.uint8)
    for place, image in enumerate(images):
        scale = min((cell[0] - 4) / image.shape[0], (cell[1] - 4) / image.shape[1])
        fitted = _resize(image, scale)
        top = place // columns * cell[0] + (cell[0] - fitted.shape[0]) // 2
        left = place % columns * cell[1] + (cell[1] - fitted.shape[1]) // 2
        sheet[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return sheet


def _draw(image: np.ndarray, labels: Sequence[Label]) -> np.ndarray:
    canvas = _resize(image, max(1.0, min(LARGE_ENOUGH / max(image.shape[:2]), 16)))
    original = canvas.copy()
    line = max(1, round(max(canvas.shape[:2]) / 1000))  # px; the measure of everything drawn
    taken = [_pixel_box(label.plate.box, canvas) for label in labels]
    panels = []
    for label in labels:
        top, left, bottom, right = _pixel_box(label.plate.box, canvas)
        panel = _strip(label.words, 22 * line)
        _outline(canvas, label.plate.corners, line + 1)
        if right - left < NARROW * line and label.plate.characters:
            panel = _stack(panel, _inset(original, label.plate, line))
        else:
            _draw_characters(canvas, label.plate, line)
        panels.append((panel, (top, left, bottom, right)))
    for panel, plate_box in panels:
        taken.append(_place(canvas, panel, plate_box, taken, line))
    return canvas


def _draw_characters(canvas: np.ndarray, plate: FoundPlate, line: int) -> None:
    """Fills every mask, then draws boxes and labels over all of them."""
    colors = [COLORS[place % len(COLORS)] for place in range(len(plate.characters))]
    for character, color in zip(plate.characters, colors, strict=True):
        _fill(canvas, character, color)
    for character, color in zip(plate.characters, colors, strict=True):
        top, left, bottom, right = _pixel_box(character.box, canvas)
        cv2.rectangle(canvas, (left, top), (right, bottom), color, line, cv2.LINE_AA)
    for character, color in zip(plate.characters, colors, strict=True):
        top, left, bottom, right = _pixel_box(character.box, canvas)
        tag = _strip(
            decode(character.label), min(max(12 * line, (bottom - top) * 2 // 5), 22 * line), color, (255, 255, 255)
        )
        _paste(canvas, tag, top - tag.shape[0], (left + right - tag.shape[1]) // 2)


def _fill(canvas: np.ndarray, character: FoundCharacter, color: tuple[int, int, int]) -> None:
    mask = paste(character, *canvas.shape[:2])
    height, width = mask.pixels.shape
    window = canvas[mask.top : mask.top + height, mask.left : mask.left + width]
    window[mask.pixels] = (0.4 * window[mask.pixels] + 0.6 * np.array(color)).astype(np.uint8)


def _outline(canvas: np.ndarray, corners: np.ndarray, line: int) -> None:
    points = np.rint(boxes.to_pixels(corners, *canvas.shape[:2])[:, ::-1]).astype(np.int32)
    cv2.polylines(canvas, [points], True, BACKGROUND, line + 2, cv2.LINE_AA)
    cv2.polylines(canvas, [points], True, PLATE_COLOR, line, cv2.LINE_AA)


def _inset(image: np.ndarray, plate: FoundPlate, line: int) -> np.ndarray:
    """Returns the plate enlarged to `INSET` with its characters drawn, a margin round it for their labels."""
    height, width = image.shape[:2]
    top, left, bottom, right = _pixel_box(plate.box, image)
    down, across = max(2, (bottom - top) // 3), max(2, (right - left) // 12)
    top, left = max(0, top - down), max(0, left - across)
    bottom, right = min(height, max(bottom + down // 2, top + 1)), min(width, max(right + across, left + 1))
    enlarged = _resize(image[top:bottom, left:right], INSET * line / max(bottom - top, right - left))
    window = boxes.to_fractions(np.array([top, left, bottom, right]), height, width)
    _draw_characters(enlarged, _relative(plate, window), line)
    return enlarged


def _relative(plate: FoundPlate, window: np.ndarray) -> FoundPlate:
    """Returns the plate in fractions of a window [4] of its picture."""
    origin, size = window[:2], window[2:] - window[:2]

    def move(box: np.ndarray) -> np.ndarray:
        return (box - np.tile(origin, 2)) / np.tile(size, 2)

    characters = tuple(
        replace(character, box=move(character.box), mask_box=move(character.mask_box)) for character in plate.characters
    )
    return replace(plate, box=move(plate.box), corners=(plate.corners - origin) / size, characters=characters)


def _place(canvas, panel, plate_box, taken, line) -> tuple[int, int, int, int]:
    """Puts a panel where it hides least, above its plate if possible; returns the box that it takes, pixels."""
    top, left, bottom, right = plate_box
    height, width = panel.shape[:2]
    gap, middle = 3 * line, (left + right - width) // 2
    candidates = [(top - height - gap, middle), (bottom + gap, middle)]
    candidates += [((top + bottom - height) // 2, side) for side in (right + gap, left - width - gap)]
    candidates += [
        (row, side) for row in (top - height - gap, bottom + gap) for side in (right + gap, left - width - gap)
    ]
    spots = [_inside(canvas, row, column, height, width) for row, column in candidates]
    best = min(spots, key=lambda spot: _overlap(spot, taken))
    start = ((left + right) // 2, (top + bottom) // 2)
    if not _touches(best, plate_box, gap + 1):
        cv2.line(canvas, start, ((best[1] + best[3]) // 2, (best[0] + best[2]) // 2), PLATE_COLOR, line, cv2.LINE_AA)
    _paste(canvas, panel, best[0], best[1])
    return best


def _inside(canvas: np.ndarray, top: int, left: int, height: int, width: int) -> tuple[int, int, int, int]:
    """Returns the box of that size, moved into the picture where it fits."""
    top = max(0, min(top, canvas.shape[0] - height))
    left = max(0, min(left, canvas.shape[1] - width))
    return top, left, top + height, left + width


def _overlap(spot: tuple[int, int, int, int], taken: Sequence[tuple[int, int, int, int]]) -> float:
    """Returns the pixels of `spot` that are taken already."""
    sides = [
        (min(spot[2], box[2]) - max(spot[0], box[0]), min(spot[3], box[3]) - max(spot[1], box[1])) for box in taken
    ]
    return sum(max(0, height) * max(0, width) for height, width in sides)


def _touches(first: tuple[int, int, int, int], second: tuple[int, int, int, int], gap: int) -> bool:
    apart = max(first[0] - second[2], second[0] - first[2]), max(first[1] - second[3], second[1] - first[3])
    return max(apart) <= gap


def _strip(words: str, height: int, color=BACKGROUND, ink=PLATE_COLOR) -> np.ndarray:
    """Returns words on a strip of one color, `height` px high."""
    scale = cv2.getFontScaleFromHeight(FONT, max(1, round(height * 0.55)), 1)
    line = 2 if height >= 36 else 1
    (width, _), _ = cv2.getTextSize(words, FONT, scale, line)
    strip = np.full((height, width + height // 2, 3), color, np.uint8)
    cv2.putText(strip, words, (height // 4, round(height * 0.76)), FONT, scale, ink, line, cv2.LINE_AA)
    return strip


def _stack(upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Returns one picture above the other, on a common background with a frame."""
    width = max(upper.shape[1], lower.shape[1])
    stacked = np.full((upper.shape[0] + lower.shape[0] + 4, width + 4, 3), BACKGROUND, np.uint8)
    _paste(stacked, upper, 2, 2)
    _paste(stacked, lower, upper.shape[0] + 2, 2)
    return stacked


def _paste(canvas: np.ndarray, patch: np.ndarray, top: int, left: int) -> None:
    """Copies a patch onto the canvas in place; what reaches outside is cut off."""
    first_row, first_column = max(0, top), max(0, left)
    last_row, last_column = min(canvas.shape[0], top + patch.shape[0]), min(canvas.shape[1], left + patch.shape[1])
    if last_row > first_row and last_column > first_column:
        rows, columns = slice(first_row - top, last_row - top), slice(first_column - left, last_column - left)
        canvas[first_row:last_row, first_column:last_column] = patch[rows, columns]


def _resize(image: np.ndarray, scale: float) -> np.ndarray:
    """Returns a copy of the picture, scaled; at least one pixel a side."""
    size = [max(1, round(side * scale)) for side in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _pixel_box(box: np.ndarray, canvas: np.ndarray) -> tuple[int, int, int, int]:
    top, left, bottom, right = np.rint(boxes.to_pixels(box, *canvas.shape[:2])).astype(int).tolist()
    return top, left, bottom, right


def _as_found(plate: sample.Plate, height: int, width: int) -> FoundPlate:
    corners = boxes.corners(plate.box) if plate.corners is None else plate.corners
    characters = tuple(_character_as_found(character, height, width) for character in plate.characters)
    return FoundPlate(plate.box, corners, 1.0, characters)


def _character_as_found(character: sample.Character, height: int, width: int) -> FoundCharacter:
    mask = character.mask or sample.Mask(0, 0, np.zeros((1, 1), bool))
    bottom, right = mask.top + mask.pixels.shape[0], mask.left + mask.pixels.shape[1]
    window = boxes.to_fractions(np.array([mask.top, mask.left, bottom, right]), height, width)
    return FoundCharacter(character.box, character.label, 1.0, mask.pixels, window)
