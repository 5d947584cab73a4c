"""Losses, one function each: element-wise predictions and targets to a scalar or to one value a row.

All take float32. `weights` select what counts; where nothing counts the loss is zero, never NaN.
"""

import tensorflow as tf

EPSILON = 1e-6


def quality_focal(logits: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor, gamma: float = 2.0) -> tf.Tensor:
    """Sum of the focal cross-entropy towards soft targets in 0..1.

    Reference: Li et al., Generalized Focal Loss, 2020, equation 2 (quality focal loss); with targets in {0, 1} it is
    Lin et al., Focal Loss for Dense Object Detection, 2017, without its alpha.
    """
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits)
    modulation = tf.abs(targets - tf.sigmoid(logits)) ** gamma
    return tf.reduce_sum(weights * modulation * entropy)


def generalized_iou(boxes: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Returns 1 - GIoU [...] of boxes [..., 4]; in 0..2.

    Reference: Rezatofighi et al., Generalized Intersection over Union, 2019.
    """
    overlap, union, hull = _overlap(boxes, targets)
    return 1 - overlap / (union + EPSILON) + (hull - union) / (hull + EPSILON)


def iou(boxes: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Returns the intersection over union [...] of boxes [..., 4] row by row."""
    overlap, union, _ = _overlap(boxes, targets)
    return overlap / (union + EPSILON)


def smooth_l1(values: tf.Tensor, targets: tf.Tensor, beta: float) -> tf.Tensor:
    """Returns the Huber-like distance [...] summed over the last axis: quadratic below `beta`, linear above.

    Reference: Girshick, Fast R-CNN, 2015, equation 3.
    """
    distance = tf.abs(values - targets)
    return tf.reduce_sum(tf.where(distance < beta, 0.5 * distance**2 / beta, distance - 0.5 * beta), -1)


def class_cross_entropy(logits: tf.Tensor, classes: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Weighted mean cross-entropy of logits [..., classes] towards integer classes [...].

    Reference: Long et al., Fully Convolutional Networks for Semantic Segmentation, 2015.
    """
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)
    return weighted_mean(entropy, weights)


def mask_cross_entropy(logits: tf.Tensor, mask: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Weighted mean binary cross-entropy of stroke logits towards a mask in 0..1.

    Reference: He et al., Mask R-CNN, 2017, section 3.
    """
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=mask, logits=logits)
    return weighted_mean(entropy, weights)


def dice(logits: tf.Tensor, mask: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Mean over rows [rows, ...] of 1 - Dice where a row has any mask; rows without one do not count.

    Reference: Milletari et al., V-Net, 2016, section 3.
    """
    axes = list(range(1, len(logits.shape)))
    scores = tf.sigmoid(logits)
    overlap = tf.reduce_sum(weights * scores * mask, axes)
    total = tf.reduce_sum(weights * (scores**2 + mask**2), axes)
    has_mask = tf.cast(tf.reduce_sum(weights * mask, axes) > 0, tf.float32)
    return weighted_mean(1 - (2 * overlap + 1) / (total + 1), has_mask)


def centre_heat(logits: tf.Tensor, heat: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Focal loss of the centre map towards Gaussian bumps, per character centre.

    Reference: Zhou et al., Objects as Points, 2019, equation 1, with the soft targets of `quality_focal`.
    """
    total = quality_focal(logits, heat, weights)
    return total / tf.maximum(tf.reduce_sum(weights * tf.cast(heat > 0.7, tf.float32)), 1.0)


def weighted_mean(values: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Mean of `values` where `weights` count; zero where none do."""
    return tf.math.divide_no_nan(tf.reduce_sum(values * weights), tf.reduce_sum(weights))


def _overlap(boxes, targets):
    """Returns areas of the intersection, the union and the common hull [...] of boxes [..., 4]."""
    (low, high), (target_low, target_high) = (tf.split(each, 2, axis=-1) for each in (boxes, targets))
    overlap = _area(tf.minimum(high, target_high) - tf.maximum(low, target_low))
    union = _area(high - low) + _area(target_high - target_low) - overlap
    return overlap, union, _area(tf.maximum(high, target_high) - tf.minimum(low, target_low))


def _area(sides):
    """Returns the product [...] of sides [..., 2], 0 where one is negative."""
    height, width = tf.unstack(tf.maximum(sides, 0.0), axis=-1)  # the gradient of reduce_prod is slow
    return height * width
