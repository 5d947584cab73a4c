import numpy as np
import pytest

from plate_seg.data.motorbikes import draw_motorbike
from plate_seg.data.stage import Stage, View, turn


@pytest.mark.parametrize("seed", range(6))
def test_a_motorbike_stands_above_and_below_its_plate(seed):
    view = View(turn(10, 15, 0), distance=3.0, focal_px=400.0, centre_px=(160.0, 120.0))
    image = np.full((240, 320, 3), 255, np.uint8)
    draw_motorbike(np.random.default_rng(seed), Stage(image, view), (0.19, 0.14))

    painted = (image != 255).any(-1)
    assert painted[:105].any()
    assert painted[135:].any()
    assert painted[:, 130:190].mean() > painted[:, :60].mean()


def test_a_motorbike_larger_than_the_picture_is_cut_not_an_error():
    view = View(turn(-45, 25, 20), distance=0.5, focal_px=900.0, centre_px=(60.0, 50.0))
    image = np.zeros((100, 120, 3), np.uint8)
    draw_motorbike(np.random.default_rng(0), Stage(image, view), (0.19, 0.14))

    assert image.any()
