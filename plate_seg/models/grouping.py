"""Grouping: the mask head's maps to ordered characters, in plain TensorFlow.

Peaks of the centre map are the characters; each foreground cell joins the peak that its offset points to. A group's
label is the class with most of its mass near the centre, its box the mean of what its cells predict.
Reference: Cheng et al., Panoptic-DeepLab, 2020, section 3.
"""

import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models.mask_head import UNIT

PEAK_WINDOW = (5, 3)  # cells down and across: two centres are never nearer than half a thin "1"
PEAK_SCORE = 0.3
CHARACTER_SCORE = 0.12  # a peak whose label is less sure is a sticker, a patch or a picture
SAME = 1.0  # half characters from a better peak within which a peak is the same character
REACH = 0.75  # a cell joins no peak farther than this, in units of `UNIT` cells
LINE_GAP = 0.5  # character heights between two centres from which a new line starts


def group(maps: dict[str, tf.Tensor], count: int) -> dict[str, tf.Tensor]:
    """Groups cells into characters.

    Args:
        maps: the outputs of `mask_head`.
        count: characters a plate; the rest of the rows are padding.

    Returns:
        In reading order: `is_character` bool [rois, count], `classes` int32 [rois, count], `scores` [rois, count],
        `boxes` [rois, count, 4] (fractions of the crop) and `numbers` int32 [rois, height, width], the maps' cells: 0
        where there is no character, else its place in reading order, from 1.
    """
    height, width = maps["class_logits"].shape[1:3]
    points = affine.grid(height, width) * tf.constant([height, width], tf.float32)  # [cells, 2]
    sizes = UNIT * _flat(maps["sizes"])
    peak_scores, peaks = _peaks(maps["centre_logits"], sizes, points, count)
    classes = tf.nn.softmax(_flat(maps["class_logits"]))  # [rois, cells, 1 + classes]
    foreground = 1 - classes[..., 0]
    aimed = points + UNIT * _flat(maps["offsets"])
    nearest, is_near = _nearest(aimed, peaks, peak_scores > 0)
    belongs = tf.where(is_near & (foreground > 0.5), foreground, 0.0)  # [rois, cells]
    members = tf.where(nearest[:, None] == tf.range(count)[:, None], belongs[:, None], 0.0)  # [rois, count, cells]
    mass = tf.reduce_sum(members, -1)  # [rois, count]
    votes = members * tf.sigmoid(_flat(maps["centre_logits"][..., None]))[:, None, :, 0]
    labels = tf.math.divide_no_nan(tf.matmul(votes, classes)[..., 1:], tf.reduce_sum(votes, -1)[..., None])
    boxes = _boxes(members, mass, aimed, sizes)
    scores = peak_scores * tf.minimum(tf.reduce_max(labels, -1), 1.0)  # a share, which rounding may bring over 1
    order, is_character = reading_order(boxes, (peak_scores > 0) & (mass > 1) & (scores >= CHARACTER_SCORE))
    numbers = tf.where(belongs > 0, tf.gather(_places(order, is_character), nearest, batch_dims=1), 0.0)
    scale = tf.constant([height, width, height, width], tf.float32)
    kept = tf.cast(is_character, tf.float32)

    def pick(rows):
        return tf.gather(rows, order, batch_dims=1)

    return {
        "is_character": is_character,
        "classes": tf.where(is_character, pick(tf.argmax(labels, -1, output_type=tf.int32)), -1),
        "scores": pick(scores) * kept,
        "boxes": pick(boxes) / scale * kept[..., None],
        "numbers": tf.cast(tf.reshape(numbers, [-1, height, width]), tf.int32),
    }


def _flat(maps):
    return tf.reshape(maps, [-1, maps.shape[1] * maps.shape[2], maps.shape[3]])


def _peaks(logits, sizes, points, count):
    """Returns scores [rois, count] and positions [rois, count, 2] of local maxima, best first; padded with zeros.

    Of equal neighbours, as on a flat top, the first is the maximum. A peak within the character of a better one is
    that character's, too: on a tall character the ridge of its centre is longer than the window.
    """
    heat = tf.sigmoid(logits)
    countdown = tf.reshape(tf.range(points.shape[0], 0, -1, tf.float32), [1, *logits.shape[1:]])
    countdown = tf.where((heat >= _highest(heat)) & (heat > PEAK_SCORE), countdown, 0.0)
    is_peak = (countdown > 0) & (countdown >= _highest(countdown))
    peaks = tf.where(is_peak, heat, 0.0)
    scores, cells = tf.math.top_k(tf.reshape(peaks, [-1, points.shape[0]]), count)
    positions = tf.gather(points, cells)
    half = tf.gather(sizes, cells, batch_dims=1)
    distance = tf.abs(positions[:, :, None] - positions[:, None])  # [rois, n, m, 2]
    covers = tf.reduce_all(distance < SAME * half[:, None], -1) & (scores[:, None] > 0)
    better = tf.linalg.band_part(tf.ones([count, count]), -1, 0) - tf.eye(count)  # m came before n
    is_own = tf.reduce_sum(tf.cast(covers, tf.float32) * better, -1) < 0.5
    return scores * tf.cast(is_own, tf.float32), positions


def _highest(heat):
    """Returns the largest value of [rois, height, width] in the `PEAK_WINDOW` round each cell.

    Along one axis at a time, with the other as channels: pooling is slow on a map of one channel.
    """
    down, across = PEAK_WINDOW
    columns = tf.nn.max_pool2d(heat[:, :, None], (down, 1), 1, "SAME")[:, :, 0]
    rows = tf.transpose(columns, [0, 2, 1])[:, :, None]
    return tf.transpose(tf.nn.max_pool2d(rows, (across, 1), 1, "SAME")[:, :, 0], [0, 2, 1])


def _nearest(aimed, peaks, is_peak):
    """Returns the peak nearest to where each cell aims, int32 [rois, cells], and whether that is within reach."""
    y, x = (aimed[:, None, :, axis] - peaks[:, :, None, axis] for axis in (0, 1))
    distance = tf.where(is_peak[..., None], y * y + x * x, float("inf"))  # [rois, count, cells]
    return tf.argmin(distance, axis=1, output_type=tf.int32), tf.reduce_min(distance, 1) < (REACH * UNIT) ** 2


def _boxes(members, mass, centres, sizes):
    """Mean of the boxes that a group's cells predict: [rois, count, 4] in cells."""

    def mean(values):
        return tf.math.divide_no_nan(tf.matmul(members, values), mass[..., None])

    centre, half = mean(centres), tf.maximum(mean(sizes), 0.0)
    return tf.concat([centre - half, centre + half], -1)


def reading_order(boxes, is_character):
    """Returns the order int32 [rois, count] by line, then left to right, and which rows hold a character then."""
    kept = tf.cast(is_character, tf.float32)
    heights = (boxes[..., 2] - boxes[..., 0]) * kept
    height = tf.math.divide_no_nan(tf.reduce_sum(heights, -1), tf.reduce_sum(kept, -1))[:, None]
    far = 1e4 * (1 - kept)  # padding comes last
    y, x = (boxes[..., 0] + boxes[..., 2]) / 2 + far, (boxes[..., 1] + boxes[..., 3]) / 2
    by_height = tf.argsort(y)
    sorted_y = tf.gather(y, by_height, batch_dims=1)
    starts_line = tf.cast(sorted_y[:, 1:] - sorted_y[:, :-1] > LINE_GAP * height, tf.float32)
    line = tf.pad(tf.cumsum(starts_line, axis=1), [[0, 0], [1, 0]])
    along = tf.argsort(line * 1e4 + tf.gather(x, by_height, batch_dims=1))
    order = tf.gather(by_height, along, batch_dims=1)
    return order, tf.gather(is_character, order, batch_dims=1)


def _places(order, is_character):
    """Returns each peak's place in reading order, float32 [rois, count], from 1; 0 of those that are no character."""
    places = tf.range(1, tf.shape(order)[1] + 1, dtype=tf.float32) * tf.cast(is_character, tf.float32)
    return tf.gather(places, tf.argsort(order), batch_dims=1)
