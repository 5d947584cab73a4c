"""The way into the graph: a picture of any size to the plate head's canvas and to crops of it.

Both start from the picture's halves where it is much larger than they are. Halving a photograph costs more than a
convolution, so only the halves that something is read from are made.
"""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from plate_seg.models import roi_align

LEVELS = 4  # the picture and its half, quarter and eighth: a plate of 1,280 px still meets bins of its own size
ORDINARY = 640  # px; a larger picture shows more at once, and its plates smaller
STRIDE = 32  # a canvas is a multiple of the coarsest map's stride


def pyramid(images: tf.Tensor, count: int) -> list[tf.Tensor]:
    """Returns [B, H, W, 3], 0..255, and its half, quarter and so on by area, `count` pictures in all.

    All hold whole numbers. Linear resizing to half of an even size is the mean of four pixels, and does without a float
    copy of the picture.
    """
    levels = [images]
    while len(levels) < count:
        half = (tf.shape(levels[-1])[1:3] + 1) // 2
        levels.append(tf.cast(tf.cast(tf.image.resize(levels[-1], half) + 0.5, tf.uint8), images.dtype))
    return levels


def switch(index: tf.Tensor, branches: Sequence[Callable[[], tf.Tensor]]) -> tf.Tensor:
    """Does what `tf.switch_case` does for an index within range, by conditions, which TensorFlow Lite has as well."""
    first, *others = branches
    return tf.cond(index == 0, first, lambda: switch(index - 1, others)) if others else first()


@keras.saving.register_keras_serializable("plate_seg")
class Letterbox(keras.layers.Layer):
    """Shrinks a picture onto a canvas, keeping its aspect, and pads the canvas with grey at the bottom and right.

    Args:
        side: longest side of the picture on the canvas, pixels; a smaller picture is not enlarged.
        largest: the same of large pictures: in between, the canvas grows with what a picture has beyond `ORDINARY`
            pixels, so that small plates on it keep theirs.

    Call with [B, H, W, 3], 0..255. Returns the canvas [B, h, w, 3] in -1..1, h and w multiples of 32; the picture's
    extent (height, width) on it, [2] pixels; and its share of the canvas (down, across), [2].
    """

    def __init__(self, side: int, largest: int = 0, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.side, self.largest = side, max(side, largest)

    def call(self, images):
        shape = tf.cast(tf.shape(images)[1:3], tf.float32)
        longest = tf.reduce_max(shape)
        side = tf.clip_by_value(longest * self.side / ORDINARY, self.side, self.largest)
        scale = tf.minimum(1.0, side / longest)
        extent = tf.maximum(tf.cast(tf.round(shape * scale), tf.int32), 1)
        octave = tf.cast(tf.math.log(1.0 / scale + 1e-3) / tf.math.log(2.0), tf.int32)
        branches = [
            lambda count=count: tf.image.resize(pyramid(images, count)[-1], extent) for count in range(1, LEVELS + 1)
        ]
        shrunk = switch(tf.minimum(octave, LEVELS - 1), branches) / 127.5 - 1
        padding = (STRIDE - extent % STRIDE) % STRIDE  # of no negative number: not all runtimes agree on that
        canvas = tf.pad(shrunk, [[0, 0], [0, padding[0]], [0, padding[1]], [0, 0]])
        height, width = tf.unstack(extent + padding)
        canvas = tf.reshape(canvas, [-1, height, width, 3])  # TensorFlow Lite forgets the channels at the branches
        extent = tf.cast(extent, tf.float32)
        return canvas, extent, extent / tf.cast(tf.shape(canvas)[1:3], tf.float32)

    def get_config(self):
        return {**super().get_config(), "side": self.side, "largest": self.largest}


@keras.saving.register_keras_serializable("plate_seg")
class CropPixels(keras.layers.Layer):
    """RoIAlign off the picture itself, or off the half of it whose pixels fit the bins.

    Args:
        size: bins down and across.

    Call with [B, H, W, 3], 0..255, frames [rois, 3, 2] and the image of each, int32 [rois]. Returns
    [rois, *size, 3], 0..255.
    """

    def __init__(self, size: tuple[int, int], **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.size = tuple(size)

    def call(self, images, frames, rois):
        octaves = roi_align.fitting_level(frames, tf.shape(images)[1:3], self.size, LEVELS)
        branches = [
            lambda count=count: roi_align.sample_frames(pyramid(images, count), frames, rois, self.size)
            for count in range(1, LEVELS + 1)
        ]
        crops = switch(tf.reduce_max(octaves), branches)
        crops.set_shape([None, *self.size, 3])
        return crops

    def get_config(self):
        return {**super().get_config(), "size": self.size}
