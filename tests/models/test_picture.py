"""The picture's pyramid and canvas, at ordinary and odd sizes."""

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models.picture import LEVELS, CropPixels, Letterbox, pyramid, reached, switch
from plate_seg.models.roi_align import sample_frames


def letterbox(height, width, side, value=255):
    return Letterbox(side)(tf.fill([1, height, width, 3], tf.constant(value, tf.uint8)))


def test_the_pyramid_halves_by_area_and_keeps_the_picture():
    image = np.zeros((1, 8, 8, 3), np.uint8)
    image[0, :2, :2] = [[[0] * 3, [100] * 3], [[50] * 3, [250] * 3]]

    levels = pyramid(tf.constant(image), 4)

    np.testing.assert_array_equal(levels[0], image)
    assert [level.shape[1] for level in levels] == [8, 4, 2, 1]
    np.testing.assert_array_equal([levels[1][0, 0, 0, 0], levels[2][0, 0, 0, 0], levels[3][0, 0, 0, 0]], [100, 25, 6])


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (1, 700)])
def test_the_pyramid_of_an_odd_picture_is_not_darkened_at_its_edge(size):
    levels = pyramid(tf.fill([2, *size, 3], tf.constant(200, tf.uint8)), 4)

    assert all(level.dtype == tf.uint8 and (level.numpy() == 200).all() for level in levels)


@pytest.mark.parametrize(
    ("size", "side", "extent", "canvas"),
    [
        ((480, 640), 320, (240, 320), (256, 320)),  # half
        ((480, 640), 640, (480, 640), (480, 640)),  # as it is
        ((48, 64), 640, (48, 64), (64, 64)),  # never enlarged
        ((1, 1), 640, (1, 1), (32, 32)),
        ((2, 2000), 640, (1, 640), (32, 640)),
        ((3000, 1000), 96, (96, 32), (96, 32)),
        ((601, 333), 320, (320, 177), (320, 192)),
    ],
)
def test_extents_keep_the_aspect_and_canvases_are_multiples_of_32(size, side, extent, canvas):
    shrunk, windows = letterbox(*size, side)

    assert tuple(shrunk.shape[1:3]) == canvas
    np.testing.assert_allclose(windows[0], [[0, 0], np.divide(extent, canvas)])
    np.testing.assert_array_equal(windows[1], [[1, 0], [1, 1]])  # the picture stands on it once


@pytest.mark.parametrize(
    ("longest", "largest", "expected"),
    [(160, 512, 160), (640, 512, 416), (700, 512, 455), (800, 512, 512), (2000, 512, 512), (2000, 0, 416)],
)
def test_the_canvas_grows_with_a_large_picture(longest, largest, expected):
    canvas, windows = Letterbox(416, largest)(tf.zeros([1, longest // 2, longest, 3], tf.uint8))

    np.testing.assert_allclose(windows[0, 1, 1] * canvas.shape[2], expected, rtol=1e-6)
    assert canvas.shape[2] == -(-expected // 32) * 32


@pytest.mark.parametrize(
    ("size", "extent", "half"), [((480, 960), (63, 126), (32, 63)), ((1300, 700), (160, 86), (80, 43))]
)
def test_a_large_picture_stands_on_the_canvas_twice(size, extent, half):
    image = cv2.resize(np.random.default_rng(5).integers(0, 256, (6, 6, 3)).astype(np.uint8), size[::-1])

    canvas, windows = Letterbox(84, 160)(tf.constant(np.stack([image, 255 - image])))

    height, width = -(-extent[0] // 32) * 32, -(-extent[1] // 32) * 32
    assert canvas.shape == (2, height + 32 + -(-half[0] // 32) * 32, width, 3)
    pixels = windows * np.array(canvas.shape[1:3])
    np.testing.assert_allclose(pixels, [[[0, 0], extent], [[height + 32, 0], half]], rtol=1e-6)
    np.testing.assert_array_equal(canvas[:, height : height + 32], np.zeros((2, 32, width, 3)))
    large, small = canvas[:, : extent[0], : extent[1]], canvas[:, height + 32 :][:, : half[0], : half[1]]
    for copy, (tall, wide) in ((large, extent), (small, half)):
        expected = cv2.resize(image, (wide, tall), interpolation=cv2.INTER_AREA) / 127.5 - 1
        np.testing.assert_allclose(copy[0], expected, atol=0.06)
        np.testing.assert_allclose(copy[1], -copy[0], atol=0.02)
    assert (canvas[:, height + 32 + half[0] :].numpy() == 0).all() and (
        canvas[:, height:, half[1] :].numpy() == 0
    ).all()


def test_a_picture_of_ordinary_size_stands_on_the_canvas_once():
    once, windows = Letterbox(64, 96)(tf.zeros([1, 640, 320, 3], tf.uint8))
    twice, _ = Letterbox(64, 96)(tf.zeros([1, 642, 320, 3], tf.uint8))

    assert (once.shape[1], twice.shape[1]) == (64, 96 + 32 - 32 + 32)
    np.testing.assert_array_equal(windows[1], [[1, 0], [1, 1]])


def test_the_picture_lies_top_left_and_grey_pads_it():
    canvas, _ = letterbox(40, 100, 50)

    expected = np.zeros((1, 32, 64, 3))
    expected[:, :20, :50] = 1
    np.testing.assert_allclose(canvas, expected, atol=1e-6)


@pytest.mark.parametrize("side", [37, 64, 100, 150, 300])
def test_a_ramp_stays_a_ramp_at_every_scale(side):
    ramp = np.broadcast_to(np.linspace(0, 250, 256)[None, None, :, None], (1, 128, 256, 3))

    canvas, windows = Letterbox(side)(tf.constant(ramp, tf.uint8))

    width = round(float(windows[0, 1, 1]) * canvas.shape[2])
    centres = (np.arange(width) + 0.5) / width * 256 - 0.5
    np.testing.assert_allclose((canvas[0, 0, :width, 0] + 1) * 127.5, centres * 250 / 255, atol=2.5)


def test_halves_of_an_even_picture_are_means_of_four():
    image = np.random.default_rng(3).integers(0, 256, (2, 24, 40, 3)).astype(np.uint8)

    half = pyramid(tf.constant(image), 2)[1]

    means = image.reshape(2, 12, 2, 20, 2, 3).mean((2, 4))
    np.testing.assert_array_equal(half, np.floor(means + 0.5))


@pytest.mark.parametrize("widths", [(10, 20), (30, 50), (70, 20), (150, 20), (40, 300)])
def test_crops_are_those_off_the_whole_pyramid(widths):
    """Widths in pixels of two crops of 4 x 8 bins, from several a pixel to more pixels a bin than any half has."""
    images = tf.constant(np.random.default_rng(4).integers(0, 256, (2, 160, 320, 3)), tf.uint8)
    boxes = tf.constant([[0.1, 0.05, 0.1 + width / 320, 0.05 + width / 320] for width in widths])
    frames, rois = affine.from_boxes(boxes), tf.constant([1, 0])

    crops = CropPixels((4, 8))(images, frames, rois)

    expected = sample_frames(pyramid(images, LEVELS), frames, rois, (4, 8))
    np.testing.assert_allclose(crops, expected, atol=0.01)  # of 255


@pytest.mark.parametrize("size", [(160, 320), (161, 320), (160, 322), (12, 5), (8, 8), (1, 1)])
@pytest.mark.parametrize("seed", range(6))
def test_what_frames_reach_is_sampled_as_the_whole_picture_is(size, seed):
    """Two tilted frames anywhere, past the edges too, on every level."""
    rng = np.random.default_rng(seed)
    images = tf.constant(rng.integers(0, 256, (2, *size, 3)), tf.uint8)
    axes = rng.normal(size=(2, 2, 2)) * 2.0 ** -rng.integers(0, 5, (2, 1, 1))
    frames = tf.constant(np.concatenate([rng.uniform(-0.3, 1.3, (2, 1, 2)), axes], 1), tf.float32)
    rois = tf.constant([1, 0])

    part, inner = reached(images, frames)

    for levels, part_levels in zip(pyramid(images, LEVELS), pyramid(part, LEVELS), strict=True):
        whole = sample_frames([levels], frames, rois, (5, 9))
        np.testing.assert_allclose(sample_frames([part_levels], inner, rois, (5, 9)), whole, atol=0.05)  # of 255


@pytest.mark.parametrize(
    ("size", "box", "expected"),
    [
        ((160, 320), (80, 120, 90, 200), (32, 96)),  # 72..104 and 112..208: a cell of 8 px more all round
        ((160, 320), (0, 0, 160, 320), (160, 320)),
        ((160, 320), (-40, 300, 7, 400), (16, 32)),  # over the edges
        ((160, 320), (170, 330, 190, 350), (8, 8)),  # off the picture: its nearest cell
        ((161, 320), (80, 120, 90, 200), (161, 96)),  # no whole number of cells high
        ((3, 5), (1, 1, 2, 2), (3, 5)),
    ],
)
def test_only_what_frames_reach_is_cut_out(size, box, expected):
    images = tf.random.uniform([1, *size, 3], maxval=256, dtype=tf.int32, seed=1)
    frames = affine.from_boxes(tf.constant([box], tf.float32) / np.tile(size, 2).astype(np.float32))

    part, inner = reached(images, frames)

    assert tuple(part.shape[1:3]) == expected
    lengths = frames[0, 1:] * np.array(size, np.float32)
    np.testing.assert_allclose(inner[0, 1:] * np.array(expected, np.float32), lengths, rtol=1e-4)


def test_the_letterbox_in_a_graph_takes_any_size():
    images = keras.Input((None, None, 3), dtype="uint8")
    model = keras.Model(images, Letterbox(64)(images))

    for size, canvas in (((128, 64), (64, 32)), ((7, 9), (32, 32))):
        assert tuple(model(np.zeros((2, *size, 3), np.uint8))[0].shape) == (2, *canvas, 3)


def test_the_layers_are_rebuilt_from_their_arguments():
    config = Letterbox(side=96, name="odd").get_config()

    assert (config["side"], config["name"]) == (96, "odd")
    assert Letterbox.from_config(config).side == 96
    assert CropPixels.from_config(CropPixels((4, 8)).get_config()).size == (4, 8)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_switch_takes_the_branch_of_the_index(index):
    chosen = tf.function(lambda place: switch(place, [lambda k=k: tf.constant(10 * k) for k in range(3)]))

    assert int(chosen(tf.constant(index))) == 10 * index
