"""Four views in one training picture: four times the plates for the price of one pass through the backbone.

Reference: Bochkovskiy et al., YOLOv4, 2020, section 3.3.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plate_seg.data.sample import Character, Plate

TILES = 4
View = tuple[np.ndarray, tuple[Plate, ...], np.ndarray]  # what `augment` returns


def join(views: Sequence[View], size: int) -> View:
    """Puts four square views side by side, two above two.

    Args:
        views: picture uint8 [side, side, 3], plates and strokes uint8 [side, side] of each, `side` half of `size`.
        size: of the square picture, pixels; of an odd size the last row and column stay black.

    Returns:
        The same of the whole.
    """
    side = size // 2
    picture, strokes = np.zeros((size, size, 3), np.uint8), np.zeros((size, size), np.uint8)
    plates = []
    for place, (tile, found, drawn) in enumerate(views):
        top, left = place // 2 * side, place % 2 * side
        picture[top : top + side, left : left + side] = tile
        strokes[top : top + side, left : left + side] = drawn
        plates += [_move_plate(plate, top, left, side, size) for plate in found]
    return picture, tuple(plates), strokes


def _move_plate(plate: Plate, top: int, left: int, side: int, size: int) -> Plate:
    def move(points):
        shape = np.shape(points)
        moved = (np.reshape(points, (-1, 2)) * side + (top, left)) / size
        return moved.reshape(shape).astype(np.float32)

    def move_character(character: Character) -> Character:
        mask = character.mask
        if mask is not None:
            mask = replace(mask, top=mask.top + top, left=mask.left + left)
        return replace(character, box=move(character.box), corners=move(character.corners), mask=mask)

    corners = None if plate.corners is None else move(plate.corners)
    return replace(plate, box=move(plate.box), corners=corners, characters=tuple(map(move_character, plate.characters)))
