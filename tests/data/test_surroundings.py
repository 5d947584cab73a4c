import numpy as np
import pytest

from plate_seg.data.clutter import add_overlays, add_signs
from plate_seg.data.surroundings import ABOVE, BELOW, draw_surroundings


@pytest.mark.parametrize("height, width", [(480, 640), (64, 64), (640, 360)])
def test_surroundings_fill_the_picture(height, width):
    for seed in range(20):
        image = draw_surroundings(np.random.default_rng(seed), height, width)

        assert image.shape == (height, width, 3)
        assert image.std() > 0


@pytest.mark.parametrize("draw", sorted({*ABOVE, *BELOW}, key=lambda draw: draw.__name__))
def test_every_surface_survives_a_sliver(draw):
    view = np.zeros((5, 64, 3), np.uint8)

    draw(np.random.default_rng(0), view)

    assert view.any()


def test_overlays_and_signs_leave_their_marks():
    marked = 0
    for seed in range(30):
        image = np.full((120, 160, 3), 128, np.uint8)
        add_signs(np.random.default_rng(seed), image)
        add_overlays(np.random.default_rng(seed), image)
        marked += bool((image != 128).any())

    assert 10 < marked <= 30
