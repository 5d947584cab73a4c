"""Affine frames: the parallelogram that a tilted plate or character fills, and maps into and out of it.

A frame is [..., 3, 2]: origin, across, down, in (y, x). The point (v, u) of a frame, both in 0..1 from its top left,
lies at `origin + u * across + v * down`. Frames average four corners, so that a noisy one cannot fold them.
"""

import tensorflow as tf


def from_corners(corners: tf.Tensor) -> tf.Tensor:
    """Returns the frames [..., 3, 2] of the parallelograms nearest to corners [..., 4, 2] (clockwise from top left)."""
    top_left, top_right, bottom_right, bottom_left = tf.unstack(corners, axis=-2)
    across = (top_right + bottom_right - top_left - bottom_left) / 2
    down = (bottom_left + bottom_right - top_left - top_right) / 2
    origin = tf.reduce_mean(corners, axis=-2) - (across + down) / 2
    return tf.stack([origin, across, down], axis=-2)


def from_boxes(boxes: tf.Tensor) -> tf.Tensor:
    """Returns the upright frames [..., 3, 2] of boxes [..., 4]."""
    top, left, bottom, right = tf.unstack(boxes, axis=-1)
    zero = tf.zeros_like(top)
    rows = [(top, left), (zero, right - left), (bottom - top, zero)]
    return tf.stack([tf.stack(row, -1) for row in rows], axis=-2)


def expand(frames: tf.Tensor, margin: float) -> tf.Tensor:
    """Grows frames on every side by `margin` of their own size."""
    origin, across, down = tf.unstack(frames, axis=-2)
    grown = 1 + 2 * margin
    return tf.stack([origin - margin * (across + down), grown * across, grown * down], axis=-2)


def widen(frames: tf.Tensor, shape: tf.Tensor, aspect: float) -> tf.Tensor:
    """Grows frames about their middle, across or down, until their sides are in the ratio `aspect`.

    Args:
        frames: [..., 3, 2], fractions of a picture.
        shape: the picture's height and width, [2]: the sides are measured in its pixels.
        aspect: length across over length down.
    """
    lengths = tf.norm(frames[..., 1:, :] * tf.cast(shape, tf.float32), axis=-1)
    ratio = tf.math.divide_no_nan(aspect * lengths[..., 1], lengths[..., 0])
    growth = tf.stack([tf.maximum(ratio, 1.0), tf.maximum(tf.math.divide_no_nan(1.0, ratio), 1.0)], -1)
    axes = frames[..., 1:, :] * growth[..., None]
    middle = frames[..., :1, :] + tf.reduce_sum(frames[..., 1:, :], -2, keepdims=True) / 2
    return tf.concat([middle - tf.reduce_sum(axes, -2, keepdims=True) / 2, axes], -2)


def within(frames: tf.Tensor, windows: tf.Tensor) -> tf.Tensor:
    """Returns frames [..., 3, 2] of a picture as frames of the map that shows it in windows.

    Args:
        windows: [..., 2, 2], first corner and size (down, across), fractions of the map.
    """
    scaled = frames * windows[..., 1:, :]
    return tf.concat([scaled[..., :1, :] + windows[..., :1, :], scaled[..., 1:, :]], -2)


def to_image(frames: tf.Tensor, points: tf.Tensor) -> tf.Tensor:
    """Maps points [..., n, 2] (v, u) of frames [..., 3, 2] to (y, x)."""
    origin, axes = frames[..., :1, :], frames[..., 1:, :]
    return origin + tf.matmul(points[..., ::-1], axes)


def to_frame(frames: tf.Tensor, points: tf.Tensor) -> tf.Tensor:
    """Maps points [..., n, 2] (y, x) to (v, u) of frames [..., 3, 2]; a frame without area maps all to zero."""
    delta = points - frames[..., :1, :]
    across, down = frames[..., 1:2, :], frames[..., 2:3, :]
    determinant = _cross(across, down)
    u = tf.math.divide_no_nan(_cross(delta, down), determinant)
    v = tf.math.divide_no_nan(_cross(across, delta), determinant)
    return tf.stack([v, u], axis=-1)


def corners(frames: tf.Tensor) -> tf.Tensor:
    """Returns the corners [..., 4, 2] of frames, clockwise from their top left."""
    origin, across, down = tf.unstack(frames, axis=-2)
    return tf.stack([origin, origin + across, origin + across + down, origin + down], axis=-2)


def bounds(points: tf.Tensor) -> tf.Tensor:
    """Returns the upright boxes [..., 4] round points [..., n, 2]."""
    return tf.concat([tf.reduce_min(points, -2), tf.reduce_max(points, -2)], axis=-1)


def spread(frames: tf.Tensor, height: int, width: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns y and x, each [n, height, width], of the bin centres of frames [n, 3, 2] that are cut into bins.

    What `to_image` says of `grid`, but for rounding, and sooner: each axis needs one sum a bin.
    """
    v, u = ((tf.range(count, dtype=tf.float32) + 0.5) / count for count in (height, width))
    origin, across, down = tf.unstack(frames[:, :, :, None], axis=1)  # [n, 2, 1]
    rows, columns = origin + down * v, across * u  # [n, 2, height] and [n, 2, width]
    y, x = tf.unstack(rows[..., None] + columns[:, :, None], axis=1)
    return y, x


def grid(height: int, width: int) -> tf.Tensor:
    """Returns the bin centres [height * width, 2] (v, u) of a frame cut into bins, row by row."""
    v = (tf.range(height, dtype=tf.float32) + 0.5) / height
    u = (tf.range(width, dtype=tf.float32) + 0.5) / width
    return tf.reshape(tf.stack(tf.meshgrid(v, u, indexing="ij"), -1), [height * width, 2])


def _cross(first, second):
    return first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
