"""Homographies from a picture to a square canvas, in pixels (x, y) with the first pixel's centre at (0.5, 0.5)."""

import cv2
import numpy as np

from plate_seg import boxes

NEAREST_DEPTH = 0.1  # points of the picture nearer to the horizon than this (or behind it) are not on the canvas
SLACK = 1e-3  # pixels: what float32 fractions of a picture are uncertain by
HALF_PIXEL = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])


def translation(x: float, y: float) -> np.ndarray:
    """Returns the homography [3, 3] that adds (x, y)."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def move_points(homography: np.ndarray, points: np.ndarray) -> np.ndarray | None:
    """Moves points [..., 2] (x, y); None when one of them lies on or behind the horizon."""
    flat = np.concatenate([points, np.ones_like(points[..., :1])], -1) @ homography.T
    if (flat[..., 2] < NEAREST_DEPTH).any():
        return None
    return flat[..., :2] / flat[..., 2:]


def warp(image: np.ndarray, homography: np.ndarray, canvas: np.ndarray) -> np.ndarray:
    """Draws `image` through `homography` onto `canvas`, in place where the picture reaches; returns the canvas.

    A picture that shrinks is averaged first, so that strokes do not alias.
    """
    height, width = image.shape[:2]
    scale = local_scale(homography, width, height, canvas.shape)
    if scale < 0.8:
        small = max(1, round(width * scale)), max(1, round(height * scale))
        image = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        homography = homography @ np.diag([width / small[0], height / small[1], 1])
    indices = np.linalg.inv(HALF_PIXEL) @ homography @ HALF_PIXEL
    return cv2.warpPerspective(
        image, indices, canvas.shape[1::-1], dst=canvas, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )


def local_scale(homography: np.ndarray, width: int, height: int, canvas_shape: tuple[int, ...]) -> float:
    """Returns by how much lengths grow where the picture's visible part has its middle."""
    back = np.linalg.inv(homography)
    middle = back @ [canvas_shape[1] / 2, canvas_shape[0] / 2, 1]
    x, y = np.clip(middle[:2] / middle[2], 0, [width, height])
    depth = homography[2] @ [x, y, 1]
    return float(np.sqrt(abs(np.linalg.det(homography) / depth**3)))


def visible_share(corners: np.ndarray, width: int, height: int) -> float:
    """Returns how much of a convex quadrangle [4, 2] (x, y) lies in the rectangle from (0, 0)."""
    low, high = corners.min(0), corners.max(0)
    if (low >= 0).all() and (high <= [width, height]).all():
        return 1.0
    if (high <= 0).any() or (low >= [width, height]).any():
        return 0.0
    whole = cv2.contourArea(corners.astype(np.float32))
    canvas = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shared, _ = cv2.intersectConvexConvex(corners.astype(np.float32), canvas)
    return float(shared / whole) if whole > 0 else 0.0


def bounds_px(corners: np.ndarray, width: int, height: int) -> tuple[int, int, int, int]:
    """Returns the whole pixels (left, top, right, bottom) round points (x, y), cut to the rectangle."""
    left, top = np.clip(np.floor(corners.min(0) + SLACK), 0, [width, height]).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(0) - SLACK), 0, [width, height]).astype(int)
    return int(left), int(top), int(right), int(bottom)


def to_xy(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Returns (y, x) fractions [..., 2] as (x, y) pixels, float64."""
    return boxes.to_pixels(points, height, width)[..., ::-1]


def to_yx(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Returns (x, y) pixels [..., 2] as (y, x) fractions, float32."""
    return boxes.to_fractions(points[..., ::-1], height, width)
