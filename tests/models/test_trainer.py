"""The training view: losses that are finite on anything, fall when trained, and see only what is known."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg import precision
from plate_seg.models import segmenter, trainer
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


@pytest.mark.slow
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
