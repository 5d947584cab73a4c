"""COCO JSON to samples, every entry checked at the door.

The format: category 1 is a plate, 2 to 38 its characters, which name it by `plate_id`; see data/README.md.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

import numpy as np

from plate_seg import alphabet, boxes
from plate_seg.data.assignment import assign_characters
from plate_seg.data.categories import FIRST_CHARACTER_ID, PLATE, PLATE_ID, class_of
from plate_seg.data.coco_writer import write_coco
from plate_seg.data.door import admit_box
from plate_seg.data.masks import decode_mask
from plate_seg.data.pictures import picture_size
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.data.splits import source_name
from plate_seg.errors import UserError

__all__ = ["read_coco", "write_coco"]

FILES = ("annotations.json", "_annotations.coco.json")  # ours, and the name that a common export gives


def read_coco(path: Path) -> list[Sample]:
    """Reads a folder with `annotations.json`, or the JSON file itself.

    Raises:
        UserError: naming file, annotation, value and remedy, for anything that cannot be used.
    """
    path = Path(path)
    file = next((path / name for name in FILES if (path / name).exists()), path / FILES[0]) if path.is_dir() else path
    content = _load(file)
    classes = _classes(content.get("categories", []))
    images = {}
    for image in content["images"]:
        if image.get("id") in images or "file_name" not in image:
            raise UserError(f"{file}, image {image.get('id')}", "id used twice or no file_name", "correct the entry")
        images[image.get("id")] = image
    annotations = defaultdict(list)
    for annotation in content["annotations"]:
        if annotation.get("image_id") not in images:
            problem = f"image_id {annotation.get('image_id')!r} is no image"
            raise UserError(_where(file, annotation), problem, "correct or remove the annotation")
        annotations[annotation["image_id"]].append(annotation)
    return [_sample(file, image, annotations[id], classes) for id, image in images.items()]


def _load(file: Path) -> dict:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(file, error.strerror, "check the path") from error
    except ValueError as error:
        problem = "the file is empty" if file.stat().st_size == 0 else f"not JSON ({error})"
        raise UserError(file, problem, "export the annotations again") from error
    for key in ("images", "annotations"):
        if not isinstance(content, dict) or not isinstance(content.get(key), list):
            raise UserError(file, f"no list {key!r}", "give a COCO file with images and annotations")
    return content


def _classes(entries: list[dict]) -> dict[int, int]:
    """Returns category id to class; by name where the file has names, else by this project's numbers."""
    if not entries:
        numbers = {FIRST_CHARACTER_ID + index: index for index in range(alphabet.NUM_CLASSES)}
        return {PLATE_ID: PLATE} | numbers
    named = {entry["id"]: class_of(entry["name"]) for entry in entries}
    return {id: meaning for id, meaning in named.items() if meaning is not None}


def _where(file: Path, annotation: dict) -> str:
    return f"{file}, annotation {annotation.get('id')}"


def _sample(file: Path, image: dict, annotations: list[dict], classes: dict[int, int]) -> Sample:
    path = file.parent / image["file_name"]
    try:
        size = os.stat(path).st_size
    except OSError as error:
        raise UserError(file, f"picture {path} is missing", "put it there or remove its entry") from error
    if size == 0:
        raise UserError(path, "the file is empty", "replace it or remove its entry")
    height, width = image.get("height"), image.get("width")
    if not height or not width:
        height, width = picture_size(path)
    plates = _plates(file, annotations, classes, height, width)
    source = image.get("source") or source_name(file.parent)
    return Sample(path, height, width, plates, source, bool(image.get("scene", True)))


def _plates(file: Path, annotations: list[dict], classes: dict[int, int], height: int, width: int) -> tuple[Plate, ...]:
    plates, owned, loose = {}, defaultdict(list), []
    for annotation in annotations:
        meaning = classes.get(annotation.get("category_id"))
        if meaning is None:
            problem = f"category {annotation.get('category_id')!r} is neither plate nor character"
            raise UserError(_where(file, annotation), problem, "use 1 = plate, 2..37 = 0-9A-Z, 38 = other")
        if meaning == PLATE:
            plates[annotation.get("id")] = annotation
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
    points = annotation.get("corners")
    return Plate(
        box=_box(file, annotation, height, width),
        corners=None if points is None else _corners(file, annotation, height, width),
        characters=tuple(characters),
        complete=bool(annotation.get("characters_complete", bool(characters))),
        text=annotation.get("text"),
        lines=annotation.get("lines"),
        vehicle=annotation.get("vehicle"),
        country=annotation.get("country"),
        crowd=bool(annotation.get("iscrowd", 0)),
    )


def _character(file: Path, annotation: dict, index: int, height: int, width: int) -> Character:
    label = annotation.get("label")
    if label is not None and (len(str(label)) != 1 or alphabet.encode(str(label)) != index):
        problem = f"label {label!r} is not of category {alphabet.decode(index)!r}"
        raise UserError(_where(file, annotation), problem, "give one character, that of the category")
    try:
        mask = decode_mask(annotation.get("segmentation"), height, width)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise UserError(_where(file, annotation), f"segmentation: {error}", "correct or empty it") from error
    corners = _corners(file, annotation, height, width) if annotation.get("corners") is not None else None
    return Character(index, _box(file, annotation, height, width), corners, mask)


def _box(file: Path, annotation: dict, height: int, width: int) -> np.ndarray:
    """Returns the box as fractions, cut to the picture."""
    try:
        left, top, across, down = (float(number) for number in annotation.get("bbox"))
    except (TypeError, ValueError) as error:
        problem = f"bbox {annotation.get('bbox')!r}"
        raise UserError(_where(file, annotation), problem, "give [x, y, width, height] in pixels") from error
    return admit_box(_where(file, annotation), (left, top, left + across, top + down), height, width)


def _corners(file: Path, annotation: dict, height: int, width: int) -> np.ndarray:
    points = annotation["corners"]
    try:
        corners = np.asarray(points, np.float64).reshape(4, 2)[:, ::-1]
    except (TypeError, ValueError) as error:
        problem = f"corners {points!r}"
        raise UserError(_where(file, annotation), problem, "give four points [x, y] in pixels, or null") from error
    return boxes.to_fractions(corners, height, width)
