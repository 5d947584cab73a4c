import numpy as np

from plate_seg.data.stage import Stage, View, blend, disc, paint, rounded, smooth, turn


def frontal():
    return View(turn(0, 0, 0), distance=4.0, focal_px=200.0, centre_px=(50.0, 30.0))


def test_the_origin_falls_on_the_centre_and_a_metre_on_focal_over_distance():
    pixels = frontal().project(np.array([[0, 0, 0], [1, 0, 0], [0, 0.5, 0]]))

    np.testing.assert_allclose(pixels, [[50, 30], [100, 30], [50, 55]])


def test_what_is_twice_as_far_is_half_as_large():
    near, far = frontal().project(np.array([[1, 0, 0], [1, 0, 4]]))

    np.testing.assert_allclose((near[0] - 50) / (far[0] - 50), 2.0)


def test_turns_keep_lengths():
    rotation = turn(30, -20, 10)

    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)


def test_fill_paints_the_projected_outline():
    image = np.zeros((60, 100, 3), np.uint8)
    Stage(image, frontal()).fill(rounded(-0.2, -0.1, 0.2, 0.1), (200, 100, 50))

    assert image[30, 50].tolist() == [200, 100, 50]
    assert image[30, 70].tolist() == [0, 0, 0]


def test_paint_fades_down_and_survives_outlines_off_the_picture():
    image = np.zeros((60, 100, 3), np.uint8)
    paint(image, np.array([[0, 0], [100, 0], [100, 60], [0, 60]]), (0, 0, 0), colour_below=(240, 240, 240))
    before = image.copy()
    paint(image, np.array([[500, 500], [600, 500], [600, 600]]), (255, 0, 0), opacity=0.5)

    assert image[5, 50, 0] < 60 < 180 < image[55, 50, 0]
    np.testing.assert_array_equal(image, before)


def test_blend_mixes_by_the_mask():
    view = np.full((1, 3, 3), 100, np.uint8)
    blend(view, np.array([[0, 51, 255]], np.uint8), np.array([[[200, 200, 200]]]))

    np.testing.assert_allclose(view[0, :, 0], [100, 120, 200], atol=1)


def test_smoothing_cuts_corners_inside_the_outline():
    square = rounded(0, 0, 1, 1)
    smoothed = smooth(square)

    assert len(smoothed) == 16
    assert smoothed.min() >= 0
    assert smoothed.max() <= 1
    assert len(disc(0, 0, 1)) == 24
