import numpy as np
import pytest

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
