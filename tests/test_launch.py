"""Options of the main job to a configuration."""

import os
from pathlib import Path

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


@pytest.mark.parametrize("order", [1, -1])
def test_fields_that_are_valid_together_alone_are_set_in_any_order(order):
    assignments = ["--set=train.canvas=512", "--set=train.picture=576"][::order]

    assert configure(*assignments).train.canvas == 512


def test_an_assignment_without_a_value_is_refused():
    with pytest.raises(UserError, match="--set data.cache: no value; give FIELD=VALUE"):
        configure("--set", "data.cache")


def test_a_data_set_given_twice_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"--data .*a: is given twice"):
        configure("--data", str(tmp_path / "a"), "--data", str(tmp_path / "b" / ".." / "a"))


def test_data_sets_of_one_name_are_numbered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = [Path(name) for name in ("A/plates", "B/plates", "plates-2", "C/plates", ".")]

    assert launch.distinct_names(folders) == ["plates", "plates-2", "plates-2-2", "plates-3", tmp_path.name]


@pytest.mark.parametrize(
    ("run", "out", "message"),
    [
        ("run", "file/x", "--out .*file is a file; give another"),
        ("file", "model", "--run .*file is a file; give another"),
        ("same", "same", "--out .*holds the run .*; give the exported model a folder of its own"),
        ("outer/run", "outer", "--out .*holds the run"),
        ("run", "m.tflite", "--out .*is the name of a file; give --out a folder; .*plate-seg export .*m.tflite"),
        ("run", "m.ONNX", "--out .*is the name of a file"),
    ],
)
def test_folders_that_cannot_be_are_told_before_any_work(run, out, message, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match=message):
        launch.main(["--run", str(tmp_path / run), "--out", str(tmp_path / out)])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


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
