"""Pictures for TensorBoard: truth beside what was found, and the mask head's maps of one crop side by side."""

from collections.abc import Sequence

import cv2
import numpy as np

from plate_seg.alphabet import NUM_CLASSES
from plate_seg.data.sample import Plate
from plate_seg.draw import contact_sheet, draw_found, draw_truth
from plate_seg.found import FoundPlate

CELL = (480, 640)  # pixels of one of the two pictures side by side
TILES = ("crop", "class", "centre", "offset", "stroke")
TILE = (132, 324)  # pixels of one map: twice the default crop, and a border
BRIGHT = 255


def draw_beside(image: np.ndarray, truth: Sequence[Plate], found: Sequence[FoundPlate]) -> np.ndarray:
    """Returns the picture with its truth, and again with what was found, uint8 [480, 1280, 3]."""
    return contact_sheet([draw_truth(image, truth), draw_found(image, found)], 2, CELL)


def draw_maps(maps: dict[str, np.ndarray]) -> np.ndarray:
    """Draws the mask head's view of one crop, tiles in the order of `TILES`.

    The class map has a hue a class, the offset map a hue a direction; both are as bright as the foreground is sure.

    Args:
        maps: `crops`, `class_logits`, `centre_logits`, `offsets` and `stroke_logits` of one crop, no batch axis.

    Returns:
        uint8 [132, 5 * 324, 3].
    """
    scores = _softmax(maps["class_logits"].astype(np.float32))
    foreground = 1 - scores[..., 0]
    tiles = (
        np.clip(maps["crops"], 0, 255).astype(np.uint8),
        _hues(scores[..., 1:].argmax(-1) / NUM_CLASSES, foreground),
        _greys(_sigmoid(maps["centre_logits"])),
        _draw_offsets(maps["offsets"].astype(np.float32), foreground),
        _greys(_sigmoid(maps["stroke_logits"])),
    )
    return contact_sheet([_enlarge(tile) for tile in tiles], len(TILES), TILE)


def _draw_offsets(offsets: np.ndarray, foreground: np.ndarray) -> np.ndarray:
    turns = np.arctan2(offsets[..., 0], offsets[..., 1]) / (2 * np.pi) % 1
    return _hues(turns, foreground * np.minimum(np.hypot(*np.moveaxis(offsets, -1, 0)), 1))


def _hues(turns: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Returns colors of full saturation; `turns` and `value` [height, width] are in 0..1."""
    full = np.ones_like(value)
    colors = cv2.cvtColor(np.stack([turns * 360, full, value], -1).astype(np.float32), cv2.COLOR_HSV2RGB)
    return (colors * BRIGHT).astype(np.uint8)


def _greys(value: np.ndarray) -> np.ndarray:
    return np.repeat((value * BRIGHT).astype(np.uint8)[..., None], 3, -1)


def _enlarge(tile: np.ndarray) -> np.ndarray:
    """Repeats cells, so that each stays visible as a square."""
    scale = max(1, min(TILE[0] // tile.shape[0], TILE[1] // tile.shape[1]))
    return tile.repeat(scale, 0).repeat(scale, 1)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits.astype(np.float32), -30, 30)))


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)
