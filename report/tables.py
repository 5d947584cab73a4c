"""Tables of measures: by source, by kind of plate, of masks, failures, parameters, and where each number is from."""

import pandas as pd

from report.latex import DASH, cell, code, escape, heading, number, tabular
from report.reading import Results, find

BY_SOURCE = {
    "plate_recall": heading("plates", "found"),
    "false_plates_per_picture": heading("false plates", "a picture"),
    "plate_ap50": heading("plate", "AP50"),
    "plate_ap": heading("plate", "AP"),
    "found_plates_character_f1": heading("char. F1,", "found pl."),
    "plates_segmented_exactly": heading("segmented", "exactly"),
    "label_accuracy": heading("labels", "right"),
    "text_exact": heading("text", "exact"),
}
BY_KIND = {name: BY_SOURCE[name] for name in BY_SOURCE if name not in ("false_plates_per_picture", "plate_ap")}
KINDS = {"lines 1": "one line", "lines 2": "two lines"} | {
    f"vehicle {vehicle}": f"on a {vehicle}" for vehicle in ("car", "van", "motorbike")
}
OF_MASKS = {
    "character_box_ap50": heading("box", "AP50"),
    "character_box_ap": heading("box", "AP"),
    "character_mask_ap50": heading("mask", "AP50"),
    "character_mask_ap": heading("mask", "AP"),
    "character_mask_iou": heading("mask", "IoU"),
    "character_mask_dice": heading("mask", "Dice"),
}
RUNS = {  # folder of results: what it is, in words
    "default": "default run, rendered test scenes",
    "default-again": "the same, trained again",
    "default-third": "the same, trained a third time",
    "default-fourth": "the same, trained a fourth time",
    "default-on-photographs": "default run, test photographs",
    "round11/default": "default run, eleventh round, rendered test scenes",
    "photographs-val": "shipped model, validation photographs",
    "photographs-test": "shipped model, test photographs",
    "backbones/compact": "compact, rendered test scenes",
    "backbones/compact-on-photographs": "compact, test photographs",
    "backbones/resnet19": "ResNet-19, rendered test scenes",
    "backbones/resnet19-on-photographs": "ResNet-19, test photographs",
}


def origin(results: Results, run: str) -> list[str]:
    """Returns file, commit and command of a run's measures, for a comment."""
    first = results.metrics(run).iloc[0]
    return [f"{run}/metrics.csv, commit {first.commit}: {first.command}"]


def by_source(results: Results, run: str) -> str:
    """Returns the table of a run's main measures, a row a source."""
    metrics = results.metrics(run)
    sources = [source for source in metrics.source.unique() if source not in ("all", "speed")]
    names = {source: code(source) for source in sources} | ({"all": "all"} if len(sources) > 1 else {})
    rows = [[name, *(cell(find(metrics, each, source)) for each in BY_SOURCE)] for source, name in names.items()]
    return tabular(["source", *BY_SOURCE.values()], rows, origin(results, run))


def by_kind(results: Results, run: str) -> str:
    """Returns the table of a run's measures by lines and vehicle; widths are in a figure."""
    metrics = results.metrics(run)
    kinds = [group for group in metrics.group.unique() if group.split()[0] in ("lines", "vehicle")]
    rows = [
        [escape(KINDS.get(kind, kind)), *(cell(find(metrics, each, "all", kind)) for each in BY_KIND)] for kind in kinds
    ]
    return tabular(["plates", *BY_KIND.values()], rows, origin(results, run))


def masks(results: Results, runs: list[str]) -> str:
    """Returns the table of character boxes and masks, of every source whose masks are known."""
    rows = []
    for run in runs:
        metrics = results.metrics(run)
        for source in metrics[(metrics.measure == "character_mask_iou") & (metrics.source != "all")].source.unique():
            cells = [cell(find(metrics, each, source)) for each in OF_MASKS]
            count = find(metrics, "character_mask_iou_missed_as_0", source)
            rows.append([code(source), number(count.count), *cells])
    return tabular(
        ["source", "masks", *OF_MASKS.values()], rows, [line for run in runs for line in origin(results, run)]
    )


def failures(results: Results, runs: dict[str, str]) -> str:
    """Returns the table of failures by cause, a column a run.

    Args:
        runs: folder to the column's title.
    """
    counts = {run: results.table(f"{run}/failures.csv", ["source"]).set_index("source").loc["all"] for run in runs}
    causes = next(iter(counts.values())).index
    rows = [[cause, *(number(counts[run][cause]) for run in runs)] for cause in causes]
    return tabular(["cause", *runs.values()], rows, [f"{run}/failures.csv" for run in runs])


def parameters(table: pd.DataFrame) -> str:
    """Returns the table of parameters by part from columns part, compact, resnet19, commit, command."""
    rows = [[escape(row.part), number(row.compact), number(row.resnet19)] for row in table.itertuples()]
    rows.append(["together", number(table.compact.sum()), number(table.resnet19.sum())])
    first = table.iloc[0]
    header = ["part", "compact", "ResNet-19"]
    return tabular(header, rows, [f"report/parameters.csv, commit {first.commit}: {first.command}"])


def photographs(table: pd.DataFrame) -> str:
    """Returns the table of the photographs' sources, and their sum."""
    counts = ["train", "val", "test"]
    rows = [
        [code(row.source), escape(row.pictures_of), *(number(row[each]) if row[each] else DASH for each in counts)]
        + [escape(row.plate_labels), escape(row.character_labels), escape(row.licence_as_stated)]
        for _, row in table.iterrows()
    ]
    rows.append(["together", "", *(number(table[each].sum()) for each in counts), "", "", ""])
    header = ["source", "pictures of", *counts, "plates", "characters", "licence as stated"]
    return tabular(header, rows, ["report/photographs.csv"], r"llrrrp{2.4cm}p{3.4cm}p{3.4cm}")


def provenance(results: Results) -> str:
    """Returns the table of every run: pictures, threshold, commit and command."""
    rows = []
    for run, what in RUNS.items():
        first = results.metrics(run).iloc[0]
        rows.append(
            [escape(what), number(first.pictures), f"{first.threshold:.3g}", code(first.commit), code(first.command)]
        )
    columns = r">{\raggedright\arraybackslash}p{3.6cm}rrl>{\raggedright\arraybackslash}p{8.2cm}"
    return tabular(["run", "pictures", "score", "commit", "command"], rows, ["metrics.csv of each run"], columns)
