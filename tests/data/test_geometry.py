import numpy as np
import pytest

from plate_seg.data import geometry

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], np.float64)


def test_warp_by_whole_pixels_copies_them():
    image = np.random.default_rng(0).integers(0, 256, (6, 7, 3), dtype=np.uint8)

    canvas = geometry.warp(image, geometry.translation(2, 3), np.zeros((10, 10, 3), np.uint8))

    np.testing.assert_array_equal(canvas[3:9, 2:9], image)
    assert canvas[:3].max() == 0 and canvas[:, :2].max() == 0


def test_shrinking_averages_instead_of_skipping():
    stripes = np.zeros((40, 40, 3), np.uint8)
    stripes[:, ::4] = 200

    canvas = geometry.warp(stripes, np.diag([0.25, 0.25, 1]), np.zeros((10, 10, 3), np.uint8))

    np.testing.assert_allclose(canvas[1:-1, 1:-1], 50, atol=1)


@pytest.mark.parametrize("scale", [2, 0.25])
def test_a_ramp_stays_where_its_pixels_are(scale):
    """Pixel centres lie at halves, before and after; sides that the scale does not divide are shrunk to whole ones."""
    y, x = np.mgrid[:90, :43] + 0.5
    ramp = np.repeat((3 * x + y)[..., None], 3, -1).round().astype(np.uint8)

    canvas = geometry.warp(ramp, np.diag([scale, scale, 1]), np.zeros((22, 10, 3), np.uint8))

    y, x = (np.mgrid[:22, :10] + 0.5) / scale
    np.testing.assert_allclose(canvas[1:-1, 1:-1, 0], (3 * x + y)[1:-1, 1:-1], atol=1.5)


def test_a_long_picture_is_shrunk_along_each_side_alike():
    stripes = np.zeros((40, 160, 3), np.uint8)
    stripes[:, np.arange(160) % 16 < 8] = 200

    canvas = geometry.warp(stripes, np.diag([0.25, 0.25, 1]), np.zeros((10, 40, 3), np.uint8))

    np.testing.assert_allclose(canvas[1:-1, 1:-1, 0], np.tile([200, 200, 0, 0], (8, 10))[:, 1:-1], atol=2)


def test_local_scale_is_the_derivative_at_the_middle():
    homography = np.array([[1.5, 0.2, 3], [-0.1, 1.2, 5], [2e-3, 1e-3, 1]])
    x, y = geometry.move_points(np.linalg.inv(homography), np.array([20.0, 20.0]))
    here, right, down = geometry.move_points(homography, np.array([[x, y], [x + 1e-4, y], [x, y + 1e-4]]))

    growth = np.sqrt(abs(np.linalg.det([right - here, down - here]))) / 1e-4

    np.testing.assert_allclose(geometry.local_scale(homography, 100, 100, (40, 40)), growth, rtol=1e-3)


def test_points_behind_the_horizon_are_not_moved():
    tilted = np.array([[1, 0, 0], [0, 1, 0], [-0.2, 0, 1]])

    assert geometry.move_points(tilted, np.array([[1.0, 0], [6.0, 0]])) is None
    assert geometry.move_points(tilted, np.array([[1.0, 0], [2.0, 0]])) is not None


def test_visible_share_is_the_part_inside():
    places = [(5, 5), (15, 5), (5, 15), (25, 5), (25, 15), (30, 0), (0, 20)]

    shares = [geometry.visible_share(SQUARE + place, width=30, height=20) for place in places]

    np.testing.assert_allclose(shares, [1, 1, 0.5, 0.5, 0.25, 0, 0])


def test_whole_pixels_round_points_stay_inside():
    assert geometry.bounds_px(SQUARE + [-3.5, 14.2], 30, 20) == (0, 14, 7, 20)
    assert geometry.bounds_px(SQUARE + [22.5, 3.2], 30, 20) == (22, 3, 30, 14)
