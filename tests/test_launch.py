"""Options of the main job to a configuration."""

import os
from pathlib import Path

import pandas as pd
import pytest

from plate_seg import launch
from plate_seg.config import Config, DataConfig
from plate_seg.data.render import render_dataset
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


@pytest.mark.parametrize(
    ("started_by", "name"),
    [("some/train.py", "train.py"), ("bin/plate-seg", "plate-seg train"), ("", "plate-seg train")],
)
def test_a_wrong_option_is_told_in_one_line(started_by, name, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", [started_by])

    with pytest.raises(SystemExit, match="2"):
        launch.parser().parse_args(["--epochs", "3"])

    assert capsys.readouterr().err == f"{name}: unrecognized arguments: --epochs 3; see `{name} --help`\n"


def test_a_run_is_trained_tempered_exported_and_measured_in_this_order(tmp_path, monkeypatch, capsys):
    calls, run, out = [], tmp_path / "run", tmp_path / "model"
    monkeypatch.setattr("plate_seg.train.train", lambda config, folder: calls.append(("train", folder)) or "view")
    monkeypatch.setattr("plate_seg.tempering.fit", lambda view, config, folder: calls.append((view, folder)))
    monkeypatch.setattr("plate_seg.export.export_run", lambda *folders: calls.append(("export", *folders)) or out)
    monkeypatch.setattr(launch, "report", lambda config, model, folder: calls.append(("report", model, folder)))

    assert launch.main(["--run", str(run), "--out", str(out)]) == 0

    assert calls == [("train", run), ("view", run), ("export", run, out), ("report", out, run)]
    assert f"--model {out}" in capsys.readouterr().out


def test_a_model_of_somebody_else_is_spared_before_any_work(tmp_path, monkeypatch):
    (tmp_path / "notes.txt").touch()
    monkeypatch.setattr("plate_seg.train.train", lambda *_: pytest.fail("trained"))

    with pytest.raises(UserError, match="holds something other than a SavedModel"):
        launch.main(["--run", str(tmp_path.parent / "run"), "--out", str(tmp_path)])


@pytest.fixture
def measured(monkeypatch):
    """What is handed over to be measured: (model, number of pictures, split, folder), each gets a table of two rows."""
    calls = []

    def measure(model, samples, split, out, speed):
        calls.append((model, len(samples), split, out, speed))
        rows = {"group": ["all", "lines 1"], "source": "all", "measure": "text_exact", "value": [0.5, 0.25]}
        return pd.DataFrame(rows)

    monkeypatch.setattr("plate_seg.evaluate.evaluate_samples", measure)
    return calls


def test_rendered_scenes_are_measured_on_test_and_folders_on_what_was_held_out(tmp_path, measured, capsys):
    cache, parted, whole = tmp_path / "cache", tmp_path / "parted", tmp_path / "whole"
    for folder, count in ((cache / "test", 2), (parted / "train", 5), (parted / "val", 3), (whole, 20)):
        render_dataset(folder, count, seed=1, workers=1, height=64, width=96)
    data = DataConfig((str(parted), str(whole)), rendered=0.5, cache=str(cache))

    launch.report(Config("some", data), Path("model"), Path("run"))

    folder = Path("run/evaluation")
    assert measured == [
        (Path("model"), 2, "test", folder / "cache-test", False),
        (Path("model"), 3, "val", folder / "parted-val", False),
        (Path("model"), 2, "val", folder / "whole-val", False),
    ]
    shown = capsys.readouterr().out
    assert "whole val, 2 pictures" in shown and "0.5" in shown and "0.25" not in shown


def test_without_rendered_scenes_and_validation_pictures_nothing_is_measured(tmp_path, measured, capsys):
    render_dataset(tmp_path / "train", 2, seed=1, workers=1, height=64, width=96)

    launch.report(Config("some", DataConfig((str(tmp_path),), rendered=0.0)), Path("model"), Path("run"))

    assert measured == [] and capsys.readouterr().out == ""


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("0", "0")])
def test_onednn_is_asked_for_unless_the_user_said_otherwise(before, after, monkeypatch):
    monkeypatch.setattr(os, "environ", {} if before is None else {"TF_ENABLE_ONEDNN_OPTS": before})

    launch.use_onednn()

    assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == after
