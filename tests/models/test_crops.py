"""Which crops training sees: shaken true plates, and proposals."""

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


def test_plates_are_shaken_by_small_shares_of_their_own_sides():
    frames = choose(numpy_boxes.corners(PLATE)[None], [[0] * 4], count=4000)

    middles = (frames[:, 0] + frames[:, 1:].sum(1) / 2 - [0.45, 0.45]) / [0.1, 0.3]
    turned = frames[:, 1:] @ np.linalg.inv([[0, 0.3], [0.1, 0]])  # across and down, in the plate's own
    scales, skews = np.log(turned[:, [0, 1], [0, 1]]), turned[:, [0, 1], [1, 0]]
    for found, spread in ((middles, 0.06), (scales, 0.12), (skews, 0.05)):
        np.testing.assert_allclose(found.std(0), spread, rtol=0.08)
        np.testing.assert_allclose(np.abs(found).max(), 2.5 * spread, rtol=1e-3)  # none farther out


def test_three_tenths_of_the_shaken_plates_are_cut_as_if_upright():
    frames = choose(TILTED[None], [[0] * 4], count=2000)

    slope = frames[:, 1, 0] / frames[:, 1, 1]
    assert abs(slope.mean() - 0.7 * 0.05 / 0.3) < 0.01


@pytest.mark.parametrize(("rectified", "expected"), [(True, TILTED), (False, numpy_boxes.corners(AWAY))])
def test_proposals_are_followed_by_their_corners_or_by_their_boxes(rectified, expected):
    nothing = tf.zeros([1, 1, 4, 2])

    frames, _ = TrainingCrops(2, rectified, seed=3)(nothing, np.ones((1, 1)), AWAY[None, None], TILTED[None, None])

    np.testing.assert_allclose(affine.corners(frames), [expected] * 2, atol=1e-6)


def test_pictures_of_a_batch_are_cropped_by_their_own_plates_and_scores():
    plates = np.stack([numpy_boxes.corners(PLATE)[None], numpy_boxes.corners(AWAY)[None]])
    proposals = np.array([[PLATE * 0.5], [PLATE * 0.5]], "float32")  # only the first picture's head is sure of it
    scores, corners = np.array([[1.0], [0.0]]), numpy_boxes.corners(proposals)

    frames, _ = TrainingCrops(100, True, seed=3)(plates, scores, proposals, corners)

    is_own = np.isclose(overlaps(frames, PLATE * 0.5), 1, atol=1e-4)
    assert 30 < is_own[:100].sum() < 70 and not is_own[100:].any()
    assert overlaps(frames[:100][~is_own[:100]], PLATE).min() > 0.3 and overlaps(frames[100:], AWAY).min() > 0.3


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
