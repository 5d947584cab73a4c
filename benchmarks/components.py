"""The plain way to characters: connected components of the class map, without centres and offsets."""

import cv2
import keras
import numpy as np
import tensorflow as tf

from plate_seg.models.assembly import Assembly
from plate_seg.models.grouping import reading_order

LEAST_CELLS = 6  # a smaller component is a speck
KEYS = ("is_character", "classes", "scores", "boxes", "cells")


@keras.saving.register_keras_serializable("benchmarks")
class ComponentAssembly(Assembly):
    """`Assembly` whose characters are the connected foreground of the class map; needs Python, so it has no export."""

    def group(self, maps):
        height, width = maps["class_logits"].shape[1:3]
        classes = tf.nn.softmax(maps["class_logits"])
        kinds = [tf.bool, tf.int32, tf.float32, tf.float32, tf.uint8]
        found = dict(zip(KEYS, tf.numpy_function(self._all, [classes], kinds), strict=True))
        shapes = {"boxes": [4], "cells": [height, width]}
        for name, rows in found.items():
            rows.set_shape([None, self.characters, *shapes.get(name, [])])
        order, is_character = reading_order(found["boxes"], found["is_character"])
        found = {name: tf.gather(rows, order, batch_dims=1) for name, rows in found.items()}
        number = tf.range(1, self.characters + 1, dtype=tf.int32)[:, None, None]
        cells = tf.reduce_max(tf.cast(found.pop("cells"), tf.int32) * number, 1)
        scale = tf.constant([height, width, height, width], tf.float32)
        return {
            **found,
            "boxes": found["boxes"] / scale,
            "is_character": is_character,
            "numbers": cells,
        }

    def _all(self, classes):
        return [np.stack(rows) for rows in zip(*(components(crop, self.characters) for crop in classes), strict=True)]


def components(classes: np.ndarray, count: int) -> tuple[np.ndarray, ...]:
    """Returns the largest connected components of one crop, padded to `count`.

    Args:
        classes: float [h, w, 1 + 37], chances, none first.

    Returns:
        `is_character` bool [count], `classes` int32 [count] (-1 pads), `scores` [count], `boxes` [count, 4] and `cells`
        uint8 [count, h, w], 1 where the component is.
    """
    height, width = classes.shape[:2]
    labels = np.argmax(classes, -1)
    _, parts, stats, _ = cv2.connectedComponentsWithStats((labels > 0).astype(np.uint8), connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    largest = [part + 1 for part in np.argsort(-areas)[:count] if areas[part] >= LEAST_CELLS]
    found = np.zeros(count, bool), np.full(count, -1, np.int32), np.zeros(count, np.float32)
    boxes, cells = np.zeros((count, 4), np.float32), np.zeros((count, height, width), np.uint8)
    for row, part in enumerate(largest):
        inside = parts == part
        mean = classes[inside][:, 1:].mean(0)
        left, top, across, down = stats[part, :4]
        found[0][row], found[1][row], found[2][row] = True, np.argmax(mean), mean.max()
        boxes[row], cells[row] = (top, left, top + down, left + across), inside
    return *found, boxes, cells
