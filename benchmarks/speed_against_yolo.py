"""Milliseconds of the exported model, pixels to characters, against YOLO11n-seg's bare forward pass, side by side.

Run: python benchmarks/speed_against_yolo.py [--avx2] [--fixed] [--lite] [--out FILE.csv]. README.md here says more.
"""

import argparse
import contextlib
import importlib.util
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from subjects import build_lite, build_ours, build_theirs
from tqdm import tqdm
from worker import Subject, Worker

from plate_seg import outputs, provenance
from plate_seg.data.pictures import read_picture
from plate_seg.data.scenes import render_scene
from plate_seg.errors import UserError
from plate_seg.predict import default_model

OURS, THEIRS = "plate_seg", "YOLO11n-seg"
RATIO = f"{THEIRS} / {OURS}"
SIZES = ((640, 480, 1), (640, 480, 8), (1920, 1080, 1))  # width, height, batch; the first is the headline
AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}  # oneDNN is in both, ATen in PyTorch alone
FIXED = {"TF_ENABLE_ONEDNN_OPTS": "1", "TF_ONEDNN_ASSUME_FROZEN_WEIGHTS": "1"}
LITE = "TensorFlow Lite"
VARIANTS = {  # environments of ours and of theirs
    "": ({}, {}),
    "AVX2": (AVX2, AVX2),
    "fixed weights": (FIXED, {}),
    LITE: ({}, {}),
}
IDLE = 0.5  # load average up to which the machine counts as free
REST = 0.2  # seconds between two turns, in which the threads of the one that ran fall asleep
NEEDED = ("torch", "torchvision", "yaml", "ultralytics")  # modules
REMEDY = "run `pip install torch==2.13.0 torchvision pyyaml` and `pip install --no-deps ultralytics`"
COLUMNS = ["model", "setting", "measure", "value", "unit", "low", "high", "rounds", "commit", "command"]
COLUMNS += ["processor", "software"]


@dataclass(frozen=True)
class Setting:
    """What both models run on: pictures of one size in pixels, how many at once, in which of `VARIANTS`."""

    width: int
    height: int
    batch: int
    variant: str = ""

    @property
    def name(self) -> str:
        return f"{self.width}x{self.height} batch {self.batch}" + (f", {self.variant}" if self.variant else "")


def measure(setting: Setting, workers: dict[str, Worker], rounds: int, advance: Callable[[], None]) -> dict:
    """Returns milliseconds a picture, [rounds] for each worker: they take turns, never two at once."""
    times = {name: [] for name in workers}
    for _ in range(rounds):
        for name, worker in workers.items():
            time.sleep(REST)
            times[name].append(worker.ask("time") / setting.batch)
        advance()
    return {name: np.array(each) for name, each in times.items()}


def summarize(times: dict[str, np.ndarray], counts: dict[str, float], setting: Setting) -> pd.DataFrame:
    """Returns a row a measure, the first seven of `COLUMNS` and rounds: medians, with the least and the most.

    Args:
        times: milliseconds a picture, [rounds] for `OURS` and `THEIRS`; the ratio is taken round by round.
        counts: what `OURS` found, a picture.
    """
    rows = [(name, setting.name, "time", *_spread(each, "ms a picture")) for name, each in times.items()]
    rows.append((RATIO, setting.name, "ratio", *_spread(times[THEIRS] / times[OURS], "times")))
    fastest = times[THEIRS].min() / times[OURS].min()
    rows.append((RATIO, setting.name, "fastest_ratio", fastest, "times", fastest, fastest, len(times[OURS])))
    rows += [(OURS, setting.name, name, value, "a picture", value, value, 1) for name, value in counts.items()]
    return pd.DataFrame(rows, columns=COLUMNS[:8])


def choose_picture(setting: Setting, file: Path | None, seed: int) -> np.ndarray:
    """Returns uint8 RGB [height, width, 3]: the file scaled to the setting, or the first scene drawn with one plate."""
    if file:
        return cv2.resize(read_picture(file), (setting.width, setting.height), interpolation=cv2.INTER_AREA)
    index, plates = 0, ()
    while len(plates) != 1:
        image, plates = render_scene(np.random.default_rng([seed, index]), setting.height, setting.width)
        index += 1
    return image


def check_installed(modules: Sequence[str] = NEEDED) -> None:
    """Raises a UserError that names what YOLO11n-seg needs and is not there."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(THEIRS, f"{', '.join(missing)} not installed", REMEDY)


def warn_if_busy() -> None:
    """Says so on the error stream if others compute: whoever waits at more barriers then loses more."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > IDLE:
        print(f"speed_against_yolo: the machine is busy (load {load:.1f}): no fair comparison", file=sys.stderr)


def to_csv(table: pd.DataFrame) -> str:
    """Returns the table as CSV text with where it comes from in every row."""
    origin = {"commit": provenance.commit(), "command": provenance.command(), "processor": provenance.processor()}
    content = io.StringIO()
    table.assign(**origin)[COLUMNS].to_csv(content, index=False, lineterminator="\n", float_format="%.6g")
    return content.getvalue()


def to_text(table: pd.DataFrame) -> str:
    """Returns the table as text, a line a setting."""
    lines = [["setting", f"{OURS}, ms", f"{THEIRS}, ms", "times as fast", "at best", "plates", "crops"]]
    for setting, rows in table.groupby("setting", sort=False):
        cells = {(row.model, row.measure): row for row in rows.itertuples()}
        spreads = [cells.get(key) for key in ((OURS, "time"), (THEIRS, "time"), (RATIO, "ratio"))]
        others = [cells.get(key) for key in ((RATIO, "fastest_ratio"), (OURS, "plates"), (OURS, "crops"))]
        lines.append([setting, *map(_show_spread, spreads), *(f"{row.value:.3g}" if row else "-" for row in others)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def run(options: argparse.Namespace) -> pd.DataFrame:
    """Measures every setting, each with two fresh processes.

    Raises:
        UserError: something is missing, or a model cannot be run.
    """
    settings = [Setting(*size, variant) for variant in ("", *options.variants) for size in SIZES]
    tables = []
    with tqdm(total=len(settings) * options.rounds, unit="round", file=sys.stderr) as bar:
        for setting in settings:
            bar.set_description(setting.name)
            tables.append(_run_one(setting, options, bar.update))
    return pd.concat(tables, ignore_index=True)


def _run_one(setting: Setting, options: argparse.Namespace, advance: Callable[[], None]) -> pd.DataFrame:
    image = choose_picture(setting, options.picture, options.seed)
    build = build_lite if setting.variant == LITE else build_ours
    subjects = {
        OURS: Subject(build, (options.model, np.repeat(image[None], setting.batch, 0), options.threads)),
        THEIRS: Subject(build_theirs, (setting.batch, options.threads)),
    }
    with contextlib.ExitStack() as stack:
        workers = {
            name: stack.enter_context(Worker(name, subject, options.threads, environment))
            for (name, subject), environment in zip(subjects.items(), VARIANTS[setting.variant], strict=True)
        }
        times = measure(setting, workers, options.rounds, advance)
        counts = workers[OURS].ask("count")
        software = {name: worker.software for name, worker in workers.items()}
    software[RATIO] = ", ".join(software.values())
    tqdm.write(f"{setting.name}: found {', '.join(counts.pop('texts')) or 'no plate'}", file=sys.stderr)
    table = summarize(times, counts, setting)
    return table.assign(software=table.model.map(software))


def _spread(values: np.ndarray, unit: str) -> tuple:
    """Returns value, unit, low, high and rounds."""
    return float(np.median(values)), unit, float(values.min()), float(values.max()), len(values)


def _show_spread(row) -> str:
    return f"{row.value:.1f} ({row.low:.1f}-{row.high:.1f})"


def build_parser() -> argparse.ArgumentParser:
    """Returns the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=default_model(), help="exported model (default: %(default)s)")
    parser.add_argument("--picture", type=Path, help="a picture, scaled to each size (default: a rendered scene)")
    parser.add_argument("--seed", type=int, default=0, help="of the rendered scene (default: %(default)s)")
    parser.add_argument("--rounds", type=_positive, default=20, help="turns of each model (default: %(default)s)")
    parser.add_argument("--threads", type=_positive, default=2, help="of each model (default: %(default)s)")
    for flag, variant, text in (
        ("--avx2", "AVX2", "without AVX-512 and bf16"),
        ("--fixed", "fixed weights", "with ours told that its weights never change"),
        ("--lite", LITE, "with ours as a TensorFlow Lite file, which takes a picture at a time"),
    ):
        parser.add_argument(
            flag, dest="variants", action="append_const", const=variant, default=[], help=f"measure again {text}"
        )
    parser.add_argument("--out", type=Path, help="CSV file to write")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 on")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table and returns the exit status."""
    options = build_parser().parse_args(arguments)
    try:
        check_installed()
        if options.out:
            outputs.check_writable(options.out)
        warn_if_busy()
        table = run(options)
        print(f"{provenance.processor()}; {'; '.join(table.software[table.model != RATIO].unique())}")
        print(to_text(table))
        if options.out:
            outputs.write_beside(options.out, to_csv(table))
    except UserError as error:
        print(f"speed_against_yolo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("speed_against_yolo: interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
