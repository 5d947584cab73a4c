"""RoIAlign off ramps, off tilted frames, off the edge, and from the level that fits."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models.roi_align import RoIAlign, roi_align, sample_frames


def ramps(height, width):
    """A map whose value at (y, x) is (y, x) in fractions."""
    y, x = (np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width
    return np.stack(np.meshgrid(y, x, indexing="ij"), -1)[None].astype("float32")


def slow_bilinear(features, y, x):
    """One value [channels] at a point in fractions, the edge held."""
    height, width = features.shape[:2]
    row, column = np.clip(y * height - 0.5, 0, height - 1), np.clip(x * width - 0.5, 0, width - 1)
    top, left = int(row), int(column)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    down, across = row - top, column - left
    return (1 - down) * ((1 - across) * features[top, left] + across * features[top, right]) + down * (
        (1 - across) * features[bottom, left] + across * features[bottom, right]
    )


def test_roi_align_reads_bin_centres_off_a_ramp():
    ramp = (np.arange(16, dtype="float32") + 0.5) / 16
    features = np.tile(ramp[None, None, :, None], (1, 8, 1, 1))
    boxes = np.array([[[0.2, 0.25, 0.6, 0.75]]], "float32")

    crop = roi_align(features, boxes, size=(2, 4))

    np.testing.assert_allclose(crop[0, 0, 0, :, 0], [0.3125, 0.4375, 0.5625, 0.6875])


def test_a_tilted_frame_reads_its_own_bin_centres():
    frame = tf.constant([[[0.3, 0.2], [0.1, 0.5], [0.3, -0.05]]])

    crop = sample_frames([ramps(40, 60)], frame, tf.constant([0]), (3, 5))

    np.testing.assert_allclose(
        crop.numpy().reshape(1, 15, 2), affine.to_image(frame, affine.grid(3, 5)[None]), atol=1e-5
    )


def test_crops_of_random_maps_equal_a_slow_loop():
    random = np.random.default_rng(2)
    features = random.normal(size=(2, 7, 9, 3)).astype("float32")
    frames = random.uniform(-0.4, 1.1, (5, 3, 2)).astype("float32")
    images = random.integers(0, 2, 5).astype("int32")

    crops = sample_frames([tf.constant(features)], tf.constant(frames), tf.constant(images), (4, 6))

    points = affine.to_image(frames, affine.grid(4, 6)[None]).numpy()
    expected = [[slow_bilinear(features[i], *point) for point in rows] for i, rows in zip(images, points, strict=True)]
    np.testing.assert_allclose(crops.numpy().reshape(5, 24, 3), expected, atol=1e-4)


def test_parts_outside_the_picture_read_its_edge():
    features = tf.constant(np.arange(4, dtype="float32").reshape(1, 2, 2, 1))

    crop = roi_align(features, tf.constant([[[-2.0, -2.0, 3.0, 3.0]]]), (5, 5))[0, 0, ..., 0]

    np.testing.assert_allclose([crop[0, 0], crop[0, 4], crop[4, 0], crop[4, 4]], [0, 1, 2, 3])


def test_a_padded_box_reads_the_top_left_and_a_single_cell_reads_itself():
    crop = roi_align(ramps(4, 4), np.zeros((1, 2, 4), "float32"), (2, 2))
    np.testing.assert_allclose(crop, np.full((1, 2, 2, 2, 2), 0.125))

    crop = roi_align(np.full((1, 1, 1, 3), 7, "uint8"), [[[0.1, 0.2, 0.8, 0.9]]], (2, 3))
    np.testing.assert_array_equal(crop, np.full((1, 1, 2, 3, 3), 7.0))


def test_boxes_read_the_picture_of_their_row():
    pictures = tf.constant(np.arange(2.0).reshape(2, 1, 1, 1) + np.zeros((2, 4, 6, 1)), tf.float32)

    crops = roi_align(pictures, np.full((2, 3, 4), [0.1, 0.2, 0.8, 0.6], "float32"), (2, 3))

    np.testing.assert_array_equal(crops[:, :, 0, 0, 0], [[0] * 3, [1] * 3])


def test_no_rois_give_an_empty_crop():
    assert roi_align(ramps(4, 4), np.zeros((1, 0, 4), "float32"), (2, 3)).shape == (1, 0, 2, 3, 2)


@pytest.mark.parametrize(
    ("cells_a_bin", "level"), [(0.2, 0), (1.0, 0), (1.4, 0), (1.5, 1), (2.8, 1), (3.0, 2), (20, 2)]
)
def test_the_level_whose_cells_are_nearest_to_a_bin_is_read(cells_a_bin, level):
    levels = [tf.fill([1, 128 >> n, 128 >> n, 1], float(n)) for n in range(3)]
    size = tf.constant([[[0.0, 0.0], [0.0, cells_a_bin * 8 / 128], [0.001, 0.0]]])

    np.testing.assert_array_equal(sample_frames(levels, size, tf.constant([0]), (4, 8)), np.full((1, 4, 8, 1), level))


def test_each_roi_reads_its_own_picture_at_its_own_level():
    levels = [
        tf.constant(10 * np.arange(2).reshape(2, 1, 1, 1) + n + np.zeros((2, 64 >> n, 64 >> n, 1)), tf.float32)
        for n in range(2)
    ]
    frames = affine.from_boxes(
        tf.constant([[0, 0, 0.05, 0.05], [0, 0, 0.9, 0.9], [0, 0, 0.05, 0.05], [0, 0, 0.9, 0.9]])
    )

    crops = sample_frames(levels, frames, tf.constant([0, 0, 1, 1]), (4, 4))

    np.testing.assert_array_equal(crops[:, 0, 0, 0], [0, 1, 10, 11])


def test_the_layer_in_a_graph_keeps_to_the_windows_of_a_map():
    features, frames, images = keras.Input((None, None, 2)), keras.Input((3, 2)), keras.Input((), dtype="int32")
    windows = keras.Input((2, 2))
    inputs = [features, frames, images, windows]
    model = keras.Model(inputs, RoIAlign((2, 3))([features], *inputs[1:]))
    frame = affine.from_boxes(tf.constant([[0.0, 0.0, 1.0, 1.0]]))
    parts = tf.constant([[[0, 0], [0.5, 0.75]], [[0.5, 0], [0.25, 0.75]]])

    crops = model([tf.constant(ramps(8, 8)), tf.repeat(frame, 2, 0), tf.constant([0, 0]), parts])

    assert model.output.shape == (None, 2, 3, 2)
    np.testing.assert_allclose(crops[0, :, :, 0], [[0.125] * 3, [0.375] * 3], atol=1e-6)
    np.testing.assert_allclose(crops[1, :, :, 0], [[0.5625] * 3, [0.6875] * 3], atol=1e-6)
    np.testing.assert_allclose(crops[:, 0, :, 1], [[0.125, 0.375, 0.625]] * 2, atol=1e-6)


def test_a_frame_that_leaves_its_window_reads_the_window_s_edge():
    features = tf.constant(np.arange(8.0)[None, :, None, None] + np.zeros((1, 8, 4, 1)), tf.float32)  # rows 0 to 7
    windows = tf.constant([[[0.0, 0.0], [0.5, 1.0]], [[0.5, 0.0], [0.25, 1.0]]])
    frames = affine.from_boxes(tf.constant([[-1.0, 0.0, 2.0, 1.0]] * 2))

    crops = sample_frames([features], frames, tf.constant([0, 0]), (3, 2), windows)

    np.testing.assert_allclose(crops[:, :, 0, 0], [[0, 1.5, 3], [4, 4.5, 5]])


def test_the_layer_is_rebuilt_from_its_arguments():
    config = RoIAlign(size=(3, 5), name="odd").get_config()

    assert (config["size"], config["name"]) == ((3, 5), "odd")
    assert RoIAlign.from_config(config).size == (3, 5)
