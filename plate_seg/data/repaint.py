"""Rendered plates over the real ones of a photograph: real surroundings with exact masks and every letter.

A plate whose corners are unknown is covered by its whole upright box. Where people box plates loosely the new one then
is boxed tighter than its like, so its box does not count: nothing in the picture says which of the two is asked for.
"""

from dataclasses import replace

import numpy as np

from plate_seg import boxes
from plate_seg.data.layouts import draw_design
from plate_seg.data.paste import paste_plate
from plate_seg.data.plates import draw_plate
from plate_seg.data.sample import Plate, Sample

GROWTH = 0.03  # of the plate's size on every side, so that no edge of the old plate shows
DRAWS = 6  # designs to choose from by aspect; more would leave few layouts for plates that are seen askew


def repaint(sample: Sample, image: np.ndarray, rng: np.random.Generator) -> tuple[Sample, np.ndarray]:
    """Returns the sample and its picture with every plate replaced by a rendered one; crowds stay.

    Args:
        image: uint8 RGB [height, width, 3], the sample's picture; not changed.
    """
    plates = []
    for plate in sample.plates:
        if plate.crowd:
            plates.append(plate)
            continue
        corners_px = _quad(plate, sample.height, sample.width)
        design = _fitting_design(rng, corners_px)
        image, pasted = paste_plate(rng, image, corners_px, draw_plate(rng, design))
        plates.append(replace(pasted, box_counts=plate.corners is not None))
    return replace(sample, plates=tuple(plates)), image


def _quad(plate: Plate, height: int, width: int) -> np.ndarray:
    """Returns the plate's corners [4, 2] (y, x) pixels, grown a little."""
    corners = boxes.corners(plate.box) if plate.corners is None else plate.corners
    corners_px = boxes.to_pixels(corners, height, width)
    centre = corners_px.mean(0)
    return centre + (corners_px - centre) * (1 + 2 * GROWTH)


def _fitting_design(rng: np.random.Generator, corners_px: np.ndarray):
    """Returns the design, out of a few drawn, whose aspect is nearest to the quad's."""
    sides = np.linalg.norm(corners_px - np.roll(corners_px, -1, 0), axis=1)
    aspect = np.log(max(sides[0] + sides[2], 1.0) / max(sides[1] + sides[3], 1.0))
    designs = [draw_design(rng) for _ in range(DRAWS)]
    return min(designs, key=lambda design: abs(np.log(design.size_mm[0] / design.size_mm[1]) - aspect))
