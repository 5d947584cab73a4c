"""How large, how turned and where a view shows a plate, by the numbers of its homography."""

from pathlib import Path

import numpy as np
import pytest

from plate_seg import boxes
from plate_seg.data.augment import COVERING, AugmentConfig, draw_homography, fit, for_tile
from plate_seg.data.sample import Plate, Sample

HEIGHT, WIDTH, SIZE = 240, 320, 288
STILL = {"aspect": 0, "degrees": 0, "shear": 0, "wild_share": 0, "perspective": 0, "cut_share": 0, "largest_zoom": 20}


def upright(left, width, height=20):
    """A plate in pixels whose corners are known."""
    box = boxes.to_fractions(np.array([50, left, 50 + height, left + width]), HEIGHT, WIDTH)
    return Plate(box, boxes.corners(box))


def views(*plates, count=40, scene=True, **changes):
    """Homographies [count, 3, 3] of views that nothing changes but what is given."""
    sample = Sample(Path("a.png"), HEIGHT, WIDTH, plates, scene=scene)
    config = AugmentConfig(**STILL | changes)
    return np.stack([draw_homography(sample, np.random.default_rng(seed), SIZE, config) for seed in range(count)])


@pytest.mark.parametrize(
    ("changes", "scale"),
    [
        ({"plate_widths": (0.5, 0.5)}, 0.5 * SIZE / 64),
        ({"plate_widths": (0.5, 0.5), "largest_zoom": 2}, 2),
        ({"plate_widths": (0.1, 0.1), "least_cover": 0.8}, 0.8 * SIZE / WIDTH),
        ({"plate_widths": (0.1, 0.1), "least_cover": 0.8, "scene": False}, 0.1 * SIZE / 64),
    ],
)
def test_a_plate_has_the_width_drawn_within_the_limits_of_its_picture(changes, scale):
    found = views(upright(100, 64), **changes)

    np.testing.assert_allclose(found[:, :2, :2], np.tile(np.eye(2) * scale, (len(found), 1, 1)), rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(found[:, 2], np.tile([0, 0, 1], (len(found), 1)))


def test_a_plate_that_is_higher_than_wide_fits_too():
    found = views(upright(100, 64, height=128), plate_widths=(0.9, 0.9))

    assert (found[:, 1, 1] * 128 <= SIZE).all() and (found[:, 1, 1] * 128 > 0.9 * SIZE).all()
    assert (found[:, 1, 1] * 50 + found[:, 1, 2] >= 0).all()
    assert (found[:, 1, 1] * 178 + found[:, 1, 2] <= SIZE).all()


def test_every_plate_of_a_picture_is_chosen():
    found = views(upright(40, 32), upright(200, 64), plate_widths=(0.5, 0.5))[:, 0, 0]

    assert set(np.round(found * 64 / SIZE, 6)) == {0.5, 1.0}


def test_a_turn_keeps_angles_and_lengths():
    linear = views(upright(100, 64), plate_widths=(0.5, 0.5), degrees=40)[:, :2, :2] / (0.5 * SIZE / 64)

    np.testing.assert_allclose(linear @ linear.transpose(0, 2, 1), np.tile(np.eye(2), (len(linear), 1, 1)), atol=1e-6)
    angles = np.rad2deg(np.arctan2(linear[:, 1, 0], linear[:, 0, 0]))
    assert -40 <= angles.min() < -30 and 30 < angles.max() <= 40


def test_a_slant_leaves_lines_of_writing_level():
    linear = views(upright(100, 64), plate_widths=(0.5, 0.5), shear=0.3)[:, :2, :2] / (0.5 * SIZE / 64)

    np.testing.assert_allclose(linear[:, [0, 1, 1], [0, 0, 1]], np.tile([1, 0, 1], (len(linear), 1)), atol=1e-6)
    assert -0.3 <= linear[:, 0, 1].min() < -0.2 and 0.2 < linear[:, 0, 1].max() <= 0.3


def test_depth_changes_by_its_share_over_the_canvas():
    depths = views(upright(100, 64), plate_widths=(0.5, 0.5), perspective=0.2)[:, 2, :2] * 64 / 0.5

    assert (np.abs(depths) <= 0.2 + 1e-9).all()
    assert (depths.min(0) < -0.15).all() and (depths.max(0) > 0.15).all()


@pytest.mark.parametrize(("share", "most"), [(0, 0), (1, 0.3)])
def test_views_that_may_cut_a_plate_cut_less_than_a_third_of_each_side(share, most):
    found = views(upright(100, 64, height=32), count=100, plate_widths=(0.5, 0.5), cut_share=share, least_cover=0)

    tops_lefts = [(view @ [100, 50, 1])[[1, 0]] / (view[0, 0] * np.array([32, 64])) for view in found]  # of its sides
    assert np.min(tops_lefts) >= -most - 1e-6 and np.min(tops_lefts) == pytest.approx(-most, abs=0.06)


def test_most_views_are_moved_so_that_the_picture_covers_the_canvas():
    found = views(upright(100, 64), count=300, plate_widths=(0.1, 0.1), least_cover=1)  # as wide as the canvas

    share = np.mean(np.abs(found[:, 0, 2]) < 1e-3)
    assert share == pytest.approx(COVERING, abs=0.1) and share > 0.5
    assert np.ptp(found[:, 0, 2]) > 100  # and some are not


def test_fit_keeps_every_plate_of_a_picture_that_is_higher_than_wide():
    tiny = Plate(np.array([0.5, 0.9, 0.51, 0.95], np.float32))  # 4 x 10 px
    image = np.full((400, 200, 3), 60, np.uint8)

    picture, (plate,), _ = fit(Sample(Path("a.png"), 400, 200, (tiny,)), image, 100)

    assert (picture[:, :50] == 60).all() and (picture[:, 50:] == 127).all()
    np.testing.assert_allclose(plate.box, [0.5, 0.45, 0.51, 0.475], rtol=1e-6)


def test_plates_of_a_quarter_are_at_least_twice_as_wide_in_it():
    tiles = [for_tile(AugmentConfig(plate_widths=widths)).plate_widths for widths in ((0.05, 0.9), (0.3, 0.5))]

    assert tiles == [(0.1, 0.9), (0.5, 0.5)]
