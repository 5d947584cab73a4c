"""Class names of a YOLO folder: the `names` of a YAML file, or a list with a name a line."""

import re
from pathlib import Path

from plate_seg.errors import UserError

LISTS = ("classes.txt", "obj.names", "names.txt")
LEVELS = 3  # the folder itself and two above: images/train -> images -> the set


def read_names(folder: Path) -> tuple[Path | None, list[str]]:
    """Returns the file that names the classes, in `folder` or just above it, and the names; (None, []) without one.

    Raises:
        UserError: the file has no names.
    """
    for level in [folder, *Path(folder).resolve().parents][:LEVELS]:
        files = [*sorted(level.glob("*.yaml")), *sorted(level.glob("*.yml"))]
        for file in [*files, *(level / name for name in LISTS)]:
            if not file.is_file():
                continue
            text = file.read_text(encoding="utf-8-sig", errors="replace")
            names = text.split("\n") if file.name in LISTS else parse_yaml_names(text)
            names = [name.strip() for name in names if name.strip()]
            if names:
                return file, names
            if file.name in (*LISTS, "data.yaml"):
                raise UserError(file, "no class names", "list them under `names:`, or a name a line")
    return None, []


def parse_yaml_names(text: str) -> list[str]:
    """Returns the entry `names` of a YAML text: [a, b], {0: a, 1: b}, or an indented `- a` or `0: a` a line."""
    found = re.search(
        r"^names[ \t]*:[ \t]*(.*(?:\n(?=[ \t]*(?:\n|#|-|\d+[ \t]*:|[^\s#:][^:]*[\]},]))[^\n]*)*)", text, re.M
    )
    if not found:
        return []
    entry = re.sub(r"(^|\s)#.*", "", found[1]).strip()
    if entry[:1] in ("[", "{"):
        items = re.findall(r"'[^']*'|\"[^\"]*\"|[^,\[\]{}]+", entry)
    else:
        items = [line.strip().removeprefix("-") for line in entry.split("\n")]
    return [_unquoted(item) for item in items if item.strip()]


def _unquoted(item: str) -> str:
    return re.sub(r"^\s*\d+\s*:(?=\s|$|['\"])", "", item).strip().strip("'\"")
