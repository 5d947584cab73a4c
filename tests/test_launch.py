"""Options of the main job to a configuration."""

import os

import pytest

from plate_seg import launch
from plate_seg.errors import UserError
from plate_seg.experiments import EXPERIMENTS


def configure(*arguments):
    return launch.configure(launch.parser().parse_args(arguments))


def test_nothing_given_is_the_default_experiment_on_rendered_scenes():
    config = configure()

    assert (config.name, config.data.rendered, config.data.folders) == ("default", 1.0, ())


def test_data_adds_folders_and_keeps_a_share_of_rendered_scenes():
    config = configure("--data", "a", "--data", "b")

    assert config.data.folders == ("a", "b")
    assert 0 < config.data.rendered < 1


def test_no_rendered_leaves_the_folders_alone():
    assert configure("--data", "a", "--no-rendered").data.rendered == 0


def test_no_rendered_without_data_is_refused():
    with pytest.raises(UserError, match="--data"):
        configure("--no-rendered")


def test_set_overrides_numbers_sizes_and_words():
    config = configure(
        "--set", "train.batch=3", "--set", "model.crop_size=[32, 96]", "--set", "model.backbone=resnet19"
    )

    assert config.train.batch == 3
    assert config.model.crop_size == (32, 96)
    assert config.model.backbone == "resnet19"


@pytest.mark.parametrize(
    "assignment", ["train.bach=3", "batch=3", "train.batch=many", "train.batch=2.5", "train.batch=0", "nonsense"]
)
def test_a_field_or_value_that_does_not_exist_is_named(assignment):
    with pytest.raises(UserError, match=assignment.split("=")[0]):
        configure("--set", assignment)


def test_the_backbone_is_named_on_its_own():
    assert configure("--backbone", "resnet19").model.backbone == "resnet19"
    with pytest.raises(UserError, match="compact, resnet19"):
        configure("--backbone", "resnet50")


def test_a_run_to_go_on_from_is_named():
    assert configure("--start", "runs/first", "--start", "more").train.start == ("runs/first", "more")
    assert configure().train.start == ()


def test_an_unknown_experiment_is_answered_with_the_names():
    with pytest.raises(UserError, match=", ".join(EXPERIMENTS)):
        configure("--experiment", "best")


def test_help_lists_experiments_and_fields():
    text = launch.parser().format_help()

    assert "train.learning_rate" in text
    assert "smoke" in text


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("0", "0")])
def test_onednn_is_asked_for_unless_the_user_said_otherwise(before, after, monkeypatch):
    monkeypatch.setattr(os, "environ", {} if before is None else {"TF_ENABLE_ONEDNN_OPTS": before})

    launch.use_onednn()

    assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == after
