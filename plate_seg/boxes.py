"""Arithmetic on boxes [top, left, bottom, right] and corners [4, 2] (y, x), on numpy or TensorFlow.

Boxes are fractions of the image; a padded row is all zeros. Corners run clockwise from the object's own top left.
"""

import numpy as np


def bounds(corners: np.ndarray) -> np.ndarray:
    """Returns the upright boxes [..., 4] round corners [..., 4, 2]."""
    corners = np.asarray(corners, np.float32)
    return np.concatenate([corners.min(-2), corners.max(-2)], -1)


def corners(boxes: np.ndarray) -> np.ndarray:
    """Returns the corners [..., 4, 2] of upright boxes [..., 4]."""
    top, left, bottom, right = np.moveaxis(np.asarray(boxes, np.float32), -1, 0)
    points = [(top, left), (top, right), (bottom, right), (bottom, left)]
    return np.stack([np.stack(point, -1) for point in points], -2)


def is_valid(boxes: np.ndarray) -> np.ndarray:
    """True where a box has an area; False on padded rows."""
    boxes = np.asarray(boxes)
    return (boxes[..., 2] > boxes[..., 0]) & (boxes[..., 3] > boxes[..., 1])


def area(boxes: np.ndarray) -> np.ndarray:
    """Returns areas [...]; zero for a padded or inverted box."""
    boxes = np.asarray(boxes)
    return np.maximum(boxes[..., 2] - boxes[..., 0], 0) * np.maximum(boxes[..., 3] - boxes[..., 1], 0)


def iou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Returns the intersection over union [n, m] of boxes [n, 4] with boxes [m, 4]; zero where both are empty."""
    first, second = np.asarray(first).reshape(-1, 1, 4), np.asarray(second).reshape(1, -1, 4)
    size = np.minimum(first[..., 2:], second[..., 2:]) - np.maximum(first[..., :2], second[..., :2])
    overlap = np.prod(np.maximum(size, 0), -1)
    union = area(first) + area(second) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


def to_pixels(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scales boxes [..., 4] or corners [..., 4, 2] from fractions to pixels."""
    points = np.asarray(points, np.float64)
    scale = np.array([height, width] * (points.shape[-1] // 2), np.float64)
    return points * scale


def to_fractions(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scales boxes [..., 4] or corners [..., 4, 2] from pixels to fractions, float32."""
    points = np.asarray(points, np.float64)
    scale = np.array([height, width] * (points.shape[-1] // 2), np.float64)
    return (points / scale).astype(np.float32)
