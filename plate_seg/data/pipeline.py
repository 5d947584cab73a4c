"""Samples to batches: weighted sources, augmentation and padding, as a tf.data set that is the same for a seed.

A batch is `(inputs, truth)`. Inputs: `images` uint8 [B, side, side, 3], `plate_corners` [B, PLATES, 4, 2],
`plate_boxes` [B, PLATES, 4], `is_complete` bool [B, PLATES]. Truth: the last three again, `box_counts` and
`knows_corners` bool [B, PLATES], `characters` [B, PLATES, CHARACTERS, 4, 2], `labels` int32 and `has_mask` bool
[B, PLATES, CHARACTERS], `strokes` uint8 [B, side, side, 1]. Coordinates are fractions; rows without a plate are zero,
and their labels -1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from plate_seg import boxes
from plate_seg.data.augment import AugmentConfig, augment, fit, for_tile
from plate_seg.data.mosaic import TILES, View, join
from plate_seg.data.pictures import read_picture
from plate_seg.data.repaint import repaint
from plate_seg.data.sample import Plate, Sample

PLATES = 8  # a picture with more keeps the largest
CHARACTERS = 12  # a plate with more counts as one whose characters are unknown

_INPUTS = ("images", "plate_corners", "plate_boxes", "is_complete")
_SHAPES = {
    "images": ((None, None, 3), np.uint8),
    "plate_corners": ((PLATES, 4, 2), np.float32),
    "plate_boxes": ((PLATES, 4), np.float32),
    "box_counts": ((PLATES,), np.bool_),
    "knows_corners": ((PLATES,), np.bool_),
    "is_complete": ((PLATES,), np.bool_),
    "characters": ((PLATES, CHARACTERS, 4, 2), np.float32),
    "labels": ((PLATES, CHARACTERS), np.int32),
    "has_mask": ((PLATES, CHARACTERS), np.bool_),
    "strokes": ((None, None, 1), np.uint8),
}


@dataclass(frozen=True)
class Source:
    """Samples that share a weight.

    Args:
        weight: how often training draws from them, against the other sources.
        repainted: share of the draws whose plates are covered by rendered ones; for photographs.
        photometry: as in `AugmentConfig`; rendered scenes have light, blur and noise of their own.
    """

    samples: Sequence[Sample]
    weight: float = 1.0
    repainted: float = 0.0
    photometry: float = 1.0


def training_batches(
    sources: Sequence[Source],
    side: int,
    batch: int,
    seed: int,
    mosaic: float = 0.0,
    strength: AugmentConfig | None = None,
    start: int = 0,
) -> tf.data.Dataset:
    """Returns an endless set of augmented batches; batch n is the same whenever it is drawn.

    Args:
        mosaic: share of pictures that are made of four views, each of half the size, two of one sample and two of
            another.
        start: index of the first batch, for a run that resumes.
    """
    strength = strength or AugmentConfig()
    strengths = [replace(strength, photometry=source.photometry) for source in sources]
    tile_strengths = [for_tile(each) for each in strengths]
    chances = np.array([source.weight if source.samples else 0.0 for source in sources])
    chances = chances / chances.sum()

    def make(index: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng([seed, index])
        if rng.random() >= mosaic:
            return pack(*views(rng, 1, side, strengths)[0])
        pairs = [views(rng, 2, side // 2, tile_strengths) for _ in range(TILES // 2)]
        return pack(*join([*pairs[0], *pairs[1]], side))

    def views(rng: np.random.Generator, count: int, size: int, strengths: Sequence[AugmentConfig]) -> list[View]:
        """Draws a sample and views of it: reading a picture costs as much as a view."""
        chosen = rng.choice(len(sources), p=chances)
        source = sources[chosen]
        sample = source.samples[rng.integers(len(source.samples))]
        image = read_picture(sample.path)
        if sample.scene and rng.random() < source.repainted:
            sample, image = repaint(sample, image, rng)
        return [augment(sample, image, rng, size, strengths[chosen]) for _ in range(count)]

    indices = tf.data.Dataset.range(start * batch, 2**62)
    return _batches(indices, make, side, batch)


def validation_batches(samples: Sequence[Sample], side: int, batch: int) -> tf.data.Dataset:
    """Returns every sample once, letterboxed, unchanged otherwise."""

    def make(index: int) -> dict[str, np.ndarray]:
        return pack(*fit(samples[index], read_picture(samples[index].path), side))

    return _batches(tf.data.Dataset.range(len(samples)), make, side, batch)


def pack(image: np.ndarray, plates: Sequence[Plate], strokes: np.ndarray) -> dict[str, np.ndarray]:
    """Pads one picture's truth to the arrays of a batch, without the batch axis."""
    arrays = {name: np.zeros(shape, kind) for name, (shape, kind) in _SHAPES.items() if None not in shape}
    arrays["labels"] -= 1
    largest = sorted(plates, key=lambda plate: -boxes.area(plate.box))[:PLATES]
    for row, plate in enumerate(largest):
        _pack_plate(arrays, row, plate)
    return {**arrays, "images": image, "strokes": strokes[..., None]}


def _pack_plate(arrays, row, plate):
    arrays["plate_boxes"][row] = plate.box
    arrays["plate_corners"][row] = boxes.corners(plate.box) if plate.corners is None else plate.corners
    arrays["box_counts"][row] = plate.box_counts
    arrays["knows_corners"][row] = plate.corners is not None
    arrays["is_complete"][row] = plate.complete and len(plate.characters) <= CHARACTERS
    for column, character in enumerate(plate.characters[:CHARACTERS]):
        arrays["characters"][row, column] = character.corners
        arrays["labels"][row, column] = character.label
        arrays["has_mask"][row, column] = character.mask is not None


def _batches(indices: tf.data.Dataset, make: Callable[[int], dict], side: int, batch: int) -> tf.data.Dataset:
    names, kinds = list(_SHAPES), [kind for _, kind in _SHAPES.values()]

    def listed(index: np.int64) -> list[np.ndarray]:
        arrays = make(int(index))
        return [arrays[name] for name in names]

    def load(index):
        arrays = tf.numpy_function(listed, [index], kinds)
        for array, (shape, _) in zip(arrays, _SHAPES.values(), strict=True):
            array.set_shape([side if axis is None and row < 2 else axis for row, axis in enumerate(shape)])
        truth = dict(zip(names, arrays, strict=True))
        inputs = {name: truth[name] for name in _INPUTS}
        del truth["images"]
        return inputs, truth

    return indices.map(load, num_parallel_calls=2).batch(batch).prefetch(3)
