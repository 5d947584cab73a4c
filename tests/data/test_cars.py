import numpy as np
import pytest

from plate_seg.data.cars import draw_car
from plate_seg.data.stage import Stage, View, turn

PLATE = (0.33, 0.165)


def stage(yaw=0.0, distance=6.0):
    view = View(turn(yaw, 5, 3), distance=distance, focal_px=500.0, centre_px=(160.0, 150.0))
    return Stage(np.full((240, 320, 3), 255, np.uint8), view)


@pytest.mark.parametrize("seed", range(6))
def test_a_car_surrounds_its_plate(seed):
    drawn = stage()
    draw_car(np.random.default_rng(seed), drawn, PLATE)

    painted = (drawn.image != 255).any(-1)
    assert painted[150, 130:190].all()
    assert painted.mean() > 0.1


@pytest.mark.parametrize("yaw", [-45, 45])
def test_a_turned_car_shows_its_side(yaw):
    widths = []
    for angle in (0, yaw):
        drawn = stage(angle, distance=9.0)
        draw_car(np.random.default_rng(3), drawn, PLATE)
        widths.append(np.ptp(np.flatnonzero((drawn.image != 255).any((0, 2)))))

    assert widths[1] > widths[0]


def test_a_car_larger_than_the_picture_is_cut_not_an_error():
    drawn = stage(yaw=-45, distance=0.8)
    draw_car(np.random.default_rng(0), drawn, PLATE)

    assert (drawn.image != 255).any(-1).mean() > 0.9
