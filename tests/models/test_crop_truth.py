"""Which true plate a training crop shows, and which crops are decoded."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models.crop_truth import BARE_EACH, CropTruth, match

PLATE = [0.4, 0.3, 0.5, 0.6]
AWAY = [0.8, 0.8, 0.9, 0.95]
BESIDE = [0.4, 0.55, 0.5, 0.85]  # shares a sixth of PLATE


def look(proposals, is_complete=True):
    """The truth of one picture with the plate PLATE for proposals [n, 4] whose crops are no larger than they."""
    frames = affine.from_boxes(tf.constant(proposals, tf.float32))
    plates = tf.constant([[[0.0] * 4, PLATE]])
    truth = CropTruth()(frames, frames, plates, tf.constant([[False, is_complete]]))
    return {name: rows.numpy() for name, rows in truth.items()}


def test_a_crop_of_a_plate_whose_characters_are_known_is_decoded():
    truth = look([AWAY, PLATE, BESIDE])

    assert truth["plates"][1] == 1 and truth["overlaps"][1] == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(truth["kept"], [0, 1])
    np.testing.assert_array_equal(truth["counts"], [1, 1])


def test_a_crop_of_a_plate_with_missing_labels_is_not():
    np.testing.assert_array_equal(look([AWAY, PLATE], is_complete=False)["kept"], [0])


def test_a_crop_of_half_a_plate_is_not():
    assert BESIDE[1] < PLATE[3]
    np.testing.assert_array_equal(look([PLATE, BESIDE, PLATE])["kept"], [0, 2])


def test_a_crop_of_three_fifths_of_a_plate_is_decoded_and_one_of_two_fifths_is_not():
    """Beside the plate, 0.3 wide, by 0.13 and by 0.07: IoU 0.17 / 0.43 and 0.23 / 0.37."""
    beside = [np.array(PLATE) + np.array([0, shift, 0, shift]) for shift in (0.13, 0.07)]

    np.testing.assert_array_equal(look([AWAY, *beside])["kept"], [0, 2])


def test_of_crops_that_touch_no_plate_one_in_a_few_is():
    truth = look([PLATE, *[AWAY] * (2 * BARE_EACH), PLATE])

    np.testing.assert_array_equal(truth["kept"], [0, 1, 1 + BARE_EACH, 1 + 2 * BARE_EACH])


def test_the_first_is_kept_without_counting_where_none_counts():
    truth = look([BESIDE, BESIDE])

    np.testing.assert_array_equal(truth["kept"], [0])
    np.testing.assert_array_equal(truth["counts"], [0])


def test_the_margin_of_a_crop_counts_as_touching():
    proposal = affine.from_boxes(tf.constant([PLATE, [0.51, 0.3, 0.6, 0.6]], tf.float32))
    frames = affine.expand(proposal, 0.2)

    truth = CropTruth()(proposal, frames, tf.constant([[PLATE]]), tf.constant([[True]]))

    np.testing.assert_array_equal(truth["kept"], [0])


def test_pictures_are_matched_with_their_own_plates():
    frames = affine.from_boxes(tf.constant([PLATE, AWAY, PLATE, AWAY]))
    boxes = tf.constant([[AWAY, PLATE], [AWAY, [0.0] * 4]])

    truth = CropTruth()(frames, frames, boxes, tf.constant([[True, True], [False, False]]))

    np.testing.assert_array_equal(truth["plates"][:2], [1, 0])
    np.testing.assert_allclose(truth["overlaps"], [1, 1, 0, 1], atol=1e-5)
    np.testing.assert_array_equal(truth["kept"], [0, 1, 2])  # the third touches no plate of its picture


def test_match_finds_the_plate_under_a_proposal():
    proposals = affine.from_boxes(tf.constant([[PLATE, AWAY, [0.0, 0.0, 0.1, 0.1]]]))
    boxes = tf.constant(np.stack([np.zeros(4), AWAY, PLATE])[None], tf.float32)

    plates, found = match(proposals, boxes)

    np.testing.assert_array_equal(plates[0, :2], [2, 1])
    np.testing.assert_allclose(found, [[1, 1, 0]], atol=1e-5)


def test_match_of_empty_proposals_with_no_plates_overlaps_nothing():
    _, found = match(tf.zeros([1, 2, 3, 2]), tf.zeros([1, 3, 4]))

    np.testing.assert_array_equal(found, [[0, 0]])
