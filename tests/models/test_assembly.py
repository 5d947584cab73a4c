"""What was found on crops, put back on the picture."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models.assembly import (
    BOX_SHARE,
    EVIDENCE,
    LEAST_SCORE,
    MASK_SIZE,
    Assembly,
    plate_scores,
)
from plate_seg.models.plate_shape import HEAD_SHARE
from plate_seg.temperature import temper

MARGIN = 0.25
OUTPUTS = {
    "num_detections": (),
    "detection_boxes": (4,),
    "detection_scores": (),
    "detection_corners": (4, 2),
    "num_characters": (),
    "character_boxes": (5, 4),
    "character_scores": (5,),
    "character_classes": (5,),
    "character_masks": MASK_SIZE,
    "mask_boxes": (4,),
}


def maps_of(rois, characters=((2, 6, 8), (5, 18, 8))):
    """Maps [rois, 8, 16, ...] of crops that all show characters (class, left, width) in pixels of 16 x 32."""
    classes, heat = np.full((8, 16, 38), 0.0), np.full((8, 16), -9.0)
    classes[..., 0] = 12
    offsets, strokes = np.zeros((8, 16, 2)), np.full((16, 32), -5.0)
    for label, left, width in characters:
        columns = np.arange(left // 2, (left + width) // 2)
        classes[2:6, columns], strokes[4:12, left : left + width] = 0, 5
        classes[2:6, columns, 1 + label] = 12
        heat[3, (left + width // 2) // 2] = 4
        y, x = np.mgrid[2:6, columns[0] : columns[-1] + 1] + 0.5
        offsets[2:6, columns] = (np.array([4, (left + width / 2) / 2]) - np.stack([y, x], -1)) / 8
    rows = {
        "class_logits": classes,
        "centre_logits": heat,
        "offsets": offsets,
        "sizes": np.broadcast_to(np.array([2, 2]) / 8, (8, 16, 2)),
        "stroke_logits": strokes,
    }
    return {name: tf.constant(np.stack([row] * rois), tf.float32) for name, row in rows.items()}


def assemble(boxes, logits, places, proposal_scores, kept=None, grown=0.0, temperatures=(1.0, 1.0), looseness=1.0):
    """What is made of boxes [n, 4] whose proposals reach `grown` farther on every side."""
    kept = list(range(len(boxes))) if kept is None else kept
    frames = affine.expand(affine.from_boxes(tf.constant(boxes, tf.float32)), MARGIN)
    shapes = tf.constant(np.concatenate([np.reshape(logits, (-1, 1)), np.zeros((len(boxes), 12))], 1), tf.float32)
    places, kept_rows = tf.constant(places, tf.int32), tf.constant(kept, tf.int32)
    scores = tf.constant(proposal_scores)
    rows = tf.constant(boxes, tf.float32) + grown * tf.constant([-1.0, -1.0, 1.0, 1.0])
    proposals = tf.scatter_nd(places, rows, [*scores.shape, 4])
    layer = Assembly(MARGIN, 5, temperatures, looseness)
    found = layer(maps_of(len(kept)), kept_rows, shapes, frames, places, scores, proposals)
    return {name: rows.numpy() for name, rows in found.items()}


FIRST, SECOND = [0.2, 0.2, 0.4, 0.5], [0.6, 0.4, 0.8, 0.8]


@pytest.mark.parametrize("looseness", [0.0, 0.5, 1.0])
def test_the_plate_head_has_a_share_of_the_room_round_the_corners(looseness):
    found = assemble([FIRST], [2.0], [[0, 0]], [[0.9]], grown=0.1, looseness=looseness)

    reach = 0.1 * BOX_SHARE * looseness
    np.testing.assert_allclose(
        found["detection_boxes"][0, 0], [0.2 - reach, 0.2 - reach, 0.4 + reach, 0.5 + reach], atol=1e-6
    )
    np.testing.assert_allclose(found["detection_corners"][0, 0, ::2], [[0.2, 0.2], [0.4, 0.5]], atol=1e-6)


def test_outputs_are_padded_to_the_proposals():
    found = assemble([FIRST], [2.0], [[0, 0]], [[0.9, 0.0, 0.0], [0.0, 0.0, 0.0]])

    assert {name: rows.shape for name, rows in found.items()} == {
        name: (2, *tail) if name == "num_detections" else (2, 3, *tail) for name, tail in OUTPUTS.items()
    }


def test_plates_come_best_first_by_a_score_of_all_that_was_seen():
    found = assemble([FIRST, SECOND], [0.0, 2.0], [[0, 0], [0, 1]], [[0.9, 0.5]])

    surety = found["character_scores"][0, :, :2].mean(-1)
    assert (surety > 0.5).all() and (surety < 1).all()
    looks = np.array(
        [0.5**HEAD_SHARE / (1 + np.exp(-2.0)) ** (1 - HEAD_SHARE), 0.9**HEAD_SHARE * 0.5 ** (1 - HEAD_SHARE)]
    )
    logits = np.log(looks / (1 - looks)) - EVIDENCE * (1 - surety)
    np.testing.assert_allclose(found["detection_scores"], [1 / (1 + np.exp(-logits))], rtol=1e-5)
    np.testing.assert_allclose(found["detection_boxes"][0], [SECOND, FIRST], atol=1e-6)


def test_temperatures_change_the_scores_of_plates_and_characters_and_nothing_else():
    rows = [FIRST, SECOND], [0.0, 2.0], [[0, 0], [0, 1]], [[0.9, 0.5]]
    plain, found = assemble(*rows), assemble(*rows, temperatures=(0.5, 0.25))

    for name, temperature in (("detection_scores", 0.5), ("character_scores", 0.25)):
        np.testing.assert_allclose(found.pop(name), temper(plain.pop(name), temperature), rtol=1e-5)
    for name, expected in plain.items():
        np.testing.assert_array_equal(found[name], expected, err_msg=name)


@pytest.mark.parametrize(
    ("characters", "surety"),
    [([0.0, 0.0, 0.0], 0.0), ([1.0] * 3, 1.0), ([0.9, 0.6, 0.0], 0.75), ([0.6, 0.0, 0.0], 0.6)],
)
def test_a_plate_is_as_sure_as_its_look_and_its_characters(characters, surety):
    score = plate_scores(tf.constant([0.8]), tf.constant([characters]))

    logit = np.log(0.8 / 0.2) - EVIDENCE * (1 - surety)
    np.testing.assert_allclose(score, [1 / (1 + np.exp(-logit))], rtol=1e-5)


@pytest.mark.parametrize("certainty", [0.0, 1.0])
def test_a_certain_look_stays_certain(certainty):
    assert plate_scores(tf.constant([certainty]), tf.zeros([1, 3])).numpy().tolist() == [certainty]


def test_a_plate_whose_crop_was_not_decoded_is_found_without_characters():
    found = assemble([FIRST, SECOND], [0.0, 2.0], [[0, 0], [0, 1]], [[0.9, 0.5]], kept=[1])

    np.testing.assert_allclose(found["detection_boxes"][0], [SECOND, FIRST], atol=1e-6)
    assert found["num_characters"].tolist() == [[2, 0]]
    top, left, height, width = 0.55, 0.3, 0.3, 0.6  # of the decoded crop; the 2 at columns 6..14 of 32
    first = [top + height * 4 / 16, left + width * 6 / 32, top + height * 12 / 16, left + width * 14 / 32]
    np.testing.assert_allclose(found["character_boxes"][0, 0, 0], first, atol=1e-5)
    certainty = 0.9**HEAD_SHARE * 0.5 ** (1 - HEAD_SHARE)
    odds = certainty / (1 - certainty) * np.exp(-EVIDENCE)
    np.testing.assert_allclose(found["detection_scores"][0, 1], odds / (1 + odds), 1e-5)


def test_a_character_lies_on_the_picture_where_the_crop_showed_it():
    found = assemble([FIRST], [2.0], [[0, 0]], [[0.9]])

    # the crop is the plate and a quarter more on each side: [0.15, 0.125, 0.45, 0.575]; the 2 at columns 6..14 of 32
    top, left, height, width = 0.15, 0.125, 0.3, 0.45
    expected = [top + height * 4 / 16, left + width * 6 / 32, top + height * 12 / 16, left + width * 14 / 32]
    np.testing.assert_allclose(found["character_boxes"][0, 0, 0], expected, atol=1e-5)
    np.testing.assert_allclose(found["mask_boxes"][0, 0], [0.15, 0.125, 0.45, 0.575], atol=1e-6)
    np.testing.assert_array_equal(found["character_classes"], [[[2, 5, -1, -1, -1]]])
    assert found["num_characters"].tolist() == [[2]] and found["num_detections"].tolist() == [1]


def test_masks_number_the_characters_in_reading_order():
    masks = assemble([FIRST], [2.0], [[0, 0]], [[0.9]])["character_masks"][0, 0]

    expected = np.zeros((16, 32))
    expected[4:12, 6:14], expected[4:12, 18:26] = 1, 2
    np.testing.assert_array_equal(masks[4::8, 2::5], expected)  # in the middle of each pixel of the crop
    np.testing.assert_array_equal(np.unique(masks), [0, 1, 2])


def test_the_worse_of_two_readings_of_one_plate_goes():
    moved = [0.21, 0.2, 0.41, 0.5]

    found = assemble([moved, FIRST, SECOND], [1.0, 3.0, 2.0], [[0, 0], [0, 1], [0, 2]], [[0.9, 0.9, 0.9]])

    assert found["num_detections"].tolist() == [2]
    np.testing.assert_allclose(found["detection_boxes"][0], [FIRST, SECOND, [0] * 4], atol=1e-6)


@pytest.mark.parametrize(("shift", "count"), [(0.16, 2), (0.1, 1)])
def test_plates_that_share_a_third_stay_two_and_that_share_half_do_not(shift, count):
    """Of two plates 0.3 wide, one beside the other, IoU (0.3 - shift) / (0.3 + shift)."""
    moved = np.array(FIRST) + np.array([0, shift, 0, shift])

    found = assemble([FIRST, moved], [3.0, 2.0], [[0, 0], [0, 1]], [[0.9, 0.9]])

    assert found["num_detections"].tolist() == [count]


@pytest.mark.parametrize(("logit", "count"), [(-4.0, 0), (-2.4, 1)])
def test_a_plate_of_a_tenth_is_worth_a_row_and_one_of_a_fortieth_is_not(logit, count):
    assert assemble([FIRST], [logit], [[0, 0]], [[0.9]])["num_detections"].tolist() == [count]


@pytest.mark.parametrize("logit", [-20.0, -7.0])
def test_a_score_below_the_least_is_no_plate_and_leaves_padding(logit):
    found = assemble([FIRST], [logit], [[0, 0]], [[0.9, 0.0]])

    assert 0.9**HEAD_SHARE / (1 + np.exp(-logit)) ** (1 - HEAD_SHARE) < LEAST_SCORE
    assert (found.pop("character_classes") == -1).all()
    assert all((rows == 0).all() for rows in found.values())


def test_boxes_end_at_the_picture_and_corners_may_pass_it():
    found = assemble([[-0.1, 0.7, 0.2, 1.3]], [3.0], [[0, 0]], [[0.9]])

    np.testing.assert_allclose(found["detection_boxes"][0, 0], [0, 0.7, 0.2, 1], atol=1e-6)
    np.testing.assert_allclose(found["detection_corners"][0, 0, 0], [-0.1, 0.7], atol=1e-6)
    assert found["character_boxes"].min() >= 0 and found["character_boxes"].max() <= 1


def test_pictures_keep_their_own_plates():
    found = assemble([FIRST, SECOND], [2.0, 2.0], [[0, 0], [2, 1]], [[0.9, 0], [0, 0], [0.9, 0.8]])

    assert found["num_detections"].tolist() == [1, 0, 1]
    np.testing.assert_allclose(found["detection_boxes"][[0, 2], 0], [FIRST, SECOND], atol=1e-6)


def test_the_layer_is_rebuilt_from_its_arguments():
    made = Assembly(margin=0.2, characters=7, temperatures=(0.5, 2.0), looseness=0.3, iou_threshold=0.6, name="odd")
    config = made.get_config()

    assert config.items() >= {"margin": 0.2, "characters": 7, "iou_threshold": 0.6, "name": "odd"}.items()
    assert Assembly.from_config(config).temperatures == (0.5, 2.0)
    assert Assembly.from_config(config).looseness == 0.3
