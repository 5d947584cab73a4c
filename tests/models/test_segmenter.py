"""One graph, two views: any size, alone or in a batch, the same layers."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg import boxes as numpy_boxes
from plate_seg.models import segmenter, trainer
from plate_seg.models.assembly import MASK_SIZE
from plate_seg.temperature import temper

OUTPUTS = {
    "num_detections": ((), "int32"),
    "detection_boxes": ((3, 4), "float32"),
    "detection_scores": ((3,), "float32"),
    "detection_corners": ((3, 4, 2), "float32"),
    "num_characters": ((3,), "int32"),
    "character_boxes": ((3, 4, 4), "float32"),
    "character_scores": ((3, 4), "float32"),
    "character_classes": ((3, 4), "int32"),
    "character_masks": ((3, *MASK_SIZE), "uint8"),
    "mask_boxes": ((3, 4), "float32"),
}


def pictures(count, height, width, seed=1):
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), np.uint8)


def find(serving, images):
    return {name: rows.numpy() for name, rows in serving(tf.constant(images), training=False).items()}


@pytest.fixture(scope="module")
def found(serving):
    return find(serving, pictures(2, 96, 128))


def test_serving_has_the_outputs_of_the_contract(found):
    assert {name: (rows.shape[1:], str(rows.dtype)) for name, rows in found.items()} == OUTPUTS


def test_the_loud_graph_finds_plates_with_characters(found):
    """Otherwise the tests below would compare nothing with nothing."""
    assert found["num_detections"].min() > 0 and found["num_characters"].sum() > 0 and found["character_masks"].any()


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (40, 3), (33, 65), (250, 90)])
def test_serving_takes_pictures_of_any_size(serving, size):
    found = find(serving, pictures(1, *size))

    assert all(np.isfinite(rows).all() for rows in found.values())
    assert found["detection_boxes"].min() >= 0 and found["detection_boxes"].max() <= 1


@pytest.mark.parametrize("value", [0, 128, 255])
def test_blank_pictures_give_no_nan(serving, value):
    found = find(serving, np.full((2, 64, 64, 3), value, np.uint8))

    assert all(np.isfinite(rows).all() for rows in found.values())


def test_a_picture_gets_the_same_answer_alone_and_in_a_batch(serving):
    images = pictures(3, 96, 128)
    together = find(serving, images)

    for row in range(3):
        for name, rows in find(serving, images[row : row + 1]).items():
            np.testing.assert_allclose(rows[0], together[name][row], atol=1e-4, err_msg=name)


def test_rows_beyond_the_detections_and_characters_are_padding(found):
    for image, count in enumerate(found["num_detections"]):
        assert (found["detection_scores"][image, :count] > 0).all() and not found["detection_scores"][
            image, count:
        ].any()
        assert not found["detection_boxes"][image, count:].any()
        for plate, characters in enumerate(found["num_characters"][image]):
            assert (found["character_classes"][image, plate, :characters] >= 0).all()
            assert (found["character_classes"][image, plate, characters:] == -1).all()
            assert found["character_masks"][image, plate].max() <= characters
            assert not found["character_boxes"][image, plate, characters:].any()


def test_plates_come_best_first_and_do_not_cover_each_other(found):
    for image, count in enumerate(found["num_detections"]):
        scores, boxes = found["detection_scores"][image, :count], found["detection_boxes"][image, :count]
        assert (np.diff(scores) <= 0).all()
        assert (numpy_boxes.iou(boxes, boxes)[~np.eye(count, dtype=bool)] <= 0.4).all()


def test_scores_are_tempered_by_the_temperatures_of_the_config(parts, found):
    config = replace(parts.config, plate_temperature=1.25, character_temperature=0.5)

    tempered = find(segmenter.serving_view(replace(parts, config=config)), pictures(2, 96, 128))

    for image, count in enumerate(found["num_detections"]):
        for name, temperature in (("detection_scores", 1.25), ("character_scores", 0.5)):
            expected = temper(found[name][image, :count], temperature)
            np.testing.assert_allclose(tempered[name][image, :count], expected, rtol=1e-3, atol=1e-6, err_msg=name)


def test_plates_are_boxed_as_loosely_as_the_config_says(parts):
    config = replace(parts.config, box_looseness=0.0)

    tight = find(segmenter.serving_view(replace(parts, config=config)), pictures(2, 96, 128))

    corners = tight["detection_corners"]
    bounds = np.concatenate([corners.min(-2), corners.max(-2)], -1).clip(0, 1)
    assert tight["num_detections"].min() > 0
    np.testing.assert_allclose(tight["detection_boxes"], bounds, atol=1e-6)


def test_crops_have_the_margin_and_the_shape_of_the_config(serving, training, tiny):
    for view in (serving, training):
        layer = view.get_layer("crop_frames")
        assert (layer.margin, layer.aspect) == (tiny.margin, 64 / 32)


@pytest.mark.parametrize(
    ("score", "threshold", "temperature", "is_decoded"),
    [(0.35, 0.75, 1.0, True), (0.05, 0.75, 1.0, False), (0.1, 0.2, 2.0, True)],  # the last is reported as a quarter
)
def test_characters_are_decoded_of_doubtful_and_of_reported_plates(parts, score, threshold, temperature, is_decoded):
    encoder = keras.models.clone_model(parts.encoder)
    looks = encoder.get_layer("plate_shape")
    kernel, bias = looks.get_weights()
    looks.set_weights([0 * kernel, bias + np.log(score / (1 - score))])  # the second look's score of any crop
    config = replace(parts.config, score_threshold=threshold, plate_temperature=temperature)

    shown = segmenter.inspection_view(replace(parts, encoder=encoder, config=config))(pictures(2, 96, 128))

    is_other = shown["places"][:, 1] > 0  # than the first of a picture, which always is
    assert bool(tf.reduce_any(is_other)) == is_decoded


def test_both_views_follow_corners_or_boxes_as_the_config_says(parts, serving, training, schedule):
    upright = replace(parts, config=replace(parts.config, rectified=False))
    views = serving, training, segmenter.serving_view(upright), trainer.training_view(upright, schedule)

    layers = [view.get_layer(f"{kind}_crops") for view, kind in zip(views, ("serving", "training") * 2, strict=True)]

    assert [layer.rectified for layer in layers] == [True, True, False, False]


@pytest.mark.parametrize("temperature", [0.8, 1.0, 2.0])
def test_reported_plates_are_the_same_when_the_others_are_not_decoded(parts, monkeypatch, temperature):
    images, names = pictures(4, 96, 128), ("detection_boxes", "detection_scores", "character_boxes", "character_masks")
    encoder = keras.models.clone_model(parts.encoder)  # one that is sure of some crops and not of others
    encoder.set_weights(parts.encoder.get_weights())
    looks = encoder.get_layer("plate_shape")
    kernel, bias = looks.get_weights()
    kernel[:, 0] = np.random.default_rng(2).normal(0, 1, len(kernel))
    looks.set_weights([kernel, bias])
    parts = replace(parts, encoder=encoder, config=replace(parts.config, plate_temperature=temperature))
    view = segmenter.serving_view(parts)
    shapes = keras.Model(view.input, view.get_layer("plate_crops").input[4])(images).numpy()
    bias[0] = -np.median(shapes[:, 0])
    looks.set_weights([kernel, bias])
    everything = find(segmenter.serving_view(replace(parts, config=replace(parts.config, score_threshold=0.0))), images)
    scores = everything["detection_scores"]
    threshold = float(np.median(scores[scores > 0]))
    monkeypatch.setattr(segmenter, "DECODE_FROM", 1.0)
    config = replace(parts.config, score_threshold=threshold)

    found = find(segmenter.serving_view(replace(parts, config=config)), images)

    assert found["num_characters"].sum() < everything["num_characters"].sum()
    for image, count in enumerate((scores >= threshold).sum(1)):
        for name in names:
            np.testing.assert_allclose(found[name][image, :count], everything[name][image, :count], 1e-4, 1e-5)


def test_the_canvas_grows_in_serving_and_not_in_training(parts, training):
    config = replace(parts.config, canvas=64, largest_canvas=128)
    letterbox = segmenter.serving_view(replace(parts, config=config)).get_layer("letterbox")

    assert (letterbox.side, letterbox.largest) == (64, 128)
    assert training.get_layer("letterbox").largest == training.get_layer("letterbox").side


def test_how_many_plates_are_returned_is_of_serving_alone(parts, schedule):
    crowded = replace(parts, config=replace(parts.config, max_plates=20))

    assert segmenter.serving_view(crowded).get_layer("proposals").count == 20
    assert trainer.training_view(crowded, schedule).get_layer("proposals").count == segmenter.PROPOSALS


def test_both_views_hold_the_same_layers(parts, serving, schedule):
    training = trainer.training_view(parts, schedule)

    for view in (serving, training):
        assert [view.get_layer(layer.name) for layer in parts.layers] == list(parts.layers)
    counted = sum(layer.count_params() for layer in parts.layers)
    assert serving.count_params() == counted
    assert sum(np.prod(weight.shape) for weight in training.trainable_weights) == sum(
        np.prod(weight.shape) for weight in serving.trainable_weights
    )


def test_weights_alone_carry_the_answer_to_a_new_graph(parts, serving, found, tmp_path):
    serving.save_weights(tmp_path / "model.weights.h5")
    renewed = segmenter.serving_view(segmenter.build(parts.config))

    renewed.load_weights(tmp_path / "model.weights.h5")

    for name, rows in find(renewed, pictures(2, 96, 128)).items():
        np.testing.assert_allclose(rows, found[name], atol=1e-5, err_msg=name)


def test_a_plate_far_larger_than_its_crop_reads_a_coarser_picture(parts):
    checks = np.indices((512, 512)).sum(0) % 2 * 255
    picture = tf.constant(np.repeat(checks[None, ..., None], 3, -1), tf.uint8)
    frame = tf.constant([[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]])
    context, images = tf.zeros([1, 8, 8, 8]), tf.constant([0])
    echo = replace(parts, encoder=keras.Model(parts.encoder.inputs, parts.encoder.inputs))

    _, pixels, features = segmenter._look(
        echo, picture, context, frame, images, tf.constant([[[0.0, 0.0], [1.0, 1.0]]])
    )

    np.testing.assert_array_equal(np.unique(pixels), [128.0])  # 512 / 32 = 16 pixels a bin: the checks are grey
    assert features.shape == (1, 4, 8, 8)
