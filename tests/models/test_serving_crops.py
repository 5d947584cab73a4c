"""Which proposals serving takes a second look at, and of which of those it reads the characters."""

import numpy as np

from plate_seg.models import frames as affine
from plate_seg.models.crops import PlateCrops, ServingCrops

PLATE = np.array([0.4, 0.3, 0.5, 0.6], "float32")
TILTED = np.array([[0.4, 0.3], [0.45, 0.6], [0.55, 0.6], [0.5, 0.3]], "float32")


def serve(scores, rectified=True):
    scores = np.array(scores, "float32")
    boxes = np.broadcast_to(PLATE, (*scores.shape, 4))
    corners = np.broadcast_to(TILTED, (*scores.shape, 4, 2))
    windows = np.arange(4.0 * scores.size, dtype="float32").reshape(*scores.shape, 2, 2)
    return ServingCrops(rectified, threshold=0.3)(scores, boxes, corners, windows)


def test_serving_reads_what_passes_the_threshold():
    frames, windows, places = serve([[0.9, 0.3, 0.29], [0.5, 0.1, 0.0]])

    np.testing.assert_array_equal(places, [[0, 0], [0, 1], [1, 0]])
    np.testing.assert_array_equal(windows[:, 0, 0], [0, 4, 12])
    assert frames.shape == (3, 3, 2)


def test_serving_reads_the_best_of_every_picture_whatever_stands_beside_it():
    _, _, places = serve([[0.2, 0.1], [0.2, 0.1], [0.0, 0.0]])

    np.testing.assert_array_equal(places, [[0, 0], [1, 0], [2, 0]])


def test_crops_that_show_no_plate_are_not_decoded_but_the_first_of_a_picture():
    features = [np.arange(5.0)[:, None], np.arange(5.0)[:, None] * 2]
    places = np.array([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]])
    scores = np.array([[0.9, 0.9, 0.1], [0.9, 0.9, 0.0]], "float32")
    logits = np.array([-9.0, 0.0, 0.0, -9.0, -9.0])  # 0.9 ** 0.1 * 0.5 ** 0.9 is 0.530, with 0.1 it is 0.426
    shapes = np.stack([logits, *np.zeros((12, 5))], -1).astype("float32")

    (first, second), kept = PlateCrops(0.5)(features, shapes, places, scores)

    np.testing.assert_array_equal(kept, [0, 1, 3])
    np.testing.assert_array_equal(first[:, 0], [0, 1, 3])
    np.testing.assert_array_equal(second[:, 0], [0, 2, 6])


def test_serving_follows_corners_or_boxes():
    frames, _, _ = serve([[0.9]])
    np.testing.assert_allclose(affine.corners(frames)[0], TILTED, atol=1e-6)

    frames, _, _ = serve([[0.9]], rectified=False)
    np.testing.assert_allclose(affine.bounds(affine.corners(frames))[0], PLATE, atol=1e-6)
