"""From the plate head's outputs to a few proposals an image: decode, keep the best, suppress doubles."""

import keras
import tensorflow as tf

from plate_seg.models import plate_head

CANDIDATES = 8  # cells a proposal that go into suppression: each plate lights about nine
LEAST_BELOW, MOST_ABOVE = 48.0, 192.0  # long sides of plates, canvas pixels; chosen on enlarged validation photographs


@keras.saving.register_keras_serializable("plate_seg")
class Proposals(keras.layers.Layer):
    """Plate head outputs and the canvas to proposals.

    Where the canvas shows the picture twice, plates of more than `MOST_ABOVE` pixels are taken from below alone, where
    they are half as large, and those that are shorter than `LEAST_BELOW` there from above alone.

    Args:
        count: proposals an image; the rest of the rows are zero.
        iou_threshold: overlap from which the lower-scored box goes.

    Call with `plate_logits` [B, cells, 1], `plate_deltas` [B, cells, 4], `plate_corners` [B, cells, 8], the canvas
    [B, H, W, 3] and its windows [2, 2, 2], see `Letterbox`. Returns scores [B, count], boxes [B, count, 4] and corners
    [B, count, 4, 2], fractions of the picture, boxes clipped to it; and of each the window [B, count, 2, 2] that it was
    seen in.
    """

    def __init__(self, count: int, iou_threshold: float = 0.5, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.count, self.iou_threshold = count, iou_threshold

    def call(self, plate_logits, plate_deltas, plate_corners, canvas, windows):
        shape = tf.shape(canvas)
        extent = tf.cast(shape[1:3], tf.float32)
        cells = plate_head.cells(shape[1], shape[2])
        boxes = plate_head.decode_boxes(plate_deltas, cells)
        is_below = cells[:, 0] >= windows[1, 0, 0] * extent[0]
        length = tf.reduce_max(boxes[..., 2:] - boxes[..., :2], -1)
        is_left_to_the_other = tf.where(is_below, length < LEAST_BELOW, length > MOST_ABOVE) & tf.reduce_any(is_below)
        scores = tf.where(is_left_to_the_other, 0.0, tf.sigmoid(plate_logits[..., 0]))

        candidates = tf.minimum(CANDIDATES * self.count, tf.shape(cells)[0])
        scores, rows = tf.math.top_k(scores, candidates)
        boxes, corners = (tf.gather(values, rows, batch_dims=1) for values in (boxes, plate_corners))
        corners = plate_head.decode_corners(corners, boxes)
        windows = tf.gather(windows, tf.gather(tf.cast(is_below, tf.int32), rows))  # [B, candidates, 2, 2]
        first, size = tf.unstack(windows * extent, axis=-2)
        boxes = (boxes - tf.tile(first, [1, 1, 2])) / tf.tile(size, [1, 1, 2])
        corners = (corners - first[:, :, None]) / size[:, :, None]
        scores = scores * suppress(boxes, self.iou_threshold)

        missing = tf.maximum(self.count - candidates, 0)  # a small canvas has fewer cells than rows are asked for
        scores, rows = tf.math.top_k(tf.pad(scores, [[0, 0], [0, missing]]), self.count)
        rows = tf.minimum(rows, candidates - 1)
        boxes, corners, windows = (tf.gather(values, rows, batch_dims=1) for values in (boxes, corners, windows))
        is_kept = tf.cast(scores > 0, tf.float32)
        boxes = tf.clip_by_value(boxes, 0.0, 1.0) * is_kept[..., None]
        return scores, boxes, corners * is_kept[..., None, None], windows

    def get_config(self):
        return {**super().get_config(), "count": self.count, "iou_threshold": self.iou_threshold}


def suppress(boxes: tf.Tensor, iou_threshold: float) -> tf.Tensor:
    """Greedy non-maximum suppression of boxes [batch, n, 4] sorted by falling score: 1.0 where kept, else 0.0.

    Each round keeps what no kept better box covers; the greedy answer is its fixed point, met after as many rounds as
    the longest chain of overlaps, which is two or three.
    """
    overlaps = pairwise_iou(boxes, boxes) > iou_threshold
    better = tf.linalg.band_part(tf.ones(tf.shape(overlaps)[1:]), -1, 0) - tf.eye(tf.shape(overlaps)[1])
    covers = tf.cast(overlaps, tf.float32) * better  # [batch, n, m]: m is better than n and covers it

    def step(kept, _):
        renewed = tf.cast(tf.linalg.matvec(covers, kept) < 0.5, tf.float32)
        return renewed, tf.reduce_sum(tf.abs(renewed - kept)) > 0

    start = tf.ones(tf.shape(boxes)[:2])
    kept, _ = tf.while_loop(lambda _, has_changed: has_changed, step, (start, tf.constant(True)))
    return kept


def pairwise_iou(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Returns the intersection over union [batch, n, m] of boxes [batch, n, 4] with boxes [batch, m, 4]."""
    one = [tf.expand_dims(side, 2) for side in tf.unstack(first, axis=2)]  # a side at a time: a last axis of 2 is slow
    two = [tf.expand_dims(side, 1) for side in tf.unstack(second, axis=2)]
    down, across = (tf.minimum(one[k + 2], two[k + 2]) - tf.maximum(one[k], two[k]) for k in (0, 1))
    overlap = tf.maximum(down, 0.0) * tf.maximum(across, 0.0)
    areas = [tf.maximum(bottom - top, 0.0) * tf.maximum(right - left, 0.0) for top, left, bottom, right in (one, two)]
    return tf.math.divide_no_nan(overlap, areas[0] + areas[1] - overlap)
