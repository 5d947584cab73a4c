"""Grouping: drawn maps to characters in reading order."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plate_seg.alphabet import encode as index_of
from plate_seg.alphabet import text
from plate_seg.models import crop_targets
from plate_seg.models.grouping import group
from tests.models.drawn_maps import WIDTH, draw, line, read


@pytest.mark.parametrize("word", ["11", "00", "111", "8888"])
def test_touching_characters_stay_apart(word):
    found = group(draw(line(word, width=6, pitch=6)), 12)

    assert text(found["classes"][0].numpy()) == word
    widths = (found["boxes"][0, :, 3] - found["boxes"][0, :, 1]).numpy()[: len(word)] * WIDTH
    np.testing.assert_allclose(widths, 6, atol=0.1)


@pytest.mark.parametrize("other", [0, 6])
def test_two_peaks_on_the_ridge_of_a_tall_character_are_one(other):
    """A ridge flat enough for two maxima seven cells apart, as tall narrow characters have."""
    maps = draw(line("H8", top=4, height=24))
    heat = maps["centre_logits"].numpy()
    heat[0, 12, 7 + other // 6] = heat[0, 19, 7] = 4.5

    found = group({**maps, "centre_logits": tf.constant(heat)}, 12)

    assert text(found["classes"][0].numpy()) == "H8"


def test_the_parts_of_a_broken_character_are_one():
    maps = draw(line("B8"), gaps=[(12, 0, 14, 80), (18, 0, 20, 80)])

    found = group(maps, 12)

    assert text(found["classes"][0].numpy()) == "B8"
    np.testing.assert_array_equal(np.unique(found["numbers"][0, :10, :11]), [0, 1])
    assert set(np.unique(found["numbers"][0, 21:])) == {0, 1, 2}


def test_two_lines_are_read_one_after_the_other():
    assert read(draw(line("59S2", top=2, height=12) + line("48107", top=17, height=12))) == "59S248107"


@pytest.mark.parametrize("slope", [-0.06, 0.06])
def test_two_tilted_lines_are_read_one_after_the_other(slope):
    lines = line("5912", top=4, height=10) + line("48107", top=17, height=10)
    tilted = [
        (label, top + slope * left, left, bottom + slope * left, right) for label, top, left, bottom, right in lines
    ]

    assert read(draw(tilted[::-1])) == "591248107"


def test_boxes_classes_scores_and_numbers_of_one_character():
    found = group(draw([("K", 6, 10, 26, 20)]), 3)

    np.testing.assert_array_equal(found["is_character"], [[True, False, False]])
    np.testing.assert_array_equal(found["classes"], [[20, -1, -1]])
    np.testing.assert_allclose(found["boxes"][0], [[6 / 32, 10 / 80, 26 / 32, 20 / 80], [0] * 4, [0] * 4], atol=1e-5)
    assert 0.9 < float(found["scores"][0, 0]) < 1 and not found["scores"].numpy()[0, 1:].any()
    expected = np.zeros((32, 80))
    expected[6:26, 10:20] = 1
    np.testing.assert_array_equal(found["numbers"][0], expected)


def test_no_score_is_over_one_however_sure_the_maps_are():
    """Votes and what they are divided by are added in other orders."""
    maps, random = draw(line("H8A1C", top=4, height=24)), np.random.default_rng(0)
    heat = maps["centre_logits"]
    several = [tf.where(heat > -8, heat + random.normal(0, 3, heat.shape), heat) for _ in range(40)]
    heat = tf.concat([tf.where(heat > 1, heat + 30, heat) for heat in several], 0)
    maps = {name: tf.repeat(rows, 40, axis=0) for name, rows in maps.items()}

    scores = group({**maps, "centre_logits": heat, "class_logits": 10 * maps["class_logits"]}, 12)["scores"].numpy()

    assert (scores.max(-1) > 0.9).sum() > 10
    assert scores.max() <= 1


def test_the_label_is_the_class_with_most_mass():
    maps = draw([("O", 6, 10, 26, 20)])
    logits = maps["class_logits"].numpy()
    logits[0, 20:26, 10:20] = 0
    logits[0, 20:26, 10:20, 1 + index_of("Q")] = 12  # three tenths of it look like a Q

    assert read({**maps, "class_logits": tf.constant(logits)}) == "O"


def test_cells_that_point_nowhere_join_nothing():
    maps = draw(line("AB"))
    offsets = maps["offsets"].numpy()
    offsets[0, :, 8:10] = 10

    numbers = group({**maps, "offsets": tf.constant(offsets)}, 4)["numbers"].numpy()

    assert not numbers[0, :, 8:10].any()


def test_more_characters_than_rows_keep_the_best_centres():
    maps = draw(line("ABC"))
    heat = maps["centre_logits"].numpy() - np.where(np.arange(WIDTH) < 11.5, 2.0, 0.0)

    assert read({**maps, "centre_logits": tf.constant(heat, tf.float32)}, count=2) == "BC"


@pytest.mark.parametrize("rois", [0, 1, 3])
def test_crops_without_characters_give_padding(rois):
    maps = {name: tf.repeat(rows, rois, 0) for name, rows in draw([]).items()}

    found = group(maps, 5)

    assert found["classes"].shape == (rois, 5) and found["numbers"].shape == (rois, 32, 80)
    assert (found["classes"].numpy() == -1).all() and not found["numbers"].numpy().any()
    assert all(np.isfinite(values).all() for values in found.values())


def test_a_flat_top_of_the_centre_map_is_one_centre():
    maps = draw(line("AB"))
    flat = tf.where(maps["centre_logits"] > 0, 40.0, -8.0)  # a sigmoid of 1 in many cells beside each other

    assert read({**maps, "centre_logits": flat}, count=2) == "AB"


def test_a_centre_without_foreground_is_no_character():
    maps = draw(line("A"))
    none = draw([])["class_logits"]

    found = group({**maps, "class_logits": none}, 3)

    assert not found["is_character"].numpy().any() and not found["numbers"].numpy().any()


def test_crops_do_not_touch_each_other():
    both = {name: tf.concat([draw(line("AB"))[name], draw(line("7"))[name]], 0) for name in draw([])}

    assert [text(row) for row in group(both, 4)["classes"].numpy()] == ["AB", "7"]


WORDS = st.text("0123456789ABCDEFGHKLMNPSTUVXYZ", min_size=1, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORDS, st.floats(0.02, 0.06), st.floats(0.001, 0.02))
def test_what_crop_targets_draws_is_grouped_to_what_was_there(word, left, gap):
    lefts = left + np.arange(len(word)) * (0.09 + gap)
    boxes = np.stack([lefts * 0 + 0.2, lefts, lefts * 0 + 0.8, lefts + 0.09], -1).astype("float32")
    corners = boxes[:, [[0, 1], [0, 3], [2, 3], [2, 1]]]
    truth = {
        "characters": tf.constant(corners[None]),
        "labels": tf.constant([[index_of(label) for label in word]], tf.int32),
        "has_mask": tf.ones([1, len(word)], tf.bool),
        "weights": tf.constant([1.0]),
        "strokes": tf.ones([1, 64, 160, 1], tf.uint8),
    }
    targets = crop_targets.encode(
        tf.constant([[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]]), tf.constant([0]), truth, (64, 160)
    )
    heat = np.clip(targets["heat"], 1e-4, 1 - 1e-4)

    found = group(
        {
            "class_logits": 15 * tf.one_hot(targets["classes"], 38),
            "centre_logits": tf.constant(np.log(heat / (1 - heat)), tf.float32),
            "offsets": targets["offsets"],
            "sizes": targets["sizes"],
            "stroke_logits": 10 * targets["strokes"] - 5,
        },
        10,
    )

    assert text(found["classes"][0].numpy()) == word
    np.testing.assert_allclose(found["boxes"][0, : len(word)], boxes, atol=1e-3)
    assert set(np.unique(found["numbers"])) == set(range(len(word) + 1))
