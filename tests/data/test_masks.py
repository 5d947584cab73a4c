import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from plate_seg.data.masks import decode_mask, encode_mask
from plate_seg.data.sample import Mask


def whole(mask, height, width):
    picture = np.zeros((height, width), bool)
    if mask is not None:
        picture[mask.top : mask.top + mask.pixels.shape[0], mask.left : mask.left + mask.pixels.shape[1]] = mask.pixels
    return picture


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.floats(0, 1), st.integers(0, 999))
def test_run_lengths_decode_as_pycocotools_does(height, width, share, seed):
    truth = np.random.default_rng(seed).random((height, width)) < share
    encoded = coco_mask.encode(np.asfortranarray(truth.astype(np.uint8)))

    mask = decode_mask({"size": [height, width], "counts": encoded["counts"].decode()}, height, width)

    np.testing.assert_array_equal(whole(mask, height, width), truth)


def test_uncompressed_run_lengths_count_down_the_columns():
    mask = decode_mask({"size": [3, 2], "counts": [1, 3, 2]}, 3, 2)

    np.testing.assert_array_equal(whole(mask, 3, 2), [[0, 1], [1, 0], [1, 0]])


def test_polygon_of_a_square_fills_its_pixels():
    mask = decode_mask([[2, 1, 5, 1, 5, 3, 2, 3]], 6, 8)

    assert (mask.top, mask.left, mask.pixels.shape) == (1, 2, (2, 3)) and mask.pixels.all()


def test_window_survives_writing_and_reading():
    mask = Mask(4, 7, np.array([[1, 0, 1], [1, 1, 1]], bool))

    again = decode_mask(encode_mask(mask, 20, 30), 20, 30)

    assert (again.top, again.left) == (4, 7)
    np.testing.assert_array_equal(again.pixels, mask.pixels)


def test_no_segmentation_is_an_unknown_mask():
    assert decode_mask([], 4, 4) is None and decode_mask(None, 4, 4) is None


@pytest.mark.parametrize(
    "segmentation",
    [{"size": [4, 4], "counts": [3, 2]}, {"size": [9, 9], "counts": [81]}, {"size": [4, 4], "counts": "\x7f"}],
)
def test_damaged_run_lengths_are_refused(segmentation):
    with pytest.raises(ValueError):
        decode_mask(segmentation, 4, 4)


@pytest.mark.parametrize(
    "polygons", [[[1, 2]], [[1, 2, 3, 4]], [[0, 0, 3, 0, 3]], [1, 2, 3, 4, 5, 6], [{}], [[0, 0, 3, 0, 3, float("nan")]]]
)
def test_polygons_of_fewer_than_three_points_are_refused(polygons):
    with pytest.raises(ValueError, match="polygon"):
        decode_mask(polygons, 4, 4)


def test_polygons_far_off_the_picture_are_refused():
    assert decode_mask([[-1, 0, 5, 0, 5, 3, -1, 3]], 4, 4).pixels.all()
    assert decode_mask([[0, 0, 40, 0, 40, 4, 0, 4]], 4, 40).pixels.all()
    with pytest.raises(ValueError, match="far off a 4 x 4 picture"):
        decode_mask([[0, 0, 1e9, 0, 1e9, 3]], 4, 4)
