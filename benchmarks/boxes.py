"""The two ways to a plate's box that the model reports the mean of."""

import keras

from plate_seg.models import frames
from plate_seg.models.assembly import Assembly


@keras.saving.register_keras_serializable("benchmarks")
class HeadBoxAssembly(Assembly):
    """`Assembly` that reports the boxes of the second look's box head."""

    def plate_boxes(self, boxes, corners):
        return boxes


@keras.saving.register_keras_serializable("benchmarks")
class CornerBoxAssembly(Assembly):
    """`Assembly` that reports the bounds of the corners."""

    def plate_boxes(self, boxes, corners):
        return frames.bounds(corners)
