"""Which crops are read: shaken true plates, and proposals."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg import boxes as numpy_boxes
from plate_seg.models import frames as affine
from plate_seg.models.crops import OWN_SHARE, CropFrames, PlateCrops, ServingCrops, TrainingCrops

PLATE = np.array([0.4, 0.3, 0.5, 0.6], "float32")
TILTED = np.array([[0.4, 0.3], [0.45, 0.6], [0.55, 0.6], [0.5, 0.3]], "float32")
AWAY = np.array([0.8, 0.8, 0.9, 0.95], "float32")


def choose(corners, boxes, count=200, rectified=True, scores=None):
    """Frames [count, 3, 2] for one picture with true corners [n, 4, 2] and proposals [m, 4]."""
    boxes = np.asarray(boxes, "float32").reshape(1, -1, 4)
    scores = (boxes[..., 2] > boxes[..., 0]).astype("float32") if scores is None else np.array([scores], "float32")
    layer = TrainingCrops(count, rectified, seed=3)
    frames, images = layer(tf.constant(corners)[None], scores, boxes, tf.constant(numpy_boxes.corners(boxes)))
    assert images.numpy().tolist() == [0] * count
    return frames.numpy()


def training_model():
    inputs = [keras.Input(shape) for shape in ((None, 4, 2), (3,), (3, 4), (3, 4, 2))]
    return keras.Model(inputs, TrainingCrops(2, True, 1)(*inputs))


def overlaps(frames, box):
    return numpy_boxes.iou(affine.bounds(affine.corners(frames)), box)[:, 0]


def test_a_share_of_the_crops_are_own_proposals_and_the_rest_shaken_plates():
    frames = choose(numpy_boxes.corners(PLATE)[None], [AWAY])

    is_own = np.isclose(overlaps(frames, AWAY), 1, atol=1e-4)
    assert abs(is_own.mean() - OWN_SHARE) < 0.1
    shaken = overlaps(frames[~is_own], PLATE)
    assert shaken.min() > 0.3 and 0.6 < shaken.mean() < 0.9


def test_every_plate_of_a_picture_is_cropped_before_one_is_cropped_again():
    boxes = np.stack([PLATE, AWAY, PLATE * 0.2, [0] * 4]).astype("float32")

    for count in (3, 6):
        frames = choose(numpy_boxes.corners(boxes), [[0] * 4] * 4, count=count)

        nearest = numpy_boxes.iou(affine.bounds(affine.corners(frames)), boxes).argmax(-1)
        assert sorted(nearest) == sorted([0, 1, 2] * (count // 3))


def test_proposals_of_an_unsure_head_are_seldom_taken():
    shares = [
        np.isclose(overlaps(choose(numpy_boxes.corners(PLATE)[None], [AWAY], 1000, scores=[score]), AWAY), 1, atol=1e-4)
        for score in (0.1, 1.0)
    ]

    np.testing.assert_allclose(np.mean(shares, 1), [0.1 * OWN_SHARE, OWN_SHARE], atol=0.04)


def test_shaken_crops_keep_the_middle_and_size_of_the_plate_on_average():
    frames = choose(TILTED[None], [[0] * 4], count=2000)

    own = np.abs(frames).sum((1, 2)) == 0
    np.testing.assert_allclose(
        np.mean(affine.to_image(frames[~own], np.full((1, 1, 2), 0.5, "float32")), (0, 1)), TILTED.mean(0), atol=0.005
    )
    np.testing.assert_allclose(np.linalg.norm(frames[~own, 1], axis=-1).mean(), 0.304, atol=0.01)


@pytest.mark.parametrize("rectified", [True, False])
def test_tilt_is_followed_only_by_rectified_crops(rectified):
    frames = choose(TILTED[None], [[0] * 4], count=1000, rectified=rectified)

    own = np.abs(frames).sum((1, 2)) == 0
    slope = (frames[~own, 1, 0] / frames[~own, 1, 1]).mean()
    assert slope > 0.08 if rectified else abs(slope) < 0.02


def test_a_picture_without_plates_takes_its_proposals():
    frames = choose(np.zeros((2, 4, 2), "float32"), [AWAY, [0] * 4], count=20)

    np.testing.assert_allclose(overlaps(frames, AWAY), 1, atol=1e-4)


def test_a_picture_without_plates_and_proposals_gives_empty_frames():
    np.testing.assert_array_equal(choose(np.zeros((2, 4, 2), "float32"), [[0] * 4], count=5), np.zeros((5, 3, 2)))


def test_padded_plates_and_proposals_are_never_chosen():
    corners = np.concatenate([np.zeros((3, 4, 2)), numpy_boxes.corners(PLATE)[None]]).astype("float32")

    frames = choose(corners, [[0] * 4, AWAY, [0] * 4])

    assert (np.maximum(overlaps(frames, AWAY), overlaps(frames, PLATE)) > 0.3).all()


def test_proposals_are_drawn_by_the_root_of_their_score():
    frames = choose(np.zeros((2, 4, 2), "float32"), [AWAY, PLATE], count=4000, scores=[0.09, 0.81])

    assert abs(np.isclose(overlaps(frames, PLATE), 1, atol=1e-4).mean() - 0.75) < 0.03


def test_a_crop_reaches_past_its_proposal_by_the_margin_and_keeps_its_middle():
    proposals = affine.from_boxes(tf.constant([[0.4, 0.2, 0.5, 0.6]]))  # of 100 x 250 pixels: 40 down, 100 across

    frames = CropFrames(0.25, 2.5)(proposals, tf.zeros([1, 400, 250, 3]))

    np.testing.assert_allclose(affine.bounds(affine.corners(frames)), [[0.375, 0.1, 0.525, 0.7]], atol=1e-6)


@pytest.mark.parametrize(
    ("box", "crop"),
    [
        ([0.4, 0.4, 0.5, 0.5], [0.4, 0.325, 0.5, 0.575]),  # too narrow: wider
        ([0.4, 0.2, 0.44, 0.7], [0.32, 0.2, 0.52, 0.7]),  # too wide: higher
    ],
)
def test_a_crop_is_as_wide_against_its_height_in_pixels_as_the_maps(box, crop):
    frames = CropFrames(0.0, 2.5)(affine.from_boxes(tf.constant([box])), tf.zeros([1, 300, 300, 3]))

    np.testing.assert_allclose(affine.bounds(affine.corners(frames))[0], crop, atol=1e-6)


def test_a_tilted_crop_keeps_its_directions():
    proposal = affine.from_corners(tf.constant(TILTED[None]))

    frames = CropFrames(0.0, 2.5)(proposal, tf.zeros([1, 480, 640, 3]))

    for axis in (1, 2):
        ratio = frames[0, axis] / proposal[0, axis]
        np.testing.assert_allclose(ratio[~np.isnan(ratio)], np.nanmax(ratio), rtol=1e-5)
    lengths = np.linalg.norm(frames[0, 1:] * np.array([480, 640]), axis=-1)
    np.testing.assert_allclose(lengths[0] / lengths[1], 2.5, rtol=1e-5)


def test_an_empty_proposal_makes_an_empty_crop():
    np.testing.assert_array_equal(
        CropFrames(0.1, 2.5)(tf.zeros([1, 3, 2]), tf.zeros([1, 30, 30, 3])), tf.zeros([1, 3, 2])
    )


def test_training_crops_in_a_graph_name_the_picture_of_each():
    frames, images = training_model()(
        [np.stack([TILTED[None]] * 3), np.zeros((3, 3)), np.zeros((3, 3, 4)), np.zeros((3, 3, 4, 2))]
    )

    assert frames.shape == (6, 3, 2)
    np.testing.assert_array_equal(images, [0, 0, 1, 1, 2, 2])


def test_a_resumed_run_goes_on_with_the_draws_and_does_not_repeat_them(tmp_path):
    model, resumed = training_model(), training_model()
    inputs = [TILTED[None, None], np.zeros((1, 3)), np.zeros((1, 3, 4)), np.zeros((1, 3, 4, 2))]
    first = model(inputs)[0]
    model.save_weights(tmp_path / "checkpoint.weights.h5")
    second = model(inputs)[0]

    resumed.load_weights(tmp_path / "checkpoint.weights.h5")

    assert np.abs(second - first).max() > 1e-3
    np.testing.assert_array_equal(resumed(inputs)[0], second)


def serve(scores, rectified=True):
    scores = np.array(scores, "float32")
    boxes = np.broadcast_to(PLATE, (*scores.shape, 4))
    corners = np.broadcast_to(TILTED, (*scores.shape, 4, 2))
    windows = np.arange(4.0 * scores.size, dtype="float32").reshape(*scores.shape, 2, 2)
    return ServingCrops(rectified, threshold=0.3)(scores, boxes, corners, windows)


def test_serving_reads_what_passes_the_threshold():
    frames, windows, places = serve([[0.9, 0.3, 0.29], [0.5, 0.1, 0.0]])

    np.testing.assert_array_equal(places, [[0, 0], [0, 1], [1, 0]])
    np.testing.assert_array_equal(windows[:, 0, 0], [0, 4, 12])
    assert frames.shape == (3, 3, 2)


def test_serving_reads_the_best_of_every_picture_whatever_stands_beside_it():
    _, _, places = serve([[0.2, 0.1], [0.2, 0.1], [0.0, 0.0]])

    np.testing.assert_array_equal(places, [[0, 0], [1, 0], [2, 0]])


def test_crops_that_show_no_plate_are_not_decoded_but_the_first_of_a_picture():
    features = [np.arange(4.0)[:, None], np.arange(4.0)[:, None] * 2]
    places, scores = np.array([[0, 0], [0, 1], [0, 2], [1, 0]]), np.array([[0.9, 0.9, 0.1], [0.9, 0.0, 0.0]], "float32")
    logits = np.array([-9.0, 0.0, 0.0, -9.0])  # 0.9 ** 0.25 * 0.5 ** 0.75 is 0.579, with 0.1 it is 0.334
    shapes = np.stack([logits, *np.zeros((12, 4))], -1).astype("float32")

    (first, second), kept = PlateCrops(0.5)(features, shapes, places, scores)

    np.testing.assert_array_equal(kept, [0, 1, 3])
    np.testing.assert_array_equal(first[:, 0], [0, 1, 3])
    np.testing.assert_array_equal(second[:, 0], [0, 2, 6])


def test_serving_follows_corners_or_boxes():
    frames, _, _ = serve([[0.9]])
    np.testing.assert_allclose(affine.corners(frames)[0], TILTED, atol=1e-6)

    frames, _, _ = serve([[0.9]], rectified=False)
    np.testing.assert_allclose(affine.bounds(affine.corners(frames))[0], PLATE, atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "arguments"),
    [
        (TrainingCrops, {"count": 3, "rectified": False, "seed": 9}),
        (ServingCrops, {"rectified": False, "threshold": 0.7}),
        (PlateCrops, {"threshold": 0.7}),
        (CropFrames, {"margin": 0.2, "aspect": 2.0}),
    ],
)
def test_layers_are_rebuilt_from_their_arguments(layer, arguments):
    config = layer(**arguments, name="odd").get_config()

    assert config.items() >= {**arguments, "name": "odd"}.items()
    rebuilt = layer.from_config(config)
    assert {name: getattr(rebuilt, name) for name in arguments} == arguments
