import numpy as np
import pytest

from plate_seg.data.door import admit_box, order_corners
from plate_seg.errors import UserError


def test_a_box_across_the_edge_is_cut_to_the_picture():
    np.testing.assert_allclose(admit_box("here", (-5, 10, 50, 90), 40, 100), [0.25, 0, 1, 0.5])


@pytest.mark.parametrize("edges", [(5, 5, 5, 9), (9, 5, 5, 9), (200, 5, 300, 9), (0, 0, float("inf"), np.nan)])
def test_a_box_without_area_is_refused(edges):
    with pytest.raises(UserError, match="here: box .* no area"):
        admit_box("here", edges, 40, 100)


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("step", [1, -1])
def test_corners_are_ordered_from_the_top_left_clockwise(turn, step):
    clockwise = np.array([[0.1, 0.1], [0.15, 0.9], [0.35, 0.9], [0.3, 0.1]])

    np.testing.assert_allclose(order_corners(np.roll(clockwise, turn, 0)[::step]), clockwise, rtol=1e-6)
