import io
import re
import sys
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from plate_seg.errors import UserError

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SUBJECTS = """
import os
from worker import Ready

def good(number):
    return Ready(lambda: print("noise"), lambda: {"plates": number, "isa": os.environ.get("ISA")}, "library 1")

def broken():
    raise ValueError("no such layer\\nand more")

def dying():
    os._exit(3)
"""


@pytest.fixture(autouse=True)
def on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.fixture
def benchmark(monkeypatch):
    import speed_against_yolo

    monkeypatch.setattr(speed_against_yolo, "REST", 0)
    return speed_against_yolo


@pytest.fixture
def toy_subjects(tmp_path, monkeypatch):
    (tmp_path / "toy_subjects.py").write_text(SUBJECTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "toy_subjects", raising=False)
    import toy_subjects

    return toy_subjects


def summary(benchmark, counts):
    times = {benchmark.OURS: np.array([1.0, 2, 3]), benchmark.THEIRS: np.array([9.0, 10, 12])}
    return benchmark.summarize(times, counts, benchmark.Setting(640, 480, 8, variant="AVX2"))


def test_ratios_are_taken_round_by_round(benchmark):
    table = summary(benchmark, {"plates": 1.0}).set_index(["model", "measure"])

    spread = ["value", "low", "high", "rounds"]
    assert list(table.loc[(benchmark.OURS, "time"), spread]) == [2, 1, 3, 3]
    assert list(table.loc[(benchmark.THEIRS, "time"), spread]) == [10, 9, 12, 3]
    assert list(table.loc[(benchmark.RATIO, "ratio"), spread]) == [5, 4, 9, 3]
    assert list(table.loc[(benchmark.RATIO, "fastest_ratio"), spread]) == [9, 9, 9, 3]
    assert list(table.loc[(benchmark.OURS, "plates"), spread]) == [1, 1, 1, 1]
    assert set(table.setting) == {"640x480 batch 8, AVX2"}


def test_workers_take_turns_and_batches_are_divided(benchmark):
    asked, rounds = [], []

    class Clock:
        def __init__(self, name):
            self.name = name

        def ask(self, question):
            asked.append(self.name)
            return 16.0 * len(asked)

    workers = {name: Clock(name) for name in ("ours", "theirs")}
    times = benchmark.measure(benchmark.Setting(640, 480, 8), workers, 2, lambda: rounds.append(1))

    assert asked == ["ours", "theirs", "ours", "theirs"] and len(rounds) == 2
    assert {name: list(each) for name, each in times.items()} == {"ours": [2, 6], "theirs": [4, 8]}


def test_the_drawn_picture_is_the_same_for_the_same_seed(benchmark):
    setting = benchmark.Setting(160, 120, 1)

    first, again, other = (benchmark.choose_picture(setting, None, seed) for seed in (0, 0, 1))

    assert first.shape == (120, 160, 3) and first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_scenes_without_exactly_one_plate_are_passed_over(benchmark, monkeypatch):
    scenes = iter([("none", ()), ("two", (1, 2)), ("one", (1,)), ("later", (1,))])
    monkeypatch.setattr(benchmark, "render_scene", lambda *_: next(scenes))

    assert benchmark.choose_picture(benchmark.Setting(160, 120, 1), None, 0) == "one"


def test_a_picture_is_scaled_to_the_setting(benchmark, tmp_path):
    cv2.imwrite(str(tmp_path / "red.png"), np.full((30, 50, 3), (0, 0, 200), np.uint8))

    image = benchmark.choose_picture(benchmark.Setting(20, 10, 1), tmp_path / "red.png", 0)

    np.testing.assert_array_equal(image, np.full((10, 20, 3), (200, 0, 0)))


def test_what_is_not_installed_is_told_in_one_line_before_measuring(benchmark, monkeypatch, capsys):
    monkeypatch.setattr(benchmark.importlib.util, "find_spec", lambda name: None if name == "torch" else name)

    assert benchmark.main([]) == 1
    assert capsys.readouterr().err == f"speed_against_yolo: YOLO11n-seg: torch not installed; {benchmark.REMEDY}\n"


@pytest.mark.parametrize(("load", "is_told"), [(0.4, False), (1.7, True)])
def test_a_busy_machine_is_told(benchmark, monkeypatch, capsys, load, is_told):
    monkeypatch.setattr(benchmark.os, "getloadavg", lambda: (load, 9, 9), raising=False)

    benchmark.warn_if_busy()

    assert ("busy (load 1.7)" in capsys.readouterr().err) == is_told


def test_csv_says_where_every_row_comes_from(benchmark):
    content = benchmark.to_csv(summary(benchmark, {"crops": 4.0}).assign(software="library 1"))

    table = pd.read_csv(io.StringIO(content))
    assert list(table) == benchmark.COLUMNS
    assert list(table.measure) == ["time", "time", "ratio", "fastest_ratio", "crops"]
    assert list(table.value) == [2, 10, 5, 9, 4]
    assert table[["commit", "command", "processor", "software"]].notna().all(axis=None)


def test_text_shows_a_dash_for_crops_that_cannot_be_counted(benchmark):
    line = benchmark.to_text(summary(benchmark, {"plates": 1.0})).splitlines()[1]

    assert re.split("  +", line)[1:] == ["2.0 (1.0-3.0)", "10.0 (9.0-12.0)", "5.0 (4.0-9.0)", "9", "1", "-"]


def test_variants_are_measured_besides_the_plain_settings(benchmark):
    options = benchmark.build_parser().parse_args(["--fixed", "--avx2", "--lite"])

    assert options.variants == ["fixed weights", "AVX2", "TensorFlow Lite"]
    assert set(options.variants) < set(benchmark.VARIANTS)
    assert benchmark.build_parser().parse_args([]).variants == []
    assert benchmark.Setting(640, 480, 1, "fixed weights").name == "640x480 batch 1, fixed weights"


@pytest.mark.parametrize("rounds", ["0", "-1", "many"])
def test_rounds_below_one_are_refused(benchmark, rounds, capsys):
    with pytest.raises(SystemExit):
        benchmark.build_parser().parse_args([f"--rounds={rounds}"])

    assert f"{rounds} is no whole number from 1 on" in capsys.readouterr().err


def test_a_worker_answers_under_its_environment(toy_subjects, monkeypatch, capfd):
    from worker import Subject, Worker

    monkeypatch.delenv("ISA", raising=False)
    with Worker("toy", Subject(toy_subjects.good, (2,)), 1, {"ISA": "AVX2"}) as worker:
        assert worker.software == "library 1"
        assert worker.ask("count") == {"plates": 2, "isa": "AVX2"}
        assert 0 <= worker.ask("time") < 1000
    assert "noise" not in capfd.readouterr().out


@pytest.mark.parametrize(("build", "message"), [("broken", "ValueError: no such layer;"), ("dying", "ended with 3;")])
def test_a_worker_that_fails_is_told_in_one_line(toy_subjects, build, message):
    from worker import Subject, Worker

    with pytest.raises(UserError, match=message) as caught:
        Worker("toy", Subject(getattr(toy_subjects, build)), 1, {})

    assert str(caught.value).startswith("toy: ") and "\n" not in str(caught.value)


def test_the_first_call_of_a_turn_is_not_counted(monkeypatch):
    import worker

    monkeypatch.setattr(worker, "SECONDS", 0)
    clock, lengths = [0.0], [9.0, 0.002, 0.005, 0.003]  # seconds of each call, LEAST and one before
    monkeypatch.setattr(worker.time, "perf_counter", lambda: clock[0])

    milliseconds = worker.time_calls(lambda: clock.append(clock.pop() + lengths.pop(0)))

    assert milliseconds == pytest.approx(3) and lengths == []


def test_plates_and_characters_are_counted_from_the_threshold():
    from subjects import count_found

    outputs = {
        "detection_scores": np.array([[0.9, 0.5, 0.4], [0.6, 0.0, 0.0]]),
        "num_characters": np.array([[7, 6, 9], [3, 0, 0]]),
        "plate_text": np.array([[b"ABC", b"12", b"no"], [b"X", b"", b""]]),
    }

    assert count_found(outputs, 0.5) == {"plates": 1.5, "characters": 8, "texts": ["ABC", "12"]}


def test_a_lite_file_takes_a_picture_at_a_time(tmp_path, monkeypatch):
    import subjects
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([1, 1, 2, 3], tf.uint8, name="images")])
    def find(images):
        bright = tf.cast(images[:, 0, :, 0], tf.float32) / 255
        classes = tf.cast(bright * 10, tf.int32)
        return {"detection_scores": bright, "num_characters": classes, "character_classes": classes[..., None]}

    def export_lite(model, out):
        module = tf.Module()
        module.find = find
        tf.saved_model.save(module, str(tmp_path / "saved"), signatures={"serving_default": find})
        converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "saved"))
        out.write_bytes(converter.convert())
        return out

    monkeypatch.setattr("plate_seg.lite.export_lite", export_lite)
    images = np.zeros((2, 1, 2, 3), np.uint8)
    images[0, 0, :, 0], images[1, 0, :, 0] = [229, 150], [77, 51]  # scores of 0.9 and 0.6, 0.3 and 0.2

    ready = subjects.build_lite(tmp_path / "model", images, 1)

    np.testing.assert_allclose(ready.call()["detection_scores"], images[:, 0, :, 0] / 255, rtol=1e-6)
    assert ready.count() == {"plates": 1, "characters": 6.5, "texts": ["8", "5"]}  # from 0.5 on without a description


@pytest.mark.parametrize(("layer", "counts"), [("serving_crops", {"crops": 1.5}), ("elsewhere", {})])
def test_crops_are_read_off_the_graph_of_the_model(layer, counts):
    import tensorflow as tf
    from subjects import count_crops

    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8, name="images")])
    def find(images):
        with tf.name_scope("plate_seg"), tf.name_scope(layer):
            return {"places": tf.where(images[:, 0, :, 0] > 100)}

    images = np.zeros((2, 1, 4, 3), np.uint8)
    images[0, 0, :2], images[1, 0, 3] = 200, 200

    assert count_crops(find.get_concrete_function(), images) == counts
