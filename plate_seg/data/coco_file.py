"""A COCO JSON file to lists of entries: each one an object with an id of its own and links that can be followed."""

import json
from pathlib import Path
from reprlib import repr as shortened

from plate_seg.errors import UserError

NOUNS = {"images": "image", "annotations": "annotation", "categories": "category"}
LINKS = ("image_id", "category_id", "plate_id")


def load_entries(file: Path) -> tuple[list[dict], list[dict], list[dict]]:
    """Returns images, annotations and categories; no categories where the file names none.

    Raises:
        UserError: no COCO file, or an entry that is no object, without an id of its own, or links to no such thing.
    """
    content = _load(file)
    for key, noun in NOUNS.items():
        _check_ids(file, noun, content[key])
    for annotation in content["annotations"]:
        for link in LINKS:
            if annotation.get(link) is not None and not _is_id(annotation[link]):
                problem = f"{link} {shortened(annotation[link])} is no number"
                raise UserError(name_entry(file, "annotation", annotation), problem, "give the id of one entry")
    return tuple(content[key] for key in NOUNS)


def name_entry(file: Path, noun: str, entry: dict) -> str:
    """Returns how messages name an entry: `annotations.json, annotation 5`."""
    return f"{file}, {noun} {entry['id']}"


def flag_of(where: str, entry: dict, name: str, otherwise: bool) -> bool:
    """Returns a true or false (or 1 or 0) of an entry, `otherwise` where it has none.

    Raises:
        UserError: it is anything else, such as the text "false".
    """
    value = entry.get(name)
    if value is None:
        return otherwise
    if not isinstance(value, bool | int | float) or value not in (0, 1):
        raise UserError(where, f"{name} {shortened(value)}", "write true or false, without quotes")
    return bool(value)


def text_of(where: str, entry: dict, name: str) -> str | None:
    """Returns a text of an entry, None where it has none.

    Raises:
        UserError: it is no text, such as a number without quotes.
    """
    value = entry.get(name)
    if value is not None and not isinstance(value, str):
        raise UserError(where, f"{name} {shortened(value)} is no text", "put it in quotes, or leave it out")
    return value


def _load(file: Path) -> dict:
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(file, error.strerror, "check the path") from error
    except ValueError as error:
        problem = "the file is empty" if file.stat().st_size == 0 else f"not JSON ({error})"
        raise UserError(file, problem, "export the annotations again") from error
    if isinstance(content, dict) and content.get("categories") is None:
        content["categories"] = []
    for key in NOUNS:
        if not isinstance(content, dict) or not isinstance(content.get(key), list):
            raise UserError(file, f"no list {key!r}", "give a COCO file with images and annotations")
    return content


def _check_ids(file: Path, noun: str, entries: list) -> None:
    taken = set()
    for number, entry in enumerate(entries, 1):
        here = f"{file}, {noun} number {number}"
        if not isinstance(entry, dict):
            raise UserError(here, f"{shortened(entry)} is no object", "correct or remove it")
        id = entry.get("id")
        if not _is_id(id):
            problem = "no id" if id is None else f"id {shortened(id)}"
            raise UserError(here, problem, f"give every {noun} a number of its own")
        if id in taken:
            raise UserError(here, f"id {id} is used twice", f"give every {noun} a number of its own")
        taken.add(id)


def _is_id(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)
