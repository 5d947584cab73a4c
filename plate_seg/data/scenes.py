"""A random number to a street scene with plates and its exact truth."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plate_seg import boxes
from plate_seg.data.camera import expose
from plate_seg.data.cars import draw_car
from plate_seg.data.clutter import add_overlays, add_signs
from plate_seg.data.designs import Design, pick
from plate_seg.data.layouts import draw_design
from plate_seg.data.legibility import is_legible
from plate_seg.data.motorbikes import draw_motorbike
from plate_seg.data.paste import paste_plate
from plate_seg.data.plates import draw_plate
from plate_seg.data.sample import Plate
from plate_seg.data.stage import Stage, View, paint, rounded, turn
from plate_seg.data.surroundings import draw_surroundings

NO_PLATE, SEVERAL = 0.08, 0.15  # shares of scenes
SMALLEST_PX, TYPICAL_PX, LARGEST_PX = (30, 45), 92, 400  # widths of plates at 640 px
EXPOSURES = 4  # pictures taken of a scene, at most, until every plate in it can be read
TRIES = 8  # places tried for one more vehicle before it is left out


def render_scene(
    rng: np.random.Generator, height: int, width: int, layouts: Sequence[str] | None = None
) -> tuple[np.ndarray, tuple[Plate, ...]]:
    """Draws a scene.

    Args:
        height, width: pixels.
        layouts: names out of `layouts.LAYOUTS`; all if None.

    Returns:
        The picture, uint8 RGB [height, width, 3], and the plates in it with every visible character.
    """
    image = draw_surroundings(rng, height, width)
    add_signs(rng, image)
    plates: list[Plate] = []
    for _ in range(_number_of_plates(rng)):
        image = _add_vehicle(rng, image, plates, layouts)
    if not plates and rng.random() < 0.6:
        _add_bare_vehicle(rng, image)
    printed = image.copy()
    add_overlays(rng, printed)
    if not _changed(image, printed, plates):
        image = printed
    return _photograph(rng, image, plates)


def _photograph(rng: np.random.Generator, drawn: np.ndarray, plates: list[Plate]) -> tuple[np.ndarray, tuple]:
    """Takes the picture, and takes it again if a plate came out past reading.

    A plate that is past reading in the best picture, too, counts as one whose characters are unknown.
    """
    softness = _softness(plates, drawn.shape[1])
    best, best_legible = None, []
    for _ in range(EXPOSURES):
        taken = expose(rng, drawn, softness)
        legible = [is_legible(taken, plate) for plate in plates]
        if best is None or sum(legible) > sum(best_legible):
            best, best_legible = taken, legible
        if all(legible):
            break
    return best, tuple(replace(plate, complete=can) for plate, can in zip(plates, best_legible, strict=True))


def _softness(plates: list[Plate], width: int) -> float:
    """Returns how much blur the smallest plate stands: all of it from 100 px on."""
    return min([1.0, *(max(0.3, float(plate.box[3] - plate.box[1]) * width / 100) for plate in plates)])


def _number_of_plates(rng: np.random.Generator) -> int:
    chance = rng.random()
    if chance < NO_PLATE:
        return 0
    return int(rng.integers(2, 5)) if chance < NO_PLATE + SEVERAL else 1


def _add_vehicle(rng: np.random.Generator, image: np.ndarray, plates: list[Plate], layouts) -> np.ndarray:
    """Draws one more vehicle where it hides no plate drawn before, and hangs its plate on it."""
    design = draw_design(rng, layouts)
    vehicle = pick(rng, design.vehicles) if rng.random() < 0.85 else None
    plate = draw_plate(rng, design)
    for _ in range(TRIES):
        view = _choose_view(rng, image.shape, design.size_mm, shrink=0.6 if plates else 1.0)
        quad = _quad(rng, view, design.size_mm)
        if _overlaps(quad, image.shape, plates):
            continue
        drawn = image.copy() if plates else image
        _draw_vehicle(rng, Stage(drawn, view), vehicle, design)
        _shade_behind(rng, drawn, quad)
        drawn, truth = paste_plate(rng, drawn, quad, plate, gain=_gain(rng), blur_px=float(rng.gamma(1.2, 0.3)))
        if not plates or not _changed(image, drawn, plates):
            plates.append(replace(truth, vehicle=vehicle))
            return drawn
    return image


def _choose_view(rng: np.random.Generator, shape: tuple, size_mm: tuple[int, int], shrink: float) -> View:
    """Returns a camera that sees the whole plate, 30 to 400 px wide, mostly from before."""
    height, width = shape[:2]
    long_side = max(height, width)
    widest = min(LARGEST_PX * long_side / 640, 0.85 * width, 0.8 * height * size_mm[0] / size_mm[1])
    smallest = rng.uniform(*SMALLEST_PX) * long_side / 640
    usual = np.exp(rng.normal(np.log(TYPICAL_PX * long_side / 640), 0.5)) * shrink
    across = np.clip(usual, smallest, max(widest, smallest))
    wild = 1.0 if rng.random() < 0.3 else 0.4
    yaw, pitch, roll = np.clip(rng.normal(0, (24, 13, 9)) * wild, (-45, -25, -20), (45, 25, 20))
    focal = long_side * rng.uniform(0.9, 2.5)
    metres = size_mm[0] / 1000
    reach_x, reach_y = across * 0.6, across * 0.6 * max(size_mm[1] / size_mm[0], 0.35)
    centre = (
        _place(rng, reach_x, width, 0.5),
        _place(rng, reach_y, height, 0.62),
    )
    return View(turn(yaw, pitch + rng.uniform(0, 8), roll), focal * metres / across, focal, centre)


def _place(rng: np.random.Generator, reach: float, size: float, middle: float) -> float:
    """Returns where a plate's centre falls: about `middle` more often than elsewhere, never cut by the edge."""
    spot = rng.normal(middle, 0.2) * size if rng.random() < 0.7 else rng.uniform(0, size)
    return float(np.clip(spot, min(reach + 2, size / 2), max(size - reach - 2, size / 2)))


def _quad(rng: np.random.Generator, view: View, size_mm: tuple[int, int]) -> np.ndarray:
    """Returns the plate's corners [4, 2] (y, x), pixels, hung a little askew on its vehicle."""
    half_width, half_height = size_mm[0] / 2000, size_mm[1] / 2000
    flat = rounded(-half_width, -half_height, half_width, half_height)
    askew = turn(*rng.normal(0, (2, 4, 1.2)))
    points = np.concatenate([flat, np.zeros((4, 1))], 1) @ askew.T
    return view.project(points)[:, ::-1]


def _shade_behind(rng: np.random.Generator, image: np.ndarray, quad: np.ndarray) -> None:
    """Darkens a rim beside the plate: the shadow that it throws on what it hangs on; in place."""
    if rng.random() < 0.4:
        size = np.ptp(quad[:, 1])
        shift = rng.normal(0, 0.015, 2) * size + (0, 0.012 * size)
        paint(image, quad[:, ::-1] + shift, (6, 6, 8), float(rng.uniform(0.25, 0.8)))


def _overlaps(quad: np.ndarray, shape: tuple, plates: list[Plate]) -> bool:
    """True if a quad (y, x), pixels, comes within its own size of a plate drawn before: no use to draw its vehicle."""
    top, left, bottom, right = boxes.to_fractions(boxes.bounds(quad), *shape[:2])
    tall, wide = bottom - top, right - left
    grown = np.array([[top - tall, left - wide, bottom + tall, right + wide]])
    return any(boxes.iou(grown, plate.box[None])[0, 0] > 0 for plate in plates)


def _changed(before: np.ndarray, after: np.ndarray, plates: list[Plate]) -> bool:
    """True if any pixel round a plate drawn before is another one now: what was drawn hides or touches it."""
    for plate in plates:
        top, left, bottom, right = boxes.to_pixels(plate.box, *before.shape[:2])
        window = slice(max(int(top) - 3, 0), int(bottom) + 4), slice(max(int(left) - 3, 0), int(right) + 4)
        if not np.array_equal(before[window], after[window]):
            return True
    return False


def _draw_vehicle(rng: np.random.Generator, stage: Stage, vehicle: str | None, design: Design) -> None:
    size = design.size_mm[0] / 1000, design.size_mm[1] / 1000
    if vehicle == "motorbike":
        draw_motorbike(rng, stage, size)
    elif vehicle is not None:
        draw_car(rng, stage, size)


def _add_bare_vehicle(rng: np.random.Generator, image: np.ndarray) -> None:
    """Draws a vehicle whose plate is missing."""
    view = _choose_view(rng, image.shape, (330, 165), 1.0)
    pick(rng, (draw_car, draw_motorbike))(rng, Stage(image, view), (0.33, 0.165))


def _gain(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.85, 1.1) if rng.random() < 0.7 else rng.uniform(0.4, 1.2))
