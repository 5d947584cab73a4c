"""Tables that set runs side by side: the two backbones, the ablations, speed, and speed against another model."""

import pandas as pd

from report.latex import DASH, cell, code, escape, heading, number, tabular
from report.reading import Measured, ReportError, Results, find
from report.tables import BY_SOURCE, origin

PAIRS = (("default", "resnet19"), ("default-on-photographs", "resnet19-on-photographs"))  # compact, ResNet-19
COMPARED = {
    "plate_recall": "plates found",
    "plate_ap50": "plate AP50",
    "plate_ap": "plate AP",
    "found_plates_character_f1": "character F1, found plates",
    "plates_segmented_exactly": "segmented exactly",
    "label_accuracy": "labels right",
}
COST = {
    "parameters": ("parameters", 0),
    "gigaflops": ("Gflop a picture", 2),
    "milliseconds_median": ("ms a picture", 1),
}
COST |= {"peak_memory_mib": ("peak memory, MiB", 0), "file_size_mib": ("exported size, MiB", 1)}
SMALL = "640x480 batch 1"  # the setting that costs are told for
SPEED = {
    "milliseconds_median": (heading("ms a", "picture"), 1),
    "milliseconds_min": (heading("least"), 1),
    "milliseconds_max": (heading("most"), 1),
    "pictures_per_second": (heading("pictures", "a second"), 1),
    "peak_memory_mib": (heading("peak", "MiB"), 0),
    "gigaflops": (heading("Gflop a", "picture"), 2),
}
ABLATIONS = ["experiment", "variant", "split", "pictures", "measure", "value", "low", "high", "command", "commit"]
EXPERIMENTS = {
    "grouping": (
        "Grouping",
        "Characters told apart by centres and offsets, or by connected components of the foreground of the class map.",
    ),
    "crops": ("Crops", "Crops that follow the plate's corners, or the upright box round it."),
    "data": ("Data", "What the model has been trained on."),
    "align": ("What RoIAlign reads", "The picture at full resolution with P3 as context, or P3 alone."),
    "seed": (
        "Seed",
        "The same configuration with another seed of weights, augmentation and order: differences as "
        "large as these are chance.",
    ),
}


def backbones(results: Results) -> str:
    """Returns the table of both backbones: a row a source and measure."""
    rows = []
    for compact, resnet in PAIRS:
        tables = [results.metrics(run) for run in (compact, resnet)]
        for source in [each for each in tables[0].source.unique() if each not in ("all", "speed")]:
            for measure, title in (("plate_ap50", "plate AP50"), *list(COMPARED.items())[3:]):
                cells = [_inline(find(table, measure, source)) for table in tables]
                if cells != [DASH, DASH]:
                    rows.append([code(source), title, *cells])
    rows = [[row[0] if index == 0 or rows[index - 1][0] != row[0] else "", *row[1:]] for index, row in enumerate(rows)]
    origins = [line for pair in PAIRS for run in pair for line in origin(results, run)]
    return tabular(["source", "measure", "compact", "ResNet-19"], rows, origins, "llrr")


def costs(results: Results) -> str:
    """Returns the table of what both backbones cost to train and to run."""
    runs = [PAIRS[0][0], PAIRS[0][1]]
    rows = [["training, minutes", *(number(results.seconds(run) / 60, 1) for run in runs)]]
    for measure, (title, places) in COST.items():
        values = [results.measured(run, measure, "speed", SMALL).value for run in runs]
        rows.append([title, *(number(value, places) for value in values)])
    return tabular(["cost", "compact", "ResNet-19"], rows, [line for run in runs for line in origin(results, run)])


def verdict(results: Results) -> dict[str, int]:
    """Counts over sources and `COMPARED`: comparisons, those where ResNet-19 is higher, and intervals apart."""
    counts = {"all": 0, "higher": 0, "apart": 0}
    for compact, resnet in PAIRS:
        one, two = results.metrics(compact), results.metrics(resnet)
        for source in [each for each in one.source.unique() if each not in ("all", "speed")]:
            for measure in COMPARED:
                first, second = find(one, measure, source), find(two, measure, source)
                if first and second:
                    counts["all"] += 1
                    counts["higher"] += second.value > first.value
                    counts["apart"] += first.high < second.low or second.high < first.low
    return {name: int(count) for name, count in counts.items()}


def ablations(results: Results) -> str:
    """Returns a paragraph and a small table for each experiment in `ablations.csv`."""
    table = results.table("ablations.csv", ABLATIONS)
    return "\n".join(_experiment(name, rows) for name, rows in table.groupby("experiment", sort=False))


def speed(results: Results, run: str) -> str:
    """Returns the table of times, memory and operations of a run's model at each picture size and batch."""
    metrics = results.metrics(run)
    groups = metrics[metrics.source == "speed"].group.unique()
    if not len(groups):
        raise ReportError(
            f"{results.folder / run / 'metrics.csv'}: no rows of speed; measure it with plate-seg evaluate"
        )
    rows = []
    for group in groups:
        values = [(find(metrics, measure, "speed", group), places) for measure, (_, places) in SPEED.items()]
        rows.append([escape(group.replace("x", " x ", 1)), *(number(one.value, places) for one, places in values)])
    return tabular(["picture", *(title for title, _ in SPEED.values())], rows, origin(results, run))


def against(results: Results) -> str:
    """Returns the table of `speed.csv`: a row a setting and measure, a column a model."""
    table = results.table("speed.csv", ["model", "setting", "measure", "value", "unit"])
    models = list(table.model.unique())
    rows, last = [], None
    for (setting, measure), group in table.groupby(["setting", "measure"], sort=False):
        values = group.set_index("model").value
        unit = group.unit.dropna().iloc[0] if group.unit.notna().any() else ""
        title = escape(measure.replace("_", " ") + (f", {unit}" if unit else ""))
        cells = [
            number(values[model], 0 if values[model] >= 1000 else 1) if model in values else DASH for model in models
        ]
        rows.append([escape(setting) if setting != last else "", title, *cells])
        last = setting
    stamp = [f"speed.csv{_stamp(table)}"]
    return tabular(["setting", "measure", *map(escape, models)], rows, stamp, "ll" + "r" * len(models))


def _experiment(name: str, rows: pd.DataFrame) -> str:
    title, text = EXPERIMENTS.get(name, (name.replace("_", " ").capitalize(), ""))
    shown = [measure for measure in BY_SOURCE if measure in set(rows.measure)]
    if not shown:
        raise ReportError(f"ablations.csv: experiment {name} has none of the measures {', '.join(BY_SOURCE)}")
    lines = []
    for (variant, split, pictures), group in rows.groupby(["variant", "split", "pictures"], sort=False):
        by_measure = group.set_index("measure")
        cells = [_measured(by_measure, measure) for measure in shown]
        lines.append([escape(variant), escape(split), number(pictures), *map(cell, cells)])
    header = ["variant", "measured on", "pictures", *(BY_SOURCE[measure] for measure in shown)]
    origins = sorted({f"ablations.csv, commit {row.commit}: {row.command}" for row in rows.itertuples()})
    body = tabular(header, lines, origins, "llr" + "r" * len(shown))
    commits = ", ".join(code(each) for each in rows.commit.astype(str).unique())
    start = rf"\paragraph{{{escape(title)}.}} {text} Commit {commits}."
    return "\n".join([start, r"\begin{center}\footnotesize", body + r"\end{center}", ""])


def _measured(by_measure: pd.DataFrame, measure: str) -> Measured | None:
    if measure not in by_measure.index:
        return None
    row = by_measure.loc[measure]
    return Measured(float(row.value), float(row.low), float(row.high), float("nan"))


def _inline(measured: Measured | None) -> str:
    """Returns a value with its interval behind it."""
    if measured is None:
        return DASH
    return rf"{measured.value:.3f} {{\tiny {measured.low:.3f}--{measured.high:.3f}}}"


def _stamp(table: pd.DataFrame) -> str:
    if not {"commit", "command"} <= set(table.columns):
        return ""
    return f", commit {table.commit.iloc[0]}: {table.command.iloc[0]}"
