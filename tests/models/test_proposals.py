"""Proposals: what is decoded, kept and suppressed, against slow loops and two other suppressions."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plate_seg import boxes as numpy_boxes
from plate_seg.models import plate_head
from plate_seg.models.proposals import CANDIDATES, LEAST_BELOW, MOST_ABOVE, Proposals, pairwise_iou, suppress

EDGE = st.integers(0, 6)


def slow_suppress(boxes, threshold):
    """Greedy suppression, one box after the other."""
    kept = []
    for row, box in enumerate(boxes):
        if all(numpy_boxes.iou(box, boxes[other])[0, 0] <= threshold for other in kept):
            kept.append(row)
    return np.isin(np.arange(len(boxes)), kept).astype("float32")


def random_boxes(count, seed):
    centre, size = np.random.default_rng(seed).uniform(0.2, 0.5, (2, count, 2))
    return np.concatenate([centre - size / 2, centre + size / 2], -1).astype("float32")


def answer(height, width, plates):
    """Head outputs for a canvas on which the cell at (y, x, stride) says `logit` and a box in canvas pixels."""
    cells = plate_head.cells(height, width).numpy()
    logits, deltas = np.full((1, len(cells), 1), -9.0), np.zeros((1, len(cells), 4))
    for place, logit, box in plates:
        row = int(np.flatnonzero((cells == place).all(1))[0])
        y, x, stride = place
        distances = np.array([y - box[0], x - box[1], box[2] - y, box[3] - x]) / stride
        logits[0, row], deltas[0, row] = logit, np.log(np.expm1(np.maximum(distances, 1e-3)))
    corners = np.zeros((1, len(cells), 8))
    return [tf.constant(rows, tf.float32) for rows in (logits, deltas, corners)]


def propose(count, height, width, plates, extent, below=None):
    """Of a picture of `extent` at the top left of a canvas and, maybe, again in `below`, first corner and extent."""
    canvas, size = tf.zeros([1, height, width, 3]), np.array([height, width])
    windows = np.array([[(0, 0), extent], below or [(height, 0), size]]) / size
    return Proposals(count)(*answer(height, width, plates), canvas, tf.constant(windows, tf.float32))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(EDGE, EDGE, EDGE, EDGE), min_size=1, max_size=12), st.sampled_from([0.0, 0.3, 0.5, 0.99]))
def test_suppress_equals_a_greedy_loop(edges, threshold):
    boxes = np.array([[min(a, c), min(b, d), max(a, c), max(b, d)] for a, b, c, d in edges], "float32") / 6

    np.testing.assert_array_equal(suppress(boxes[None], threshold)[0], slow_suppress(boxes, threshold))


@pytest.mark.parametrize("seed", range(4))
def test_suppress_equals_the_suppression_of_tensorflow(seed):
    boxes = random_boxes(60, seed)
    kept = tf.image.non_max_suppression(boxes, np.linspace(1, 0.1, 60), 60, iou_threshold=0.5)

    np.testing.assert_array_equal(np.flatnonzero(suppress(boxes[None], 0.5)[0]), kept)


def test_suppress_equals_the_suppression_of_keras_cv():
    keras_cv = pytest.importorskip("keras_cv")
    boxes, scores = random_boxes(40, 9), np.linspace(0.9, 0.3, 40, dtype="float32")
    layer = keras_cv.layers.NonMaxSuppression("yxyx", from_logits=False, iou_threshold=0.5, confidence_threshold=0.1)

    found = layer(boxes[None], scores[None, :, None])

    kept = np.flatnonzero(suppress(boxes[None], 0.5)[0])
    assert int(found["num_detections"][0]) == len(kept)
    np.testing.assert_allclose(np.sort(found["confidence"][0, : len(kept)])[::-1], scores[kept])


def test_a_chain_of_overlaps_keeps_every_other_box():
    starts = np.arange(9, dtype="float32") * 0.4
    boxes = np.stack([starts * 0, starts, starts * 0 + 1, starts + 1], -1)

    np.testing.assert_array_equal(suppress(boxes[None], 0.4)[0], [1, 0] * 4 + [1])


def test_pictures_do_not_suppress_each_other():
    boxes = np.stack([random_boxes(10, 1), random_boxes(10, 2)])

    expected = [slow_suppress(rows, 0.3) for rows in boxes]
    np.testing.assert_array_equal(suppress(boxes, 0.3), expected)


def test_pairwise_iou_equals_that_of_numpy_with_padded_rows():
    first, second = random_boxes(7, 3), random_boxes(5, 4)
    first[2] = second[1] = 0

    np.testing.assert_allclose(pairwise_iou(first[None], second[None])[0], numpy_boxes.iou(first, second), atol=1e-5)


def test_a_plate_is_decoded_to_fractions_of_the_picture_and_padded_rows_are_zero():
    plates = [((28, 44, 8), 2.0, (20, 30, 36, 60)), ((20, 44, 8), 1.0, (20, 31, 36, 60))]

    scores, boxes, corners, _ = propose(3, 64, 96, plates, (50, 80))

    np.testing.assert_allclose(scores[0, 0], 1 / (1 + np.exp(-2.0)), rtol=1e-5)
    np.testing.assert_allclose(boxes[0, 0], [0.4, 0.375, 0.72, 0.75], atol=1e-4)
    np.testing.assert_allclose(corners[0, 0], [[0.4, 0.375], [0.4, 0.75], [0.72, 0.75], [0.72, 0.375]], atol=1e-4)
    assert (scores.numpy()[0, 1:] < 1e-3).all()


@pytest.mark.parametrize("count", [8, 16])
def test_as_many_plates_as_asked_for_are_found_where_each_lights_eight_cells(count):
    """However much surer the first ones are."""
    plates = [
        ((64 * row + 20 + 8 * down, 64 * column + 20 + 8 * across, 8), 9.0 - row, (64 * row + 12, 64 * column + 8))
        for row in range(4)
        for column in range(4)
        for down in range(2)
        for across in range(4)
    ]
    plates = [(cell, logit, (top, left, top + 24, left + 48)) for cell, logit, (top, left) in plates]

    scores, boxes, _, _ = propose(count, 256, 256, plates, (256, 256))

    corners = {tuple(np.rint(box[:2] * 256).astype(int)) for box in boxes[0].numpy()}
    assert scores.numpy().min() > 0.9
    assert corners == {(64 * row + 12, 64 * column + 8) for row in range(count // 4) for column in range(4)}


@pytest.mark.parametrize(("shift", "count"), [(24, 2), (15, 1)])
def test_boxes_that_share_two_fifths_stay_two_and_that_share_three_do_not(shift, count):
    """Of two boxes 60 px wide, one beside the other, IoU (60 - shift) / (60 + shift)."""
    plates = [((28, 52, 8), 2.0, (20, 20, 36, 80)), ((28, 60, 8), 1.0, (20, 20 + shift, 36, 80 + shift))]

    scores, _, _, _ = propose(3, 64, 128, plates, (64, 128))

    assert (scores.numpy() > 0.5).sum() == count


def test_a_plate_on_the_second_window_is_told_in_fractions_of_the_picture():
    upper, lower = ((76, 164, 8), 1.0, (51, 99, 105, 225)), ((324, 84, 8), 2.0, (312, 48, 342, 114))
    away = ((180, 36, 8), 0.5, (168, 12, 192, 60))

    scores, boxes, _, windows = propose(3, 384, 288, [upper, lower, away], (192, 288), below=[(288, 0), (96, 144)])

    np.testing.assert_allclose(scores[0], 1 / (1 + np.exp([-2.0, -0.5, 9.0])), rtol=1e-4)  # the upper one is suppressed
    np.testing.assert_allclose(boxes[0, 0], [8 / 32, 16 / 48, 18 / 32, 38 / 48], atol=1e-4)
    np.testing.assert_allclose(boxes[0, 1], [56 / 64, 4 / 96, 1, 20 / 96], atol=1e-4)
    np.testing.assert_allclose(windows[0, 0], [[0.75, 0], [0.25, 0.5]])
    np.testing.assert_allclose(windows[0, 1], [[0, 0], [0.5, 1]])


def test_two_pictures_have_the_proposals_that_each_has_alone():
    plates = [((324, 84, 8), 2.0, (312, 48, 342, 114))], [((180, 36, 8), 0.5, (168, 12, 192, 60))]  # below and above
    shown = {"extent": (192, 288), "below": [(288, 0), (96, 144)]}
    windows = tf.constant([[[0, 0], [0.5, 1]], [[0.75, 0], [0.25, 0.5]]], tf.float32)
    both = [tf.concat(rows, 0) for rows in zip(*(answer(384, 288, rows) for rows in plates), strict=True)]

    together = Proposals(2)(*both, tf.zeros([2, 384, 288, 3]), windows)

    alone = [propose(2, 384, 288, rows, **shown) for rows in plates]
    for found, rows in zip(together, zip(*alone, strict=True), strict=True):
        np.testing.assert_allclose(found, tf.concat(rows, 0), atol=1e-6)


@pytest.mark.parametrize(("length", "is_taken"), [(MOST_ABOVE - 2, True), (MOST_ABOVE + 2, False)])
def test_a_long_plate_is_left_to_the_second_window_where_there_is_one(length, is_taken):
    plate = ((60, 140, 8), 3.0, (50, 140 - length / 2, 90, 140 + length / 2))

    alone = propose(1, 192, 288, [plate], (96, 288))
    beside = propose(1, 192, 288, [plate], (96, 288), below=[(128, 0), (48, 144)])

    assert alone[0][0, 0] > 0.9
    assert (beside[0][0, 0] > 0.9) == is_taken


@pytest.mark.parametrize(("length", "is_taken"), [(LEAST_BELOW - 2, False), (LEAST_BELOW + 2, True)])
def test_a_short_plate_is_left_to_the_first_window(length, is_taken):
    plate = ((156, 76, 8), 3.0, (150, 76 - length / 2, 160, 76 + length / 2))

    found = propose(1, 192, 288, [plate], (96, 288), below=[(128, 0), (48, 144)])

    assert (found[0][0, 0] > 0.9) == is_taken


def test_suppressed_rows_are_zero_and_boxes_end_at_the_picture():
    centre = [((4 + 8 * y, 4 + 8 * x, 8), 3.0 + y + x, (-20, -20, 60, 60)) for y in range(4) for x in range(4)]
    everywhere = [
        *centre,
        ((8, 8, 16), 1, (-20, -20, 60, 60)),
        ((8, 24, 16), 1, (-20, -20, 60, 60)),
        ((24, 8, 16), 1, (-20, -20, 60, 60)),
        ((24, 24, 16), 1, (-20, -20, 60, 60)),
        ((16, 16, 32), 1, (-20, -20, 60, 60)),
    ]

    scores, boxes, corners, _ = propose(4, 32, 32, everywhere, (30, 30))

    np.testing.assert_array_equal(scores[0, 1:], [0] * 3)
    np.testing.assert_allclose(boxes[0], [[0, 0, 1, 1], [0] * 4, [0] * 4, [0] * 4])
    np.testing.assert_array_equal(corners[0, 1:], np.zeros((3, 4, 2)))


@pytest.mark.parametrize("count", [CANDIDATES, CANDIDATES + 30])
@pytest.mark.parametrize("size", [(32, 32), (64, 96)])
def test_more_rows_than_cells_or_candidates_are_padded(count, size):
    scores, boxes, corners, _ = propose(count, *size, [((4, 4, 8), 2.0, (2, 2, 10, 20))], size)

    assert (scores.shape, boxes.shape, corners.shape) == ((1, count), (1, count, 4), (1, count, 4, 2))
    np.testing.assert_allclose(scores[0, 0], 0.880797, rtol=1e-5)
    assert (boxes.numpy()[scores.numpy() == 0] == 0).all()


def test_the_layer_in_a_graph_has_the_promised_shapes():
    rows = [keras.Input((None, width)) for width in (1, 4, 8)]
    canvas, windows = keras.Input((None, None, 3)), tf.ones([2, 2, 2])

    outputs = Proposals(5)(*rows, canvas, windows)

    assert [output.shape for output in outputs] == [(None, 5), (None, 5, 4), (None, 5, 4, 2), (None, 5, 2, 2)]


def test_the_layer_is_rebuilt_from_its_arguments():
    config = Proposals(count=3, iou_threshold=0.7, name="odd").get_config()

    assert (config["count"], config["iou_threshold"], config["name"]) == (3, 0.7, "odd")
    rebuilt = Proposals.from_config(config)
    assert (rebuilt.count, rebuilt.iou_threshold) == (3, 0.7)
