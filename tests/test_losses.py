"""Losses against closed forms, loops in numpy, keras-cv, and golden values."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg import losses

UNIT = [0.0, 0.0, 1.0, 1.0]


def sigmoid(logits):
    return 1 / (1 + np.exp(-np.asarray(logits, "float64")))


def slow_quality_focal(logits, targets, weights, gamma=2.0):
    """The definition, one element after the other, in float64."""
    total = 0.0
    for logit, target, weight in zip(logits, targets, weights, strict=True):
        score = sigmoid(logit)
        entropy = -(target * np.log(score) + (1 - target) * np.log(1 - score))
        total += weight * abs(target - score) ** gamma * entropy
    return total


@pytest.mark.parametrize("gamma", [0.0, 1.5, 2.0])
def test_quality_focal_equals_its_definition(gamma):
    random = np.random.default_rng(2)
    logits, targets, weights = random.normal(0, 3, 50), random.random(50), random.integers(0, 3, 50)
    arrays = [tf.constant(rows, tf.float32) for rows in (logits, targets, weights)]

    expected = slow_quality_focal(logits, targets, weights, gamma)

    np.testing.assert_allclose(losses.quality_focal(*arrays, gamma=gamma), expected, rtol=1e-5)


def test_quality_focal_is_least_at_the_target():
    targets = tf.constant([0.7])
    logits = np.log(0.7 / 0.3)

    values = [losses.quality_focal(tf.constant([logits + by], tf.float32), targets, 1.0) for by in (-0.2, 0.0, 0.2)]

    np.testing.assert_allclose(values[1], 0, atol=1e-6)
    assert min(values[0], values[2]) > 1e-4


def test_quality_focal_of_hard_targets_is_twice_the_half_weighted_focal_loss_of_keras_cv():
    keras_cv = pytest.importorskip("keras_cv")
    random = np.random.default_rng(3)
    logits, targets = random.normal(0, 3, (1, 40)).astype("float32"), random.integers(0, 2, (1, 40)).astype("float32")

    focal = keras_cv.losses.FocalLoss(alpha=0.5, gamma=2.0, from_logits=True, reduction="none")(targets, logits)

    np.testing.assert_allclose(losses.quality_focal(logits, targets, 1.0), 2 * np.sum(focal), rtol=1e-4)


@pytest.mark.parametrize("logit", [-80.0, 80.0])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_quality_focal_has_finite_values_and_gradients_at_extremes(logit, target):
    logits = tf.Variable([logit])
    with tf.GradientTape() as tape:
        loss = losses.quality_focal(logits, tf.constant([target]), tf.ones(1))

    assert np.isfinite(loss) and np.isfinite(tape.gradient(loss, logits)).all()


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (UNIT, 0.0),
        ([0.0, 0.0, 1.0, 0.5], 0.5),  # half of it: IoU 1/2, no empty hull
        ([0.0, 2.0, 1.0, 3.0], 1 + 1 / 3),  # a gap as wide as each: IoU 0, a third of the hull empty
        ([0.5, 0.5, 1.5, 1.5], 1 - 1 / 7 + 2 / 9),  # quarter overlap: union 7/4, hull 9/4
        ([0.0, 1.0, 1.0, 2.0], 1.0),  # side by side
    ],
)
def test_generalized_iou_by_hand(box, expected):
    np.testing.assert_allclose(losses.generalized_iou(tf.constant(box), tf.constant(UNIT)), expected, atol=1e-5)


def test_generalized_iou_equals_keras_cv():
    keras_cv = pytest.importorskip("keras_cv")
    first, second = np.sort(np.random.default_rng(4).random((2, 20, 2, 2)), axis=2).reshape(2, 20, 4).astype("float32")

    expected = keras_cv.losses.GIoULoss("yxyx", axis="no_reduction", reduction="none")(second, first)

    np.testing.assert_allclose(losses.generalized_iou(first, second), expected, atol=1e-4)


def test_overlap_losses_of_boxes_without_area_are_finite_with_their_gradients():
    boxes = tf.Variable([[0.0] * 4, [0.3] * 4, [0.5, 0.5, 0.2, 0.2]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(losses.generalized_iou(boxes, tf.zeros([3, 4])) + losses.iou(boxes, tf.zeros([3, 4])))

    assert np.isfinite(loss) and np.isfinite(tape.gradient(loss, boxes)).all()


def test_iou_is_row_by_row():
    boxes = tf.constant([UNIT, [0.0, 0.0, 1.0, 0.5], [2.0, 2.0, 3.0, 3.0]])

    np.testing.assert_allclose(losses.iou(boxes, tf.constant([UNIT] * 3)), [1, 0.5, 0], atol=1e-5)


def test_smooth_l1_is_quadratic_below_beta_and_linear_above():
    values = tf.constant([[0.05, -0.05], [0.1, 0.0], [-1.0, 0.3]])

    found = losses.smooth_l1(values, tf.zeros_like(values), beta=0.1)

    np.testing.assert_allclose(found, [2 * 0.5 * 0.0025 / 0.1, 0.05, 0.95 + 0.25], rtol=1e-5)


def test_class_cross_entropy_of_equal_logits_is_the_log_of_their_number():
    loss = losses.class_cross_entropy(tf.zeros([2, 3, 38]), tf.ones([2, 3], tf.int32), tf.ones([2, 3]))

    np.testing.assert_allclose(loss, np.log(38), rtol=1e-6)


def test_class_cross_entropy_counts_by_weight():
    logits = tf.constant([[0.0, 0.0], [50.0, 0.0], [0.0, 50.0]])

    loss = losses.class_cross_entropy(logits, tf.constant([0, 0, 0]), tf.constant([1.0, 3.0, 0.0]))

    np.testing.assert_allclose(loss, np.log(2) / 4, rtol=1e-6)


def test_mask_cross_entropy_of_no_opinion_is_log_two():
    loss = losses.mask_cross_entropy(tf.zeros([1, 4]), tf.constant([[0.0, 1.0, 0.5, 1.0]]), tf.ones([1, 4]))

    np.testing.assert_allclose(loss, np.log(2), rtol=1e-6)


def test_dice_of_the_mask_itself_is_zero_and_of_nothing_is_almost_one():
    mask = np.zeros((2, 10, 10), "float32")
    mask[:, 2:8, 3:6] = 1
    weights = tf.ones_like(mask)

    np.testing.assert_allclose(losses.dice(tf.constant(200 * mask - 100), mask, weights), 0, atol=1e-6)
    np.testing.assert_allclose(losses.dice(tf.fill(mask.shape, -100.0), mask, weights), 1 - 1 / 19, rtol=1e-5)


def test_dice_leaves_out_rows_without_a_mask():
    logits = tf.constant(np.random.default_rng(5).normal(size=(2, 6, 6)), tf.float32)
    mask = np.zeros((2, 6, 6), "float32")
    mask[0, 1:3] = 1

    both = losses.dice(logits, mask, tf.ones_like(mask))

    np.testing.assert_allclose(both, losses.dice(logits[:1], mask[:1], tf.ones_like(mask[:1])), rtol=1e-6)


def test_dice_does_not_see_pixels_of_unknown_masks():
    logits = np.random.default_rng(6).normal(size=(1, 4, 4)).astype("float32")
    mask = np.eye(4, dtype="float32")[None]
    weights = np.ones_like(mask)
    weights[:, 2:] = 0
    changed = logits.copy()
    changed[:, 2:] = 9

    np.testing.assert_allclose(losses.dice(logits, mask, weights), losses.dice(changed, mask, weights), rtol=1e-6)


def test_centre_heat_is_the_focal_sum_over_the_cells_at_centres():
    heat = np.array([[1.0, 0.8, 0.5, 0.0, 0.0]], "float32")
    logits = np.array([[1.0, 0.0, -1.0, -2.0, 3.0]], "float32")

    loss = losses.centre_heat(logits, heat, tf.ones([1, 5]))

    np.testing.assert_allclose(loss, slow_quality_focal(logits[0], heat[0], np.ones(5)) / 2, rtol=1e-5)


def test_a_picture_that_counts_for_nothing_costs_nothing():
    none = tf.zeros([2, 4, 4])
    logits = tf.random.stateless_normal([2, 4, 4, 38], (1, 2))
    terms = [
        losses.quality_focal(logits[..., 0], none, none),
        losses.class_cross_entropy(logits, tf.zeros([2, 4, 4], tf.int32), none),
        losses.mask_cross_entropy(logits[..., 0], none, none),
        losses.dice(logits[..., 0], none, none),
        losses.centre_heat(logits[..., 0], none, none),
        losses.weighted_mean(logits[..., 0], none),
    ]

    np.testing.assert_array_equal(terms, np.zeros(6))


GOLDEN = {
    "quality_focal": 7.81355,
    "class_cross_entropy": 4.09191,
    "mask_cross_entropy": 0.8101,
    "dice": 0.1672,
    "centre_heat": 0.40846,
}


def test_golden_values():
    random = np.random.default_rng(7)
    logits = tf.constant(random.normal(size=(2, 8, 8, 38)), tf.float32)
    mask, weights = (tf.constant(random.random((2, 8, 8)), tf.float32) for _ in range(2))
    classes = tf.constant(random.integers(0, 38, (2, 8, 8)), tf.int32)
    first = logits[..., 0]
    found = {
        "class_cross_entropy": losses.class_cross_entropy(logits, classes, weights),
        **{name: getattr(losses, name)(first, mask, weights) for name in GOLDEN if name != "class_cross_entropy"},
    }
    found = {name: round(float(value), 5) for name, value in found.items()}

    assert found == pytest.approx(GOLDEN, rel=1e-4), str(found)
