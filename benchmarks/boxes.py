"""The other way to a plate's box: round its corners, tight whatever the data set's habit."""

import keras

from plate_seg.models import frames
from plate_seg.models.assembly import Assembly


@keras.saving.register_keras_serializable("benchmarks")
class CornerBoxAssembly(Assembly):
    """`Assembly` that reports the bounds of the corners."""

    def plate_boxes(self, boxes, corners):
        return frames.bounds(corners)
