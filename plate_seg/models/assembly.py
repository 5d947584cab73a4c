"""The way out of the graph: what was found on crops, put back on the picture under the names of the contract."""

import keras
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models import grouping, plate_shape
from plate_seg.models.proposals import suppress
from plate_seg.models.roi_align import sample_frames
from plate_seg.temperature import temper

EVIDENCE = 1.25  # how far a plate's logit falls where nothing can be read; chosen on validation pictures
BOX_SHARE = 0.3  # of the plate head in a plate's box; chosen on validation photographs
MASK_SIZE = (128, 160)  # of the masks: the upright box round a tilted crop is higher against its width than the crop
LEAST_SCORE = 0.05  # plates below are not worth a row; measures want the low scores above it


@keras.saving.register_keras_serializable("plate_seg")
class Assembly(keras.layers.Layer):
    """Crops' maps to the outputs of serving.

    Args:
        margin: of the crops, in plate sizes.
        characters: rows of characters a plate.
        temperatures: of the scores of plates and of characters, see `temper`.
        looseness: of the plates' boxes, see `plate_boxes`.
        iou_threshold: overlap from which the lower-scored of two plates goes.

    Call with the decoder's maps of the crops `kept` [kept, ...], their indices `kept` [kept] among all crops, and for
    all crops their shapes [rois, 13], frames [rois, 3, 2] and places [rois, 2], and the proposals' scores [B, plates]
    and boxes [B, plates, 4].
    Returns a dict: `num_detections` [B], `detection_boxes` [B, P, 4], `detection_scores` [B, P],
    `detection_corners` [B, P, 4, 2], `num_characters` [B, P], `character_boxes` [B, P, C, 4], `character_scores` and
    `character_classes` [B, P, C], `character_masks` [B, P, h, w], `mask_boxes` [B, P, 4]; best plate first.
    """

    def __init__(
        self,
        margin: float,
        characters: int,
        temperatures: tuple[float, float] = (1.0, 1.0),
        looseness: float = 1.0,
        iou_threshold: float = 0.4,
        **kwargs,
    ):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.margin, self.characters, self.iou_threshold = margin, characters, iou_threshold
        self.temperatures, self.looseness = tuple(temperatures), looseness

    def call(self, maps, kept, shapes, frames, places, proposal_scores, proposal_boxes):
        logits, boxes, corners = plate_shape.decode(shapes, frames, self.margin)
        plates = {
            "certainty": plate_shape.certainty(tf.gather_nd(proposal_scores, places), logits),
            "detection_boxes": tf.clip_by_value(
                self.plate_boxes(boxes, corners, tf.gather_nd(proposal_boxes, places)), 0.0, 1.0
            ),
            "detection_corners": corners,
            "mask_boxes": affine.bounds(affine.corners(frames)),
        }
        characters = self._characters(maps, tf.gather(frames, kept))
        size = tf.shape(proposal_scores) + [0, 1]  # nothing is put into a picture's last row
        plates = {name: tf.scatter_nd(places, row, _shape(size, row)) for name, row in plates.items()}
        for name, row in characters.items():
            plates[name] = tf.scatter_nd(tf.gather(places, kept), row, _shape(size, row))
        scores = plate_scores(plates.pop("certainty"), plates["character_scores"])
        plates["detection_scores"] = temper(scores, self.temperatures[0])
        plates["character_scores"] = temper(plates["character_scores"], self.temperatures[1])
        return self._best_first(plates)

    def _characters(self, maps, frames):
        found = self.group(maps)
        exists = tf.cast(found["is_character"], tf.float32)
        frames_of_boxes = affine.to_image(frames[:, None], _corner_points(found["boxes"]))
        masks = upright_masks(found["numbers"], maps["stroke_logits"], frames)
        boxes = self.character_boxes(affine.bounds(frames_of_boxes), masks, affine.bounds(affine.corners(frames)))
        return {
            "num_characters": tf.reduce_sum(tf.cast(found["is_character"], tf.int32), -1),
            "character_boxes": tf.clip_by_value(boxes, 0.0, 1.0) * exists[..., None],
            "character_scores": found["scores"],
            "character_classes": found["classes"] + 1,  # zero is what the padding of an image scatters
            "character_masks": tf.cast(masks, tf.uint8),
        }

    def plate_boxes(self, boxes: tf.Tensor, corners: tf.Tensor, proposals: tf.Tensor) -> tf.Tensor:
        """Returns the boxes [rois, 4] to report.

        The second look sees edges better; the plate head sees the scene, and so whose boxes these may be. How much room
        people leave round a plate is their habit: of what both have learnt of it, `looseness` is reported.

        Args:
            boxes, corners: [rois, 4] and [rois, 4, 2], of `plate_shape.decode`.
            proposals: [rois, 4], the plate head's boxes.
        """
        tight, learnt = affine.bounds(corners), (1 - BOX_SHARE) * boxes + BOX_SHARE * proposals
        return tight + self.looseness * (learnt - tight)

    def character_boxes(self, boxes: tf.Tensor, masks: tf.Tensor, mask_boxes: tf.Tensor) -> tf.Tensor:
        """Returns the boxes [rois, characters, 4] to report, as `meet_strokes` does."""
        return meet_strokes(boxes, masks, mask_boxes)

    def group(self, maps: dict) -> dict:
        """Returns the characters of the mask head's outputs, as `grouping.group` does."""
        return grouping.group(maps, self.characters)

    def _best_first(self, plates):
        empty = tf.shape(plates["detection_scores"])[1] - 1
        scores, order = tf.math.top_k(plates["detection_scores"], empty)
        scores *= suppress(tf.gather(plates["detection_boxes"], order, batch_dims=1), self.iou_threshold)
        scores, better = tf.math.top_k(tf.where(scores >= LEAST_SCORE, scores, 0.0), empty)
        is_kept = scores > 0
        order = tf.where(is_kept, tf.gather(order, better, batch_dims=1), empty)
        plates = {name: tf.gather(rows, order, batch_dims=1) for name, rows in plates.items()}
        plates["character_classes"] -= 1
        plates["detection_scores"] = scores
        plates["num_detections"] = tf.reduce_sum(tf.cast(is_kept, tf.int32), -1)
        return plates

    def get_config(self):
        names = ("margin", "characters", "temperatures", "looseness", "iou_threshold")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def plate_scores(certainty: tf.Tensor, characters: tf.Tensor) -> tf.Tensor:
    """Returns the score [...] of each plate, 0..1, from all that was seen of it; never above `certainty`.

    A plate shows characters, and clear ones, where most of what is taken for a plate shows none: the logit falls by
    `EVIDENCE` without any, by less the surer they are on the mean.

    Args:
        certainty: [...], of `plate_shape.certainty`.
        characters: [..., characters], scores; zero rows pad.
    """
    count = tf.reduce_sum(tf.cast(characters > 0, tf.float32), -1)
    surety = tf.math.divide_no_nan(tf.reduce_sum(characters, -1), count)
    odds = tf.exp(EVIDENCE * (surety - 1))
    return certainty * odds / (1 - certainty + certainty * odds)


def upright_masks(
    numbers: tf.Tensor, strokes: tf.Tensor, frames: tf.Tensor, size: tuple[int, int] = MASK_SIZE
) -> tf.Tensor:
    """Draws the characters of tilted crops upright.

    Strokes are sampled as logits, before they are told from what is no stroke: the edge of a character then runs
    between cells, not along them.

    Args:
        numbers: int32 [rois, h, w], the character that each cell of a crop belongs to, from 1; 0 for none.
        strokes: logits [rois, h', w'], in the crops' frames, too.
        frames: [rois, 3, 2].
        size: rows and columns of the masks.

    Returns:
        int32 [rois, *size] over the upright boxes round the frames: the character's number on its strokes, else 0.
    """
    height, width = numbers.shape[1:3]
    boxes = affine.from_boxes(affine.bounds(affine.corners(frames)))
    seen = affine.from_corners(affine.to_frame(frames, affine.corners(boxes)))  # these boxes in the crops' frames
    row, column = (
        tf.cast(tf.floor(place * count), tf.int32)
        for place, count in zip(affine.spread(seen, *size), (height, width), strict=True)
    )
    lies_within = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    cells = tf.where(lies_within, row * width + column, 0)
    values = tf.gather(tf.reshape(numbers, [-1, height * width]), cells, batch_dims=1)
    logits = sample_frames([strokes[..., None]], seen, tf.range(tf.shape(frames)[0]), size)
    return tf.where(lies_within & (logits[..., 0] > 0), values, 0)


def meet_strokes(boxes: tf.Tensor, masks: tf.Tensor, mask_boxes: tf.Tensor) -> tf.Tensor:
    """Moves characters' boxes halfway to the bounds of their strokes.

    The upright box round a tilted box is too large, most of all round a thin "1"; the bounds of strokes are not, but
    a stray cell moves them.

    Args:
        boxes: [rois, characters, 4], fractions of the picture.
        masks: int32 [rois, h, w], each cell the number of its character, from 1.
        mask_boxes: [rois, 4], what the masks lie over.

    Returns:
        [rois, characters, 4]; a box without strokes stays.
    """
    height, width = masks.shape[1:3]
    rows, columns = tf.meshgrid(tf.range(height), tf.range(width), indexing="ij")
    top, bottom = _ends(_used(masks, rows, boxes.shape[1], height))
    left, right = _ends(_used(masks, columns, boxes.shape[1], width))
    cells = tf.stack([top, left, bottom, right], -1) / tf.constant([height, width, height, width], tf.float32)
    strokes = affine.bounds(affine.to_image(affine.from_boxes(mask_boxes)[:, None], _corner_points(cells)))
    return tf.where((bottom > 0)[..., None], (boxes + strokes) / 2, boxes)


def _used(masks, places, characters, length):
    """True [rois, characters, length] where a character has a cell; `places` [h, w] are those of the cells, by row or
    by column."""
    crops, size = tf.shape(masks)[0], (characters + 1) * length
    keys = tf.range(crops)[:, None, None] * size + masks * length + places
    keys = tf.reshape(keys, [-1])
    counts = tf.math.unsorted_segment_sum(tf.ones_like(keys), keys, crops * size)
    return tf.reshape(counts, [-1, characters + 1, length])[:, 1:] > 0


def _ends(is_used):
    """Returns the first used place and the one after the last along the last axis, float32."""
    places = tf.range(is_used.shape[-1], dtype=tf.float32)
    first = tf.reduce_min(tf.where(is_used, places, float(is_used.shape[-1])), -1)
    last = tf.reduce_max(tf.where(is_used, places + 1, 0.0), -1)
    return first, last


def _corner_points(boxes):
    """Returns the corners [..., 4, 2] (v, u) of boxes [..., 4] in a frame."""
    return affine.corners(affine.from_boxes(boxes))


def _shape(size, rows):
    return tf.concat([size, rows.shape[1:]], 0)
