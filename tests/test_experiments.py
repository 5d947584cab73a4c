"""Named configurations."""

import pytest

from plate_seg import config, experiments
from plate_seg.errors import UserError


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
def test_an_experiment_bears_its_name_and_says_its_command(name):
    assert experiments.named(name).name == name
    assert "python train.py" in experiments.EXPERIMENTS[name].__doc__


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
def test_an_experiment_survives_its_file(name, tmp_path):
    config.save(experiments.named(name), tmp_path / "config.json")

    assert config.load(tmp_path / "config.json") == experiments.named(name)


def test_the_experiment_without_options_needs_no_download():
    assert experiments.default().data.rendered == 1
    assert experiments.default().data.folders == ()


def test_smoke_takes_less_than_a_hundredth_of_the_default():
    def pictures(made):
        return made.train.epochs * made.train.steps * made.train.batch * made.train.canvas**2

    assert pictures(experiments.smoke()) < pictures(experiments.default()) / 100


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UserError, match=f"'fast'; choose from {', '.join(experiments.EXPERIMENTS)}"):
        experiments.named("fast")
