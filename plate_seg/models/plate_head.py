"""Plate head: pyramid levels to plate logits, boxes and corners at every cell, without anchors.

A cell near a plate's centre predicts the distances to its four sides; one convolution tower a level.
References: Tian et al., FCOS, 2019 (centre sampling); Li et al., Generalized Focal Loss, 2020 (score = expected IoU).
"""

import tensorflow as tf
from keras import layers

from plate_seg import losses
from plate_seg.models import frames as affine
from plate_seg.models.backbones import STRIDES
from plate_seg.models.blocks import conv, predict

PRIOR = 0.01  # share of cells that see a plate: the score before training, Lin et al., 2017, section 4.1
SIZES = (48.0, 112.0)  # square roots of plate areas, canvas pixels, that part the levels
KNOWN = ("box_counts", "knows_corners")  # what else is known of a true plate, bool
RADIUS = 1.5  # strides from the centre within which a cell is asked for the plate


class PlateHead:
    """The anchor-free plate head.

    Args:
        channels: of the tower.
    """

    def __init__(self, channels: int):
        self.channels = channels

    def __call__(self, pyramid: list) -> dict:
        """Returns symbolic `plate_logits` [B, cells], `plate_deltas` [B, cells, 4], `plate_corners` [B, cells, 8]."""
        parts = {"plate_logits": [], "plate_deltas": [], "plate_corners": []}
        bias = {"plate_logits": float(-tf.math.log((1 - PRIOR) / PRIOR)), "plate_deltas": 1.0, "plate_corners": 0.0}
        width = {"plate_logits": 1, "plate_deltas": 4, "plate_corners": 8}
        for index, level in enumerate(pyramid):
            tower = conv(level, self.channels, f"plate_tower{index}")
            for name, part in parts.items():
                part.append(_rows(predict(tower, width[name], f"{name}{index}", bias[name]), width[name]))
        return {name: layers.Concatenate(axis=1, name=name, dtype="float32")(part) for name, part in parts.items()}

    def losses(self, outputs: dict, targets: dict) -> dict[str, tf.Tensor]:
        """Returns the head's loss terms; each is averaged over the cells that see a plate."""
        is_positive = tf.cast(targets["is_positive"], tf.float32)
        count = tf.maximum(tf.reduce_sum(is_positive), 1.0)
        boxes = decode_boxes(outputs["plate_deltas"], targets["cells"])
        quality = tf.stop_gradient(losses.iou(boxes, targets["boxes"])) * is_positive
        distance = losses.generalized_iou(boxes, targets["boxes"])
        box_counts, knows_corners = (is_positive * tf.cast(targets[name], tf.float32) for name in KNOWN)
        corners = losses.smooth_l1(outputs["plate_corners"], targets["corners"], beta=0.1)
        return {
            "plate_logits": losses.quality_focal(outputs["plate_logits"][..., 0], quality, 1.0) / count,
            "plate_deltas": 2.0 * losses.weighted_mean(distance, box_counts),
            "plate_corners": losses.weighted_mean(corners, knows_corners),
        }


def cells(height: int | tf.Tensor, width: int | tf.Tensor) -> tf.Tensor:
    """Returns the cells [cells, 3] (y, x, stride; canvas pixels) of all levels of a canvas."""
    levels = []
    for stride in STRIDES:
        y = (tf.range(height // stride, dtype=tf.float32) + 0.5) * stride
        x = (tf.range(width // stride, dtype=tf.float32) + 0.5) * stride
        points = tf.reshape(tf.stack(tf.meshgrid(y, x, indexing="ij"), -1), [-1, 2])
        levels.append(tf.concat([points, tf.fill([tf.shape(points)[0], 1], float(stride))], -1))
    return tf.concat(levels, 0)


def decode_boxes(deltas: tf.Tensor, cells: tf.Tensor) -> tf.Tensor:
    """Turns raw distances [..., n, 4] of cells [..., n, 3] into boxes [..., n, 4], canvas pixels."""
    distances = tf.nn.softplus(deltas) * cells[..., 2:]
    points = cells[..., :2]
    return tf.concat([points - distances[..., :2], points + distances[..., 2:]], -1)


def decode_corners(corners: tf.Tensor, boxes: tf.Tensor) -> tf.Tensor:
    """Turns corner offsets [..., 8], fractions of the box's sides, into corners [..., 4, 2]."""
    size = tf.expand_dims(boxes[..., 2:] - boxes[..., :2], -2)
    upright = affine.corners(affine.from_boxes(boxes))
    return upright + tf.reshape(corners, tf.concat([tf.shape(corners)[:-1], [4, 2]], 0)) * size


def encode(boxes: tf.Tensor, corners: tf.Tensor, known: dict, cells: tf.Tensor) -> dict[str, tf.Tensor]:
    """Assigns true plates to cells.

    Args:
        boxes: [batch, plates, 4], canvas pixels; padded rows are zero.
        corners: [batch, plates, 4, 2], canvas pixels.
        known: `KNOWN`, each bool [batch, plates].
        cells: [cells, 3] of `cells`.

    Returns:
        `is_positive` bool [batch, cells], `boxes` [batch, cells, 4], `corners` [batch, cells, 8] (offsets as in
        `decode_corners`), `KNOWN`, each bool [batch, cells], and the `cells`.
    """
    size = boxes[..., 2:] - boxes[..., :2]
    area = tf.reduce_prod(size, -1)  # [batch, plates]
    sees = _sees(boxes, area, cells)
    cost = tf.where(sees, area[:, None], float("inf"))  # the smaller plate wins a cell that sees two
    chosen = tf.argmin(cost, axis=-1, output_type=tf.int32)
    offsets = tf.math.divide_no_nan(corners - affine.corners(affine.from_boxes(boxes)), size[:, :, None])
    return {
        "is_positive": tf.reduce_any(sees, -1),
        "boxes": tf.gather(boxes, chosen, batch_dims=1),
        "corners": tf.gather(tf.reshape(offsets, [*tf.unstack(tf.shape(boxes)[:2]), 8]), chosen, batch_dims=1),
        **{name: tf.gather(known[name], chosen, batch_dims=1) for name in KNOWN},
        "cells": cells,
    }


def _sees(boxes, area, cells):
    """True [batch, cells, plates] where a cell is asked for a plate: right level, and near the plate's centre."""
    size, centre = boxes[..., 2:] - boxes[..., :2], (boxes[..., :2] + boxes[..., 2:]) / 2
    stride = cells[:, None, 2]  # [cells, 1]
    level = tf.searchsorted(tf.constant(SIZES), tf.reshape(tf.sqrt(area), [-1]))
    plate_stride = tf.reshape(tf.gather(tf.constant(STRIDES, tf.float32), level), tf.shape(area))
    reach = tf.maximum(tf.minimum(RADIUS * stride[..., None], size[:, None] / 2), stride[..., None] / 2)
    is_near = tf.reduce_all(tf.abs(cells[:, None, :2] - centre[:, None]) <= reach, -1)
    return is_near & (plate_stride[:, None] == stride) & (area[:, None] > 0)


def _rows(features, channels):
    return layers.Reshape((-1, channels), dtype="float32")(features)
