"""Values to LaTeX source: escaped text, cells with intervals, tables with the provenance in a comment."""

from collections.abc import Sequence
from math import isnan

from report.reading import Measured

SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
SPECIAL |= {character: f"\\{character}" for character in "&%$#_"}
DASH = "--"  # nothing to compare with
CELL = r"\cell"  # of the report: a value over its interval


def escape(text: str) -> str:
    """Makes plain text safe for LaTeX."""
    return "".join(SPECIAL.get(character, character) for character in str(text))


def code(text: str) -> str:
    """Returns text in typewriter letters, which may break after a slash."""
    whole = escape(text).replace("--", "-{}-")  # two hyphens, not a dash
    return r"\texttt{" + whole.replace("/", r"/\allowbreak{}") + "}"


def cell(measured: Measured | None, places: int = 3) -> str:
    """Returns a value, with its interval below where there is one, for the command `\\cell` of the report."""
    if measured is None or isnan(measured.value):
        return DASH
    if isnan(measured.low):
        return f"{measured.value:.{places}f}"
    return rf"{CELL}{{{measured.value:.{places}f}}}{{{measured.low:.{places}f}}}{{{measured.high:.{places}f}}}"


def number(value: float, places: int = 0) -> str:
    """Returns a number with thousands parted by a thin space."""
    return DASH if isnan(value) else f"{value:,.{places}f}".replace(",", r"\,")


def tabular(header: Sequence[str], rows: Sequence[Sequence[str]], origin: Sequence[str], columns: str = "") -> str:
    """Returns a `tabular` with rules.

    Args:
        header, rows: cells, LaTeX already.
        origin: lines for the comment on top: file, commit, command.
        columns: of LaTeX; by default the first to the left, the rest to the right.
    """
    columns = columns or "l" + "r" * (len(header) - 1)
    lines = [*(f"% {line}" for line in origin), rf"\begin{{tabular}}{{{columns}}}", r"\toprule"]
    lines += [" & ".join(header) + r" \\", r"\midrule"]
    end = r" \\[2pt]" if any(CELL in part for row in rows for part in row) else r" \\"
    lines += [" & ".join(row) + end for row in rows]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def heading(*lines: str) -> str:
    """Returns a column's title on several short lines, for the command `\\heading` of the report."""
    return r"\heading{" + r"\\".join(lines) + "}"


def command(name: str, text: str) -> str:
    """Returns the definition of a LaTeX command."""
    return rf"\newcommand{{\{name}}}{{{text}}}"
