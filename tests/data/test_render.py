import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import cv2
import pytest

from plate_seg.data.coco import read_coco
from plate_seg.data.render import render_dataset
from plate_seg.errors import UserError

SIZE = {"height": 120, "width": 160}


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers(tmp_path):
    first = render_dataset(tmp_path / "one", 5, seed=3, workers=1, **SIZE)
    second = render_dataset(tmp_path / "two", 5, seed=3, workers=2, **SIZE)

    assert contents(first) == contents(second)
    assert len(contents(first)) == 7


def test_another_seed_gives_other_pictures(tmp_path):
    first = render_dataset(tmp_path / "one", 2, seed=3, workers=1, **SIZE)
    second = render_dataset(tmp_path / "two", 2, seed=4, workers=1, **SIZE)

    assert contents(first)["images/000000.jpg"] != contents(second)["images/000000.jpg"]


def test_the_reader_finds_what_was_rendered(tmp_path):
    out = render_dataset(tmp_path / "set", 8, seed=1, workers=1, **SIZE)
    samples = read_coco(out)

    assert len(samples) == 8
    assert {plate.complete for sample in samples for plate in sample.plates} == {True, False}
    images = json.loads((out / "annotations.json").read_text())["images"]
    for image, sample in zip(images, samples, strict=True):
        assert image["characters_complete"] == all(plate.complete for plate in sample.plates)
    for sample in samples:
        assert cv2.imread(str(sample.path)).shape == (sample.height, sample.width, 3)
        for plate in sample.plates:
            assert plate.corners.shape == (4, 2)
            assert len(plate.characters) == len(plate.text.replace("*", ""))
            assert all(character.mask.pixels.any() for character in plate.characters)


def test_a_finished_set_is_used_again(tmp_path):
    out = render_dataset(tmp_path / "set", 2, seed=1, workers=1, **SIZE)
    stamp = os.stat(out / "annotations.json").st_mtime_ns
    render_dataset(out, 2, seed=1, workers=2, **SIZE)

    assert os.stat(out / "annotations.json").st_mtime_ns == stamp


def test_other_arguments_render_anew_and_leave_nothing_behind(tmp_path):
    out = render_dataset(tmp_path / "set", 2, seed=1, workers=1, **SIZE)
    render_dataset(out, 3, seed=1, workers=1, **SIZE)

    assert len(json.loads((out / "annotations.json").read_text())["images"]) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


@pytest.mark.parametrize("name", ["images/mine.jpg", "notes.txt", "mine/a.jpg"])
def test_what_somebody_put_into_a_set_is_named_and_kept(tmp_path, name):
    out = render_dataset(tmp_path / "set", 2, seed=1, workers=1, **SIZE)
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("mine")
    before = contents(out)
    render_dataset(out, 2, seed=1, workers=1, **SIZE)  # these are there, and nothing is replaced

    with pytest.raises(UserError, match=f"{name.split('/')[0]}.*move it, or choose another folder"):
        render_dataset(out, 3, seed=1, workers=1, **SIZE)

    assert contents(out) == before


def test_a_set_whose_pictures_are_gone_is_rendered_again(tmp_path):
    out = render_dataset(tmp_path / "set", 2, seed=1, workers=1, **SIZE)
    before = contents(out)
    for name in ("images/000001.jpg", "sheet.png"):
        (out / name).unlink()

        render_dataset(out, 2, seed=1, workers=1, **SIZE)

        assert contents(out) == before


def test_the_current_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UserError, match="current folder.*name a new folder"):
        render_dataset(Path("."), 2, seed=1, workers=1, **SIZE)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seconds", [0, 0.5])  # workers start, and import what they need
def test_an_interrupt_is_told_in_one_line(tmp_path, seconds):
    command = [sys.executable, "-m", "plate_seg", "render", "--count", "5000", "--workers", "3", "--out", "set"]
    listening = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what runs in the background ignores interrupts
    running = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=listening
    )
    running.stderr.read(len("rendering:"))
    time.sleep(seconds)

    os.killpg(running.pid, signal.SIGINT)

    error = running.stderr.read()
    assert running.wait() == 130
    assert error.endswith("plate-seg: interrupted\n") and "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments, problem", [((0, 1, 1), "count: 0; give 1"), ((2, 1, 0), "workers: 0; give 1")])
def test_bad_numbers_are_named(tmp_path, arguments, problem):
    with pytest.raises(UserError, match=problem):
        render_dataset(tmp_path / "set", *arguments)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")

    with pytest.raises(UserError, match="not rendered here; give a new or an empty folder"):
        render_dataset(tmp_path, 1, seed=0, workers=1)

    assert (tmp_path / "thesis.tex").read_text() == "mine"


def test_a_folder_under_a_file_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(UserError, match="give a folder that can be written"):
        render_dataset(tmp_path / "file" / "set", 1, seed=0, workers=1)


def test_an_unknown_layout_is_an_error(tmp_path):
    with pytest.raises(UserError, match="choose from"):
        render_dataset(tmp_path / "set", 1, seed=0, workers=1, layouts=["mars"])
