"""A picture being drawn and the camera that looks at it: shapes in metres round a plate, projected and painted."""

from dataclasses import dataclass

import cv2
import numpy as np

from plate_seg.data.glyphs import resize_coverage, words


@dataclass(frozen=True)
class View:
    """A pinhole camera before a vehicle whose plate's centre is the origin; x right, y down, z away, metres.

    Args:
        rotation: [3, 3] of the vehicle.
        distance: from camera to plate, metres.
        focal_px: pixels.
        centre_px: (x, y) where the plate's centre appears.
    """

    rotation: np.ndarray
    distance: float
    focal_px: float
    centre_px: tuple[float, float]

    def project(self, points: np.ndarray) -> np.ndarray:
        """Returns pixels [n, 2] (x, y) of points [n, 3] in metres."""
        seen = np.asarray(points, np.float64) @ self.rotation.T
        depth = np.maximum(seen[:, 2:] + self.distance, 0.3)
        return seen[:, :2] / depth * self.focal_px + self.centre_px


def turn(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Returns the rotation of a vehicle, angles in degrees: about the vertical, the horizontal, the line of sight."""
    yaw, pitch, roll = np.deg2rad([yaw, pitch, roll])
    about_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    about_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    about_z = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return np.array(about_z) @ np.array(about_x) @ np.array(about_y)


def rounded(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> np.ndarray:
    """Returns the outline [n, 2] (x, y) of a rectangle with round corners."""
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    if radius <= 0:
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    arc = np.linspace(0, np.pi / 2, 5)
    outline = []
    for x, y, start in (
        (right - radius, top + radius, -np.pi / 2),
        (right - radius, bottom - radius, 0),
        (left + radius, bottom - radius, np.pi / 2),
        (left + radius, top + radius, np.pi),
    ):
        outline += [[x + radius * np.cos(start + angle), y + radius * np.sin(start + angle)] for angle in arc]
    return np.array(outline)


def disc(x: float, y: float, across: float, down: float | None = None) -> np.ndarray:
    """Returns the outline [24, 2] of an ellipse with the given half axes."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return np.stack([x + across * np.cos(angles), y + (down or across) * np.sin(angles)], 1)


def smooth(outline: np.ndarray, times: int = 2) -> np.ndarray:
    """Rounds the corners of a closed outline [n, 2] by cutting them (Chaikin 1974)."""
    for _ in range(times):
        following = np.roll(outline, -1, 0)
        outline = np.stack([0.75 * outline + 0.25 * following, 0.25 * outline + 0.75 * following], 1).reshape(-1, 2)
    return outline


@dataclass(frozen=True)
class Stage:
    """A picture under construction, uint8 RGB [height, width, 3], seen through a view."""

    image: np.ndarray
    view: View

    def project(self, outline: np.ndarray, depth: float | np.ndarray = 0.0) -> np.ndarray:
        """Returns pixels [n, 2] (x, y) of an outline [n, 2] on the plane z = `depth`, or at a depth for each point."""
        outline = np.asarray(outline, np.float64)
        return self.view.project(np.column_stack([outline, np.broadcast_to(depth, len(outline))]))

    def fill(self, outline: np.ndarray, colour, depth: float = 0.0, opacity: float = 1.0, colour_below=None) -> None:
        """Paints an outline; with `colour_below` it fades from `colour` at its top."""
        paint(self.image, self.project(outline, depth), colour, opacity, colour_below)

    def mirrored(self, outline: np.ndarray, colour, **options) -> None:
        """Paints an outline and its mirror image about x = 0."""
        self.fill(outline, colour, **options)
        self.fill(np.asarray(outline) * (-1, 1), colour, **options)

    def line(self, start, end, colour, metres: float, depth: float = 0.0) -> None:
        """Draws a straight bar of a thickness in metres."""
        first, second = self.project(np.array([start, end]), depth)
        pixels = max(1, round(metres * self.view.focal_px / self.view.distance))
        cv2.line(self.image, *_fixed(first, second), [int(value) for value in colour], min(pixels, 60), cv2.LINE_AA, 3)

    def write(self, text: str, font, frame: tuple, colour, depth: float = 0.0) -> None:
        """Draws a text that fills a frame (left, top, right, bottom), metres."""
        quad = self.project(rounded(*frame), depth)
        stamp(self.image, words(font, text), quad, colour)


def paint(image: np.ndarray, outline_px: np.ndarray, colour, opacity: float = 1.0, colour_below=None) -> None:
    """Fills a polygon [n, 2] (x, y), blended, fading down to `colour_below` if given; in place."""
    if opacity >= 1 and colour_below is None:
        points = np.clip(outline_px * 8, -200_000, 200_000).astype(np.int32)
        cv2.fillPoly(image, [points], [int(value) for value in colour], cv2.LINE_AA, 3)
        return
    window = _clip(outline_px, image.shape)
    if window is None:
        return
    top, left, bottom, right = window
    view = image[top:bottom, left:right]
    mask = np.zeros(view.shape[:2], np.uint8)
    points = np.clip((outline_px - (left, top)) * 8, -200_000, 200_000).astype(np.int32)
    cv2.fillPoly(mask, [points], round(255 * opacity), cv2.LINE_AA, 3)
    blend(view, mask, _fade(colour, colour_below, top, bottom, outline_px[:, 1]))


def stamp(image: np.ndarray, coverage: np.ndarray, quad_px: np.ndarray, colour) -> None:
    """Draws a coverage, such as a text, on a quad [4, 2] (x, y); in place."""
    window = _clip(quad_px, image.shape)
    if window is None:
        return
    top, left, bottom, right = window
    size = np.ptp(quad_px, axis=0)
    share = min(1.0, max(size[0] / coverage.shape[1], size[1] / coverage.shape[0]))
    small = resize_coverage(coverage, max(2, int(coverage.shape[0] * share)), max(2, int(coverage.shape[1] * share)))
    height, width = small.shape
    source = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    homography = cv2.getPerspectiveTransform(source, (quad_px - (left, top)).astype(np.float32))
    mask = cv2.warpPerspective(small, homography, (right - left, bottom - top))
    blend(image[top:bottom, left:right], mask, np.float32(colour)[None, None])


def blend(view: np.ndarray, mask: np.ndarray, colours: np.ndarray) -> None:
    """Mixes colours, [height or 1, 1, 3] of 0 to 255, into a uint8 view where a uint8 mask says; in place."""
    share = cv2.merge([mask, mask, mask])
    sheet = np.empty_like(share)
    sheet[:] = colours
    kept = cv2.multiply(np.ascontiguousarray(view), cv2.bitwise_not(share), scale=1 / 255)
    view[:] = cv2.add(kept, cv2.multiply(sheet, share, scale=1 / 255))


def _fade(colour, colour_below, top: int, bottom: int, rows_px: np.ndarray) -> np.ndarray:
    first = np.float32(colour)[None, None]
    if colour_below is None:
        return first
    low, high = rows_px.min(), max(rows_px.max(), rows_px.min() + 1)
    ramp = np.clip((np.arange(top, bottom, dtype=np.float32) - low) / (high - low), 0, 1)[:, None, None]
    return (first + (np.float32(colour_below) - first) * ramp).astype(np.float32)


def _clip(points_px: np.ndarray, shape: tuple) -> tuple[int, int, int, int] | None:
    left, top = np.maximum(np.floor(points_px.min(0)) - 1, 0)
    right, bottom = np.minimum(np.ceil(points_px.max(0)) + 2, (shape[1], shape[0]))
    return (int(top), int(left), int(bottom), int(right)) if bottom > top and right > left else None


def _fixed(*points) -> list[tuple[int, int]]:
    """Returns points as fixed-point numbers with three bits of fraction."""
    return [tuple(np.clip(point * 8, -200_000, 200_000).astype(int).tolist()) for point in points]
