"""A flat plate onto a quad of a picture: its pixels matched to what is there, its truth carried along exactly."""

from dataclasses import dataclass

import cv2
import numpy as np

from plate_seg import boxes
from plate_seg.data.plates import RenderedGlyph, RenderedPlate
from plate_seg.data.sample import Character, Mask, Plate

STROKE = 0.4  # share of a pixel that strokes must cover; at 0.5 strokes of one pixel break up
UNREADABLE = 0.45  # a character of which less is visible is not labelled


@dataclass(frozen=True)
class WarpedPlate:
    """A plate in the geometry of a picture.

    Args:
        top, left: of the window, pixels of the picture.
        image: uint8 [height, width, 3].
        alpha: float32 [height, width], 0 to 1.
        plate: the truth.
    """

    top: int
    left: int
    image: np.ndarray
    alpha: np.ndarray
    plate: Plate


def paste_plate(
    rng: np.random.Generator,
    image: np.ndarray,
    corners_px: np.ndarray,
    plate: RenderedPlate,
    gain: float | None = None,
    blur_px: float | None = None,
) -> tuple[np.ndarray, Plate]:
    """Returns a copy of `image` with the plate on the quad `corners_px`, and the plate's truth.

    Args:
        image: uint8 RGB [height, width, 3].
        corners_px: [4, 2] (y, x), clockwise from the plate's own top left; may reach outside the picture.
        gain: what the plate's brightness is multiplied by; None matches what the quad shows now.
        blur_px: sigma of the blur; None draws one such as photographs have.

    Raises:
        ValueError: the quad misses the picture.
    """
    warped = warp_plate(plate, corners_px, image.shape[:2])
    rows = slice(warped.top, warped.top + warped.image.shape[0])
    columns = slice(warped.left, warped.left + warped.image.shape[1])
    window = image[rows, columns].astype(np.float32)
    face = _lit(rng, warped, window, gain)
    alpha = warped.alpha
    sigma = _usual_blur(rng, corners_px) if blur_px is None else blur_px
    if sigma > 0.25:
        face, alpha = cv2.GaussianBlur(face, (0, 0), sigma), cv2.GaussianBlur(alpha, (0, 0), min(sigma, 1.0))
    if gain is None:
        face += rng.normal(0, _noise_of(window), face.shape)
    pasted = image.copy()
    pasted[rows, columns] = np.clip(window + (face - window) * alpha[..., None], 0, 255).astype(np.uint8)
    return pasted, warped.plate


def warp_plate(plate: RenderedPlate, corners_px: np.ndarray, shape: tuple[int, int]) -> WarpedPlate:
    """Maps a plate and its truth onto a quad, with area sampling; nothing about light.

    Args:
        corners_px: [4, 2] (y, x), pixel edges: a picture's own corners are 0 and its size.
        shape: height and width of the picture.

    Raises:
        ValueError: the quad misses the picture.
    """
    corners_px = np.asarray(corners_px, np.float64)
    window = _window(corners_px, shape)
    scale, homography = _homography(plate, corners_px)
    flat = _shrink(plate.image, scale)
    image = _warp(flat, homography, window, cv2.BORDER_REPLICATE)
    alpha = _warp(_shrink(plate.alpha, scale), homography, window).astype(np.float32) / 255
    frames = _map_frames(plate, corners_px)
    warped = (
        _character(glyph, frame, plate.alpha.shape, scale, homography, window, shape)
        for glyph, frame in zip(plate.glyphs, frames, strict=True)
    )
    return WarpedPlate(window[0], window[1], image, alpha, _truth(plate, corners_px, shape, tuple(warped)))


def _window(corners_px: np.ndarray, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    low, high = np.floor(corners_px.min(0)) - 2, np.ceil(corners_px.max(0)) + 2
    top, left = np.maximum(low, 0).astype(int)
    bottom, right = np.minimum(high, shape).astype(int)
    if bottom <= top or right <= left:
        raise ValueError(f"the quad {corners_px.tolist()} misses a picture of {shape}")
    return int(top), int(left), int(bottom), int(right)


def _homography(plate: RenderedPlate, corners_px: np.ndarray) -> tuple[float, np.ndarray]:
    """Returns how far to shrink the sheet first, and the map from the shrunken sheet to the picture (x, y, edges)."""
    height, width = plate.alpha.shape
    sides = np.linalg.norm(corners_px - np.roll(corners_px, -1, 0), axis=1)
    scale = min(1.0, max(max(sides[0], sides[2]) / width, max(sides[1], sides[3]) / height))
    small_height, small_width = max(2, round(height * scale)), max(2, round(width * scale))
    source = np.float32([[0, 0], [small_width, 0], [small_width, small_height], [0, small_height]])
    return scale, cv2.getPerspectiveTransform(source, corners_px[:, ::-1].astype(np.float32))


def _shrink(flat: np.ndarray, scale: float) -> np.ndarray:
    if scale >= 1:
        return flat
    size = max(2, round(flat.shape[1] * scale)), max(2, round(flat.shape[0] * scale))
    return cv2.resize(flat, size, interpolation=cv2.INTER_AREA)


def _warp(flat: np.ndarray, homography: np.ndarray, window: tuple, border: int = cv2.BORDER_CONSTANT) -> np.ndarray:
    top, left, bottom, right = window
    to_edges = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    to_window = np.array([[1, 0, -left - 0.5], [0, 1, -top - 0.5], [0, 0, 1]])
    return cv2.warpPerspective(flat, to_window @ homography @ to_edges, (right - left, bottom - top), borderMode=border)


def _map_frames(plate: RenderedPlate, corners_px: np.ndarray) -> np.ndarray:
    """Returns the characters' frames [characters, 4, 2] (y, x) in pixels of the picture."""
    height, width = plate.alpha.shape
    source = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    homography = cv2.getPerspectiveTransform(source, corners_px[:, ::-1].astype(np.float32))
    frames = boxes.corners(np.array([glyph.frame for glyph in plate.glyphs], np.float32).reshape(-1, 4))
    if not len(frames):
        return frames
    points = frames[..., ::-1].reshape(-1, 1, 2).astype(np.float64)
    return cv2.perspectiveTransform(points, homography).reshape(-1, 4, 2)[..., ::-1]


def _character(
    glyph: RenderedGlyph,
    frame_px: np.ndarray,
    sheet: tuple,
    scale: float,
    homography: np.ndarray,
    window: tuple,
    shape: tuple,
) -> Character | None:
    """Returns one character's truth; None if too little of it can be seen."""
    top, left, bottom, right = glyph.frame
    flat = np.zeros(sheet, np.uint8)
    flat[top:bottom, left:right] = glyph.visible
    near = _inside(frame_px, window)
    if glyph.share < UNREADABLE or near is None:
        return None
    mask = _warp(_shrink(flat, scale), homography, near) >= STROKE * 255
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not rows.size or _cut(frame_px, shape) > 1 - UNREADABLE:
        return None
    mask = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    row, column = near[0] + int(rows[0]), near[1] + int(columns[0])
    box_px = [row, column, row + mask.shape[0], column + mask.shape[1]]
    return Character(
        glyph.label,
        boxes.to_fractions(np.array(box_px), *shape),
        boxes.to_fractions(frame_px, *shape),
        Mask(row, column, np.ascontiguousarray(mask)),
    )


def _inside(frame_px: np.ndarray, window: tuple) -> tuple[int, int, int, int] | None:
    """Returns the part of the window that a character's frame reaches."""
    low, high = np.floor(frame_px.min(0)).astype(int) - 2, np.ceil(frame_px.max(0)).astype(int) + 2
    near = max(window[0], low[0]), max(window[1], low[1]), min(window[2], high[0]), min(window[3], high[1])
    return tuple(int(edge) for edge in near) if near[0] < near[2] and near[1] < near[3] else None


def _cut(frame_px: np.ndarray, shape: tuple[int, int]) -> float:
    """Returns the share of a character's upright box that lies outside the picture."""
    box = boxes.bounds(frame_px)
    kept = np.clip(box, 0, [*shape, *shape])
    return 1 - float(boxes.area(kept) / max(boxes.area(box), 1e-6))


def _truth(plate: RenderedPlate, corners_px: np.ndarray, shape: tuple[int, int], found: tuple) -> Plate:
    text = "".join(
        "*" if character is None else glyph.character for glyph, character in zip(plate.glyphs, found, strict=True)
    )
    corners = boxes.to_fractions(corners_px, *shape)
    return Plate(
        box=np.clip(boxes.bounds(corners), 0, 1),
        corners=corners,
        characters=tuple(character for character in found if character is not None),
        complete=True,
        text=text,
        lines=plate.lines,
        vehicle=plate.design.vehicles[0] if len(plate.design.vehicles) == 1 else None,
        country=plate.design.country or None,
    )


def _lit(rng: np.random.Generator, warped: WarpedPlate, window: np.ndarray, gain: float | None) -> np.ndarray:
    """Returns the plate's pixels under the picture's light: its white and black points and its tint."""
    face = warped.image.astype(np.float32)
    if gain is not None:
        return face * np.float32(gain)
    inside = warped.alpha > 0.5
    if inside.sum() < 8:
        return face
    dark, bright = np.percentile(window[inside], (4, 92), axis=0)
    span = np.maximum(bright - dark, 40)
    white = np.clip((dark + span) * rng.uniform(0.85, 1.1), 45, 255)
    black = np.clip(dark * rng.uniform(0.4, 1.0), 0, 0.6 * white)
    return (black + face / 240 * (white - black)).astype(np.float32)


def _usual_blur(rng: np.random.Generator, corners_px: np.ndarray) -> float:
    """Returns the sigma (pixels) of a blur as photographs have it, less on small plates so that they can be read."""
    across = np.ptp(np.asarray(corners_px, np.float64)[:, 1])
    return float(rng.gamma(1.6, 0.45) * np.clip(across / 100, 0.35, 1.2))


def _noise_of(window: np.ndarray) -> float:
    """Returns the sensor noise (levels) of a window, from its smoothest pixels."""
    grey = window.mean(-1)
    detail = np.abs(grey[1:-1, 1:-1] * 2 - grey[1:-1, :-2] - grey[1:-1, 2:])
    return float(min(10, np.percentile(detail, 20) + 0.01)) if detail.size else 0.01
