"""What readers ask of a box before they let it in: finite numbers, and an area inside the picture."""

import numpy as np

from plate_seg import boxes
from plate_seg.errors import UserError


def admit_box(where: object, edges: tuple, height: float, width: float) -> np.ndarray:
    """Returns a box as fractions [4], cut to the picture.

    Args:
        where: file and line or annotation, for the message.
        edges: left, top, right, bottom in the unit of `height` and `width`.

    Raises:
        UserError: an edge is no finite number, or nothing of the box lies in the picture.
    """
    try:
        left, top, right, bottom = (float(edge) for edge in edges)
    except (TypeError, ValueError) as error:
        raise UserError(where, f"box {edges!r}", "give four numbers") from error
    box = np.clip(np.array([top, left, bottom, right]) / [height, width, height, width], 0, 1).astype(np.float32)
    if not (np.isfinite(box).all() and boxes.is_valid(box)):
        numbers = ", ".join(f"{edge:g}" for edge in (left, top, right, bottom))
        problem = f"box from left, top to right, bottom ({numbers}) has no area in a {width:g} x {height:g} picture"
        raise UserError(where, problem, "correct or remove it")
    return box


def order_corners(points: np.ndarray) -> np.ndarray:
    """Returns four points [4, 2] (y, x) clockwise, from the one nearest to the top left of their bounds."""
    middle = points.mean(0)
    around = points[np.argsort(np.arctan2(points[:, 0] - middle[0], points[:, 1] - middle[1]))]
    first = np.argmin(((around - points.min(0)) / np.maximum(np.ptp(points, axis=0), 1e-9)).sum(1))
    return np.roll(around, -first, 0).astype(np.float32)
