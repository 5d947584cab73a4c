"""Charts of an evaluation: precision against recall, reliability, size against recall, confusion, thresholds."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from plate_seg.metrics.average_precision import RECALLS, Curve
from plate_seg.metrics.calibration import Outcomes, reliability
from plate_seg.metrics.matching import THRESHOLDS
from plate_seg.temperature import temper

INK, PALE = "#1f4e79", "#c55a11"
MOST_NAMED = 0.02  # a cell of the confusion chart with this share of its row is worth a number


def draw_precision_recall(curves: dict[str, Curve]) -> Figure:
    """Draws a panel for each name, with a line for IoU 0.5, 0.75 and 0.9."""
    figure = Figure(figsize=(4.2 * max(len(curves), 1), 4), layout="constrained")
    for place, (name, curve) in enumerate(curves.items(), 1):
        axes = figure.add_subplot(1, len(curves), place, title=name, xlabel="recall", ylabel="precision")
        axes.set(xlim=(0, 1.01), ylim=(0, 1.02))
        for row in (0, 5, 8):
            label = f"IoU {THRESHOLDS[row]:.2f}: AP {curve.precision[row].mean():.3f}"
            axes.plot(RECALLS, curve.precision[row], label=label)
        axes.legend(loc="lower left")
        axes.grid(alpha=0.3)
    return figure


def draw_reliability(outcomes: dict[str, Outcomes], temperatures: dict[str, float]) -> Figure:
    """Draws the share right against the score, before and after the temperature, a panel for each name."""
    figure = Figure(figsize=(4.2 * max(len(outcomes), 1), 4), layout="constrained")
    for place, (name, outcome) in enumerate(outcomes.items(), 1):
        axes = figure.add_subplot(1, len(outcomes), place, title=name, xlabel="score", ylabel="share right")
        axes.plot([0, 1], [0, 1], color="gray", linewidth=0.8)
        stages = (("as given", outcome.scores, INK), (f"temperature {temperatures[name]:.2f}", None, PALE))
        for label, scores, color in stages:
            scores = temper(outcome.scores, temperatures[name]) if scores is None else scores
            table = reliability(scores, outcome.is_right).dropna()
            axes.plot(table.score, table.right, color=color, label=label)
            axes.scatter(table.score, table.right, 4 + 6 * np.sqrt(table["count"]), color=color, alpha=0.6)
        axes.set(xlim=(0, 1.01), ylim=(0, 1.02))
        axes.legend(loc="upper left")
        axes.grid(alpha=0.3)
    return figure


def draw_size_recall(table: pd.DataFrame) -> Figure:
    """Draws recall of plates and characters against the plate's width, from `measure`'s rows of the width groups."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot(xlabel="width of the plate, px", ylabel="recall", ylim=(0, 1.02))
    widths = table[(table.source == "all") & table.group.str.startswith("width")]
    order = sorted(widths.group.unique(), key=lambda name: int(name.split()[1].split("-")[0]))
    for measure, color in (("plate_recall", INK), ("character_recall", PALE)):
        rows = widths[widths.measure == measure].set_index("group").reindex(order)
        spread = np.abs(np.stack([rows.value - rows.low, rows.high - rows.value]))
        axes.errorbar(range(len(order)), rows.value, spread, color=color, marker="o", capsize=3, label=measure)
    axes.set_xticks(range(len(order)), [name.removeprefix("width ").removesuffix(" px") for name in order])
    axes.legend(loc="lower right")
    axes.grid(alpha=0.3)
    return figure


def draw_confusion(counts: pd.DataFrame) -> Figure:
    """Draws the labels found (columns) for each true label (rows), as shares of the row; wrong ones are numbered."""
    figure = Figure(figsize=(11, 10), layout="constrained")
    axes = figure.add_subplot(xlabel="label found", ylabel="true label")
    shares = counts.to_numpy() / np.maximum(counts.to_numpy().sum(1, keepdims=True), 1)
    image = axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, label="square root of the share of the true label", shrink=0.6)
    axes.set_xticks(range(len(counts)), counts.columns)
    axes.set_yticks(range(len(counts)), counts.index)
    for row, column in np.argwhere(shares >= MOST_NAMED):
        if row != column:
            axes.text(column, row, counts.iat[row, column], ha="center", va="center", color=PALE, fontsize=7)
    return figure


def draw_thresholds(table: pd.DataFrame) -> Figure:
    """Draws `threshold_table`: precision and recall of plates and of whole texts against the plate's score."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot(xlabel="plate score", ylabel="share", ylim=(0, 1.02))
    for kind, color in (("plate", INK), ("text", PALE)):
        for name, line in (("precision", "-"), ("recall", "--")):
            axes.plot(table.threshold, table[f"{kind}_{name}"], line, color=color, label=f"{kind} {name}")
    axes.legend(loc="lower left")
    axes.grid(alpha=0.3)
    return figure
