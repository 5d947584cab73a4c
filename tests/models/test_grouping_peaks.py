"""What makes a character: how high, how far apart and how sure its peak is, and which cells join it."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg.alphabet import encode as index_of
from plate_seg.models.grouping import group
from plate_seg.models.mask_head import UNIT
from tests.models.drawn_maps import WIDTH, draw, line, read

K = ("K", 6, 10, 26, 20)  # its peak is the cell at (16.5, 15.5), its middle (16, 15)


def change(maps, name, values):
    return {**maps, name: tf.constant(values, tf.float32)}


def joins(maps):
    """Whether the cells of the first two columns of `K` are of the character; they must agree."""
    numbers = np.unique(group(maps, 3)["numbers"][0, 6:26, 10:12])
    assert len(numbers) == 1
    return bool(numbers[0])


@pytest.mark.parametrize(("score", "word"), [(0.2, "A"), (0.4, "AB")])
def test_a_low_peak_is_no_character(score, word):
    maps = draw(line("AB"))
    heat = maps["centre_logits"].numpy()
    second = np.arange(WIDTH) > 11.5
    heat[..., second] += np.log(score / (1 - score)) - heat[..., second].max()

    assert read(change(maps, "centre_logits", heat)) == word


@pytest.mark.parametrize(("sure", "count"), [(2.2, 2), (0.5, 1)])
def test_a_peak_without_a_likely_label_is_no_character(sure, count):
    """Among 36 classes with logits of 0, a logit of 2.2 has a share of a fifth, 0.5 one of a twentieth."""
    maps = draw(line("AB"))
    logits = maps["class_logits"].numpy()
    second = logits[..., 1 + index_of("B")] > 5
    logits[second] = 0
    logits[second, 0] = -9
    logits[second, 1 + index_of("B")] = sure

    assert int(group({**maps, "class_logits": tf.constant(logits)}, 12)["is_character"].numpy().sum()) == count


@pytest.mark.parametrize(
    ("characters", "word"),
    [
        ([("1", 10, 10, 12, 14), ("1", 12, 10, 14, 14)], "1"),  # two rows apart
        ([("1", 10, 10, 13, 14), ("1", 13, 10, 16, 14)], "11"),  # three
        ([("1", 10, 10, 16, 12), ("1", 10, 12, 16, 14)], "11"),  # two columns
    ],
)
def test_peaks_may_be_nearer_to_each_other_across_than_down(characters, word):
    assert read(draw(characters)) == word


@pytest.mark.parametrize(("halves", "count"), [(0.8, 1), (1.25, 2)])
def test_a_peak_within_the_character_of_a_better_one_is_no_other(halves, count):
    """Two centres 14 cells apart, whose cells say that they are of characters half of which is `14 / halves` high."""
    maps = draw([("8", 2, 10, 14, 20), ("8", 16, 10, 28, 20)])
    sizes = maps["sizes"].numpy()
    sizes[..., 0] = 14 / halves / UNIT

    assert len(read(change(maps, "sizes", sizes))) == count


@pytest.mark.parametrize(("better", "count"), [(slice(0, 15), 1), (slice(15, 32), 2)])
def test_it_is_the_better_peak_that_says_how_large_its_character_is(better, count):
    """Two centres 14 cells apart: the upper one's character is said to be 40 cells high, the lower one's 12."""
    maps = draw([("8", 2, 10, 14, 20), ("8", 16, 10, 28, 20)])
    heat, sizes = maps["centre_logits"].numpy(), maps["sizes"].numpy()
    sizes[:, :15, :, 0], sizes[:, 15:, :, 0] = 20 / UNIT, 6 / UNIT
    heat[:, better] += 1

    assert len(read(change(change(maps, "sizes", sizes), "centre_logits", heat))) == count


@pytest.mark.parametrize(("beside", "is_joined"), [(5.0, True), (8.0, False)])
def test_cells_join_a_peak_that_they_nearly_aim_at(beside, is_joined):
    maps = draw([K])
    offsets = maps["offsets"].numpy()
    offsets[0, :, 10:12, 1] += beside / UNIT

    assert joins(change(maps, "offsets", offsets)) == is_joined


@pytest.mark.parametrize(("foreground", "is_joined"), [(0.6, True), (0.4, False)])
def test_cells_that_are_rather_background_join_nothing(foreground, is_joined):
    maps = draw([K])
    logits = maps["class_logits"].numpy()
    logits[0, 6:26, 10:12] = -99
    logits[0, 6:26, 10:12, 0] = np.log(1 - foreground)
    logits[0, 6:26, 10:12, 1 + index_of("K")] = np.log(foreground)

    assert joins(change(maps, "class_logits", logits)) == is_joined


def test_a_box_follows_its_cells_as_far_as_they_are_foreground():
    """Half of the cells say that the character is twice as wide, and are of it by 0.6 only."""
    maps = draw([K])
    logits, sizes = maps["class_logits"].numpy(), maps["sizes"].numpy()
    logits[0, 6:26, 10:15] = -99
    logits[0, 6:26, 10:15, 0], logits[0, 6:26, 10:15, 1 + index_of("K")] = np.log(0.4), np.log(0.6)
    sizes[0, 6:26, 10:15, 1] *= 2

    box = group(change(change(maps, "class_logits", logits), "sizes", sizes), 1)["boxes"][0, 0]

    np.testing.assert_allclose((box[3] - box[1]) * WIDTH, (10 + 0.6 * 20) / 1.6, rtol=1e-3)


@pytest.mark.parametrize(("bottom", "word"), [(16, ""), (17, "1")])
def test_one_cell_alone_is_no_character(bottom, word):
    assert read(draw([("1", 15, 14, bottom, 15)])) == word


def test_cells_near_the_centre_say_more_of_the_label_than_those_at_the_edge():
    maps = draw([("O", 6, 10, 26, 20)])
    logits = maps["class_logits"].numpy()
    for rows in (slice(6, 12), slice(20, 26)):  # three fifths of the cells
        logits[0, rows, 10:20] = 0
        logits[0, rows, 10:20, 1 + index_of("Q")] = 12

    assert read(change(maps, "class_logits", logits)) == "O"
