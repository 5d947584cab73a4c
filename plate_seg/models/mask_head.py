"""Mask head: the pixels of a plate's crop to maps of its characters, and to the plate's own refined shape.

An encoder-decoder with skip connections. It works at half of the crop's resolution, where the two lines of a motorbike
plate keep a dozen rows each; only the stroke map has every pixel. The encoder ends with the plate's shape, so that
crops which turn out to show no plate need no decoder.
References: Ronneberger et al., U-Net, 2015; Cheng et al., Panoptic-DeepLab, 2020 (centres and offsets).
"""

import keras
import tensorflow as tf
from keras import layers

from plate_seg.alphabet import NUM_CLASSES
from plate_seg.models.blocks import conv, dense, predict, residual

CELL = 2  # crop pixels a cell of the maps, down and across
UNIT = 8.0  # cells; offsets and sizes are predicted in this unit, which brings them to about one
CONTEXT = 8  # crop pixels a cell of the pyramid features that join
SHAPE_VALUES = 13  # score, box (4), corners (8)


def encode(crops, context) -> tuple:
    """Builds the encoder.

    Args:
        crops: [rois, height, width, 3], pixels 0..255.
        context: [rois, height / 8, width / 8, channels], pyramid features under the same bins.

    Returns:
        `plate_shape` [rois, 13] for `plate_shape.decode`, and the features that `decode` takes: a list of
        [rois, height / n, width / n, channels] for n of 2, 4, 8 and 16.
    """
    pixels = SpaceToDepth(CELL, name="crop_cells")(Standardize(name="crop_standardize")(crops))
    return encode_cells(pixels, context)


def encode_cells(cells, context) -> tuple:
    """Builds the encoder as `encode` does, over what is known of each cell.

    Args:
        cells: [rois, height / 2, width / 2, values].
        context: as there.
    """
    half = conv(cells, 32, "mask_encode2a")
    half = conv(half, 32, "mask_encode2b")
    quarter = residual(half, 64, "mask_encode4", strides=2)
    eighth = residual(quarter, 96, "mask_encode8", strides=2)
    eighth = conv(layers.Concatenate(name="mask_context")([eighth, context]), 96, "mask_join8", 1)
    sixteenth = residual(eighth, 128, "mask_encode16", strides=2)
    return _plate_shape(eighth, sixteenth), [half, quarter, eighth, sixteenth]


def decode(features: list) -> dict:
    """Builds the decoder.

    Args:
        features: what `encode` returns.

    Returns:
        `class_logits` [rois, h, w, 1 + 37] (none first), `centre_logits` [rois, h, w], `offsets` and `sizes`
        [rois, h, w, 2] (down, across, units of `UNIT` cells) at half the crop's height and width;
        `stroke_logits` [rois, height, width].
    """
    half, quarter, eighth, sixteenth = features
    eighth = _decode(sixteenth, eighth, 96, "mask_decode8")
    quarter = _decode(eighth, quarter, 64, "mask_decode4")
    half = conv(_decode(quarter, half, 48, "mask_decode2"), 48, "mask_decode2b")
    return _maps(half, quarter)


def _decode(coarse, skip, channels, name):
    raised = layers.UpSampling2D(interpolation="nearest", name=f"{name}_up")(
        conv(coarse, skip.shape[-1], f"{name}_reduce", 1)
    )
    return conv(layers.Concatenate(name=f"{name}_skip")([raised, skip]), channels, name)


def _maps(features, coarse) -> dict:
    features = layers.Activation("linear", dtype="float32", name="mask_maps")(features)  # one cast for five heads
    strokes = DepthToSpace(CELL, name="stroke_pixels")(predict(features, CELL**2, "stroke_cells"))
    return {
        "class_logits": _class_logits(features, coarse),
        "centre_logits": _squeeze(predict(features, 1, "centre_cells", bias=-2.2), "centre_logits"),
        "offsets": predict(features, 2, "offsets"),
        "sizes": predict(features, 2, "sizes", bias=0.4),
        "stroke_logits": _squeeze(strokes, "stroke_logits"),
    }


def _class_logits(features, coarse):
    """Which character a cell belongs to is decided by features that see all of it, where it ends by the finest ones."""
    labels = layers.UpSampling2D(interpolation="bilinear", dtype="float32", name="class_raise")(
        predict(coarse, 1 + NUM_CLASSES, "class_coarse")
    )
    return layers.Add(dtype="float32", name="class_logits")([labels, predict(features, 1 + NUM_CLASSES, "class_fine")])


def _plate_shape(eighth, sixteenth):
    """What is a plate is decided by the coarsest features, where its edges lie by finer ones: crops of two-line plates
    show half as much again beside them, so that an edge can be anywhere."""
    flat = [
        layers.Flatten(name=f"shape_flatten{scale}")(conv(features, channels, f"shape_reduce{scale}", 1))
        for scale, features, channels in ((8, eighth, 24), (16, sixteenth, 48))
    ]
    joined = layers.Concatenate(name="shape_join")(flat)
    features = dense(layers.Reshape((1, 1, joined.shape[-1]), name="shape_map")(joined), 96, "shape")
    small = keras.initializers.RandomNormal(stddev=0.01)
    return layers.Dense(SHAPE_VALUES, kernel_initializer=small, dtype="float32", name="plate_shape")(
        layers.Flatten(name="shape_features")(features)
    )


def _squeeze(features, name):
    return layers.Reshape(features.shape[1:3], name=name, dtype="float32")(features)


@keras.saving.register_keras_serializable("plate_seg")
class Standardize(keras.layers.Layer):
    """Brings each crop to mean 0 and spread 1, so that a dark or washed-out plate looks like any other.

    The spread of a crop without contrast is held at 4 of 255 grey levels.
    """

    def __init__(self, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)

    def call(self, crops):
        mean, variance = tf.nn.moments(crops, [1, 2, 3], keepdims=True)
        return (crops - mean) / tf.maximum(tf.sqrt(variance), 4.0)


@keras.saving.register_keras_serializable("plate_seg")
class SpaceToDepth(keras.layers.Layer):
    """[batch, height, width, channels] to [batch, height / block, width / block, channels * block ** 2]."""

    def __init__(self, block: int, **kwargs):
        super().__init__(**kwargs)
        self.block = block

    def call(self, features):
        return tf.nn.space_to_depth(features, self.block)

    def get_config(self):
        return {**super().get_config(), "block": self.block}


@keras.saving.register_keras_serializable("plate_seg")
class DepthToSpace(keras.layers.Layer):
    """[batch, height, width, channels * block ** 2] to [batch, height * block, width * block, channels]."""

    def __init__(self, block: int, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.block = block

    def call(self, features):
        return tf.nn.depth_to_space(features, self.block)

    def get_config(self):
        return {**super().get_config(), "block": self.block}
