"""RoIAlign: values of a feature map, or of a picture's pyramid, at the bin centres of boxes and tilted frames.

Reference: He et al., Mask R-CNN, 2017, section 3, with one bilinear sample a bin.
"""

import keras
import tensorflow as tf

from plate_seg.models import frames as affine


def roi_align(features: tf.Tensor, boxes: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    """Samples `features` at the bin centres of every box.

    Args:
        features: [batch, height, width, channels], covers the whole image.
        boxes: [batch, rois, 4], fractions; parts outside the image read its edge, a zero box reads its top left.
        size: bins down and across.

    Returns:
        [batch, rois, *size, channels], float32.
    """
    batch, rois = tf.shape(boxes)[0], tf.shape(boxes)[1]
    images = tf.repeat(tf.range(batch), rois)
    frames = affine.from_boxes(tf.reshape(boxes, [-1, 4]))
    crops = sample_frames([features], frames, images, size)
    return tf.reshape(crops, [batch, rois, *size, features.shape[-1]])


def sample_frames(
    levels: list[tf.Tensor],
    frames: tf.Tensor,
    images: tf.Tensor,
    size: tuple[int, int],
    windows: tf.Tensor | None = None,
) -> tf.Tensor:
    """Samples a pyramid at the bin centres of tilted frames, each from the level whose cells fit its bins.

    Args:
        levels: maps [batch, height, width, channels] of the same image, each about half as large as the one before.
        frames: [rois, 3, 2], fractions of the image.
        images: int32 [rois], the image that each frame lies on.
        size: bins down and across.
        windows: where the levels show the image that each frame is of, if not everywhere: first corner and size (down,
            across) [rois, 2, 2], fractions of the levels.

    Returns:
        [rois, *size, channels], float32. Positions outside are clamped to the edge.
    """
    frames = frames if windows is None else affine.within(frames, windows)
    shapes = tf.stack([tf.shape(level)[1:3] for level in levels])  # [levels, 2]
    chosen = fitting_level(frames, shapes[0], size, len(levels))  # [rois]
    rows = tf.concat([tf.reshape(level, [-1, level.shape[-1]]) for level in levels], axis=0)
    cells = tf.reduce_prod(shapes, axis=1)
    starts = tf.cumsum(cells * tf.shape(levels[0])[0], exclusive=True)
    base = tf.gather(starts, chosen) + images * tf.gather(cells, chosen)  # [rois]
    extent = tf.gather(shapes, chosen)[..., None, None]  # [rois, 2, 1, 1]
    places = affine.spread(frames, *size)
    if windows is not None:
        half, (first, length) = 0.5 / tf.cast(extent, tf.float32), tf.unstack(windows[..., None, None], axis=1)
        low, high = first + half, first + length - half
        places = [tf.minimum(tf.maximum(place, low[:, axis]), high[:, axis]) for axis, place in enumerate(places)]
    return _bilinear(rows, base[:, None, None], tf.unstack(extent, axis=1), places)


def fitting_level(frames, shape, size, count):
    """Returns which of `count` halvings [rois] of a map of `shape` cells has cells nearest to a bin in size."""
    pixels = frames[:, 1:, :] * tf.cast(shape, tf.float32)
    lengths = tf.norm(pixels, axis=-1) / tf.constant([size[1], size[0]], tf.float32)  # cells a bin, across and down
    octave = tf.math.log(tf.maximum(tf.reduce_max(lengths, -1), 1.0)) / tf.math.log(2.0)
    return tf.minimum(tf.cast(octave + 0.5, tf.int32), count - 1)


def _bilinear(rows, base, extent, places):
    """Reads `rows` [cells, channels] at places, y and x [rois, h, w], of maps that start at `base` [rois, 1, 1] and
    measure `extent`, height and width [rois, 1, 1]."""
    (top, bottom, down), (left, right, across) = map(_neighbours, places, extent)
    width = extent[1]

    def along(y):
        start = base + y * width
        first, last = (tf.cast(tf.gather(rows, start + x), tf.float32) for x in (left, right))
        return first + (last - first) * across[..., None]

    above = along(top)
    return above + (along(bottom) - above) * down[..., None]


def _neighbours(places, extent):
    """Returns the cells on both sides of places [rois, h, w] on an axis of `extent`, and how near to the second."""
    last = tf.cast(extent, tf.float32) - 1
    position = tf.clip_by_value(places * (last + 1) - 0.5, 0.0, last)
    low = tf.cast(position, tf.int32)
    return low, tf.minimum(low + 1, extent - 1), position - tf.cast(low, tf.float32)


@keras.saving.register_keras_serializable("plate_seg")
class RoIAlign(keras.layers.Layer):
    """`sample_frames` as a layer: call it with the levels, frames [rois, 3, 2] and images [rois].

    Args:
        size: bins down and across.

    A fourth argument, windows, is for maps that reach past the picture, as a padded canvas does.
    """

    def __init__(self, size: tuple[int, int], **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.size = tuple(size)

    def call(self, levels, frames, images, windows=None):
        return sample_frames(list(levels), frames, images, self.size, windows)

    def get_config(self):
        return {**super().get_config(), "size": self.size}
