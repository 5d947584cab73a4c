"""Cars and motorbikes: both are drawn by a stage alone, so one file tests them."""

import numpy as np
import pytest

from plate_seg.data.cars import draw_car
from plate_seg.data.motorbikes import draw_motorbike
from plate_seg.data.stage import Stage, View, turn


@pytest.mark.parametrize("draw", [draw_car, draw_motorbike])
def test_vehicles_cover_their_plate_s_place(draw):
    for seed in range(8):
        image = np.full((240, 320, 3), 255, np.uint8)
        view = View(turn(20, 5, 3), distance=6.0, focal_px=500.0, centre_px=(160.0, 150.0))
        draw(np.random.default_rng(seed), Stage(image, view), (0.33, 0.165))

        assert (image != 255).any(-1).mean() > 0.02


@pytest.mark.parametrize("draw", [draw_car, draw_motorbike])
def test_vehicles_larger_than_the_picture_are_cut_not_an_error(draw):
    image = np.zeros((100, 120, 3), np.uint8)
    view = View(turn(-45, 25, 20), distance=0.8, focal_px=900.0, centre_px=(60.0, 50.0))

    draw(np.random.default_rng(0), Stage(image, view), (0.19, 0.14))

    assert image.any()
