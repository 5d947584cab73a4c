"""W and M as the dies of plates cut them: four even strokes, whose middle often ends short of the letter's edge.

The faces of books take the middle from edge to edge, and give both letters more room than a plate has.
"""

from dataclasses import dataclass

import cv2
import numpy as np

SCALE = 4  # drawn so many times as large, then shrunk: the edges come out smooth
WIDEST_STROKE = 0.17  # over the letter's width: four strokes leave gaps between them
SIGNS = "WM"


@dataclass(frozen=True)
class Zigzag:
    """How one plate's W and M are cut.

    Args:
        width: over that of an H.
        reach: of the middle, over the letter's height.
        lean_w, lean_m: how far a side stroke comes inwards, over the letter's width.
    """

    width: float
    reach: float
    lean_w: float
    lean_m: float

    def shape(self, sign: str, upright: np.ndarray) -> np.ndarray:
        """Returns the coverage of a sign of `SIGNS`, uint8 [height, width].

        Args:
            upright: coverage of an H of the face that it stands with, whose height and stroke it takes.
        """
        height, width = upright.shape[0], round(upright.shape[1] * self.width)
        stroke = max(2, min(_stem(upright), round(WIDEST_STROKE * width)))
        lean = self.lean_w if sign == "W" else self.lean_m
        drawn = _drawn(height, width, stroke, self.reach, lean)
        return drawn if sign == "W" else np.ascontiguousarray(drawn[::-1])


def choose_zigzag(rng: np.random.Generator) -> Zigzag:
    """Returns how the W and M of one plate are cut."""
    ranges = ((0.85, 1.35), (0.4, 1.0), (0.04, 0.22), (0.0, 0.08))
    return Zigzag(*(float(rng.uniform(*ends)) for ends in ranges))


def _drawn(height, width, stroke, reach, lean):
    """Returns a W, [height, width]."""
    tall, wide, thick = height * SCALE, width * SCALE, stroke * SCALE
    point = thick * 0.35  # of a line's round end; what is beyond the edge is cut flat
    top, foot = (thick / 2 - 0.2 * lean * wide, -0.2 * tall), (thick / 2 + lean * wide, tall - point)
    corners = [top, foot, (wide / 2, tall * (1 - reach) + point), (wide - foot[0], foot[1]), (wide - top[0], top[1])]
    sheet = np.zeros((tall, wide), np.uint8)
    cv2.polylines(sheet, [np.round(corners).astype(np.int32)], False, 255, thick)
    return cv2.resize(sheet, (width, height), interpolation=cv2.INTER_AREA)


def _stem(upright):
    """Returns the thickness of the left stem of an H, in its pixels."""
    row = upright[upright.shape[0] // 4] > 127
    edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8)))
    return int(edges[1] - edges[0]) if edges.size else 0
