"""The second look: offsets to plates and their cost."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models import plate_shape

MARGIN = 0.15
PROPOSAL = np.array([[0.4, 0.2, 0.5, 0.6]], "float32")
TILTED = tf.constant([[[0.3, 0.2], [0.05, 0.3], [0.1, -0.02]]])


def crops(boxes=PROPOSAL):
    return affine.expand(affine.from_boxes(tf.constant(boxes)), MARGIN)


def targets(box, corners=None, is_plate=1.0, is_background=0.0, knows_corners=1.0, box_counts=1.0):
    box = tf.constant([box], tf.float32)
    return {
        "is_plate": tf.constant([is_plate]),
        "is_background": tf.constant([is_background]),
        "boxes": box,
        "corners": affine.corners(affine.from_boxes(box)) if corners is None else corners,
        "knows_corners": tf.constant([knows_corners]),
        "box_counts": tf.constant([box_counts]),
    }


def test_no_offsets_are_the_proposal_itself():
    logits, boxes, corners = plate_shape.decode(tf.zeros([1, 13]), crops(), MARGIN)

    np.testing.assert_array_equal(logits, [0])
    np.testing.assert_allclose(boxes, PROPOSAL, atol=1e-6)
    np.testing.assert_allclose(corners, [[[0.4, 0.2], [0.4, 0.6], [0.5, 0.6], [0.5, 0.2]]], atol=1e-6)


def test_offsets_are_shares_of_the_proposal():
    values = tf.constant([[2.0, 0.5, -0.25, 0, 0.5, 0.5, 0.5, 0, 0, 0, 0, -1, 0]])

    logits, boxes, corners = plate_shape.decode(values, crops(), MARGIN)

    np.testing.assert_allclose(boxes, [[0.45, 0.1, 0.5, 0.8]], atol=1e-6)
    np.testing.assert_allclose(corners, [[[0.45, 0.4], [0.4, 0.6], [0.5, 0.6], [0.4, 0.2]]], atol=1e-6)
    assert float(logits[0]) == 2


def test_a_tilted_crop_offers_its_own_corners_and_the_box_round_them():
    _, boxes, corners = plate_shape.decode(tf.zeros([1, 13]), affine.expand(TILTED, MARGIN), MARGIN)

    np.testing.assert_allclose(corners, affine.corners(TILTED), atol=1e-6)
    np.testing.assert_allclose(boxes, affine.bounds(affine.corners(TILTED)), atol=1e-6)


def test_the_box_starts_at_the_bounds_of_the_predicted_corners():
    wider = tf.constant([[0.0] * 5 + [-0.5, 0, 0, 0.25, 0, 0, 0, 0]])
    looser = wider + tf.constant([[0.0, -0.5, 0, 0, 0] + [0.0] * 8])

    (_, tight, _), (_, loose, _) = (plate_shape.decode(values, crops(), MARGIN) for values in (wider, looser))

    np.testing.assert_allclose(tight, [[0.35, 0.2, 0.5, 0.7]], atol=1e-6)
    np.testing.assert_allclose(loose, [[0.3, 0.2, 0.5, 0.7]], atol=1e-6)


def test_the_box_does_not_move_the_corners():
    values = tf.zeros([1, 13])
    with tf.GradientTape() as tape:
        tape.watch(values)
        loss = tf.reduce_sum(plate_shape.decode(values, crops(), MARGIN)[1])

    gradient = tape.gradient(loss, values)[0]
    assert np.all(gradient[1:5] > 0) and not np.any(gradient[5:])


def test_the_score_does_not_move_the_box():
    values = tf.constant([[1.0] + [0.3] * 12])
    with tf.GradientTape() as tape:
        tape.watch(values)
        cost = plate_shape.shape_losses(values, crops(), MARGIN, targets(PROPOSAL[0]))["shape_score"]

    gradient = tape.gradient(cost, values)[0]
    assert gradient[0] != 0 and not np.any(gradient[1:])


def test_the_right_answer_costs_only_what_its_score_does():
    values = tf.constant([[9.0] + [0.0] * 12])

    terms = plate_shape.shape_losses(values, crops(), MARGIN, targets(PROPOSAL[0]))

    assert all(float(value) < 2e-3 for value in terms.values()), terms


def test_the_score_aims_halfway_from_one_to_the_overlap():
    half = [0.4, 0.2, 0.5, 0.4]  # the proposal is twice as wide: overlap one half
    aim = float(np.log(3))  # of three quarters

    costs = [
        float(
            plate_shape.shape_losses(tf.constant([[logit] + [0.0] * 12]), crops(), MARGIN, targets(half))["shape_score"]
        )
        for logit in (aim - 0.5, aim, aim + 0.5)
    ]

    assert costs[1] < min(costs[0], costs[2])
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    np.testing.assert_allclose(costs[1], 2 * entropy, rtol=1e-4)


def test_a_background_crop_costs_its_score_alone():
    terms = plate_shape.shape_losses(
        tf.zeros([1, 13]), crops(), MARGIN, targets([0.0] * 4, is_plate=0.0, is_background=1.0)
    )

    np.testing.assert_allclose([float(value) for value in terms.values()], [2 * np.log(2), 0, 0], rtol=1e-5)


def test_a_crop_between_plate_and_background_costs_nothing():
    terms = plate_shape.shape_losses(tf.ones([1, 13]), crops(), MARGIN, targets(PROPOSAL[0], is_plate=0.0))

    assert [float(value) for value in terms.values()] == [0, 0, 0]


def test_unknown_corners_cost_nothing_and_are_not_moved():
    values = tf.constant([[0.0] * 5 + [0.5, -0.25] * 4])
    with tf.GradientTape() as tape:
        tape.watch(values)
        terms = plate_shape.shape_losses(values, crops(), MARGIN, targets(PROPOSAL[0], knows_corners=0.0))
        loss = tf.add_n(list(terms.values()))

    assert float(terms["shape_corners"]) == 0 and float(terms["shape_box"]) > 0
    assert not np.any(tape.gradient(loss, values)[0, 5:])


def test_a_box_that_does_not_count_costs_nothing_and_its_corners_do():
    values = tf.constant([[0.0] + [0.5] * 12])

    terms = plate_shape.shape_losses(values, crops(), MARGIN, targets(PROPOSAL[0], box_counts=0.0))

    assert float(terms["shape_box"]) == 0 and float(terms["shape_corners"]) > 0


def test_distances_are_measured_in_sides_of_the_crop():
    """A crop of 0.13 down and 0.52 across: off by a fifth of it down and a hundredth across."""
    down, across = 0.2 * 0.13, 0.01 * 0.52
    box = [0.4 + down, 0.2, 0.5, 0.6 + across]
    corners = tf.constant([[[0.4 + down, 0.2 + across], [0.4, 0.6], [0.5, 0.6], [0.5, 0.2]]])

    terms = plate_shape.shape_losses(tf.zeros([1, 13]), crops(), MARGIN, targets(box, corners))

    distance = (0.2 - 0.01) + 0.01**2 / 0.04  # linear from 0.02, quadratic below
    overlap, hull = (0.1 - down) * 0.4, 0.1 * (0.4 + across)
    union = 0.1 * 0.4 + (0.1 - down) * (0.4 + across) - overlap
    np.testing.assert_allclose(terms["shape_corners"], 2 * distance, rtol=1e-3)
    np.testing.assert_allclose(
        terms["shape_box"], 2 * (distance + 0.5 * (1 - overlap / union + 1 - union / hull)), rtol=1e-3
    )


@pytest.mark.parametrize("is_background", [0.0, 1.0])
def test_an_empty_frame_costs_finitely_with_finite_gradients(is_background):
    values = tf.Variable(np.random.default_rng(1).normal(size=(1, 13)).astype("float32"))
    with tf.GradientTape() as tape:
        terms = plate_shape.shape_losses(
            values, tf.zeros([1, 3, 2]), MARGIN, targets([0.0] * 4, is_plate=0.0, is_background=is_background)
        )
        total = tf.add_n(list(terms.values()))

    assert np.isfinite(total) and np.isfinite(tape.gradient(total, values)).all()


def test_nearer_boxes_and_corners_cost_less():
    near, far = (tf.constant([[0.0] + [by] * 12]) for by in (0.05, 0.2))

    terms = [plate_shape.shape_losses(values, crops(), MARGIN, targets(PROPOSAL[0])) for values in (near, far)]

    for name in ("shape_box", "shape_corners"):
        assert 0 < float(terms[0][name]) < float(terms[1][name])
