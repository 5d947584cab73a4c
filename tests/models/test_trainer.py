"""The training view: losses that are finite on anything, fall when trained, and see only what is known."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg import precision
from plate_seg.models import crop_targets, plate_head, plate_shape, segmenter, trainer
from plate_seg.models import frames as affine
from plate_seg.models.trainer import TERMS


def losses_of(training, batch):
    """The terms of one batch without training on it."""
    inputs, truth = batch
    training.reset_metrics()
    tensors = {name: tf.constant(value) for name, value in truth.items()}
    training.compute_loss(inputs, tensors, training(inputs, training=False), training=False)
    return {name: float(tracker.result()) for name, tracker in training.trackers.items()}


def gradients_of(training, batch):
    inputs, truth = batch
    tensors = {name: tf.constant(value) for name, value in truth.items()}
    with tf.GradientTape() as tape:
        loss = training.compute_loss(inputs, tensors, training(inputs, training=True))
    return tape.gradient(loss, [weight.value for weight in training.trainable_weights])


def test_the_loss_is_the_sum_of_its_terms(training, batch):
    terms = losses_of(training, batch(plates=2))

    assert set(terms) == {"loss", *TERMS}
    np.testing.assert_allclose(terms["loss"], sum(terms[name] for name in TERMS), rtol=1e-5)


@pytest.mark.parametrize("plates", [0, 1, 2])
def test_losses_and_gradients_are_finite_with_and_without_plates(training, batch, plates):
    terms = losses_of(training, batch(plates))
    gradients = gradients_of(training, batch(plates))

    assert all(np.isfinite(value) and value >= 0 for value in terms.values())
    assert all(gradient is not None and np.isfinite(gradient).all() for gradient in gradients)


def test_every_weight_learns_but_the_boxes_of_levels_without_a_plate(training, batch):
    inputs, truth = batch(2)
    gradients = gradients_of(training, (inputs, {**truth, "knows_corners": truth["plate_boxes"].any(-1)}))

    still = {w.path for w, gradient in zip(training.trainable_weights, gradients, strict=True) if not np.any(gradient)}
    layers = {path.split("/")[0].removesuffix("_conv").removesuffix("_norm") for path in still}
    assert layers == {f"{name}{level}" for name in ("plate_deltas", "plate_corners") for level in (1, 2)}


def test_a_picture_without_plates_teaches_scores_and_that_nothing_is_written(training, batch):
    terms = losses_of(training, batch(0))

    silent = {"class_logits", "centre_logits", "stroke_logits"}
    assert {name for name in TERMS if terms[name] > 0} == {"plate_logits", "shape_score", *silent}


def test_a_plate_with_missing_labels_teaches_where_it_is_but_not_what_it_says(training, batch):
    inputs, truth = batch(2)

    unknown = {"is_complete": truth["is_complete"] & False}
    terms = losses_of(training, ({**inputs, **unknown}, {**truth, **unknown}))

    assert {terms[name] for name in ("class_logits", "centre_logits", "offsets", "sizes", "stroke_logits")} == {0}
    assert terms["plate_deltas"] > 0 and terms["shape_box"] > 0


def test_unknown_corners_teach_no_corners(training, batch):
    terms = losses_of(training, batch(2))

    assert terms["plate_corners"] == terms["shape_corners"] == 0  # the drawn plates have boxes alone


def test_known_corners_do(training, batch):
    inputs, truth = batch(2)

    known = inputs, {**truth, "knows_corners": truth["plate_boxes"].any(-1)}

    draws = [losses_of(training, known) for _ in range(8)]  # in each, half of the crops are proposals of a raw head

    assert all(max(terms[name] for terms in draws) > 0 for name in ("plate_corners", "shape_corners"))


def test_each_crop_gets_the_truth_of_its_own_plate():
    rows = tf.reshape(tf.range(12), [2, 3, 2])

    picked = trainer.Trainer._of_crop(rows, tf.constant([[2, 0], [1, 1]]))

    np.testing.assert_array_equal(picked, [[4, 5], [0, 1], [8, 9], [8, 9]])


PLATES, OVERLAPS = [1, 0, 0, 1, 0, 1], [0.9, 0.45, 0.15, 0.6, 0.0, 0.25]  # of three crops a picture
IS_PLATE, IS_BACKGROUND = np.float32([1, 0, 0, 1, 0, 0]), np.float32([0, 0, 1, 0, 1, 1])
KEPT, COUNTS = [0, 2, 3, 5], np.float32([0, 1, 1, 1])


def two_pictures(batch):
    """The truth of pictures that share neither places nor signs nor what is known of them."""
    random, truth = np.random.default_rng(5), batch(plates=2)[1]
    for name in ("plate_boxes", "plate_corners", "characters"):
        truth[name][1] *= 0.8
    truth["plate_corners"][:, :2] += random.uniform(0, 0.03, (2, 2, 4, 2)).astype("float32")
    truth["labels"][1, :2, :3] += 5
    truth["strokes"] = random.integers(0, 2, truth["strokes"].shape, np.uint8)
    truth["box_counts"][:, :2], truth["knows_corners"][:, :2] = [[1, 1], [1, 0]], [[1, 0], [1, 1]]
    truth["has_mask"][1, 1, 0] = False
    return truth


def guesses(truth, tiny):
    """What an untrained graph may say of them; crop 2 shows the signs of a plate that it is too far off to show."""
    random = np.random.default_rng(6)
    shapes = {
        "plate_logits": (2, 84, 1),
        "plate_deltas": (2, 84, 4),
        "plate_corners": (2, 84, 8),
        "plate_shape": (6, 13),
    }
    shapes |= {"class_logits": (4, 16, 32, 38), "centre_logits": (4, 16, 32), "stroke_logits": (4, 32, 64)}
    shapes |= dict.fromkeys(("offsets", "sizes"), (4, 16, 32, 2))
    boxes = np.stack([truth["plate_boxes"][crop // 3, plate] for crop, plate in enumerate(PLATES)])
    frames = affine.expand(affine.from_boxes(tf.constant(boxes)), tiny.margin)
    return {
        **{name: tf.constant(random.normal(0, 0.5, shape), tf.float32) for name, shape in shapes.items()},
        "frames": frames + random.normal(0, 0.02, (6, 3, 2)).astype("float32"),
        **{"plates": tf.constant(PLATES), "overlaps": tf.constant(OVERLAPS)},
        **{"kept": tf.constant(KEPT), "counts": tf.constant(COUNTS)},
    }


def slow_terms(truth, found, tiny, side):
    """The terms with the truth of each picture and of each crop picked by hand, one after the other."""
    known = ("box_counts", "knows_corners")
    cells, plates, shapes, maps = plate_head.cells(side, side), [], [], []
    for picture in range(2):
        boxes, corners = (truth[name][picture : picture + 1] * side for name in ("plate_boxes", "plate_corners"))
        plates.append(plate_head.encode(boxes, corners, {name: truth[name][[picture]] for name in known}, cells))
    for crop, plate in enumerate(PLATES):
        own = {name: rows[crop // 3, plate] for name, rows in truth.items() if name != "strokes"}
        flags = {"is_plate": IS_PLATE[crop], "is_background": IS_BACKGROUND[crop]}
        flags |= {name: float(own[name]) for name in known}
        shapes.append({**flags, "boxes": own["plate_boxes"], "corners": own["plate_corners"]})
        if crop in KEPT:
            signs = {name: own[name][None] for name in ("characters", "has_mask")}
            signs["labels"] = own["labels"][None] if IS_PLATE[crop] else np.full((1, len(own["labels"])), -1, "int32")
            signs |= {"weights": tf.constant([COUNTS[KEPT.index(crop)]]), "strokes": truth["strokes"][[crop // 3]]}
            maps.append(crop_targets.encode(found["frames"][crop : crop + 1], [0], signs, tiny.crop_size))
    joined = {**{name: tf.concat([rows[name] for rows in plates], 0) for name in plates[0]}, "cells": cells}
    shape_targets = {name: tf.stack([row[name] for row in shapes]) for name in shapes[0]}
    return {
        **plate_head.PlateHead(8).losses(found, joined),
        **plate_shape.shape_losses(found["plate_shape"], found["frames"], tiny.margin, shape_targets),
        **crop_targets.map_losses(found, {name: tf.concat([rows[name] for rows in maps], 0) for name in maps[0]}),
    }


def test_every_term_compares_a_picture_and_a_crop_with_the_truth_of_its_own(tiny, schedule, batch):
    truth = two_pictures(batch)
    found = guesses(truth, tiny)
    inputs = keras.Input((1,))
    model = trainer.Trainer(inputs, inputs).prepare(tiny, dataclasses.replace(schedule, crops=3))

    model.compute_loss(None, {name: tf.constant(rows) for name, rows in truth.items()}, found)

    terms = {name: float(model.trackers[name].result()) for name in TERMS}
    expected = slow_terms(truth, found, tiny, schedule.canvas)
    assert min(terms.values()) > 0.01
    assert terms == pytest.approx({name: float(value) for name, value in expected.items()}, rel=1e-4)


def test_a_step_tells_its_rate_and_the_norm_of_the_gradient_before_clipping(tiny, schedule, monkeypatch):
    """Of the square of 2 x at x = 3: 36 by the weight and 12 by the bias, clipped to 1 together."""
    inputs = keras.Input((1,))
    model = trainer.Trainer(inputs, keras.layers.Dense(1, kernel_initializer=keras.initializers.Constant(2.0))(inputs))
    model.prepare(tiny, schedule).compile(keras.optimizers.SGD(0.5, global_clipnorm=1.0), run_eagerly=True)
    monkeypatch.setattr(model, "compute_loss", lambda x, y, y_pred: tf.reduce_sum(y_pred**2))

    logs = model.train_on_batch(np.array([[3.0]]), np.zeros((1, 1)), return_dict=True)

    norm = np.hypot(36, 12)
    assert (logs["gradient_norm"], logs["learning_rate"]) == pytest.approx((norm, 0.5), rel=1e-5)
    np.testing.assert_allclose(model.get_weights()[0], [[2 - 0.5 * 36 / norm]], rtol=1e-5)


def test_a_tiny_training_learns_its_batch(tiny, schedule, batch):
    keras.utils.set_random_seed(3)
    model = trainer.training_view(segmenter.build(tiny), schedule)
    model.compile(keras.optimizers.AdamW(3e-3, global_clipnorm=5.0))

    data = tf.data.Dataset.from_tensors(batch(1)).repeat()
    history = model.fit(data, epochs=6, steps_per_epoch=10, verbose=0).history

    assert history["loss"][-1] < 0.4 * history["loss"][0], history["loss"]
    assert history["class_logits"][-1] < 0.6 * history["class_logits"][0]


@pytest.mark.slow
@pytest.mark.skipif(
    not precision.cpu_has_bfloat16(), reason="this CPU does not compute in bfloat16; the graph would abort"
)
def test_a_mixed_training_view_has_a_finite_float32_loss(tiny, schedule, batch):
    with precision.policy("mixed_bfloat16"):
        model = trainer.training_view(segmenter.build(tiny), dataclasses.replace(schedule, precision="bfloat16"))
    model.compile(keras.optimizers.AdamW(1e-3))

    for plates in (0, 2):
        inputs, truth = batch(plates)
        logs = model.train_on_batch(inputs, truth, return_dict=True)
        assert all(np.isfinite(value) for value in logs.values()), logs
    kinds = {name: output.dtype for name, output in model.output.items()}
    assert kinds.pop("plates") == kinds.pop("kept") == "int32"
    assert set(kinds.values()) == {"float32"}
    assert model.get_layer("finder").get_layer("stem_conv").compute_dtype == "bfloat16"
