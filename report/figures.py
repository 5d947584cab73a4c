"""Figures from the committed CSV files: learning curves, measures by plate width, measures by score threshold."""

from pathlib import Path

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from report.reading import ReportError, Results

STYLE = {
    "font.family": "serif",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
STYLE |= {"axes.linewidth": 0.6, "lines.linewidth": 1.2, "legend.frameon": False, "pdf.fonttype": 42, "axes.grid": True}
STYLE |= {"grid.linewidth": 0.3, "grid.alpha": 0.6}
COLORS = ("#1b4f72", "#c0392b", "#1e8449")
PANELS = {"loss": "loss", "val_plate_ap50": "plate AP50", "val_labelled_character_f1": "labelled character F1"}


@rc_context(STYLE)
def learning_curves(results: Results, runs: dict[str, str], path: Path) -> None:
    """Draws loss and validation measures over the epochs, a colour a run.

    Args:
        runs: folder to the name in the legend.
    """
    columns = ["epoch", "val_loss", *PANELS]
    histories = {name: results.table(f"{run}/history.csv", columns) for run, name in runs.items()}
    figure, axes = _panels(len(PANELS), 1.9)
    for color, (name, history) in zip(COLORS, histories.items(), strict=False):
        epochs = history.epoch + 1
        axes[0].plot(epochs, history.loss, color=color, label=f"{name}, training")
        axes[0].plot(epochs, history.val_loss, color=color, linestyle="--", label=f"{name}, validation")
        for axis, column in zip(axes[1:], list(PANELS)[1:], strict=True):
            axis.plot(epochs, history[column], color=color, marker=".", label=name)
    for axis, title in zip(axes, PANELS.values(), strict=True):
        axis.set(xlabel="epoch", title=title)
        axis.set_ylim(bottom=0)
        axis.legend(fontsize=6)
    _save(figure, path)


@rc_context(STYLE)
def widths(results: Results, runs: dict[str, str], path: Path) -> None:
    """Draws plates found and segmented exactly over the plate's width, with 95 % intervals."""
    measures = {"plate_recall": "plates found", "plates_segmented_exactly": "segmented exactly"}
    tables = {name: _by_width(results, run) for run, name in runs.items()}
    order = list(pd.concat(tables.values()).sort_values("lower").group.unique())
    figure, axes = _panels(2, 2.1)
    for axis, (measure, title) in zip(axes, measures.items(), strict=True):
        for number, (name, table) in enumerate(tables.items()):
            rows = table[table.measure == measure]
            places = [order.index(group) + (number - (len(runs) - 1) / 2) * 0.16 for group in rows.group]
            errors = [rows.value - rows.low, rows.high - rows.value]
            axis.errorbar(
                places, rows.value, errors, fmt="o", color=COLORS[number], markersize=3, capsize=2, label=name
            )
        axis.set_xticks(range(len(order)), [group.removeprefix("width ").removesuffix(" px") for group in order])
        axis.set(title=title, xlabel="width of the plate, pixels", ylim=(-0.03, 1.03))
        axis.tick_params(axis="x", labelsize=6)
    axes[0].legend(fontsize=6, loc="lower left")
    _save(figure, path)


@rc_context(STYLE)
def thresholds(results: Results, runs: dict[str, str], path: Path) -> None:
    """Draws precision and recall of plates over the score threshold."""
    columns = ["threshold", "plate_precision", "plate_recall", "false_plates_per_picture"]
    figure, axes = _panels(2, 1.9)
    for color, (run, name) in zip(COLORS, runs.items(), strict=False):
        table = results.table(f"{run}/thresholds.csv", columns)
        axes[0].plot(table.threshold, table.plate_precision, color=color, label=f"{name}, precision")
        axes[0].plot(table.threshold, table.plate_recall, color=color, linestyle="--", label=f"{name}, recall")
        axes[1].plot(table.threshold, table.false_plates_per_picture, color=color, label=name)
    axes[0].set(xlabel="score threshold", title="plates", ylim=(0, 1.03))
    axes[1].set(xlabel="score threshold", title="false plates a picture")
    axes[1].set_ylim(bottom=0)
    axes[0].legend(fontsize=5.5, loc="lower center")
    axes[1].legend(fontsize=6)
    _save(figure, path)


def _by_width(results: Results, run: str) -> pd.DataFrame:
    """Returns a run's rows by plate width, with each range's lower end."""
    metrics = results.metrics(run)
    rows = metrics[metrics.group.str.startswith("width") & (metrics.source == "all")]
    if rows.empty:
        raise ReportError(f"{results.folder / run / 'metrics.csv'}: no measures by width; evaluate again")
    return rows.assign(lower=rows.group.str.extract(r"width (\d+)")[0].astype(int))


def _panels(count: int, height: float):
    """Returns a figure of the text's width, `height` inches, and its axes in one row."""
    figure = Figure(figsize=(6.6, height), layout="constrained")
    return figure, figure.subplots(1, count)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"CreationDate": None})
