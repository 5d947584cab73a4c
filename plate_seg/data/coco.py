"""COCO JSON to samples, every entry checked at the door.

The format: category 1 is a plate, 2 to 38 its characters, which name it by `plate_id`; see data/README.md.
"""

import os
import re
from collections import defaultdict
from pathlib import Path
from reprlib import repr as shortened

import numpy as np

from plate_seg import alphabet
from plate_seg.data.assignment import assign_characters
from plate_seg.data.categories import FIRST_CHARACTER_ID, PLATE, PLATE_ID, class_of
from plate_seg.data.coco_file import flag_of, load_entries, name_entry, text_of
from plate_seg.data.coco_writer import write_coco
from plate_seg.data.door import admit_box, admit_corners
from plate_seg.data.masks import decode_mask
from plate_seg.data.pictures import picture_size
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.data.splits import source_name
from plate_seg.errors import UserError

__all__ = ["read_coco", "write_coco"]

FILES = ("annotations.json", "_annotations.coco.json")  # ours, and the name that a common export gives
SEPARATORS = re.compile(r"[\s.·•・\-‐‑–—]")  # on plates and in lists of them, but not read


def read_coco(path: Path) -> list[Sample]:
    """Reads a folder with `annotations.json`, or the JSON file itself.

    Raises:
        UserError: naming file, annotation, value and remedy, for anything that cannot be used.
    """
    path = Path(path)
    file = next((path / name for name in FILES if (path / name).exists()), path / FILES[0]) if path.is_dir() else path
    images, annotations, categories = load_entries(file)
    classes = _classes(file, categories)
    on_image = {image["id"]: [] for image in images}
    for annotation in annotations:
        if annotation.get("image_id") not in on_image:
            problem = f"image_id {annotation.get('image_id')!r} is no image"
            raise UserError(_where(file, annotation), problem, "correct or remove the annotation")
        on_image[annotation["image_id"]].append(annotation)
    return [_sample(file, image, on_image[image["id"]], classes) for image in images]


def _classes(file: Path, entries: list[dict]) -> dict[int, int]:
    """Returns category id to class; by name where the file has names, else by this project's numbers."""
    if not entries:
        numbers = {FIRST_CHARACTER_ID + index: index for index in range(alphabet.NUM_CLASSES)}
        return {PLATE_ID: PLATE} | numbers
    for entry in entries:
        if not isinstance(entry.get("name"), str | int):
            problem = f"name {shortened(entry.get('name'))}"
            raise UserError(name_entry(file, "category", entry), problem, "name it `plate`, one character, or `other`")
    named = {entry["id"]: class_of(entry["name"]) for entry in entries}
    return {id: meaning for id, meaning in named.items() if meaning is not None}


def _where(file: Path, annotation: dict) -> str:
    return name_entry(file, "annotation", annotation)


def _sample(file: Path, image: dict, annotations: list[dict], classes: dict[int, int]) -> Sample:
    where = name_entry(file, "image", image)
    path = file.parent / _file_name(where, image)
    height, width = _size(where, image, path)
    plates = _plates(file, annotations, classes, height, width)
    source = text_of(where, image, "source") or source_name(file.parent)
    return Sample(path, height, width, plates, source, flag_of(where, image, "scene", True))


def _file_name(where: str, image: dict) -> str:
    name = image.get("file_name")
    if not isinstance(name, str) or not name:
        raise UserError(where, f"file_name {shortened(name)}", "give the picture's path from the file's folder")
    return name


def _size(where: str, image: dict, path: Path) -> tuple[int, int]:
    """Returns (height, width) of the picture itself; the entry may state nothing else."""
    try:
        size = os.stat(path).st_size
    except (OSError, ValueError) as error:  # ValueError: characters that no path has
        raise UserError(where, f"picture {str(path)!r} is missing", "put it there or remove its entry") from error
    if size == 0:
        raise UserError(path, "the file is empty", "replace it or remove its entry")
    height, width = picture_size(path)
    stated = [image.get("height"), image.get("width")]
    if all(stated) and stated != [height, width]:
        problem = f"size {shortened(stated[1])} x {shortened(stated[0])}, but {path.name} is {width} x {height}"
        raise UserError(where, problem, "label the picture that is there, upright")
    return height, width


def _plates(file: Path, annotations: list[dict], classes: dict[int, int], height: int, width: int) -> tuple[Plate, ...]:
    plates, owned, loose = {}, defaultdict(list), []
    for annotation in annotations:
        meaning = classes.get(annotation.get("category_id"))
        if meaning is None:
            problem = f"category {annotation.get('category_id')!r} is neither plate nor character"
            raise UserError(_where(file, annotation), problem, "use 1 = plate, 2..37 = 0-9A-Z, 38 = other")
        if meaning == PLATE:
            plates[annotation["id"]] = annotation
    for annotation in annotations:
        meaning = classes[annotation["category_id"]]
        if meaning == PLATE:
            continue
        character = _character(file, annotation, meaning, height, width)
        owner = annotation.get("plate_id")
        if owner is None:
            loose.append(character)
        elif owner not in plates:
            problem = f"plate_id {owner!r} is no plate of this picture"
            raise UserError(_where(file, annotation), problem, "correct or remove the annotation")
        else:
            owned[owner].append(character)
    found = [_plate(file, annotation, owned[id], height, width) for id, annotation in plates.items()]
    return assign_characters(found, loose)


def _plate(file: Path, annotation: dict, characters: list[Character], height: int, width: int) -> Plate:
    where = _where(file, annotation)
    text = text_of(where, annotation, "text")
    return Plate(
        box=_box(file, annotation, height, width),
        corners=_corners(where, annotation, height, width),
        characters=tuple(characters),
        complete=flag_of(where, annotation, "characters_complete", bool(characters)),
        text=None if text is None else SEPARATORS.sub("", text),
        lines=annotation.get("lines"),
        vehicle=annotation.get("vehicle"),
        country=annotation.get("country"),
        crowd=flag_of(where, annotation, "iscrowd", False),
    )


def _character(file: Path, annotation: dict, index: int, height: int, width: int) -> Character:
    label = annotation.get("label")
    if label is not None and (len(str(label)) != 1 or alphabet.encode(str(label)) != index):
        problem = f"label {shortened(label)} is not of category {alphabet.decode(index)!r}"
        raise UserError(_where(file, annotation), problem, "give one character, that of the category")
    try:
        mask = decode_mask(annotation.get("segmentation"), height, width)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError) as error:
        raise UserError(_where(file, annotation), f"segmentation: {error}", "correct or empty it") from error
    corners = _corners(_where(file, annotation), annotation, height, width)
    return Character(index, _box(file, annotation, height, width), corners, mask)


def _box(file: Path, annotation: dict, height: int, width: int) -> np.ndarray:
    """Returns the box as fractions, cut to the picture."""
    try:
        left, top, across, down = (float(number) for number in annotation.get("bbox"))
    except (TypeError, ValueError, OverflowError) as error:
        problem = f"bbox {shortened(annotation.get('bbox'))}"
        raise UserError(_where(file, annotation), problem, "give [x, y, width, height] in pixels") from error
    return admit_box(_where(file, annotation), (left, top, left + across, top + down), height, width)


def _corners(where: str, annotation: dict, height: int, width: int) -> np.ndarray | None:
    points = annotation.get("corners")
    return None if points is None else admit_corners(where, points, height, width)
