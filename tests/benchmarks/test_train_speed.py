"""The benchmark of training steps: its rows, and what it measures."""

import sys
from pathlib import Path

import pytest

from plate_seg.data.render import render_dataset
from plate_seg.experiments import default

SUBJECTS = """
import os
import time
from worker import Ready

def build(milliseconds):
    return Ready(lambda: time.sleep(milliseconds / 1000), lambda: {"format": os.environ["KIND"]}, "library 1")
"""


@pytest.fixture
def benchmark(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    (tmp_path / "slow_subjects.py").write_text(SUBJECTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "slow_subjects", raising=False)
    import train_speed

    return train_speed


def test_a_row_has_the_median_of_its_turns_and_what_the_process_said(benchmark):
    import slow_subjects

    subject = benchmark.Subject(slow_subjects.build, (50,))

    row = benchmark.measure("sleep", subject, {"KIND": "float32"}, rounds=2)

    assert (row["what"], row["format"], row["rounds"], row["software"]) == ("sleep", "float32", 2, "library 1")
    assert 50 <= row["low"] <= row["milliseconds"] <= row["high"] < 200
    assert row["pictures_per_second"] == pytest.approx(1000 * default().train.batch / row["milliseconds"])


@pytest.mark.slow
def test_a_step_and_its_batch_are_those_of_the_default_run(benchmark, tmp_path):
    scenes = render_dataset(tmp_path / "scenes", 8, seed=1)

    inputs, _ = benchmark.build_input(scenes).call()
    step = benchmark.build_step(scenes, "float32")

    assert inputs["images"].shape == (default().train.batch, *[default().train.picture] * 2, 3)
    assert step.call() > 0
    assert step.count() == {"format": "float32"}
