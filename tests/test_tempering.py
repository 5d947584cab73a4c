"""Temperatures of a run's scores: fitted on pictures that were held out, kept beside the weights."""

import json
from types import SimpleNamespace

import pytest

from plate_seg import predict, tempering
from plate_seg.config import Config, ModelConfig
from plate_seg.evaluate import evaluate_finder, fit_temperatures
from tests.test_evaluate import find, make_samples


@pytest.fixture
def samples(tmp_path, monkeypatch):
    """Pictures that a finder knows."""
    made = make_samples(tmp_path / "pictures", 8)
    monkeypatch.setattr(tempering, "held_out", lambda data: made)
    monkeypatch.setattr(predict, "of_view", lambda view: SimpleNamespace(find=find))
    return made


def test_temperatures_fitted_on_held_out_pictures_are_kept_in_the_folder_of_the_run(samples, tmp_path):
    config = Config(model=ModelConfig(score_threshold=0.5))
    expected = fit_temperatures(samples, evaluate_finder(find, samples), 0.5)

    values = tempering.fit(None, config, tmp_path)

    assert values["plate_temperature"] == pytest.approx(expected["plate"], abs=1e-3)
    assert 0.05 < values["plate_temperature"] != 1.0
    assert json.loads((tmp_path / "temperatures.json").read_text()) == {**values, "pictures": 8}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pictures", "temperatures.json"]


def test_scores_that_the_configuration_tempers_are_tempered_further(samples, tmp_path):
    plain = tempering.fit(None, Config(model=ModelConfig(score_threshold=0.5)), tmp_path)
    graph = ModelConfig(score_threshold=0.5, plate_temperature=0.5)
    further = tempering.fit(None, Config(model=graph), tmp_path)

    assert further["plate_temperature"] == pytest.approx(plain["plate_temperature"] / 2, abs=1e-3)


def test_scores_stay_as_configured_without_pictures(samples, tmp_path):
    samples.clear()
    temperatures = {"plate_temperature": 0.4, "character_temperature": 2.0}

    assert tempering.fit(None, Config(model=ModelConfig(**temperatures)), tmp_path) == temperatures
