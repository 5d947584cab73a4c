"""An exported model and a data set to measures: run it over a split, measure, and write tables, charts and sheets."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from plate_seg import provenance
from plate_seg.data.sample import Sample
from plate_seg.errors import UserError
from plate_seg.evaluation_report import write_report
from plate_seg.found import FoundPlate
from plate_seg.metrics.calibration import (
    Outcomes,
    calibration_error,
    character_outcomes,
    fit_temperature,
    plate_outcomes,
)
from plate_seg.metrics.groups import EVERYTHING
from plate_seg.metrics.masks import crop
from plate_seg.metrics.measure import COLUMNS, measure, sources
from plate_seg.metrics.pairing import pictures
from plate_seg.outputs import check_folder
from plate_seg.speed import measure_speed
from plate_seg.temperature import temper

__all__ = [
    "evaluate",
    "evaluate_finder",
    "evaluate_samples",
    "fit_temperatures",
    "measure",
    "measure_calibration",
    "outcomes",
]

Find = Callable[[np.ndarray], list[FoundPlate]]


def evaluate(
    model_dir: Path,
    data: Path,
    split: str,
    out: Path,
    threshold: float | None = None,
    fit_on: str | None = "val",
    speed: bool = True,
) -> pd.DataFrame:
    """Measures an exported model on a split and writes `metrics.csv`, `summary.md`, charts and sheets into `out`.

    Args:
        threshold: the plate score from which on a plate counts as found; None for the model's own.
        fit_on: the split that the temperatures are fitted on; None to leave scores as they are.
        speed: whether to measure time, memory and operations too, which takes about a minute.

    Raises:
        UserError: the model or the data cannot be read, the split is empty, or `out` cannot be written.
    """
    from plate_seg.data.readers import read_split

    samples = _filled(read_split(Path(data), split), data, split)
    to_fit_on = samples if split == fit_on else _to_fit_on(Path(data), fit_on)
    return evaluate_samples(model_dir, samples, split, out, threshold, to_fit_on, speed)


def evaluate_samples(
    model_dir: Path,
    samples: list[Sample],
    split: str,
    out: Path,
    threshold: float | None = None,
    to_fit_on: list[Sample] | None = None,
    speed: bool = True,
) -> pd.DataFrame:
    """Measures as `evaluate` does, on samples of a `split` that have been read.

    Args:
        to_fit_on: what the temperatures are fitted on; None to leave scores as they are.

    Raises:
        UserError: the model or a picture cannot be read, or `out` cannot be written.
    """
    from plate_seg import predict

    finder = predict.load(Path(model_dir))
    check_folder(Path(out))  # before the work
    threshold = finder.threshold if threshold is None else threshold

    def find(image: np.ndarray) -> list[FoundPlate]:
        return finder.find(image, threshold=0.0)  # average precision needs the doubtful ones too

    found = evaluate_finder(find, samples, split)
    if to_fit_on is None:
        temperatures = {"plate": 1.0, "character": 1.0}
    else:
        seen = found if to_fit_on is samples else evaluate_finder(find, to_fit_on, "fitting temperatures")
        temperatures = fit_temperatures(to_fit_on, seen, threshold)
    parts = [measure(samples, found, threshold), measure_calibration(samples, found, threshold, temperatures)]
    if speed:
        parts.append(measure_speed(Path(model_dir), samples[0].path))
    table = stamp(pd.concat(parts), split, len(samples), str(model_dir)).assign(threshold=threshold)
    write_report(Path(out), table, samples, found, threshold, temperatures)
    return table


def evaluate_finder(find: Find, samples: list[Sample], name: str = "pictures", read: Callable | None = None):
    """Returns what `find` finds on every sample's picture, list[list[FoundPlate]], masks cut to their characters.

    Args:
        find: takes a picture, uint8 RGB [height, width, 3].
        read: gives the picture of a path; `read_picture` unless given.
    """
    if read is None:
        from plate_seg.data.pictures import read_picture as read
    return [[_cut(plate) for plate in find(read(sample.path))] for sample in tqdm(samples, name, unit="picture")]


def outcomes(samples: list[Sample], found: list[list[FoundPlate]], threshold: float) -> dict[str, Outcomes]:
    """Returns scores and outcomes of "plate" (all plates) and "character" (of plates at the threshold)."""
    return {
        "plate": plate_outcomes(pictures(samples, found, -np.inf)),
        "character": character_outcomes(pictures(samples, found, threshold)),
    }


def fit_temperatures(samples: list[Sample], found: list[list[FoundPlate]], threshold: float) -> dict[str, float]:
    """Returns the temperature of plate and character scores that fits these pictures best."""
    return {
        name: fit_temperature(one.scores, one.is_right) for name, one in outcomes(samples, found, threshold).items()
    }


def measure_calibration(samples, found, threshold: float, temperatures: dict[str, float]) -> pd.DataFrame:
    """Returns `measure`'s rows for the calibration error, as given and after the temperatures."""
    rows = [
        (EVERYTHING, EVERYTHING, f"{name}_temperature", value, np.nan, np.nan, np.nan)
        for name, value in temperatures.items()
    ]
    for name, every in outcomes(samples, found, threshold).items():
        for source, members in sources(samples).items():
            one = every.of(members)
            tempered = temper(one.scores, temperatures[name])
            for end, scores in (("ece", one.scores), ("ece_tempered", tempered)):
                if len(scores):
                    error = calibration_error(scores, one.is_right)
                    rows.append((source, EVERYTHING, f"{name}_{end}", error, len(scores), np.nan, np.nan))
    return pd.DataFrame(rows, columns=COLUMNS)


def stamp(table: pd.DataFrame, split: str, count: int, model: str) -> pd.DataFrame:
    """Adds to every row what it was measured with: split, pictures, model, commit, command, cpu."""
    return table.assign(
        split=split,
        pictures=count,
        model=model,
        commit=provenance.commit(),
        command=provenance.command(),
        cpu=provenance.processor(),
    ).reset_index(drop=True)


def _to_fit_on(data: Path, split: str | None) -> list[Sample] | None:
    """Returns the samples of `split`, or says that there are none."""
    from plate_seg.data.readers import read_split

    if split is None:
        return None
    try:
        return _filled(read_split(data, split), data, split)
    except UserError as error:
        tqdm.write(f"scores stay as they are: no split to fit a temperature on ({error})")
        return None


def _filled(samples: list[Sample], data: Path, split: str) -> list[Sample]:
    if not samples:
        raise UserError(data, f"no pictures in {split!r}", "name a split that has some")
    return samples


def _cut(plate: FoundPlate) -> FoundPlate:
    """Cuts masks to their characters: a hundred plates a picture with whole maps would fill the memory."""
    return replace(plate, characters=tuple(crop(character) for character in plate.characters))
