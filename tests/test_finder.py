"""A model in memory: which of the plates that it answers with are given, and in which order."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg.predict import Finder, of_view

PICTURE = np.zeros((4, 6, 3), np.uint8)


def answering(*scores):
    """A signature that answers with plates of these scores, none of which has characters; row n is n tenths high."""
    count = len(scores)
    boxes = np.array([[0, 0, place / 10, 1] for place in range(1, count + 1)], np.float32)
    outputs = {
        "num_detections": [count],
        "detection_boxes": boxes[None],
        "detection_scores": np.array([scores], np.float32),
        "detection_corners": np.zeros((1, count, 4, 2), np.float32),
        "num_characters": np.zeros((1, count), np.int32),
        "character_masks": np.zeros((1, count, 2, 2), np.uint8),
    }
    return lambda images: {name: tf.constant(output) for name, output in outputs.items()}


def heights(plates):
    return [round(10 * float(plate.box[2])) for plate in plates]


def test_plates_come_best_first_whatever_the_order_of_the_model():
    assert heights(Finder(answering(0.5, 0.75, 1.0, 0.625), threshold=0).find(PICTURE)) == [3, 2, 4, 1]


@pytest.mark.parametrize(("threshold", "found"), [(None, [3]), (0.5, [3, 2]), (0.0, [3, 2, 1, 4]), (1.0, [])])
def test_a_plate_at_the_threshold_is_kept_and_the_call_overrules_the_model(threshold, found):
    finder = Finder(answering(0.25, 0.5, 0.75, 0.0), threshold=0.625)

    assert heights(finder.find(PICTURE, threshold)) == found


@pytest.mark.parametrize(("threshold", "count"), [(0.1, 1), (0.3, 0)])
def test_a_view_that_is_not_exported_has_the_threshold_given(toy_view, threshold, count):
    picture = np.full((4, 6, 3), 50, np.uint8)  # of score 50 / 255

    assert len(of_view(toy_view, threshold).find(picture)) == count
