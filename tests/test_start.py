"""Weights to go on from: what is refused."""

import json
import shutil
from dataclasses import replace

import pytest

from plate_seg import config as configs
from plate_seg import start
from plate_seg.config import Config, ModelConfig
from plate_seg.errors import UserError
from plate_seg.export import export
from plate_seg.models import segmenter
from plate_seg.models.folding import fold

MODEL = ModelConfig(pyramid_channels=8, crop_size=(16, 32), max_plates=2, max_characters=3, canvas=64)


def never(layers):
    raise AssertionError("no picture is needed")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    view = segmenter.serving_view(fold(segmenter.build(MODEL)))
    return export(view, tmp_path_factory.mktemp("exported") / "model", graph=MODEL)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("pyramid_channels", 16, "another graph"),
        ("canvas", 96, "no such file"),
        ("largest_canvas", 96, "no such file"),
        ("score_threshold", 0.2, "no such file"),
        ("proposal_threshold", 0.2, "no such file"),
        ("plate_temperature", 0.5, "no such file"),
    ],
)
def test_only_a_finished_run_of_the_same_graph_can_be_gone_on_from(field, value, message, tmp_path):
    configs.save(Config(model=MODEL), tmp_path / "config.json")

    with pytest.raises(UserError, match=message):
        start.load(tmp_path, replace(MODEL, **{field: value}), never)


def test_a_folder_without_a_run_cannot_be_gone_on_from(tmp_path):
    with pytest.raises(UserError, match="finished run"):
        start.load(tmp_path / "nothing", MODEL, never)


@pytest.mark.parametrize(("field", "value"), [("pyramid_channels", 16), ("margin", 0.2)])
def test_an_exported_model_of_another_graph_cannot_be_gone_on_from(exported, field, value):
    with pytest.raises(UserError, match="another graph"):
        start.load(exported, replace(MODEL, **{field: value}), never)


def test_half_an_exported_model_cannot_be_gone_on_from(exported, tmp_path):
    (tmp_path / "saved_model.pb").write_bytes((exported / "saved_model.pb").read_bytes()[:100])
    with pytest.raises(UserError, match="does not say what graph"):
        start.load(tmp_path, MODEL, never)

    shutil.copy(exported / "plate_seg.json", tmp_path)
    with pytest.raises(UserError, match="not a whole model"):
        start.load(tmp_path, MODEL, never)


def test_an_exported_model_whose_weights_are_of_another_graph_cannot_be_gone_on_from(exported, tmp_path):
    shutil.copytree(exported, tmp_path / "mixed")
    description = json.loads((exported / "plate_seg.json").read_text())
    description["graph"]["pyramid_channels"] = 16
    (tmp_path / "mixed" / "plate_seg.json").write_text(json.dumps(description))

    with pytest.raises(UserError, match="not a whole model"):
        start.load(tmp_path / "mixed", replace(MODEL, pyramid_channels=16), never)
