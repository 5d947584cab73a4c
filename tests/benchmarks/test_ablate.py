"""Variants of the ablation table, and the plain grouping that it compares with."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from benchmarks.ablate import Variant, load, merge, parse
from benchmarks.boxes import FrameBoxAssembly, LookBoxAssembly
from benchmarks.components import components
from plate_seg import config as configs
from plate_seg.config import Config
from plate_seg.errors import UserError
from plate_seg.models.assembly import Assembly


def class_map(boxes):
    """Chances [12, 20, 38] of characters (class, top, left, bottom, right) on nothing."""
    classes = np.zeros((12, 20, 38), np.float32)
    classes[..., 0] = 1
    for label, top, left, bottom, right in boxes:
        classes[top:bottom, left:right] = 0
        classes[top:bottom, left:right, 1 + label] = 1
    return classes


def test_components_apart_are_found_with_their_boxes_and_labels():
    is_character, classes, scores, boxes, cells = components(class_map([(3, 1, 1, 9, 5), (8, 2, 8, 9, 12)]), 4)

    assert is_character.tolist() == [True, True, False, False]
    assert classes.tolist() == [3, 8, -1, -1]
    assert boxes[:2].tolist() == [[1, 1, 9, 5], [2, 8, 9, 12]]
    assert scores[:2].tolist() == [1, 1]
    assert cells.sum((1, 2)).tolist() == [32, 28, 0, 0]


def test_touching_characters_merge_and_take_the_label_of_the_larger():
    is_character, classes, *_ = components(class_map([(3, 1, 1, 9, 6), (8, 1, 6, 9, 9)]), 4)

    assert is_character.sum() == 1 and classes[0] == 3


def test_specks_are_left_out():
    assert not components(class_map([(3, 1, 1, 3, 3)]), 4)[0].any()


def test_boxes_may_be_the_second_look_s():
    boxes = tf.constant([[0.0, 0.0, 1.0, 1.0]])
    corners = tf.constant([[[0.2, 0.1], [0.3, 0.5], [0.6, 0.45], [0.5, 0.05]]])

    np.testing.assert_array_equal(LookBoxAssembly(0.1, 4).plate_boxes(boxes, corners, boxes / 2), boxes)


def test_character_boxes_may_disregard_strokes():
    boxes, masks = tf.constant([[[0.1, 0.2, 0.6, 0.4]]]), tf.ones([1, 4, 4], tf.int32)
    over = tf.constant([[0.0, 0.0, 1.0, 1.0]])

    np.testing.assert_array_equal(FrameBoxAssembly(0.1, 1).character_boxes(boxes, masks, over), boxes)
    assert not np.array_equal(Assembly(0.1, 1).character_boxes(boxes, masks, over), boxes)


def test_a_variant_is_a_name_a_run_and_options():
    variant = parse("connected components=runs/full,rectified=false,components,box_looseness=0.5")

    assert (variant.name, variant.run, variant.change) == ("connected components", Path("runs/full"), "components")
    assert variant.fields == (("rectified", "false"), ("box_looseness", "0.5"))
    assert parse("1=runs/one") == Variant("1", Path("runs/one"))


@pytest.mark.parametrize(
    ("option", "message"),
    [("pyramid_channels=4", "'pyramid_channels'; choose from"), ("box_looseness=2", "from 0 to 1")],
)
def test_fields_of_a_variant_are_those_that_no_weight_depends_on(tmp_path, option, message):
    configs.save(Config(), tmp_path / "config.json")

    with pytest.raises(UserError, match=message):
        load(parse(f"a={tmp_path},{option}"))


@pytest.mark.parametrize(
    "text", ["runs/full", "=runs/full", "a=", "a=runs/full,sideways", "a=runs/full,components,look_boxes"]
)
def test_an_odd_variant_is_refused(text):
    with pytest.raises(UserError, match="NAME=RUN"):
        parse(text)


def test_rows_of_the_same_experiment_and_split_are_replaced(tmp_path):
    out = tmp_path / "ablations.csv"

    def rows(experiment, split, value):
        return pd.DataFrame({"experiment": [experiment], "split": [split], "variant": ["1"], "value": [value]})

    for made in (
        rows("seed", "val", 0.1),
        rows("crops", "val", 0.2),
        rows("seed", "test", 0.3),
        rows("seed", "val", 0.4),
    ):
        merge(out, made)

    table = pd.read_csv(out).set_index(["experiment", "split"]).value
    assert table.to_dict() == {("crops", "val"): 0.2, ("seed", "test"): 0.3, ("seed", "val"): 0.4}
    assert [path.name for path in tmp_path.iterdir()] == ["ablations.csv"]
