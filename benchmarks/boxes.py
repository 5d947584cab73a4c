"""Other ways to boxes: a plate's of the second look alone, a character's whatever its strokes."""

import keras

from plate_seg.models.assembly import Assembly


@keras.saving.register_keras_serializable("benchmarks")
class LookBoxAssembly(Assembly):
    """`Assembly` that reports the second look's boxes."""

    def plate_boxes(self, boxes, corners, proposals):
        return boxes


@keras.saving.register_keras_serializable("benchmarks")
class FrameBoxAssembly(Assembly):
    """`Assembly` that reports the upright boxes round the characters' frames."""

    def character_boxes(self, boxes, masks, mask_boxes):
        return boxes
