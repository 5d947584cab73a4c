"""The committed results: CSV and JSON files in one folder, read with errors that name the file and what it lacks."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

METRICS = ["source", "group", "measure", "value", "count", "low", "high", "pictures", "commit", "command", "threshold"]


class ReportError(Exception):
    """The report cannot be built; the message names the file and the remedy."""


@dataclass(frozen=True)
class Measured:
    """A value with its 95 % interval, NaN where it was not drawn again, and what it is a share or mean of."""

    value: float
    low: float
    high: float
    count: float


@dataclass(frozen=True)
class Results:
    """A folder of results, one sub-folder a run.

    Args:
        folder: such as `docs/results`.
    """

    folder: Path

    def table(self, name: str, columns: list[str] = ()) -> pd.DataFrame:
        """Reads a CSV file by its path in the folder.

        Raises:
            ReportError: no such file, an empty one, or a column missing.
        """
        path = self.folder / name
        try:
            table = pd.read_csv(path, keep_default_na=True)
        except FileNotFoundError as error:
            raise ReportError(f"{path}: no such file; run what writes it, see report/README.md") from error
        except pd.errors.EmptyDataError as error:
            raise ReportError(f"{path}: empty; write it again") from error
        missing = [column for column in columns if column not in table.columns]
        if missing:
            raise ReportError(f"{path}: no column {', '.join(missing)}; write it again with this version")
        return table

    def metrics(self, run: str) -> pd.DataFrame:
        """Reads a run's `metrics.csv`."""
        return self.table(f"{run}/metrics.csv", METRICS)

    def settings(self, run: str) -> dict:
        """Reads a run's `config.json`.

        Raises:
            ReportError: no such file.
        """
        path = self.folder / run / "config.json"
        if not path.is_file():
            raise ReportError(f"{path}: no such file; copy it from the run folder")
        return json.loads(path.read_text(encoding="utf-8"))

    def served(self, run: str) -> dict:
        """Returns the fields of the graph that was measured: of the exported model where that was made otherwise."""
        description = self.folder / run / "plate_seg.json"
        if not description.is_file():
            return self.settings(run)["model"]
        return json.loads(description.read_text(encoding="utf-8"))["graph"]

    def measured(self, run: str, measure: str, source: str = "all", group: str = "all") -> Measured:
        """Returns one row of a run's `metrics.csv`.

        Raises:
            ReportError: no such row.
        """
        found = find(self.metrics(run), measure, source, group)
        if found is None:
            where = self.folder / run / "metrics.csv"
            raise ReportError(f"{where}: no row {source}, {group}, {measure}; evaluate again with this version")
        return found

    def seconds(self, run: str) -> float:
        """Returns how long a run trained, from its `history.csv`."""
        return float(self.table(f"{run}/history.csv", ["epoch", "seconds"]).seconds.sum())


def find(metrics: pd.DataFrame, measure: str, source: str = "all", group: str = "all") -> Measured | None:
    """Returns one row of a table of measures, None where the truth has nothing to compare with."""
    rows = metrics[(metrics.measure == measure) & (metrics.source == source) & (metrics.group == group)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return Measured(*(float(row[name]) for name in ("value", "low", "high", "count")))
