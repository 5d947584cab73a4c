"""Perfect maps of a crop of 32 x 80 cells with drawn characters, for the tests of grouping."""

import numpy as np
import tensorflow as tf

from plate_seg.alphabet import encode as index_of
from plate_seg.alphabet import text
from plate_seg.models.grouping import group
from plate_seg.models.mask_head import UNIT

HEIGHT, WIDTH = 32, 80


def draw(characters, gaps=()):
    """Perfect maps of one crop for characters (label, top, left, bottom, right) in cells; `gaps` are not foreground."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    class_logits = np.zeros((HEIGHT, WIDTH, 38), "float32")
    class_logits[..., 0] = 12
    heat = np.full((HEIGHT, WIDTH), -8.0)
    offsets, sizes = np.zeros((2, HEIGHT, WIDTH, 2))
    for label, top, left, bottom, right in characters:
        inside = (y > top) & (y < bottom) & (x > left) & (x < right)
        centre, half = np.array([top + bottom, left + right]) / 2, np.array([bottom - top, right - left]) / 2
        class_logits[inside] = 0
        class_logits[inside, 1 + index_of(label)] = 12
        offsets[inside] = (centre - np.stack([y, x], -1)[inside]) / UNIT
        sizes[inside] = half / UNIT
        bump = 4 - 12 * (((y - centre[0] - 0.1) / half[0]) ** 2 + ((x - centre[1] - 0.1) / half[1]) ** 2)
        heat = np.maximum(heat, np.where(inside, bump, -8))
    for top, left, bottom, right in gaps:
        class_logits[top:bottom, left:right] = 0
        class_logits[top:bottom, left:right, 0] = 12
    strokes = np.repeat(np.repeat(np.where(class_logits[..., 0] < 5, 5.0, -5.0), 2, 0), 2, 1)
    maps = {
        "class_logits": class_logits,
        "centre_logits": heat,
        "offsets": offsets,
        "sizes": sizes,
        "stroke_logits": strokes,
    }
    return {name: tf.constant(rows[None], tf.float32) for name, rows in maps.items()}


def read(maps, count=12):
    return text(group(maps, count)["classes"][0].numpy())


def line(word, top=6, left=4, height=18, width=7, pitch=8):
    return [(label, top, left + n * pitch, top + height, left + n * pitch + width) for n, label in enumerate(word)]
