"""Samples to a folder with `annotations.json` and `images/`, in the COCO format of this project."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from plate_seg import alphabet, boxes
from plate_seg.data.categories import FIRST_CHARACTER_ID, PLATE_ID, categories
from plate_seg.data.masks import encode_mask
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.errors import UserError
from plate_seg.outputs import put_in_place, replaceable

DECIMALS = 2  # hundredths of a pixel
SAME = 0.01  # pixels: character corners nearer than this to the box's are not written


def write_coco(samples: Sequence[Sample], out: Path, description: str) -> None:
    """Writes samples and copies of their pictures into the new or empty folder `out`, whole or not at all.

    Raises:
        UserError: `out` holds something, cannot be written or is the current folder, or a picture is missing.
    """
    out = replaceable(out)
    beside = out.with_name(f".{out.name}.partial")
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise UserError(out, "already there and not empty", "give a new folder")
        shutil.rmtree(beside, ignore_errors=True)
        (beside / "images").mkdir(parents=True)
        names = _unique_names(samples)
        for sample, name in tqdm(list(zip(samples, names, strict=True)), "copying", unit="picture", leave=False):
            _copy(sample.path, beside / "images" / name)
        content = json.dumps(coco_content(samples, names, description), ensure_ascii=False)
        (beside / "annotations.json").write_text(content, encoding="utf-8")
        put_in_place(beside, out)
    except OSError as error:
        raise UserError(out, error.strerror, "give a folder that can be written") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def coco_content(samples: Sequence[Sample], names: Sequence[str], description: str) -> dict:
    """Returns what `annotations.json` holds, the pictures under `images/` by these names."""
    content = empty_content({"description": description})
    for sample, name in zip(samples, names, strict=True):
        add_picture(content, sample, name)
    return content


def empty_content(info: dict) -> dict:
    """Returns what `annotations.json` holds of a set without pictures."""
    return {"info": info, "images": [], "annotations": [], "categories": categories()}


def add_picture(content: dict, sample: Sample, name: str) -> None:
    """Appends a picture, which is in `images/` by this name, its plates and their characters; ids count on from 1."""
    id = len(content["images"]) + 1
    content["images"].append(
        {
            "id": id,
            "file_name": f"images/{name}",
            "width": sample.width,
            "height": sample.height,
            "source": sample.source,
            "scene": sample.scene,
            "characters_complete": all(plate.complete for plate in sample.plates),
        }
    )
    for plate in sample.plates:
        _add_plate(content["annotations"], plate, sample, id)


def _unique_names(samples: Sequence[Sample]) -> list[str]:
    """Returns the pictures' names, numbered where two differ in nothing but case or folder."""
    names, taken = [], set()
    for sample in samples:
        name, number = sample.path.name, 1
        while name.lower() in taken:
            number += 1
            name = f"{sample.path.stem}_{number}{sample.path.suffix}"
        taken.add(name.lower())
        names.append(name)
    return names


def _copy(picture: Path, target: Path) -> None:
    if not picture.is_file():
        raise UserError(picture, "the picture is missing", "put it back or read the data set again")
    shutil.copyfile(picture, target)


def _add_plate(annotations: list[dict], plate: Plate, sample: Sample, image_id: int) -> None:
    plate_id = len(annotations) + 1
    corners = None if plate.corners is None else _points(plate.corners, sample)
    annotations.append(
        {"id": plate_id, "image_id": image_id, "category_id": PLATE_ID, **_extent(plate.box, sample)}
        | {"iscrowd": int(plate.crowd), "segmentation": [] if corners is None else [sum(corners, [])]}
        | {"corners": corners, "text": plate.text, "lines": plate.lines, "vehicle": plate.vehicle}
        | {"country": plate.country, "characters_complete": plate.complete}
    )
    for character, label in zip(plate.characters, _labels(plate), strict=True):
        annotations.append(
            {"id": len(annotations) + 1, "image_id": image_id, "category_id": FIRST_CHARACTER_ID + character.label}
            | {"plate_id": plate_id, "label": label, **_extent(character.box, sample), "iscrowd": 0}
            | _outline(character, sample)
        )


def _labels(plate: Plate) -> list[str]:
    """Returns each character as written: for one outside the alphabet, what the plate's text has in its place."""
    text = (plate.text or "").replace("*", "")
    spelled = text if len(text) == len(plate.characters) else "?" * len(plate.characters)
    return [
        letter if character.label == alphabet.OTHER else alphabet.decode(character.label)
        for character, letter in zip(plate.characters, spelled, strict=True)
    ]


def _extent(box: np.ndarray, sample: Sample) -> dict:
    top, left, bottom, right = boxes.to_pixels(box, sample.height, sample.width).tolist()
    across, down = right - left, bottom - top
    numbers = [round(number, DECIMALS) for number in (left, top, across, down)]
    return {"bbox": numbers, "area": round(across * down, DECIMALS)}


def _outline(character: Character, sample: Sample) -> dict:
    mask = character.mask
    outline = {"segmentation": [] if mask is None else encode_mask(mask, sample.height, sample.width)}
    frame = boxes.to_pixels(character.corners, sample.height, sample.width)
    upright = boxes.to_pixels(boxes.corners(character.box), sample.height, sample.width)
    if np.abs(frame - upright).max() > SAME:
        outline["corners"] = _points(character.corners, sample)
    return outline


def _points(corners: np.ndarray, sample: Sample) -> list[list[float]]:
    """Returns corners as [[x, y] x 4], pixels."""
    pixels = boxes.to_pixels(corners, sample.height, sample.width)[:, ::-1]
    return np.round(pixels, DECIMALS).tolist()
