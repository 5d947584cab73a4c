"""A page of Markdown for people: the main measures per source, failures by cause, and what to expect at each score."""

import pandas as pd

MAIN = {
    "plate_recall": "plates found",
    "false_plates_per_picture": "false plates a picture",
    "plate_ap50": "plate AP50",
    "plate_ap": "plate AP",
    "character_f1": "character F1",
    "found_plates_character_f1": "F1 on found plates",
    "character_mask_ap50": "mask AP50",
    "character_mask_iou": "mask IoU",
    "plates_segmented_exactly": "segmented exactly",
    "label_accuracy": "labels right",
    "text_exact": "text exact",
    "character_error_rate": "CER",
}
KINDS = ("plate_recall", "found_plates_character_f1", "plates_segmented_exactly", "text_exact")
KINDS = {name: MAIN[name] for name in KINDS}


def summarize(table: pd.DataFrame, failures: pd.DataFrame, thresholds: pd.DataFrame) -> str:
    """Returns the page.

    Args:
        table: `evaluate`'s rows.
        failures: counts, a row a source and a column a cause.
        thresholds: precision and recall, a row a score.
    """
    first = table.iloc[0]
    everything = table[table.group == "all"]
    kinds = table[(table.source == "all") & (table.group != "all")]
    speed = table[table.source == "speed"].pivot(index="group", columns="measure", values="value")
    sections = [
        f"# {first.model} on {first.split}",
        f"{first.pictures} pictures; a plate counts as found from a score of {first.threshold:g}. "
        f"Commit {first.commit}, `{first.command}`, {first.cpu}.",
        "Shares are of 1; in brackets the 95 % interval over pictures. Characters are measured from found plates, "
        "class-blind, on plates whose labels are complete; a dash means that the truth has nothing to compare with.",
        "## By source",
        to_markdown(_cells(everything, "source", MAIN)),
        "## By kind of plate",
        to_markdown(_cells(kinds, "group", KINDS)),
        "## Failures",
        to_markdown(failures),
        "## Whole plates against the score",
        to_markdown(thresholds.round(3)),
        *(["## Speed", to_markdown(speed.T.round(3))] if len(speed) else []),
        "## Confidence",
        f"Calibration error of plates {_before_after(everything, 'plate')}, of characters "
        f"{_before_after(everything, 'character')}.",
    ]
    return "\n\n".join(sections) + "\n"


def to_markdown(table: pd.DataFrame) -> str:
    """Returns a table with its index as the first column."""
    rows = [[table.index.name or "", *table.columns], ["---"] * (len(table.columns) + 1)]
    rows += [[index, *values] for index, values in zip(table.index, table.to_numpy(object), strict=True)]
    return "\n".join("| " + " | ".join(_text(cell) for cell in row) + " |" for row in rows)


def _cells(rows: pd.DataFrame, key: str, names: dict[str, str]) -> pd.DataFrame:
    """Returns a table of a row for each value of `key` and a column for each measure named."""
    rows = rows[rows.measure.isin(list(names))]
    written = rows.assign(cell=[_cell(row) for row in rows.itertuples()])
    table = written.pivot(index=key, columns="measure", values="cell").reindex(written[key].unique())
    chosen = [name for name in names if name in table.columns]
    return table[chosen].rename(columns=names).fillna("-")


def _cell(row) -> str:
    interval = f" ({row.low:.3f}-{row.high:.3f})" if row.low == row.low else ""
    return f"{row.value:.3f}{interval}"


def _before_after(everything: pd.DataFrame, name: str) -> str:
    values = everything[everything.source == "all"].set_index("measure").value
    before, after, temperature = (values.get(f"{name}_{end}") for end in ("ece", "ece_tempered", "temperature"))
    if before is None:
        return "unknown"
    return f"{before:.3f}, with temperature {temperature:.2f} {after:.3f}"


def _text(cell) -> str:
    if isinstance(cell, float):
        return "-" if cell != cell else f"{cell:.9g}"
    return str(cell)
