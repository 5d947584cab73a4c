"""Weights to go on from: what is refused, and how their scores are tempered."""

import json
import shutil
from dataclasses import replace

import numpy as np
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
        ("box_looseness", 0.5, "no such file"),
        ("max_plates", 9, "no such file"),
        ("max_characters", 9, "no such file"),
    ],
)
def test_only_a_finished_run_of_the_same_graph_can_be_gone_on_from(field, value, message, tmp_path):
    configs.save(Config(model=MODEL), tmp_path / "config.json")

    with pytest.raises(UserError, match=message):
        start.load([tmp_path], replace(MODEL, **{field: value}), never)


def test_all_that_needs_no_weights_can_be_checked_before(run, exported, tmp_path):
    start.check([run, run], MODEL)
    start.check([exported], MODEL)

    with pytest.raises(UserError, match="another graph"):
        start.check([run], replace(MODEL, pyramid_channels=16))
    (run / "model.weights.h5").unlink()
    with pytest.raises(UserError, match=r"model\.weights\.h5: no such file"):
        start.check([run], MODEL)
    with pytest.raises(UserError, match="finished run"):
        start.check([tmp_path / "nothing"], MODEL)


def test_damaged_weights_of_a_run_are_one_clear_line(run):
    weights = run / "model.weights.h5"
    weights.write_bytes(weights.read_bytes()[:1000])

    with pytest.raises(UserError, match=r"model\.weights\.h5: damaged.*; name another run"):
        start.of_run(run)


def test_a_folder_without_a_run_cannot_be_gone_on_from(tmp_path):
    with pytest.raises(UserError, match="finished run"):
        start.load([tmp_path / "nothing"], MODEL, never)


def test_all_that_a_mean_is_taken_of_have_to_be_runs_of_the_same_graph(exported, tmp_path):
    for name, channels in (("same", 8), ("other", 16)):
        (tmp_path / name).mkdir()
        configs.save(Config(model=replace(MODEL, pyramid_channels=channels)), tmp_path / name / "config.json")

    with pytest.raises(UserError, match="other.*another graph"):
        start.load([tmp_path / "same", tmp_path / "other"], MODEL, never)
    with pytest.raises(UserError, match="plate-seg export` makes of both"):
        start.load([tmp_path / "same", exported], MODEL, never)


def test_a_mean_of_runs_has_the_mean_of_all_weights(tmp_path):
    runs, weights = [tmp_path / "one", tmp_path / "two"], []
    for run in runs:
        run.mkdir()
        configs.save(Config(model=MODEL), run / "config.json")
        parts = segmenter.build(MODEL)
        segmenter.serving_view(parts).save_weights(run / "model.weights.h5")
        weights.append([layer.get_weights() for layer in parts.layers])

    mean = start.load(runs, MODEL, never)

    for layer, first, second in zip(mean.layers, *weights, strict=True):
        assert any(not np.array_equal(a, b) for a, b in zip(first, second, strict=True))
        for value, a, b in zip(layer.get_weights(), first, second, strict=True):
            np.testing.assert_allclose(value, (a + b) / 2, rtol=1e-5, atol=1e-7)


def test_what_is_folded_is_averaged_as_it_answers(run, exported):
    parts = start.of_run(run)
    for layer in parts.layers:  # norms that change something
        layer.set_weights([np.random.default_rng(1).uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    segmenter.serving_view(parts).save_weights(run / "model.weights.h5")
    configs.save(Config(model=replace(MODEL, canvas=96)), run / "config.json")

    mean = start.folded([run, exported])

    for layer, first, second in zip(mean.layers, fold(parts).layers, start.of_export(exported).layers, strict=True):
        for value, a, b in zip(layer.get_weights(), first.get_weights(), second.get_weights(), strict=True):
            np.testing.assert_allclose(value, (a + b) / 2, rtol=1e-5, atol=1e-6)
    assert mean.config == replace(MODEL, canvas=96)


def test_models_of_other_graphs_have_no_mean(run, exported):
    configs.save(Config(model=replace(MODEL, margin=0.2)), run / "config.json")

    with pytest.raises(UserError, match=f"{run.name}: holds another graph than .*model; name models of one line"):
        start.folded([exported, run])


@pytest.mark.parametrize(("field", "value"), [("pyramid_channels", 16), ("margin", 0.2)])
def test_an_exported_model_of_another_graph_cannot_be_gone_on_from(exported, field, value):
    with pytest.raises(UserError, match="another graph"):
        start.load([exported], replace(MODEL, **{field: value}), never)


def test_half_an_exported_model_cannot_be_gone_on_from(exported, tmp_path):
    (tmp_path / "saved_model.pb").write_bytes((exported / "saved_model.pb").read_bytes()[:100])
    with pytest.raises(UserError, match="does not say what graph"):
        start.load([tmp_path], MODEL, never)

    shutil.copy(exported / "plate_seg.json", tmp_path)
    with pytest.raises(UserError, match="not a whole model"):
        start.load([tmp_path], MODEL, never)


def test_an_exported_model_whose_weights_are_of_another_graph_cannot_be_gone_on_from(exported, tmp_path):
    shutil.copytree(exported, tmp_path / "mixed")
    description = json.loads((exported / "plate_seg.json").read_text())
    description["graph"]["pyramid_channels"] = 16
    (tmp_path / "mixed" / "plate_seg.json").write_text(json.dumps(description))

    with pytest.raises(UserError, match="not a whole model"):
        start.load([tmp_path / "mixed"], replace(MODEL, pyramid_channels=16), never)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of a finished run whose temperatures have not been fitted; not to be changed."""
    folder = tmp_path_factory.mktemp("finished")
    configs.save(Config(model=MODEL), folder / "config.json")
    segmenter.serving_view(segmenter.build(MODEL)).save_weights(folder / "model.weights.h5")
    return folder


@pytest.fixture
def run(finished, tmp_path):
    """A copy of `finished`."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_run_scores_with_the_temperatures_that_were_fitted_for_it(run):
    assert start.of_run(run).config == MODEL
    kept = {"plate_temperature": 0.5, "character_temperature": 0.25, "pictures": 9}
    (run / start.TEMPERATURES).write_text(json.dumps(kept))

    for parts in (start.of_run(run), start.load([run], MODEL, never)):
        assert (parts.config.plate_temperature, parts.config.character_temperature) == (0.5, 0.25)
        assert parts.config.score_threshold == pytest.approx(0.9)  # 0.75 of odds 3, which the temperature squares
        again = start.served(parts.config, {"plate_temperature": 1.0})
        assert again == replace(MODEL, character_temperature=0.25)


@pytest.mark.parametrize("text", ["{", "[1]", '{"plate_temperature": "warm"}'])
def test_a_file_that_holds_no_temperatures_is_one_clear_line(run, text):
    (run / start.TEMPERATURES).write_text(text)

    with pytest.raises(UserError, match=r"temperatures\.json: not a file of temperatures.*; remove it"):
        start.of_run(run)
