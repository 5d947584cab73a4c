"""COCO segmentations (polygons, run lengths) to `Mask` windows and back, without drawing the whole picture."""

from reprlib import repr as shortened

import numpy as np
from pycocotools import mask as coco_mask

from plate_seg.data.sample import Mask


def decode_mask(segmentation: list | dict, height: int, width: int) -> Mask | None:
    """Returns the window of a segmentation; None for an empty one.

    Args:
        segmentation: polygons [[x, y, x, y, ...], ...], a dict of run lengths (compressed or not), or [].
        height, width: of the picture, pixels.

    Raises:
        ValueError, TypeError, KeyError, OverflowError: it is malformed, of another picture size or far off the picture.
    """
    if not segmentation:
        return None
    if isinstance(segmentation, list):
        polygons = [_polygon(points, height, width) for points in segmentation]
        encoded = coco_mask.merge(coco_mask.frPyObjects(polygons, height, width))
        return _window(_expand(encoded["counts"]), height, width)
    if list(segmentation["size"]) != [height, width]:
        raise ValueError(f"run lengths of a {segmentation['size']} picture on one of {[height, width]}")
    counts = segmentation["counts"]
    runs = np.asarray(counts, np.int64) if isinstance(counts, list) else _expand(counts)
    return _window(runs, height, width)


def encode_mask(mask: Mask, height: int, width: int) -> dict:
    """Returns the compressed run lengths of a window on the grid of its picture."""
    rows, columns = mask.pixels.shape
    strip = np.zeros((columns, height), bool)  # column by column, as COCO counts
    strip[:, mask.top : mask.top + rows] = mask.pixels.T
    edges = np.flatnonzero(np.diff(strip.ravel(), prepend=False, append=False)) + mask.left * height
    counts = np.diff(np.concatenate([[0], edges, [height * width]]))
    encoded = coco_mask.frPyObjects({"counts": counts.tolist(), "size": [height, width]}, height, width)
    return {"size": [height, width], "counts": encoded["counts"].decode("ascii")}


def _polygon(points: list, height: int, width: int) -> list[float]:
    """Returns x, y, x, y, ...; points far off the picture would cost pycocotools memory without end."""
    if not isinstance(points, list) or len(points) < 6 or len(points) % 2:
        raise ValueError(f"polygon {shortened(points)} is not x, y, x, y, ... of three points or more")
    numbers = [float(number) for number in points]
    for side, coordinates in ((width, numbers[::2]), (height, numbers[1::2])):
        if not all(-side <= number <= 2 * side for number in coordinates):
            raise ValueError(f"polygon {shortened(points)} is far off a {width} x {height} picture")
    return numbers


def _expand(counts: str | bytes) -> np.ndarray:
    """Returns the run lengths of COCO's compressed string: 5 bits a character, differences to the run before last."""
    coded = np.frombuffer(counts.encode("ascii") if isinstance(counts, str) else counts, np.uint8).astype(np.int64) - 48
    if not len(coded) or coded[-1] & 0x20 or coded.min() < 0 or coded.max() > 63:
        raise ValueError("the run-length string is damaged")
    last = (coded & 0x20) == 0
    starts = np.concatenate([[0], np.flatnonzero(last)[:-1] + 1])
    place = np.arange(len(coded)) - np.repeat(starts, np.diff(np.append(starts, len(coded))))
    runs = np.add.reduceat((coded & 0x1F) << (5 * place), starts)
    is_negative = (coded[last] & 0x10) > 0
    runs -= np.where(is_negative, np.int64(1) << (5 * (place[last] + 1)), 0)
    runs[1::2] = np.cumsum(runs[1::2])
    runs[2::2] = np.cumsum(runs[2::2])
    return runs


def _window(runs: np.ndarray, height: int, width: int) -> Mask | None:
    """Returns the tight window of run lengths that start with background, column by column."""
    if runs.min() < 0 or runs.sum() != height * width:
        raise ValueError(f"the run lengths do not add up to {height} x {width} pixels")
    edges = np.cumsum(runs)
    if len(runs) < 2 or runs[1::2].sum() == 0:
        return None
    left = edges[0] // height
    right = -(-edges[1::2][-1] // height)
    strip = np.zeros((right - left) * height + 1, np.int8)
    np.add.at(strip, edges[:-1:2] - left * height, 1)  # where strokes start
    np.add.at(strip, edges[1::2] - left * height, -1)
    pixels = np.cumsum(strip[:-1], dtype=np.int8).reshape(right - left, height).T > 0
    rows = np.flatnonzero(pixels.any(1))
    return Mask(int(rows[0]), int(left), np.ascontiguousarray(pixels[rows[0] : rows[-1] + 1]))
