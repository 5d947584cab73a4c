import contextlib
import io
from types import SimpleNamespace

import numpy as np
import pytest

from plate_seg import speed
from plate_seg.data.pictures import write_picture
from plate_seg.errors import UserError

HEIGHT, WIDTH, FILTERS = 12, 20, 4


@pytest.fixture(scope="module")
def convolution(tmp_path_factory):
    """A model of any picture size that is one 3x3 convolution of three channels to four, with a bias."""
    import tensorflow as tf

    class Convolution(tf.Module):
        def __init__(self):
            super().__init__()
            self.kernel, self.bias = tf.Variable(tf.ones((3, 3, 3, FILTERS))), tf.Variable(tf.zeros(FILTERS))

        @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8, name="images")])
        def find(self, images):
            convolved = tf.nn.conv2d(tf.cast(images, "float32"), self.kernel, 1, "SAME")
            return {"features": tf.nn.bias_add(convolved, self.bias)}

    folder, module = tmp_path_factory.mktemp("models") / "convolution", Convolution()
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.find})
    return folder


def test_parameters_and_operations_of_a_convolution_by_hand(convolution, monkeypatch):
    monkeypatch.setattr(speed, "SECONDS", 0.1)

    measured = speed.profile(convolution, np.zeros((HEIGHT, WIDTH, 3), np.uint8), batch=2)

    assert measured["parameters"] == 3 * 3 * 3 * FILTERS + FILTERS
    convolved, added = 2 * HEIGHT * WIDTH * 27 * FILTERS, HEIGHT * WIDTH * FILTERS
    assert measured["gigaflops"] * 1e9 == pytest.approx(convolved + added, rel=1e-3)
    assert measured["milliseconds_min"] <= measured["milliseconds_median"] <= measured["milliseconds_max"]
    assert measured["pictures_per_second"] == pytest.approx(1000 / measured["milliseconds_median"])
    assert measured["threads"] >= 1 and measured["calls"] >= speed.LEAST
    files = [file for file in convolution.rglob("*") if file.is_file()]
    assert measured["file_size_mib"] * 2**20 == sum(len(file.read_bytes()) for file in files)
    assert measured["peak_memory_mib"] * 2**20 == pytest.approx(speed.peak_memory(), rel=0.2)


def test_times_are_those_of_one_picture_of_the_batch(convolution, monkeypatch):
    monkeypatch.setattr(speed, "_time", lambda call: call() and np.array([8.0, 12.0, 40.0]))

    measured = speed.profile(convolution, np.zeros((HEIGHT, WIDTH, 3), np.uint8), batch=4)

    assert [measured[f"milliseconds_{name}"] for name in ("min", "median", "max")] == [2, 3, 10]
    assert measured["pictures_per_second"] == pytest.approx(1000 / 3) and measured["calls"] == 3


@pytest.mark.parametrize(("seconds", "count"), [(0, speed.LEAST), (3.0, 12), (1e9, speed.MOST)])
def test_calls_are_timed_until_the_time_is_over_but_for_the_first(monkeypatch, seconds, count):
    calls, clock = [], [0.0]

    def call():
        calls.append(1)
        clock[0] += 60.0 if len(calls) <= speed.WARMUP else 0.25

    monkeypatch.setattr(speed, "SECONDS", seconds)
    monkeypatch.setattr(speed, "time", SimpleNamespace(perf_counter=lambda: clock[0]))

    assert speed._time(call).tolist() == [250.0] * count


def test_each_setting_is_run_at_its_size_on_the_picture_given(monkeypatch, tmp_path):
    write_picture(tmp_path / "a.png", np.full((50, 30, 3), 200, np.uint8))

    def profile(model, image, batch):
        return {"shape": f"{image.shape} of {batch}", "level": float(image.mean()), "calls": 7}

    def run(command, **_):
        monkeypatch.setattr("sys.argv", command[2:])
        with contextlib.redirect_stdout(io.StringIO()) as said:
            speed._main()
        return SimpleNamespace(returncode=0, stdout=said.getvalue())

    monkeypatch.setattr(speed, "profile", profile)
    monkeypatch.setattr(speed.subprocess, "run", run)

    table = speed.measure_speed(tmp_path, tmp_path / "a.png", settings=((20, 12, 1), (30, 40, 8)))

    assert table["count"].tolist() == [7] * 4
    value = table.set_index(["group", "measure"]).value
    assert value["20x12 batch 1", "shape"] == "(12, 20, 3) of 1" and value["20x12 batch 1", "level"] == 200
    assert value["30x40 batch 8", "shape"] == "(40, 30, 3) of 8" and value["30x40 batch 8", "level"] == 200


def test_peak_memory_rises_with_what_is_held():
    before = speed.peak_memory()

    held = np.ones(before // 8 + 2**23)  # more than the whole process so far

    peak = speed.peak_memory()
    assert peak - before > 2**25
    assert held.nbytes <= peak <= before + held.nbytes + 2**26


@pytest.mark.slow
def test_a_fresh_process_is_measured_for_each_setting(convolution):
    table = speed.measure_speed(convolution, settings=((WIDTH, HEIGHT, 1),))

    assert set(table.source) == {"speed"} and set(table.group) == {"20x12 batch 1"}
    assert 100 < table.set_index("measure").value["peak_memory_mib"] < 4000


@pytest.mark.slow
def test_a_folder_that_is_no_model_is_told(tmp_path):
    with pytest.raises(UserError, match="export it again"):
        speed.measure_speed(tmp_path, settings=((WIDTH, HEIGHT, 1),))
