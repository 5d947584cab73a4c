"""The files of an evaluation: `metrics.csv`, tables, `summary.md`, charts, and a sheet for every cause of failure."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from plate_seg import charts
from plate_seg.data.pictures import read_picture, write_picture
from plate_seg.data.sample import Sample
from plate_seg.failure_sheets import draw_failures
from plate_seg.failures import CAUSES, Failure, count_failures, find_failures, worst
from plate_seg.found import FoundPlate
from plate_seg.metrics.average_precision import curve, rank
from plate_seg.metrics.calibration import character_outcomes, plate_outcomes, threshold_table
from plate_seg.metrics.characters import match_characters
from plate_seg.metrics.pairing import Picture, pictures
from plate_seg.metrics.plates import match_plates
from plate_seg.metrics.reading import confusion
from plate_seg.outputs import check_folder, write_beside
from plate_seg.summary import summarize

SCORES = np.linspace(0.05, 0.95, 19)  # of the threshold table
MOST = 24  # failures a sheet


def write_report(
    out: Path,
    table: pd.DataFrame,
    samples: list[Sample],
    found: list[list[FoundPlate]],
    threshold: float,
    temperatures: dict[str, float],
):
    """Writes every file of an evaluation into the folder `out`, each beside and then renamed.

    Args:
        table: `evaluate`'s rows.

    Raises:
        UserError: a file cannot be written.
    """
    check_folder(out)
    shown = pictures(samples, found, threshold)
    failures = [failure for picture in shown for failure in find_failures(picture)]
    tables = {
        "failures": count_failures(failures, [sample.source for sample in samples]),
        "thresholds": threshold_table(lambda score: pictures(samples, found, score), SCORES).set_index("threshold"),
        "confusion": confusion(shown),
    }
    write_beside(out / "metrics.csv", table.to_csv(index=False))
    for name, each in tables.items():
        write_beside(out / f"{name}.csv", each.to_csv())
    write_beside(out / "summary.md", summarize(table, tables["failures"], tables["thresholds"]))
    for name, figure in _draw_charts(table, samples, found, shown, temperatures, tables).items():
        write_beside(out / f"{name}.png", _png(figure))
    _write_sheets(out, failures, samples, shown)


def _draw_charts(table, samples, found, shown: list[Picture], temperatures, tables) -> dict[str, Figure]:
    every = pictures(samples, found, -np.inf)
    curves = {
        "plates": curve(rank(match_plates(samples, found))),
        "characters, class-blind": curve(rank([match_characters(one, one.character_ious) for one in every])),
    }
    outcomes = {"plate": plate_outcomes(every), "character": character_outcomes(shown)}
    return {
        "precision_recall": charts.draw_precision_recall(curves),
        "reliability": charts.draw_reliability(outcomes, temperatures),
        "size_recall": charts.draw_size_recall(table),
        "confusion": charts.draw_confusion(tables["confusion"]),
        "thresholds": charts.draw_thresholds(tables["thresholds"].reset_index()),
    }


def _write_sheets(out: Path, failures: list[Failure], samples: list[Sample], shown: list[Picture]):
    """Writes a sheet for each cause that occurs, and removes that of one that no longer does."""
    found = [picture.found for picture in shown]
    for cause in CAUSES:
        path = out / f"{cause.replace(' ', '_')}.jpg"
        chosen = worst(failures, cause, MOST)
        if chosen:
            write_picture(path, draw_failures(chosen, samples, found, lambda sample: read_picture(sample.path)))
        else:
            path.unlink(missing_ok=True)


def _png(figure: Figure) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110)
    return content.getvalue()
