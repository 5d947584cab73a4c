"""Which true plate each training crop shows, and which crops the decoder learns from."""

import keras
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models.proposals import pairwise_iou

PLATE_OVERLAP = 0.5  # of a proposal with a true plate, from which its crop shows it
BARE_EACH = 4  # of the crops that show no plate at all, every fourth is decoded: easy cells, and many of them


@keras.saving.register_keras_serializable("plate_seg")
class CropTruth(keras.layers.Layer):
    """Matches training crops with true plates, and keeps those whose characters are known.

    A crop's characters are known where it shows a plate that is labelled in full, and where it touches no plate: then
    there are none. The rest, a plate half seen or half labelled, would be decoded for no loss at all.

    Call with proposals and their crops' frames [rois, 3, 2], the true `plate_boxes` [B, plates, 4] (padded rows zero)
    and `is_complete` bool [B, plates]. Returns a dict: of all crops `plates` int32 [rois], the row of the best plate,
    and `overlaps` [rois], of the proposal with it; of those to decode `kept` int32 [kept], their indices, and
    `counts` [kept], 0 or 1. At least the first is kept, since an empty convolution fails on some CPUs.
    """

    def __init__(self, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)

    def call(self, proposals, frames, plate_boxes, is_complete):
        batch = tf.shape(plate_boxes)[0]
        plates, overlaps = match(tf.reshape(proposals, [batch, -1, 3, 2]), plate_boxes)
        is_known = (overlaps >= PLATE_OVERLAP) & tf.gather(is_complete, plates, batch_dims=1)
        crops = tf.reshape(affine.bounds(affine.corners(frames)), [batch, -1, 4])
        is_bare = tf.reshape(tf.reduce_max(pairwise_iou(crops, plate_boxes), -1) <= 0, [-1])
        bare = tf.cast(is_bare, tf.int32)
        is_dealt = is_bare & (tf.cumsum(bare, exclusive=True) % BARE_EACH == 0)
        counts = tf.reshape(is_known, [-1]) | is_dealt
        kept = tf.cast(tf.where(counts | (tf.range(tf.shape(proposals)[0]) == 0))[:, 0], tf.int32)
        return {
            "plates": tf.reshape(plates, [-1]),
            "overlaps": tf.reshape(overlaps, [-1]),
            "kept": kept,
            "counts": tf.cast(tf.gather(counts, kept), tf.float32),
        }


def match(proposals: tf.Tensor, boxes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Finds the true plate under each proposal.

    Args:
        proposals: frames [batch, rois, 3, 2].
        boxes: [batch, plates, 4], true.

    Returns:
        the best plate int32 [batch, rois] and its overlap with the proposal's upright box, [batch, rois].
    """
    overlaps = pairwise_iou(affine.bounds(affine.corners(proposals)), boxes)
    return tf.argmax(overlaps, -1, output_type=tf.int32), tf.reduce_max(overlaps, -1)
