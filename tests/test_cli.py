"""The commands: help at once, one line and a status for whatever goes wrong, options handed on as given."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import cv2
import numpy as np
import pytest

from plate_seg import cli
from plate_seg.errors import UserError

COMMANDS = ("evaluate", "predict", "export", "render", "convert")


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "plate_seg", *arguments], capture_output=True, text=True)


def stand_in(monkeypatch, module, name, function):
    """Puts `function` where a command imports it from, whatever that module really needs."""
    fake = types.ModuleType(module)
    setattr(fake, name, function)
    monkeypatch.setitem(sys.modules, module, fake)
    package, _, last = module.rpartition(".")
    monkeypatch.setattr(sys.modules[package], last, fake, raising=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as exit_:
        cli.main([command, "--help"])

    assert exit_.value.code == 0
    assert f"usage: plate-seg {command}" in capsys.readouterr().out


def test_help_lists_all_commands_without_loading_tensorflow():
    program = (
        "import sys; from plate_seg import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: sys.exit('tensorflow' in sys.modules or 'cv2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.returncode == 0
    assert all(f"\n    {command} " in done.stdout for command in ("train", *COMMANDS))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["predict"],
        ["predict", "a.jpg", "--jsn", "b"],
        ["predict", "a.jpg", "--threshold", "2"],
        ["predict", "a.jpg", "--threshold", "high"],
        ["render", "--out", "out", "--count", "0"],
        ["render", "--out", "out", "--width", "wide"],
        ["evaluate"],
        ["export", "run", "--plate-temperature", "inf"],
        ["export", "run", "--character-temperature", "nan"],
        ["export", "run", "--character-temperature", "0"],
    ],
)
def test_wrong_options_get_one_line_and_two(arguments, capsys):
    with pytest.raises(SystemExit) as exit_:
        cli.main(arguments)

    error = capsys.readouterr().err
    assert exit_.value.code == 2
    assert error.startswith("plate-seg") and error.count("\n") == 1 and "--help" in error


def test_missing_model_gets_one_line_and_one(tmp_path, capsys):
    status = cli.main(["predict", "a.jpg", "--model", str(tmp_path / "none")])

    error = capsys.readouterr().err
    assert status == 1
    assert error.startswith(f"plate-seg: {tmp_path / 'none'}: ") and error.count("\n") == 1


def test_interrupt_exits_with_130(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    stand_in(monkeypatch, "plate_seg.data.convert", "convert", interrupt)

    assert cli.main(["convert", "a", "b"]) == 130
    assert capsys.readouterr().err == "plate-seg: interrupted\n"


def test_user_errors_of_any_command_are_one_line(monkeypatch, capsys):
    def refuse(*_):
        raise UserError("a.xml", "a box without area", "correct it")

    stand_in(monkeypatch, "plate_seg.data.convert", "convert", refuse)

    assert cli.main(["convert", "a", "b"]) == 1
    assert capsys.readouterr().err == "plate-seg: a.xml: a box without area; correct it\n"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PermissionError(13, "Permission denied", "d/images"), "d/images: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("Can't open file\n(no signature)"), "Can't open file (no signature)"),
    ],
)
def test_what_the_system_refuses_is_one_line(monkeypatch, capsys, error, line):
    stand_in(monkeypatch, "plate_seg.data.convert", "convert", lambda *_: (_ for _ in ()).throw(error))

    assert cli.main(["convert", "a", "b"]) == 1
    assert capsys.readouterr().err == f"plate-seg: {line}\n"


@pytest.mark.parametrize(("place", "status", "said"), [("a closed pipe", 141, ""), ("/dev/full", 1, "No space left")])
def test_output_that_nobody_takes_ends_the_command_without_a_traceback(place, status, said):
    program = (
        "import sys, types; from plate_seg import cli\n"
        "sys.modules['plate_seg.data.convert'] = types.SimpleNamespace(convert=lambda *_: 3)\n"
        "sys.exit(cli.main(['convert', 'a', 'b']))"
    )
    reader, writer = (
        os.pipe() if place == "a closed pipe" else (os.open(place, os.O_RDONLY), os.open(place, os.O_WRONLY))
    )
    os.close(reader)

    done = subprocess.run([sys.executable, "-c", program], stdout=writer, stderr=subprocess.PIPE, text=True)

    os.close(writer)
    assert done.returncode == status
    assert done.stderr.count("\n") == bool(said) and said in done.stderr


def test_train_hands_on_all_its_options(monkeypatch):
    given = []
    stand_in(monkeypatch, "plate_seg.launch", "main", lambda arguments: given.append(arguments) or 0)

    assert cli.main(["train", "--experiment", "smoke", "--help"]) == 0
    assert given == [["--experiment", "smoke", "--help"]]


def test_render_hands_on_its_options(monkeypatch, capsys):
    given = {}
    parameters = ("out", "count", "seed", "workers", "height", "width", "layouts")

    def render(out, count, seed, workers, height, width, layouts):
        given.update(zip(parameters, (out, count, seed, workers, height, width, layouts), strict=True))

    stand_in(monkeypatch, "plate_seg.data.render", "render_dataset", render)
    options = "--count 3 --seed 4 --workers 2 --height 100 --width 200 --layout one two"

    assert cli.main(["render", "--out", "scenes", *options.split()]) == 0
    assert given == dict(zip(parameters, (Path("scenes"), 3, 4, 2, 100, 200, ["one", "two"]), strict=True))


def test_evaluate_hands_on_its_options_and_prints_the_summary(monkeypatch, tmp_path, capsys):
    given = []

    def evaluate(*arguments, speed):
        given.extend([*arguments, speed])
        (arguments[3] / "summary.md").write_text("| plate AP50 |")

    stand_in(monkeypatch, "plate_seg.evaluate", "evaluate", evaluate)
    options = ["--model", "m", "--data", "d", "--split", "val", "--out", str(tmp_path), "--threshold", "0.25"]

    assert cli.main(["evaluate", *options]) == 0
    assert cli.main(["evaluate", *options, "--no-speed"]) == 0
    assert given == [
        Path("m"),
        Path("d"),
        "val",
        tmp_path,
        0.25,
        True,
        Path("m"),
        Path("d"),
        "val",
        tmp_path,
        0.25,
        False,
    ]
    assert capsys.readouterr().out == "| plate AP50 |\n" * 2


@pytest.mark.parametrize(
    ("out", "module", "name"),
    [
        ("a.tflite", "lite", "export_lite"),
        ("a.TFLITE", "lite", "export_lite"),
        ("a.onnx", "onnx_file", "export_onnx"),
        ("a.ONNX", "onnx_file", "export_onnx"),
        ("a", "export", "export_run"),
    ],
)
def test_the_name_of_what_is_exported_says_what_it_is(monkeypatch, capsys, out, module, name):
    given = {}

    def export(run, out, others, **chosen):
        given.update(chosen, run=run, out=out, others=others)
        return out

    stand_in(monkeypatch, f"plate_seg.{module}", name, export)

    changed = ["--canvas", "512", "--max-plates", "32", "--threshold", "0.7", "--proposals", "0.2"]
    changed += ["--box-looseness", "0.5", "--max-characters", "20"]
    assert cli.main(["export", "runs/mine", "runs/after", "--out", out, *changed]) == 0
    assert {name: value for name, value in given.items() if value is not None} == {
        "run": Path("runs/mine"),
        "others": [Path("runs/after")],
        "out": Path(out),
        "canvas": 512,
        "score_threshold": 0.7,
        "proposal_threshold": 0.2,
        "box_looseness": 0.5,
        "max_plates": 32,
        "max_characters": 20,
    }
    assert capsys.readouterr().out == f"exported to {out}\n"


@pytest.mark.slow
def test_predict_runs_from_a_shell_and_stays_quiet(toy_model, tmp_path):
    good, bad = tmp_path / "xe máy.png", tmp_path / "bad.jpg"
    good.write_bytes(cv2.imencode(".png", np.full((40, 64, 3), 200, np.uint8))[1].tobytes())
    bad.touch()
    report, drawn = tmp_path / "new" / "plates.json", tmp_path / "drawn"

    done = run("predict", good, bad, "--model", toy_model, "--json", report, "--out", drawn)

    assert done.returncode == 1
    assert done.stdout == f"{good}: ?1F 0.78\n"
    assert f"plate-seg: {bad}: " in done.stderr and "tensorflow" not in done.stderr.lower()
    assert [set(entry) >= {"plates"} for entry in json.loads(report.read_text())] == [True, False]
    assert [path.name for path in drawn.iterdir()] == [good.name]
