"""A picture and its plates through one homography onto a square canvas: pixels, boxes, corners and masks together."""

from dataclasses import replace

import cv2
import numpy as np

from plate_seg import boxes
from plate_seg.data import geometry
from plate_seg.data.sample import Character, Mask, Plate, Sample
from plate_seg.errors import UserError

CUT = 0.95  # visible share of a character below which it counts as cut, and its plate as incomplete
LOST = 0.5  # visible share below which a cut character cannot be told any more and is left out


def move_sample(
    sample: Sample, image: np.ndarray, homography: np.ndarray, canvas: np.ndarray, visible: float, smallest: float
) -> tuple[np.ndarray, tuple[Plate, ...], np.ndarray]:
    """Draws a sample onto a canvas.

    Args:
        image: uint8 [height, width, 3], the sample's picture.
        homography: [3, 3], picture to canvas, pixels (x, y).
        canvas: uint8 [size, size, 3], shows where the picture does not reach; drawn over.
        visible: plates of which less can be seen are blurred away and left out.
        smallest: likewise plates whose longer side is less, pixels of the canvas; and crowds of any size.

    Returns:
        The canvas; the plates as fractions of it; strokes uint8 [size, size], 1 where a known character mask is.

    Raises:
        UserError: the picture is not of the size that its annotations are for.
    """
    if image.shape[:2] != (sample.height, sample.width):
        problem = (
            f"the picture is {image.shape[1]} x {image.shape[0]}, its annotations say {sample.width} x {sample.height}"
        )
        raise UserError(sample.path, problem, "correct width and height in the annotations")
    size = len(canvas)
    canvas = geometry.warp(image, homography, canvas)
    kept, lost = [], []
    for plate in sample.plates:
        frame = boxes.corners(plate.box) if plate.corners is None else plate.corners
        corners = _moved(frame, sample, homography)
        if corners is None or geometry.visible_share(corners, size, size) == 0:
            continue
        is_seen = geometry.visible_share(corners, size, size) >= visible and np.ptp(corners, axis=0).max() >= smallest
        (kept if is_seen and not plate.crowd else lost).append((plate, corners))
    canvas = _blur_away([corners for _, corners in lost], [corners for _, corners in kept], canvas)
    strokes = np.zeros((size, size), np.uint8)
    for plate, _ in kept:
        _draw_strokes(plate, homography, strokes)
    return canvas, tuple(_move_plate(plate, corners, sample, homography, strokes) for plate, corners in kept), strokes


def _moved(points: np.ndarray, sample: Sample, homography: np.ndarray) -> np.ndarray | None:
    return geometry.move_points(homography, geometry.to_xy(points, sample.height, sample.width))


def _move_plate(
    plate: Plate, corners: np.ndarray, sample: Sample, homography: np.ndarray, strokes: np.ndarray
) -> Plate:
    size = len(strokes)
    characters, is_cut = [], False
    for character in plate.characters:
        frame = _moved(character.corners, sample, homography)
        share = 0.0 if frame is None else geometry.visible_share(frame, size, size)
        is_cut |= share < CUT
        if share >= LOST:
            characters.append(_move_character(character, frame, strokes))
    points = geometry.to_yx(corners, size, size)
    return replace(
        plate,
        box=np.clip(boxes.bounds(points), 0, 1),
        corners=None if plate.corners is None else points,
        characters=tuple(characters),
        complete=plate.complete and not is_cut,
    )


def _move_character(character: Character, frame: np.ndarray, strokes: np.ndarray) -> Character:
    size = len(strokes)
    points = geometry.to_yx(frame, size, size)
    mask = None if character.mask is None else _window(frame, strokes)
    return replace(character, box=np.clip(boxes.bounds(points), 0, 1), corners=points, mask=mask)


def _window(frame: np.ndarray, strokes: np.ndarray) -> Mask:
    """Returns the strokes inside a character's frame; its neighbours' fall away."""
    left, top, right, bottom = geometry.bounds_px(frame, strokes.shape[1], strokes.shape[0])
    inside = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillConvexPoly(inside, np.round((frame - [left + 0.5, top + 0.5]) * 16).astype(np.int32), 1, shift=4)
    return Mask(top, left, (inside & strokes[top:bottom, left:right]).astype(bool))


def _draw_strokes(plate: Plate, homography: np.ndarray, strokes: np.ndarray) -> None:
    """Adds the plate's known masks to `strokes`, in the window that they cover."""
    masks = [character.mask for character in plate.characters if character.mask is not None]
    if not masks:
        return
    top, left = min(mask.top for mask in masks) - 1, min(mask.left for mask in masks) - 1
    bottom = max(mask.top + mask.pixels.shape[0] for mask in masks) + 1
    right = max(mask.left + mask.pixels.shape[1] for mask in masks) + 1
    window = np.zeros((bottom - top, right - left), np.uint8)
    for mask in masks:
        rows, columns = mask.pixels.shape
        window[mask.top - top : mask.top - top + rows, mask.left - left : mask.left - left + columns] |= (
            mask.pixels.view(np.uint8) * np.uint8(255)
        )
    onto = homography @ geometry.translation(left, top)
    frame = np.array([[0, 0], [right - left, 0], [right - left, bottom - top], [0, bottom - top]], np.float64)
    corners = geometry.move_points(onto, frame)
    if corners is None:
        return
    left, top, right, bottom = geometry.bounds_px(corners, *strokes.shape[::-1])
    if left < right and top < bottom:
        piece = np.zeros((bottom - top, right - left), np.uint8)
        piece = geometry.warp(window, geometry.translation(-left, -top) @ onto, piece)
        strokes[top:bottom, left:right] |= (piece > 127).view(np.uint8)


def _blur_away(lost: list[np.ndarray], kept: list[np.ndarray], canvas: np.ndarray) -> np.ndarray:
    """Blurs the quadrangles `lost` beyond recognition, save where `kept` ones lie over them."""
    height, width = canvas.shape[:2]
    for corners in lost:
        corners = corners.mean(0) + (corners - corners.mean(0)) * 1.15  # the frame, too
        left, top, right, bottom = geometry.bounds_px(corners, width, height)
        if left >= right or top >= bottom:
            continue
        window = canvas[top:bottom, left:right]
        area = np.zeros(window.shape[:2], np.uint8)
        cv2.fillConvexPoly(area, np.round(corners - [left, top]).astype(np.int32), 1)
        for other in kept:
            cv2.fillConvexPoly(area, np.round(other - [left, top]).astype(np.int32), 0)
        coarse = cv2.resize(window, (3, 2), interpolation=cv2.INTER_AREA)
        smooth = cv2.resize(coarse, window.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        cv2.copyTo(smooth, area, window)
    return canvas
