"""A sample to a training picture: a random view round one of its plates, then random light and noise.

Crowds are blurred away: what is in them counts neither way. No mirroring, since letters do not survive it. Everything
follows from the generator that is given.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from plate_seg import boxes
from plate_seg.data import geometry
from plate_seg.data.movement import move_sample
from plate_seg.data.notices import add_notices
from plate_seg.data.photometry import change_photometry
from plate_seg.data.sample import Plate, Sample

GREY = 127  # where a letterboxed picture does not reach
LARGEST_PLATE = 0.95  # of the canvas, so that two-line plates fit in height, too
LOOSE_TURN = 0.3  # of the turn of pictures whose plates have upright boxes alone: 10 degrees add 70 % to the height
COVERING = 0.7  # share of views moved so that the picture fills as much of the canvas as it can


@dataclass(frozen=True)
class AugmentConfig:
    """How strongly training pictures are changed.

    Args:
        plate_widths: least and largest width of the chosen plate, fractions of the canvas (24 and 430 of 480 pixels).
        largest_zoom: pictures are not enlarged beyond this.
        least_cover: pictures are not shrunk until their longer side is less than this share of the canvas.
        aspect: largest log stretch of width against height.
        squeezed_share, squeezed_aspect: of a share of the views, a larger one: plates seen from the side or from above.
        degrees, shear: largest turn and slant.
        wild_share, wild_degrees, wild_shear: of a share of the pictures whose plates' corners are known, larger ones.
        perspective: largest change of depth from the plate to the canvas edge.
        cut_share: of the pictures whose plate may be cut by the edge.
        visible: plates of which less remains in view are blurred away.
        smallest_px: likewise plates whose longer side is less.
        photometry: 0 for none, 1 for the usual chance of each change.
        cutout: share of pictures with patches over what is not plate.
        notices: texts that are no plates put on a scene, on the average, see `notices.add_notices`.
    """

    plate_widths: tuple[float, float] = (0.05, 0.9)
    largest_zoom: float = 3.0
    least_cover: float = 0.6
    aspect: float = 0.15
    squeezed_share: float = 0.0
    squeezed_aspect: float = 0.8
    degrees: float = 10.0
    shear: float = 0.1
    wild_share: float = 0.1
    wild_degrees: float = 60.0
    wild_shear: float = 0.4
    perspective: float = 0.2
    cut_share: float = 0.1
    visible: float = 0.6
    smallest_px: float = 8.0
    photometry: float = 1.0
    cutout: float = 0.1
    notices: float = 0.0

    def __post_init__(self):
        least, largest = self.plate_widths
        if not 0 < least <= largest <= 1:
            raise ValueError(f"plate_widths {self.plate_widths}: give 0 < least <= largest <= 1")
        for name in ("least_cover", "squeezed_share", "wild_share", "cut_share", "visible", "cutout"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name)}: give a share from 0 to 1")
        lengths = ("aspect", "squeezed_aspect", "degrees", "shear", "wild_degrees", "wild_shear", "smallest_px")
        for name in (*lengths, "photometry", "notices"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} {getattr(self, name)}: give 0 or more")
        if not 0 <= self.perspective < 0.5 or self.largest_zoom <= 0:
            raise ValueError(f"perspective {self.perspective}, largest_zoom {self.largest_zoom}: out of range")


def for_tile(strength: AugmentConfig) -> AugmentConfig:
    """Returns the strength for a view of half the size: plates are no smaller, on the whole, than those of one view."""
    least, largest = strength.plate_widths
    return replace(strength, plate_widths=(min(2 * least, largest), largest))


def fit(sample: Sample, image: np.ndarray, size: int) -> tuple[np.ndarray, tuple[Plate, ...], np.ndarray]:
    """Letterboxes a picture into the top left of a grey square, its longer side `size`, nothing else changed.

    Returns:
        What `augment` returns.
    """
    scale = size / max(sample.height, sample.width)
    canvas = np.full((size, size, 3), GREY, np.uint8)
    return move_sample(sample, image, np.diag([scale, scale, 1.0]), canvas, visible=0, smallest=0)


def augment(
    sample: Sample, image: np.ndarray, rng: np.random.Generator, size: int, strength: AugmentConfig
) -> tuple[np.ndarray, tuple[Plate, ...], np.ndarray]:
    """Draws a random view of a picture.

    Args:
        image: uint8 RGB [height, width, 3], the sample's picture.
        size: of the square canvas, pixels.

    Returns:
        uint8 RGB [size, size, 3]; the plates in it, as fractions of it, their masks in its pixels; and the strokes,
        uint8 [size, size], 1 where a known character mask is.
    """
    shown = replace(sample, plates=tuple(plate for plate in sample.plates if not plate.crowd))
    homography = draw_homography(shown, rng, size, strength)
    if strength.notices and sample.scene:
        image = add_notices(rng, image, sample.plates, strength.notices)
    canvas = _background(image, rng, size)
    picture, plates, strokes = move_sample(sample, image, homography, canvas, strength.visible, strength.smallest_px)
    if rng.random() < strength.cutout:
        picture = _cut_out(picture, plates, rng)
    return change_photometry(picture, rng, strength.photometry), plates, strokes


def draw_homography(sample: Sample, rng: np.random.Generator, size: int, strength: AugmentConfig) -> np.ndarray:
    """Returns a random homography [3, 3], picture to canvas, that shows one of the plates at a random width."""
    frame = _frame(sample, rng)
    center = frame.mean(0)
    turned = _linear(sample, rng, strength)
    width = np.exp(rng.uniform(*np.log(strength.plate_widths))) * size
    if not sample.plates:  # the frame is the whole picture: from all of it to a close look
        width = size * np.exp(rng.uniform(np.log(0.6), np.log(3)))
    scale = min(width / np.linalg.norm(frame[1] - frame[0]), strength.largest_zoom)
    if sample.scene:  # a crop has to be shrunk: it is all plate
        scale = max(scale, strength.least_cover * size / max(sample.height, sample.width))
    depth = rng.uniform(-strength.perspective, strength.perspective, 2) / size
    tilt = np.array([[1, 0, 0], [0, 1, 0], [*depth, 1]])
    flat = turned @ np.diag([scale, scale, 1]) @ geometry.translation(*-center)
    if sample.plates:
        extent = np.ptp(geometry.move_points(flat, frame), axis=0).max()
        flat = np.diag([min(1, LARGEST_PLATE * size / extent)] * 2 + [1]) @ flat
    return geometry.translation(*_offset(sample, flat, tilt, frame, rng, size, strength)) @ tilt @ flat


def _frame(sample: Sample, rng: np.random.Generator) -> np.ndarray:
    """Returns the corners [4, 2] (x, y) pixels of a random plate, or of the whole picture where there is none."""
    if not sample.plates:
        return geometry.to_xy(boxes.corners([0, 0, 1, 1]), sample.height, sample.width)
    plate = sample.plates[rng.integers(len(sample.plates))]
    corners = boxes.corners(plate.box) if plate.corners is None else plate.corners
    return geometry.to_xy(corners, sample.height, sample.width)


def _linear(sample: Sample, rng: np.random.Generator, strength: AugmentConfig) -> np.ndarray:
    """Returns turn, slant and stretch [3, 3] round the origin.

    A turn makes the upright box round an upright box too large where the plate itself is tilted: then less of it. A
    stretch leaves it as it is.
    """
    degrees, shear, aspect = strength.degrees, strength.shear, strength.aspect
    if strength.squeezed_share and rng.random() < strength.squeezed_share:
        aspect = strength.squeezed_aspect
    if all(plate.corners is not None for plate in sample.plates):
        if rng.random() < strength.wild_share:
            degrees, shear = strength.wild_degrees, strength.wild_shear
    elif sample.scene:
        degrees *= LOOSE_TURN
    angle = np.deg2rad(rng.uniform(-degrees, degrees))
    stretch = np.exp(rng.uniform(-aspect, aspect) / 2)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    slant = np.array([[1, rng.uniform(-shear, shear), 0], [0, 1, 0], [0, 0, 1]])
    return turn @ slant @ np.diag([stretch, 1 / stretch, 1])


def _offset(sample, flat, tilt, frame, rng, size, strength) -> np.ndarray:
    """Returns where on the canvas (x, y) the middle of the plate comes: anywhere that leaves the plate inside."""
    whole = geometry.to_xy(boxes.corners([0, 0, 1, 1]), sample.height, sample.width)
    whole = geometry.move_points(flat, whole)
    covering = np.sort([-whole.min(0), size - whole.max(0)], axis=0)
    if not sample.plates:
        return rng.uniform(*covering)
    corners = geometry.move_points(tilt @ flat, frame)
    slack = 0.3 * np.ptp(corners, axis=0) if rng.random() < strength.cut_share else 0
    inside = np.sort([-corners.min(0) - slack, size - corners.max(0) + slack], axis=0)
    if rng.random() < COVERING:
        inside = np.clip(covering, *inside)
    return rng.uniform(*inside)


def _background(image: np.ndarray, rng: np.random.Generator, size: int) -> np.ndarray:
    """Returns a canvas [size, size, 3]: plain, a gradient, blotches, noise, or the picture beyond recognition."""
    cells = int(rng.choice([1, 2, 6, 40]))
    if rng.random() < 0.4:
        coarse = cv2.resize(image, (cells, min(cells, 6)), interpolation=cv2.INTER_AREA)
    else:
        coarse = rng.integers(0, 256) + rng.integers(-40, 41, (cells, cells, 3 if rng.random() < 0.5 else 1))
        coarse = np.broadcast_to(np.clip(coarse, 0, 255).astype(np.uint8), (cells, cells, 3))
    return cv2.resize(np.ascontiguousarray(coarse), (size, size), interpolation=cv2.INTER_LINEAR)


def _cut_out(image: np.ndarray, plates: tuple[Plate, ...], rng: np.random.Generator) -> np.ndarray:
    """Covers up to three rectangles that touch no plate."""
    size = len(image)
    for _ in range(rng.integers(1, 4)):
        extent = rng.uniform(0.05, 0.35, 2)
        corner = rng.uniform(0, 1 - extent)
        patch = np.concatenate([corner, corner + extent])
        color = rng.integers(0, 256, 3)
        if not any(boxes.iou(patch, plate.box).any() for plate in plates):
            top, left, bottom, right = (patch * size).astype(int)
            image[top:bottom, left:right] = color
    return image
