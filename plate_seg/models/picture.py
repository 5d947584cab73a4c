"""The way into the graph: a picture of any size to the plate head's canvas and to crops of it.

Both start from the picture's halves where it is much larger than they are. Halving a photograph costs more than a
convolution, so only the halves that something is read from are made.
"""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models import roi_align

LEVELS = 4  # the picture and its half, quarter and eighth: a plate of 1,280 px still meets bins of its own size
COARSEST = 2 ** (LEVELS - 1)  # px of the picture on a side of the last one's cells
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


def reached(images: tf.Tensor, frames: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Cuts out what sampling any level of the pyramid at frames reads.

    Args:
        images: [B, H, W, 3].
        frames: [rois, 3, 2], fractions of the images; they may reach past them.

    Returns:
        The part [B, h, w, 3] of all images, and the frames as fractions of it. The halves of the part are parts of the
        images' halves: it begins and ends with whole cells of the coarsest. Along an axis that cannot be divided into
        those, it is all there is.
    """
    extent = tf.cast(tf.shape(images)[1:3], tf.float32)
    cells = extent / COARSEST
    first, last = tf.split(affine.bounds(tf.reshape(affine.corners(frames), [-1, 2])), 2)
    first = tf.clip_by_value(tf.floor(first * cells) - 1, 0.0, cells - 1)  # one more, for interpolation
    last = tf.clip_by_value(tf.math.ceil(last * cells) + 1, first + 1, cells)
    is_divisible = tf.floor(cells) == cells
    first = tf.where(is_divisible, first * COARSEST, 0.0)
    last = tf.where(is_divisible, last * COARSEST, extent)
    top, left, bottom, right = tf.unstack(tf.cast(tf.concat([first, last], 0), tf.int32))
    windows = tf.stack([-first, extent]) / (last - first)
    return images[:, top:bottom, left:right], affine.within(frames, windows)


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

    Where the canvas has grown, the picture stands on it a second time below, half as large: a plate that fills a large
    picture is larger on such a canvas than any that was learnt.

    Call with [B, H, W, 3], 0..255. Returns the canvas [B, h, w, 3] in -1..1, h and w multiples of 32; and its windows
    [2, 2, 2], each the first corner and the size (down, across) of what shows the picture, fractions of the canvas. A
    second one that is not there begins at the canvas's end.
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
        canvas, windows = _once(shrunk, extent)
        if self.largest > self.side:
            canvas, windows = tf.cond(
                longest > ORDINARY, lambda: _twice(canvas, shrunk, extent), lambda: (canvas, windows)
            )
        canvas.set_shape([None, None, None, 3])
        size = tf.cast(tf.shape(canvas)[1:3], tf.float32)
        return canvas, windows / size

    def get_config(self):
        return {**super().get_config(), "side": self.side, "largest": self.largest}


def _once(shrunk, extent):
    """Returns the canvas of a picture [B, *extent, 3] and its windows, pixels."""
    canvas = _pad(shrunk, extent, [0, 0], _whole(extent))
    height, width = tf.unstack(tf.shape(canvas)[1:3])
    return canvas, tf.cast([[[0, 0], extent], [[height, 0], [height, width]]], tf.float32)


def _twice(canvas, shrunk, extent):
    """The same with the picture once more, half as large, below a stride of grey."""
    height, width = tf.unstack(tf.shape(canvas)[1:3])
    half = (extent + 1) // 2
    below = _pad(tf.image.resize(shrunk, half), half, [STRIDE, 0], tf.stack([_whole(half[0]), width]))
    windows = tf.cast([[[0, 0], extent], [[height + STRIDE, 0], half]], tf.float32)
    return tf.concat([canvas, below], 1), windows


def _whole(length):
    """Returns the next multiple of the stride; of no negative number, on which not all runtimes agree."""
    return (length + STRIDE - 1) // STRIDE * STRIDE


def _pad(picture, extent, before, room):
    """Pads a picture [B, *extent, 3] with grey: `before` [2] at the top and left, and from there up to `room` [2]."""
    after = room - extent
    padded = tf.pad(picture, [[0, 0], [before[0], after[0]], [before[1], after[1]], [0, 0]])
    height, width = tf.unstack(before + room)
    return tf.reshape(padded, [-1, height, width, 3])  # TensorFlow Lite forgets the channels at the branches


@keras.saving.register_keras_serializable("plate_seg")
class CropPixels(keras.layers.Layer):
    """RoIAlign off the picture itself, or off the half of it whose pixels fit the bins.

    Only what is read is halved.

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
        images, frames = reached(images, frames)
        branches = [
            lambda count=count: roi_align.sample_frames(pyramid(images, count), frames, rois, self.size)
            for count in range(1, LEVELS + 1)
        ]
        crops = switch(tf.reduce_max(octaves), branches)
        crops.set_shape([None, *self.size, 3])
        return crops

    def get_config(self):
        return {**super().get_config(), "size": self.size}
