"""What readers let in: files that are not hidden, boxes and corners of finite numbers with an area on the picture."""

from pathlib import Path
from reprlib import repr as shortened

import numpy as np

from plate_seg import boxes
from plate_seg.errors import UserError

LEAST_AREA = 0.01  # square pixels: corners are written to hundredths of a pixel


def admit_files(folder: Path) -> list[Path]:
    """Returns what lies under a folder, in order, without hidden files: macOS puts a `._a.jpg` beside `a.jpg`."""
    return sorted(path for path in Path(folder).rglob("*") if not path.name.startswith("."))


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
    except (TypeError, ValueError, OverflowError) as error:
        raise UserError(where, f"box {edges!r}", "give four numbers") from error
    box = np.clip(np.array([top, left, bottom, right]) / [height, width, height, width], 0, 1).astype(np.float32)
    if not (np.isfinite([left, top, right, bottom]).all() and boxes.is_valid(box)):
        numbers = ", ".join(f"{edge:g}" for edge in (left, top, right, bottom))
        problem = f"box from left, top to right, bottom ({numbers}) has no area in a {width:g} x {height:g} picture"
        raise UserError(where, problem, "correct or remove it")
    return box


def admit_corners(where: object, points: list, height: int, width: int) -> np.ndarray:
    """Returns corners [4, 2] (y, x) as fractions, of four points [x, y] in pixels.

    Raises:
        UserError: not four points, or one is more than a picture's size off the picture, or they enclose nothing.
    """
    try:
        pixels = np.asarray(points, np.float64).reshape(4, 2)
    except (TypeError, ValueError, OverflowError) as error:
        raise _refused(where, points, "are not four", "give four points [x, y] in pixels, or null") from error
    if not all(-width <= x <= 2 * width and -height <= y <= 2 * height for x, y in pixels.tolist()):
        problem = f"are far off a {width} x {height} picture"
        raise _refused(where, points, problem, "give four points [x, y] in pixels, or null")
    (across, down), (back, up) = (pixels[2:] - pixels[:2]).tolist()  # the diagonals
    if abs(across * up - down * back) / 2 < LEAST_AREA:
        raise _refused(where, points, "enclose nothing", "give them clockwise from the plate's own top left, or null")
    return boxes.to_fractions(pixels[:, ::-1], height, width)


def order_corners(points: np.ndarray) -> np.ndarray:
    """Returns four points [4, 2] (y, x) clockwise, from the one nearest to the top left of their bounds."""
    middle = points.mean(0)
    around = points[np.argsort(np.arctan2(points[:, 0] - middle[0], points[:, 1] - middle[1]))]
    first = np.argmin(((around - points.min(0)) / np.maximum(np.ptp(points, axis=0), 1e-9)).sum(1))
    return np.roll(around, -first, 0).astype(np.float32)


def _refused(where: object, points: list, problem: str, remedy: str) -> UserError:
    return UserError(where, f"corners {shortened(points)} {problem}", remedy)
