"""Configurations: checked when made, kept as JSON, changed by what a user types."""

import dataclasses
import json

import pytest

from plate_seg import config
from plate_seg.config import Config, DataConfig, ModelConfig, TrainConfig
from plate_seg.errors import UserError

ODD = Config(
    "odd",
    DataConfig(("photographs", "more"), 0.25, 16, 256, "elsewhere", 9, 0.9, 0.7, 0.8),
    ModelConfig("resnet19", 24, (32, 96), 0.2, False, 5, 9, 320, 480, 0.3, 0.2, 0.7, 0.5, 2.0),
    TrainConfig(
        3, 7, 2, 256, 128, 2, 0.5, 0.25, 1.5, ("a_",), 1e-3, 4, 1e-5, 2.0, 0.9, "float32", 5, ("runs/first", "more")
    ),
)


def test_the_odd_configuration_differs_from_the_defaults_in_every_field():
    for part in (ODD.data, ODD.model, ODD.train):
        default = type(part)()
        same = [f.name for f in dataclasses.fields(part) if getattr(part, f.name) == getattr(default, f.name)]
        assert same == []


def test_load_returns_what_save_wrote(tmp_path):
    config.save(ODD, tmp_path / "config.json")

    assert config.load(tmp_path / "config.json") == ODD


def test_a_field_that_an_older_run_did_not_have_gets_its_default(tmp_path):
    config.save(ODD, tmp_path / "config.json")
    fields = json.loads((tmp_path / "config.json").read_text())
    del fields["model"]["score_threshold"]
    (tmp_path / "config.json").write_text(json.dumps(fields))

    assert config.load(tmp_path / "config.json").model == dataclasses.replace(
        ODD.model, score_threshold=ModelConfig().score_threshold
    )


@pytest.mark.parametrize(("written", "folders"), [("", ()), ("runs/first", ("runs/first",))])
def test_an_older_run_went_on_from_one_folder_or_none(tmp_path, written, folders):
    config.save(ODD, tmp_path / "config.json")
    fields = json.loads((tmp_path / "config.json").read_text())
    fields["train"]["start"] = written
    (tmp_path / "config.json").write_text(json.dumps(fields))

    assert config.load(tmp_path / "config.json").train.start == folders


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not a configuration"),
        ("[]", "not a configuration"),
        ('{"name": "x"}', "not a configuration"),
        ('{"name": "x", "data": {}, "model": {"layers": 3}, "train": {}}', "layers"),
        ('{"name": "x", "data": {}, "model": {"crop_size": 64}, "train": {}}', "not a configuration"),
        ('{"name": "x", "data": {}, "model": {"canvas": 100}, "train": {}}', "model.canvas: 100; give a multiple"),
        ("\udcff", "not a configuration"),
    ],
)
def test_a_file_that_is_no_configuration_is_one_clear_line(tmp_path, text, message):
    (tmp_path / "config.json").write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(UserError, match=message):
        config.load(tmp_path / "config.json")


def test_a_folder_without_a_configuration_is_one_clear_line(tmp_path):
    with pytest.raises(UserError, match="No such file.*name the folder of a finished run"):
        config.load(tmp_path / "config.json")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("train.batch", "4", 4),
        ("train.learning_rate", "1e-3", 0.001),
        ("data.rendered", "1", 1),
        ("model.crop_size", "[32, 96]", (32, 96)),
        ("model.rectified", "false", False),
        ("model.backbone", "resnet19", "resnet19"),
        ("data.folders", '["photographs"]', ("photographs",)),
        ("data.cache", "7", "7"),
    ],
)
def test_replace_sets_one_field_and_no_other(field, text, value):
    part, name = field.split(".")

    changed = config.replace(Config(), {field: text})

    expected = dataclasses.replace(getattr(Config(), part), **{name: value})
    assert changed == dataclasses.replace(Config(), **{part: expected})
    assert type(getattr(getattr(changed, part), name)) is type(value)


def test_fields_that_are_valid_together_alone_are_set_in_any_order():
    assigned = {"train.canvas": "512", "train.picture": "576", "model.canvas": "544"}

    changed = config.replace(Config(), assigned)

    assert (changed.train.canvas, changed.train.picture, changed.model.canvas) == (512, 576, 544)
    assert changed == config.replace(Config(), dict(reversed(assigned.items())))


@pytest.mark.parametrize("field", ["batch", "train", "train.", "train.layers", "name", "name.x", "other.batch", ""])
def test_replace_names_a_field_that_does_not_exist(field):
    with pytest.raises(UserError, match="no such field"):
        config.replace(Config(), {field: "1"})


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("train.batch", "four"),
        ("train.batch", "4.5"),
        ("train.batch", "true"),
        ("train.batch", ""),
        ("model.rectified", "1"),
        ("model.crop_size", "64"),
        ("model.crop_size", '["a", "b"]'),
        ("model.crop_size", "[64.0, 160.0]"),
        ("data.folders", "[1]"),
        ("train.learning_rate", "null"),
        ("train.weight_decay", "NaN"),
        ("train.weight_decay", "Infinity"),
        ("train.clip", "1e999"),
        pytest.param("train.clip", "9" * 400, id="more than a float holds"),
    ],
)
def test_replace_names_a_value_of_the_wrong_type(field, text):
    with pytest.raises(UserError, match=f"--set {field}.*give a value like"):
        config.replace(Config(), {field: text})


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        (DataConfig, {"rendered": 1.5}),
        (DataConfig, {"rendered": float("nan")}),
        (DataConfig, {"rendered": 0}),
        (DataConfig, {"scenes": 7}),
        (DataConfig, {"scene_size": 64}),
        (DataConfig, {"seed": -1}),
        (DataConfig, {"seed": 2**32}),
        (DataConfig, {"self_labels": 1.1}),
        (DataConfig, {"overlooked": -0.1}),
        (ModelConfig, {"backbone": "vgg"}),
        (ModelConfig, {"pyramid_channels": 0}),
        (ModelConfig, {"crop_size": (64, 100)}),
        (ModelConfig, {"crop_size": (64,)}),
        (ModelConfig, {"crop_size": (0, 160)}),
        (ModelConfig, {"margin": 1}),
        (ModelConfig, {"margin": -0.1}),
        (ModelConfig, {"canvas": 0}),
        (ModelConfig, {"canvas": 650}),
        (ModelConfig, {"largest_canvas": 0}),
        (ModelConfig, {"max_plates": 0}),
        (ModelConfig, {"max_characters": 255}),
        (ModelConfig, {"max_characters": 65, "crop_size": (16, 16)}),
        (ModelConfig, {"score_threshold": 1}),
        (ModelConfig, {"proposal_threshold": -0.1}),
        (ModelConfig, {"box_looseness": 1.1}),
        (ModelConfig, {"character_temperature": 0.0}),
        (TrainConfig, {"epochs": 0}),
        (TrainConfig, {"steps": 0}),
        (TrainConfig, {"batch": 0}),
        (TrainConfig, {"crops": 0}),
        (TrainConfig, {"mosaic": 1.5}),
        (TrainConfig, {"canvas": 400}),
        (TrainConfig, {"picture": 352, "canvas": 384}),
        (TrainConfig, {"learning_rate": 0}),
        (TrainConfig, {"learning_rate": 1e30}),
        (TrainConfig, {"warmup": -1}),
        (TrainConfig, {"weight_decay": -1e-4}),
        (TrainConfig, {"clip": 0}),
        (TrainConfig, {"ema": 1}),
        (TrainConfig, {"precision": "float16"}),
        (TrainConfig, {"seed": -1}),
        (TrainConfig, {"seed": 99999999999}),
    ],
)
def test_a_value_out_of_range_names_its_field(part, fields):
    field = next(iter(fields))

    with pytest.raises(UserError) as error:
        part(**fields)

    assert error.value.where == f"{part.__name__[: -len('Config')].lower()}.{field}"


def test_photographs_alone_need_a_folder():
    assert DataConfig(folders=["photographs"], rendered=0).folders == ("photographs",)
