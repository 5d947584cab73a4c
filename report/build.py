"""Committed results to the report's tables, figures and numbers: `python -m report.build`, from the checkout's root."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from report import comparisons, figures, tables
from report.constants import constants
from report.latex import command
from report.macros import macros
from report.reading import ReportError, Results

HERE = Path(__file__).resolve().parent
MEASURED = {"default": "rendered scenes, default run", "photographs-test": "photographs, shipped model"}
TRAINED = {"backbones/compact": "compact", "backbones/resnet19": "ResNet-19"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds; returns the exit status."""
    parser = argparse.ArgumentParser(prog="report.build", description=__doc__)
    parser.add_argument("--results", type=Path, default=HERE.parent / "docs" / "results", metavar="DIR")
    parser.add_argument("--out", type=Path, default=HERE / "build", metavar="DIR")
    options = parser.parse_args(arguments)
    try:
        build(Results(options.results), options.out)
    except ReportError as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    return 0


def build(results: Results, out: Path) -> None:
    """Writes `numbers.tex`, a file for each table, and the figures into `out`.

    Raises:
        ReportError: a result that the report needs is missing, or two of them contradict each other.
    """
    out.mkdir(parents=True, exist_ok=True)
    photographs = Results(HERE).table("photographs.csv", ["source", "train", "val", "test"])
    parameters = Results(HERE).table("parameters.csv", ["part", "compact", "resnet19"])
    check(results, photographs, parameters)
    for name, text in written_tables(results, photographs, parameters).items():
        (out / f"{name}.tex").write_text(text, encoding="utf-8")
    named = macros(results, photographs) | constants(HERE.parent)
    lines = [command(name, text) for name, text in named.items()]
    (out / "numbers.tex").write_text("\n".join(lines) + "\n", encoding="utf-8")
    figures.learning_curves(results, TRAINED, out / "curves.pdf")
    figures.widths(results, MEASURED, out / "widths.pdf")
    figures.thresholds(results, MEASURED, out / "thresholds.pdf")


def written_tables(results: Results, photographs: pd.DataFrame, parameters: pd.DataFrame) -> dict[str, str]:
    """Returns the LaTeX source of every table by its file's name."""
    return {
        "photographs": tables.photographs(photographs),
        "parameters": tables.parameters(parameters),
        "kinds": tables.by_kind(results, "default"),
        "unseen": tables.by_source(results, "default-on-photographs"),
        "shipped": tables.by_source(results, "photographs-test"),
        "masks": tables.masks(results, ["default", "photographs-test"]),
        "failures": tables.failures(results, {"default": "rendered", "photographs-test": "photographs"}),
        "provenance": tables.provenance(results),
        "backbones": comparisons.backbones(results),
        "costs": comparisons.costs(results),
        "ablations": comparisons.ablations(results),
        "experiments": comparisons.experiments(results),
        "speed": comparisons.speed(results, "photographs-test"),
        "against": comparisons.against(results),
    }


def check(results: Results, photographs: pd.DataFrame, parameters: pd.DataFrame) -> None:
    """Compares what is counted twice: pictures of each split, and parameters of the default run.

    Raises:
        ReportError: two files contradict each other.
    """
    for split in ("val", "test"):
        counted = int(results.metrics(f"photographs-{split}").pictures.iloc[0])
        listed = int(photographs[split].sum())
        if counted != listed:
            raise ReportError(f"report/photographs.csv: {listed} {split} pictures, but {counted} were measured")
    measured = int(results.measured("default", "parameters", "speed", comparisons.SMALL).value)
    listed = int(parameters.compact.sum())
    if measured != listed:
        raise ReportError(f"report/parameters.csv: {listed} parameters of compact, but default has {measured}")


if __name__ == "__main__":
    sys.exit(main())
