"""The way into the graph: a picture of any size to its pyramid of halves, and to the plate head's canvas."""

import keras
import tensorflow as tf

LEVELS = 4  # the picture and its half, quarter and eighth: a plate of 1,280 px still meets bins of its own size
STRIDE = 32  # a canvas is a multiple of the coarsest map's stride


@keras.saving.register_keras_serializable("plate_seg")
class PicturePyramid(keras.layers.Layer):
    """Halves a picture by area: uint8 [B, H, W, 3] to a list of `LEVELS` such pictures, the first untouched."""

    def __init__(self, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)

    def call(self, images):
        levels = [images]
        for _ in range(LEVELS - 1):
            halved = tf.nn.avg_pool2d(tf.cast(levels[-1], tf.float32), 2, 2, "SAME")
            levels.append(tf.cast(halved + 0.5, tf.uint8))
        return levels


@keras.saving.register_keras_serializable("plate_seg")
class Letterbox(keras.layers.Layer):
    """Shrinks a picture onto a canvas, keeping its aspect, and pads the canvas with grey at the bottom and right.

    Args:
        side: longest side of the picture on the canvas, pixels; a smaller picture is not enlarged.

    Call with a `PicturePyramid`. Returns the canvas [B, h, w, 3] in -1..1, h and w multiples of 32; the picture's
    extent (height, width) on it, [2] pixels; and its share of the canvas (down, across), [2].
    """

    def __init__(self, side: int, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.side = side

    def call(self, levels):
        shape = tf.cast(tf.shape(levels[0])[1:3], tf.float32)
        scale = tf.minimum(1.0, self.side / tf.reduce_max(shape))
        extent = tf.maximum(tf.cast(tf.round(shape * scale), tf.int32), 1)
        octave = tf.cast(tf.math.log(1.0 / scale + 1e-3) / tf.math.log(2.0), tf.int32)
        branches = [lambda level=level: tf.image.resize(level, extent) for level in levels]
        shrunk = tf.switch_case(tf.minimum(octave, LEVELS - 1), branches) / 127.5 - 1
        padding = -extent % STRIDE
        canvas = tf.pad(shrunk, [[0, 0], [0, padding[0]], [0, padding[1]], [0, 0]])
        canvas.set_shape([None, None, None, 3])
        extent = tf.cast(extent, tf.float32)
        return canvas, extent, extent / tf.cast(tf.shape(canvas)[1:3], tf.float32)

    def get_config(self):
        return {**super().get_config(), "side": self.side}
