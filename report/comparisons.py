"""Tables that set runs side by side: the two backbones, the ablations, speed, and speed against another model."""

import pandas as pd

from report.latex import DASH, cell, code, escape, heading, number, tabular
from report.reading import Measured, ReportError, Results, find
from report.tables import BY_SOURCE, origin

PAIRS = (  # compact, ResNet-19
    ("backbones/compact", "backbones/resnet19"),
    ("backbones/compact-on-photographs", "backbones/resnet19-on-photographs"),
)
COMPARED = {
    "plate_ap50": "plate AP50",
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
VERSUS = ["model", "setting", "measure", "value", "low", "high", "commit", "command"]
ABLATIONS = [
    "experiment",
    "variant",
    "source",
    "split",
    "pictures",
    "measure",
    "value",
    "low",
    "high",
    "command",
    "commit",
]
EXPERIMENTS = {  # name: title, what its variants are
    "grouping": ("Grouping", "characters told apart by centres and offsets, or as connected components of foreground."),
    "crops": ("Crops", "cut along the plate's corners, or along the upright box round it."),
    "boxes": (
        "Boxes",
        "the second look's with a share of the plate head's, the second look's alone, or the bounds of the corners.",
    ),
    "characters": (
        "Character boxes",
        "halfway from the upright box round a character's frame to the bounds of its strokes, or the former alone.",
    ),
    "looseness": ("Looseness", "how much of the learnt room round a plate's corners its box has: none, half, all."),
    "data": ("Data", "what the model has been trained on, for as many steps of the default run."),
    "align": (
        "What RoIAlign reads",
        "the picture's finest pixels with P3 as context, or P2 alone, as many steps each.",
    ),
    "seed": (
        "Seed",
        "three more epochs from an earlier photographs run, drawn otherwise; differences as large are chance.",
    ),
}


def backbones(results: Results) -> str:
    """Returns the table of both backbones: a row a source and measure."""
    rows = []
    for compact, resnet in PAIRS:
        tables = [results.metrics(run) for run in (compact, resnet)]
        for source in [each for each in tables[0].source.unique() if each not in ("all", "speed")]:
            for measure, title in COMPARED.items():
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
    """Returns the table of `ablations.csv`: a block of rows for each experiment, a row for each variant."""
    table = results.table("ablations.csv", ABLATIONS)
    table = table[table.source == "all"]
    shown = [measure for measure in BY_SOURCE if measure in set(table.measure)]
    if not shown:
        raise ReportError(f"{results.folder / 'ablations.csv'}: none of the measures {', '.join(BY_SOURCE)}")
    rows = [row for name, block in table.groupby("experiment", sort=False) for row in _block(name, block, shown)]
    header = ["variant", *(BY_SOURCE[measure] for measure in shown)]
    return tabular(header, rows, sorted(set(map(_stamp, _origins(table)))))


def experiments(results: Results) -> str:
    """Returns a sentence on each experiment in `ablations.csv`."""
    names = results.table("ablations.csv", ABLATIONS).experiment.unique()
    known = [rf"\emph{{{_title(name)}}}: {EXPERIMENTS[name][1]}" for name in names if name in EXPERIMENTS]
    return "\n".join(known) + "\n"


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
    """Returns the table of `speed.csv`: a row a setting, both models' milliseconds and their ratio."""
    table = results.table("speed.csv", VERSUS)
    timed = table[table.measure.isin(["time", "ratio"])]
    models = list(timed.model.unique())
    settings = timed.setting.unique()
    by_key = timed.set_index(["setting", "model"])
    rows = []
    for setting in settings:
        cells = [by_key.loc[(setting, model)] if (setting, model) in by_key.index else None for model in models]
        rows.append([escape(setting), *(DASH if one is None else _spread(one) for one in cells)])
    titles = [heading(*(f"{escape(part)}" for part in model.split(" / "))) for model in models]
    return tabular(["pictures", *titles], rows, [f"speed.csv, {_stamp(row)}" for row in _origins(table)])


def _block(name: str, table: pd.DataFrame, shown: list[str]) -> list[list[str]]:
    """Returns an experiment's rows, its title before them."""
    commits = ", ".join(code(each) for each in table.commit.astype(str).unique())
    taken = "; ".join(f"{number(one.pictures)} pictures of {escape(one.split)}" for one in _taken(table))
    rows = [[rf"\multicolumn{{{1 + len(shown)}}}{{l}}{{\emph{{{_title(name)}}}, {taken}, commit {commits}}}"]]
    for variant, group in table.groupby("variant", sort=False):
        by_measure = group.set_index("measure")
        rows.append([r"\quad " + escape(variant), *(cell(_measured(by_measure, measure)) for measure in shown)])
    return rows


def _taken(table: pd.DataFrame) -> list:
    """Returns the pairs of split and number of pictures that an experiment was measured on."""
    return list(table[["split", "pictures"]].drop_duplicates().itertuples())


def _title(name: str) -> str:
    return escape(EXPERIMENTS[name][0] if name in EXPERIMENTS else name.replace("_", " ").capitalize())


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


def _spread(row: pd.Series) -> str:
    """Returns a median over the least and the most."""
    places = 2 if row.measure == "ratio" else 1
    return cell(Measured(row.value, row.low, row.high, float("nan")), places)


def _origins(table: pd.DataFrame) -> list[pd.Series]:
    return [row for _, row in table.drop_duplicates(["commit", "command"]).iterrows()]


def _stamp(row: pd.Series) -> str:
    return f"commit {row.commit}: {row.command}"
