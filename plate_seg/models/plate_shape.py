"""The second look at a plate: from its crop to a score, a refined box and refined corners.

Reference: Girshick, Fast R-CNN, 2015: class and box of a region from its pooled features.
"""

import numpy as np
import tensorflow as tf

from plate_seg import losses
from plate_seg.models import frames as affine

HEAD_SHARE = 0.1  # of the plate head in how sure a plate is, as a power; the second look has the rest
UNIT_SQUARE = np.float32([[[0, 0], [0, 1], [1, 1], [1, 0]]])  # (v, u), clockwise from the top left


def decode(values: tf.Tensor, frames: tf.Tensor, margin: float) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Turns the head's values into plates.

    A tilted plate lies level in its crop, which does not show how large the upright box round it is. So corners start
    at those of the crop, and the box at the bounds of the predicted corners: what its offsets say is how loosely such
    plates are boxed. No gradient of the box reaches the corners.

    Args:
        values: [rois, 13]: logit, box offsets (4), corner offsets (8), as fractions of the crop less its margin.
        frames: [rois, 3, 2], the crops.

    Returns:
        logits [rois], boxes [rois, 4] and corners [rois, 4, 2] in the frames' coordinates.
    """
    inner = affine.expand(frames, -margin / (1 + 2 * margin))
    corners = affine.to_image(inner, UNIT_SQUARE + tf.reshape(values[:, 5:], [-1, 4, 2]))
    upright = affine.bounds(affine.corners(inner))
    size = upright[..., 2:] - upright[..., :2]
    boxes = tf.stop_gradient(affine.bounds(corners)) + values[:, 1:5] * tf.concat([size, size], -1)
    return values[:, 0], boxes, corners


def certainty(head: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Returns how surely [rois] a crop shows a plate, 0..1, its characters aside.

    Args:
        head: [rois], scores of the proposals.
        logits: [rois], of the second look, which says more than the plate head and counts more.
    """
    return tf.sigmoid(logits) ** (1 - HEAD_SHARE) * head**HEAD_SHARE


def shape_losses(values: tf.Tensor, frames: tf.Tensor, margin: float, targets: dict) -> dict[str, tf.Tensor]:
    """Returns the loss terms of the second look.

    The score aims at 0 for background and halfway from the box's overlap to 1 for a plate: whether it is one counts
    before how well it is boxed.

    Args:
        targets: `is_plate` and `is_background` float [rois] (neither: ignored), `boxes` [rois, 4],
            `corners` [rois, 4, 2], `box_counts` and `knows_corners` float [rois].
    """
    logits, boxes, corners = decode(values, frames, margin)
    size = tf.norm(frames[:, 1:], axis=-1)[:, None, ::-1] + losses.EPSILON  # [rois, 1, 2] down, across
    overlap = tf.stop_gradient(losses.iou(boxes, targets["boxes"]))
    quality = targets["is_plate"] * (1 + overlap) / 2
    counts = targets["is_plate"] + targets["is_background"]
    scale = tf.concat([size[:, 0], size[:, 0]], -1)
    box_distance = losses.smooth_l1(boxes / scale, targets["boxes"] / scale, beta=0.02)
    box_distance += 0.5 * losses.generalized_iou(boxes, targets["boxes"])
    corner_distance = losses.smooth_l1(corners / size, targets["corners"] / size, beta=0.02)
    knows_corners = targets["is_plate"] * targets["knows_corners"]
    return {
        "shape_score": 2.0
        * losses.weighted_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=quality, logits=logits), counts),
        "shape_box": 2.0 * losses.weighted_mean(box_distance, targets["is_plate"] * targets["box_counts"]),
        "shape_corners": 2.0 * losses.weighted_mean(tf.reduce_sum(corner_distance, -1), knows_corners),
    }
