"""Overlap of character masks, on the pixels of the picture."""

from dataclasses import replace

import numpy as np

from plate_seg.data.sample import Mask
from plate_seg.found import FoundCharacter


def paste(character: FoundCharacter, height: int, width: int) -> Mask:
    """Lays a found mask over the picture: a pixel belongs to it if the cell under the pixel's centre does.

    Returns:
        The smallest window of the picture that holds the mask; an empty window without any pixel.
    """
    top, bottom = character.mask_box[[0, 2]] * height
    left, right = character.mask_box[[1, 3]] * width
    rows, first_row = _cells(top, bottom, character.mask.shape[0], character.mask.any(1), height)
    columns, first_column = _cells(left, right, character.mask.shape[1], character.mask.any(0), width)
    return Mask(first_row, first_column, character.mask[np.ix_(rows, columns)])


def crop(character: FoundCharacter) -> FoundCharacter:
    """Cuts the mask to the cells in use; it covers the same part of the picture as before."""
    rows, columns = np.flatnonzero(character.mask.any(1)), np.flatnonzero(character.mask.any(0))
    if not len(rows):
        return replace(character, mask=np.zeros((1, 1), bool))
    cells = np.array([rows[0], columns[0], rows[-1] + 1, columns[-1] + 1])
    top_left, size = character.mask_box[[0, 1]], character.mask_box[[2, 3]] - character.mask_box[[0, 1]]
    edges = np.tile(top_left, 2) + cells / np.tile(character.mask.shape, 2) * np.tile(size, 2)
    mask = character.mask[cells[0] : cells[2], cells[1] : cells[3]].copy()
    return replace(character, mask=mask, mask_box=edges)


def mask_overlap(found: list[Mask], truth: list[Mask]) -> np.ndarray:
    """Returns the IoU [found, truth] of masks; zero where both are empty."""
    shared = np.zeros((len(found), len(truth)))
    edges = [np.array([_window(mask) for mask in masks]).reshape(-1, 4) for masks in (found, truth)]
    top_left = np.maximum(edges[0][:, None, :2], edges[1][None, :, :2])
    bottom_right = np.minimum(edges[0][:, None, 2:], edges[1][None, :, 2:])
    for row, column in np.argwhere((bottom_right > top_left).all(-1)):
        window = np.concatenate([top_left[row, column], bottom_right[row, column]])
        shared[row, column] = (_cut(found[row], window) & _cut(truth[column], window)).sum()
    areas = [np.array([mask.pixels.sum() for mask in masks], np.float64) for masks in (found, truth)]
    whole = areas[0][:, None] + areas[1][None] - shared
    return np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)


def dice(iou: np.ndarray) -> np.ndarray:
    """Returns the Dice coefficient that belongs to an IoU."""
    return 2 * iou / (1 + iou)


def _cells(start: float, end: float, cells: int, used: np.ndarray, pixels: int) -> tuple[np.ndarray, int]:
    """Returns the mask cell under each picture pixel along one axis, and the first pixel, of the cells in use."""
    places = np.flatnonzero(used)
    if not len(places) or end <= start:
        return np.zeros(0, int), 0
    scale = (end - start) / cells
    first = max(int(np.floor(start + places[0] * scale)), 0)
    last = min(int(np.ceil(start + (places[-1] + 1) * scale)), pixels)
    under = np.floor((np.arange(first, last) + 0.5 - start) / scale).astype(int)
    inside = (under >= places[0]) & (under <= places[-1])
    return under[inside], first + int(inside.argmax()) if inside.any() else 0


def _window(mask: Mask) -> tuple[int, int, int, int]:
    height, width = mask.pixels.shape
    return mask.top, mask.left, mask.top + height, mask.left + width


def _cut(mask: Mask, window: np.ndarray) -> np.ndarray:
    top, left, bottom, right = window
    return mask.pixels[top - mask.top : bottom - mask.top, left - mask.left : right - mask.left]
