import numpy as np
import pytest

from plate_seg.data.door import admit_box, admit_corners, admit_files, order_corners
from plate_seg.errors import UserError


def test_hidden_files_stay_outside(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("b.jpg", "._b.jpg", "in/a.jpg", "in/.a.jpg"):
        (tmp_path / name).write_bytes(b"")

    assert admit_files(tmp_path) == [tmp_path / name for name in ("b.jpg", "in", "in/a.jpg")]


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


def test_corners_become_fractions_y_x_and_may_lie_off_the_picture():
    corners = admit_corners("here", [[-10, 10], [50, 10], [50, 20], [-10, 20]], 40, 100)

    np.testing.assert_allclose(corners, [[0.25, -0.1], [0.25, 0.5], [0.5, 0.5], [0.5, -0.1]], rtol=1e-6)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([[1, 2]], "give four points"),
        ({"x": 1}, "give four points"),
        ([[10, 10], [50, 10], [50, 20], [10, 10**400]], "give four points"),
        ([[10, 10], [50, 10], [50, 20], [10, float("nan")]], "far off a 100 x 40 picture"),
        ([[10, 10], [50, 10], [50, 20], [10, float("inf")]], "far off a 100 x 40 picture"),
        ([[10, 10], [50, 10], [50, 20], [10, 81]], "far off a 100 x 40 picture"),
        ([[-101, 10], [50, 10], [50, 20], [10, 20]], "far off a 100 x 40 picture"),
        ([[10, 10]] * 4, "enclose nothing"),
        ([[10, 10], [20, 20], [30, 30], [40, 40]], "enclose nothing"),
        ([[10, 10], [50, 10], [10, 20], [50, 20]], "enclose nothing"),
    ],
)
def test_corners_that_cannot_be_used_are_refused(points, words):
    with pytest.raises(UserError, match=f"here: corners .*{words}"):
        admit_corners("here", points, 40, 100)


def test_an_endless_box_is_refused():
    with pytest.raises(UserError, match="no area"):
        admit_box("here", (10, 10, float("inf"), 20), 40, 100)
