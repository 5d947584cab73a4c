"""The plate head: which cells are asked for a plate, what they answer, and what that costs."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg import boxes as numpy_boxes
from plate_seg import losses
from plate_seg.models import plate_head
from plate_seg.models.backbones import STRIDES
from plate_seg.models.plate_head import PRIOR, RADIUS, SIZES, PlateHead

SIDE = 192
WIDTHS = {"plate_logits": 1, "plate_deltas": 4, "plate_corners": 8}


def inverse_softplus(values):
    return np.log(np.expm1(np.asarray(values, "float64")))


def upright(box):
    top, left, bottom, right = box
    return np.array([[top, left], [top, right], [bottom, right], [bottom, left]])


def slow_sees(cell, box):
    """Whether a cell (y, x, stride) is asked for a plate: the definition in words, for one pair."""
    top, left, bottom, right = box
    size, stride = np.array([bottom - top, right - left]), cell[2]
    area = size.prod()
    if area <= 0:
        return False
    level = sum(np.sqrt(area) > bound for bound in SIZES)
    reach = np.maximum(np.minimum(RADIUS * stride, size / 2), stride / 2)
    centre = np.array([top + bottom, left + right]) / 2
    return STRIDES[level] == stride and bool((np.abs(cell[:2] - centre) <= reach).all())


@pytest.fixture(scope="module")
def plates():
    """Boxes [1, 6, 4] of all levels, two of them nested, one padded; corners tilted."""
    boxes = np.array(
        [[10, 20, 30, 60], [90, 30, 150, 160], [20, 60, 180, 190], [100, 60, 110, 100], [0] * 4, [180, 2, 190, 22]]
    )
    corners = np.stack([upright(box) for box in boxes]).astype("float32")
    corners[:4, 1:3, 0] += 4
    return boxes[None].astype("float32"), corners[None], np.array([[True, True, False, True, False, True]])


@pytest.fixture(scope="module")
def targets(plates):
    boxes, corners, knows = plates
    return plate_head.encode(boxes, corners, known(knows), plate_head.cells(SIDE, SIDE))


def known(corners, boxes=True):
    """What `encode` is told of plates [batch, plates]: whose corners are known, and which boxes count."""
    return {"box_counts": np.ones_like(corners) & boxes, "knows_corners": corners}


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    levels = [keras.Input((16 >> level, 24 >> level, 8)) for level in range(3)]
    return keras.Model(levels, PlateHead(8)(levels))


def test_outputs_have_a_row_a_cell(model):
    shapes = {name: output.shape for name, output in model.output.items()}

    assert shapes == {name: (None, 504, width) for name, width in WIDTHS.items()}


def test_rows_follow_the_order_of_the_cells(model):
    maps = [np.zeros((1, *level.shape[1:]), "float32") for level in model.inputs]
    maps[1][0, 2, 7] = 5

    changed = np.abs(model(maps)["plate_logits"] - model([m * 0 for m in maps])["plate_logits"])[0, :, 0]

    cells = plate_head.cells(128, 192).numpy()
    near = (cells[:, 2] == 16) & (np.abs(cells[:, :2] - [2.5 * 16, 7.5 * 16]).max(1) <= 16)
    assert (changed > 0).any() and (changed[~near] == 0).all()


def test_the_prior_lies_on_the_classification_convolution_alone(model):
    for level in range(3):
        bias = {name: model.get_layer(f"{name}{level}").bias.numpy() for name in model.output}
        np.testing.assert_allclose(1 / (1 + np.exp(-bias["plate_logits"])), [PRIOR], rtol=1e-5)
        np.testing.assert_array_equal(bias["plate_deltas"], [1.0] * 4)
        np.testing.assert_array_equal(bias["plate_corners"], [0.0] * 8)


def test_an_untrained_head_scores_every_cell_near_the_prior(model):
    maps = [np.random.default_rng(1).normal(size=(1, *level.shape[1:])).astype("float32") for level in model.inputs]
    np.testing.assert_allclose(tf.sigmoid(model(maps)["plate_logits"]), PRIOR, atol=0.005)


def test_encode_equals_a_slow_loop_over_cells_and_plates(plates, targets):
    boxes, corners, knows = (rows[0] for rows in plates)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for row, cell in enumerate(plate_head.cells(SIDE, SIDE).numpy()):
        seen = [plate for plate in range(6) if slow_sees(cell, boxes[plate])]
        assert bool(targets["is_positive"][0, row]) == bool(seen)
        if seen:
            plate = min(seen, key=lambda plate: area[plate])
            np.testing.assert_array_equal(targets["boxes"][0, row], boxes[plate])
            assert bool(targets["knows_corners"][0, row]) == knows[plate]


def test_every_plate_is_seen_by_a_cell(plates, targets):
    seen = targets["boxes"][targets["is_positive"]].numpy()

    for box in plates[0][0]:
        assert (seen == box).all(1).any() == (box.sum() > 0)


def test_decode_gives_the_encoded_plates_back(plates, targets):
    cells = plate_head.cells(SIDE, SIDE).numpy()
    rows = np.flatnonzero(targets["is_positive"][0])
    boxes, points = targets["boxes"].numpy()[0, rows], cells[rows, :2]
    distances = np.concatenate([points - boxes[:, :2], boxes[:, 2:] - points], -1) / cells[rows, 2:]
    deltas = tf.constant(inverse_softplus(np.maximum(distances, 1e-3)), tf.float32)

    decoded = plate_head.decode_boxes(deltas, tf.constant(cells[rows]))
    corners = plate_head.decode_corners(tf.gather(targets["corners"][0], rows), decoded)

    true_corners = {tuple(box): quad for box, quad in zip(plates[0][0], plates[1][0], strict=True)}
    np.testing.assert_allclose(decoded, boxes, atol=0.05)
    np.testing.assert_allclose(corners, [true_corners[tuple(box)] for box in boxes], atol=0.05)


def test_a_picture_without_plates_asks_no_cell_and_costs_only_its_scores():
    cells = plate_head.cells(64, 64)
    targets = plate_head.encode(tf.zeros([2, 3, 4]), tf.zeros([2, 3, 4, 2]), known(tf.zeros([2, 3], tf.bool)), cells)
    count = cells.shape[0]
    outputs = {name: tf.zeros([2, count, width]) for name, width in WIDTHS.items()}

    found = PlateHead(8).losses(outputs, targets)

    assert not targets["is_positive"].numpy().any()
    np.testing.assert_allclose(found["plate_logits"], 2 * count * 0.25 * np.log(2), rtol=1e-5)
    assert (float(found["plate_deltas"]), float(found["plate_corners"])) == (0, 0)


def perfect(targets, logit):
    """Outputs that say exactly what `targets` ask for, with one logit on every positive cell."""
    cells = targets["cells"].numpy()
    boxes = targets["boxes"].numpy()
    distances = np.concatenate([cells[:, :2] - boxes[..., :2], boxes[..., 2:] - cells[:, :2]], -1) / cells[:, 2:]
    is_positive = targets["is_positive"].numpy()
    return {
        "plate_logits": tf.constant(np.where(is_positive, logit, -30.0)[..., None], tf.float32),
        "plate_deltas": tf.constant(inverse_softplus(np.maximum(distances, 1e-3)), tf.float32),
        "plate_corners": targets["corners"],
    }


def test_a_perfect_answer_costs_almost_nothing(targets):
    found = PlateHead(8).losses(perfect(targets, 6.0), targets)

    assert all(float(value) < 0.03 for value in found.values()), found


def test_a_box_that_does_not_count_costs_nothing_and_the_others_the_same(plates, targets):
    boxes, corners, knows = plates
    counts = np.arange(boxes.shape[1])[None] != 0
    partial = plate_head.encode(boxes, corners, known(knows, counts), plate_head.cells(SIDE, SIDE))
    outputs = perfect(targets, 6.0)
    is_first = tf.reduce_all(targets["boxes"] == boxes[0, 0], -1, keepdims=True)
    outputs["plate_deltas"] = tf.where(is_first, 0.0, outputs["plate_deltas"])

    costs = [float(PlateHead(8).losses(outputs, each)["plate_deltas"]) for each in (targets, partial)]

    assert costs[0] > 0.05 and costs[1] < 0.03


def test_the_score_aims_at_the_overlap_of_the_box(targets):
    outputs = perfect(targets, 0.0)
    outputs["plate_deltas"] *= tf.constant([1.0, 1.0, 1.0, 1.0]) * 0.6
    boxes = plate_head.decode_boxes(outputs["plate_deltas"], targets["cells"])
    quality = losses.iou(boxes, targets["boxes"])
    is_positive = targets["is_positive"]
    at_overlap = tf.where(is_positive, tf.math.log(quality / (1 - quality)), -30.0)[..., None]

    costs = [
        PlateHead(8).losses(
            {**outputs, "plate_logits": at_overlap + by * tf.cast(is_positive, tf.float32)[..., None]}, targets
        )["plate_logits"]
        for by in (-0.5, 0.0, 0.5)
    ]

    assert costs[1] < 1e-4 < min(costs[0], costs[2])


def test_the_score_does_not_move_the_boxes(targets):
    outputs = perfect(targets, 0.0)
    with tf.GradientTape() as tape:
        tape.watch(outputs["plate_deltas"])
        cost = PlateHead(8).losses(outputs, targets)["plate_logits"]

    assert tape.gradient(cost, outputs["plate_deltas"]) is None


def test_unknown_corners_cost_nothing(plates):
    boxes, corners, _ = plates
    targets = plate_head.encode(boxes, corners, known(np.zeros((1, 6), bool)), plate_head.cells(SIDE, SIDE))
    outputs = {**perfect(targets, 6.0), "plate_corners": targets["corners"] + 3}

    assert float(PlateHead(8).losses(outputs, targets)["plate_corners"]) == 0


def slow_terms(outputs, boxes, corners, known):
    """The terms of pictures cell by cell: focal sum, boxes' and corners' mean distances."""
    cells = plate_head.cells(SIDE, SIDE).numpy()
    focal, positives, distances = 0.0, 0, {"plate_deltas": [], "plate_corners": []}
    for picture, row in np.ndindex(len(boxes), len(cells)):
        cell, quality = cells[row], 0.0
        score = 1 / (1 + np.exp(-float(outputs["plate_logits"][picture, row, 0])))
        seen = [plate for plate, box in enumerate(boxes[picture]) if slow_sees(cell, box)]
        if seen:
            plate = min(seen, key=lambda plate: np.prod(boxes[picture, plate, 2:] - boxes[picture, plate, :2]))
            box, reach = boxes[picture, plate], np.log1p(np.exp(outputs["plate_deltas"][picture, row])) * cell[2]
            drawn = np.concatenate([cell[:2] - reach[:2], cell[:2] + reach[2:]])
            quality, positives = numpy_boxes.iou(drawn, box)[0, 0], positives + 1
            hull = np.prod(np.maximum(drawn[2:], box[2:]) - np.minimum(drawn[:2], box[:2]))
            areas = [np.prod(each[2:] - each[:2]) for each in (drawn, box)]
            union = sum(areas) / (1 + quality)
            offsets = ((corners[picture, plate] - upright(box)) / (box[2:] - box[:2])).ravel()
            far = np.abs(outputs["plate_corners"][picture, row] - offsets)
            if known["box_counts"][picture, plate]:
                distances["plate_deltas"].append(2 * (1 - quality + 1 - union / hull))
            if known["knows_corners"][picture, plate]:
                distances["plate_corners"].append(np.where(far < 0.1, far**2 / 0.2, far - 0.05).sum())
        focal -= (quality - score) ** 2 * (quality * np.log(score) + (1 - quality) * np.log(1 - score))
    return {"plate_logits": focal / positives, **{name: np.mean(rows) for name, rows in distances.items()}}


def test_each_term_of_two_pictures_equals_a_slow_loop_over_their_cells(plates):
    boxes, corners, knows = (np.concatenate([rows, rows[:, ::-1]]) for rows in plates)
    boxes[1], corners[1] = boxes[1] * 0.9, corners[1] * 0.9
    about, random = known(knows, np.arange(12).reshape(2, 6) % 4 != 3), np.random.default_rng(3)
    targets = plate_head.encode(boxes, corners, about, plate_head.cells(SIDE, SIDE))
    outputs = {name: random.normal(0, 1.5, (2, 756, width)).astype("float32") for name, width in WIDTHS.items()}
    outputs["plate_corners"] *= 0.1

    found = PlateHead(8).losses(outputs, targets)

    expected = slow_terms(outputs, boxes, corners, about)
    assert {name: float(value) for name, value in found.items()} == pytest.approx(expected, rel=1e-4)
