"""What the mask head should have drawn on a crop: true characters to class, centre, offset, size and stroke maps."""

import tensorflow as tf

from plate_seg import losses
from plate_seg.models import frames as affine
from plate_seg.models.mask_head import CELL, UNIT
from plate_seg.models.roi_align import sample_frames

HEAT_SPREAD = 0.35  # of the Gaussian round a centre, in half characters
INSIDE_WEIGHT = 2.0  # of the class loss within characters, besides 1 everywhere: which label is harder than whether
CENTRE_WEIGHT = 4.0  # of the class loss at characters' centres, besides: that cell sees the whole character evenly
LEAST_HALF = 1.2  # cells; a thinner character's Gaussian would fall between two cells


def encode(frames: tf.Tensor, images: tf.Tensor, truth: dict, crop_size: tuple[int, int]) -> dict[str, tf.Tensor]:
    """Draws the targets of crops.

    Args:
        frames: [rois, 3, 2].
        images: int32 [rois].
        truth: of each roi's plate: `characters` [rois, n, 4, 2] corners as fractions, `labels` int32 [rois, n] (-1
            pads), `has_mask` bool [rois, n], `weights` [rois], how much a crop counts, 0 where some
            of its characters are not known; and `strokes` uint8 [batch, H, W, 1].
        crop_size: the crop's height and width.

    Returns:
        At cells: `classes` int32 [rois, h, w] (0 none), `heat` [rois, h, w], `offsets` and `sizes` [rois, h, w, 2],
        `inside` and `counts` float [rois, h, w]. At pixels: `strokes` and `stroke_counts` [rois, height, width].
    """
    height, width = crop_size[0] // CELL, crop_size[1] // CELL
    extent = tf.constant([height, width], tf.float32)
    corners = affine.to_frame(frames[:, None], truth["characters"]) * extent  # cells
    characters = affine.from_corners(corners)  # [rois, n, 3, 2]
    points = affine.grid(height, width) * extent
    reach, heat = _relative(characters, points)  # [rois, n, cells]
    exists = (truth["labels"] >= 0)[..., None]
    reach = tf.where(exists, reach, float("inf"))
    chosen = tf.argmin(reach, axis=1, output_type=tf.int32)  # [rois, cells]
    inside = tf.reduce_min(reach, 1) <= 1
    centre = affine.to_image(characters, tf.constant([[0.5, 0.5]]))[..., 0, :]
    half = tf.reduce_max(tf.abs(characters[..., 1:, :]), -2) / 2  # [rois, n, 2]
    weights = truth["weights"][:, None]

    def pick(rows):
        return tf.gather(rows, chosen, batch_dims=1)

    maps = {
        "classes": tf.where(inside, pick(truth["labels"]) + 1, 0),
        "heat": tf.reduce_max(tf.where(exists, heat, 0.0), 1),
        "offsets": (pick(centre) - points) / UNIT,
        "sizes": pick(half) / UNIT,
        "inside": tf.cast(inside, tf.float32) * weights,
        "counts": tf.ones([1, height * width]) * weights,
    }
    maps = {name: _unflatten(rows, height, width) for name, rows in maps.items()}
    is_known = _unflatten(tf.cast(pick(truth["has_mask"]) | ~inside, tf.float32) * weights, height, width)
    strokes = sample_frames([truth["strokes"]], frames, images, crop_size)[..., 0]
    return {**maps, "strokes": strokes, "stroke_counts": _enlarge(is_known)}


def map_losses(maps: dict, targets: dict) -> dict[str, tf.Tensor]:
    """Returns the mask head's loss terms from its outputs and the targets of `encode`."""
    class_weights = targets["counts"] + targets["inside"] * (INSIDE_WEIGHT + CENTRE_WEIGHT * targets["heat"])
    return {
        "class_logits": 2.0 * losses.class_cross_entropy(maps["class_logits"], targets["classes"], class_weights),
        "centre_logits": losses.centre_heat(maps["centre_logits"], targets["heat"], targets["counts"]),
        "offsets": losses.weighted_mean(
            losses.smooth_l1(maps["offsets"], targets["offsets"], beta=0.1), targets["inside"]
        ),
        "sizes": losses.weighted_mean(losses.smooth_l1(maps["sizes"], targets["sizes"], beta=0.1), targets["inside"]),
        "character_boxes": losses.weighted_mean(
            losses.generalized_iou(_boxes(maps), _boxes(targets)), targets["inside"]
        ),
        "stroke_logits": losses.mask_cross_entropy(maps["stroke_logits"], targets["strokes"], targets["stroke_counts"])
        + 0.5 * losses.dice(maps["stroke_logits"], targets["strokes"], targets["stroke_counts"]),
    }


def _boxes(maps):
    """Returns the boxes [rois, h, w, 4] that offsets and sizes say, round each cell, in their unit."""
    half = tf.maximum(maps["sizes"], 0.0)
    return tf.concat([maps["offsets"] - half, maps["offsets"] + half], -1)


def _relative(characters, points):
    """How far points [cells, 2] are from characters [rois, n, 3, 2]: 1 at the edge, and the Gaussian heat."""
    local = affine.to_frame(characters, points[None, None]) * 2 - 1  # [rois, n, cells, 2], -1..1 within
    local = tf.where(_has_area(characters), local, 1e3)
    half = tf.norm(characters[..., 1:, :], axis=-1)[..., None, ::-1] / 2  # [rois, n, 1, 2] down, across
    widened = local * tf.minimum(half / LEAST_HALF, 1.0)
    heat = tf.exp(-tf.reduce_sum(tf.minimum(widened**2, 1e3), -1) / (2 * HEAT_SPREAD**2))
    return tf.reduce_max(tf.abs(local), -1), heat


def _has_area(characters):
    across, down = characters[..., 1, :], characters[..., 2, :]
    area = across[..., 1] * down[..., 0] - across[..., 0] * down[..., 1]
    return tf.abs(area)[..., None, None] > 1e-4


def _unflatten(rows, height, width):
    return tf.reshape(rows, tf.concat([[-1, height, width], tf.shape(rows)[2:]], 0))


def _enlarge(cells):
    return tf.repeat(tf.repeat(cells, CELL, axis=1), CELL, axis=2)
