"""One picture and what is known of its plates: the type that every reader, renderer and measure shares.

Coordinates are (y, x) as fractions of the picture; only a `Mask` is in pixels of the picture as stored.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from plate_seg import boxes

RENDERED = "rendered"  # the source of drawn scenes, whose truth is exact


@dataclass(frozen=True)
class Mask:
    """The visible strokes of one character, in a window of the picture.

    Args:
        top, left: the window's first row and column, pixels; the window lies inside the picture.
        pixels: bool [height, width].
    """

    top: int
    left: int
    pixels: np.ndarray


@dataclass(frozen=True)
class Character:
    """One character of a plate.

    Args:
        label: class index of the alphabet.
        box: [4], upright, round the visible strokes.
        corners: [4, 2], the character's own frame where it is known (rendered plates); else the box's corners.
        mask: None where strokes are unknown.
    """

    label: int
    box: np.ndarray
    corners: np.ndarray = None
    mask: Mask | None = None

    def __post_init__(self):
        if self.corners is None:
            object.__setattr__(self, "corners", boxes.corners(self.box))


@dataclass(frozen=True)
class Plate:
    """One plate.

    Args:
        box: [4], upright.
        corners: [4, 2] clockwise from the plate's own top left, or None.
        characters: in reading order.
        complete: True when every readable character of the plate is among `characters`.
        text: characters in reading order, `*` where one is painted over; None if unknown.
        lines: 1, 2 or None.
        crowd: COCO's `iscrowd`: neither found nor missed counts.
        box_counts: False where the box does not hold the plate as the boxes of its source do; training then takes no
            box from it.
    """

    box: np.ndarray
    corners: np.ndarray | None = None
    characters: tuple[Character, ...] = ()
    complete: bool = False
    text: str | None = None
    lines: int | None = None
    vehicle: str | None = None
    country: str | None = None
    crowd: bool = False
    box_counts: bool = True


@dataclass(frozen=True)
class Sample:
    """One picture on disk with its plates.

    Args:
        path: the picture.
        height, width: pixels, after EXIF rotation.
        source: the part of the data set it came from, for measures per source.
        scene: False for a crop of one plate whose box is the whole picture.
    """

    path: Path
    height: int
    width: int
    plates: tuple[Plate, ...] = field(default_factory=tuple)
    source: str = ""
    scene: bool = True
