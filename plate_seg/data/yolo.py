"""YOLO: a text file a picture, `class x y width height` or `class x y x y ...` as fractions; names in data.yaml."""

from pathlib import Path

import numpy as np

from plate_seg import boxes
from plate_seg.data.assignment import gather_plates
from plate_seg.data.categories import PLATE, admit_name
from plate_seg.data.class_names import read_names
from plate_seg.data.door import admit_box, admit_files, order_corners
from plate_seg.data.pictures import is_picture, picture_size
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.data.splits import source_name
from plate_seg.errors import UserError


def read_yolo(folder: Path) -> list[Sample]:
    """Reads every picture under `folder` with its label file; one without is a picture without plates.

    A set with a single class is of plates; one whose names hold no plate is of crops, a plate each.

    Raises:
        UserError: naming file, line, value and remedy, for anything that cannot be used.
    """
    folder = Path(folder)
    meanings = _meanings(folder)
    is_crops = meanings is not None and PLATE not in meanings
    paths = [path for path in admit_files(folder) if is_picture(path)]
    return [_sample(path, meanings, source_name(folder), is_crops) for path in paths]


def label_file(picture: Path) -> Path:
    """Returns where a picture's labels are: `labels` in place of the last folder `images`, else beside it."""
    parts = list(picture.with_suffix(".txt").parts)
    folders = [index for index, part in enumerate(parts[:-1]) if part == "images"]
    if folders:
        parts[folders[-1]] = "labels"
        if Path(*parts).exists():
            return Path(*parts)
    return picture.with_suffix(".txt")


def _meanings(folder: Path) -> list[int] | None:
    """Returns the class of each number; None where no file names them, and then 0 is a plate."""
    file, names = read_names(folder)
    if file is None:
        return None
    return [PLATE] if len(names) == 1 else [admit_name(file, name) for name in names]


def _sample(path: Path, meanings: list[int] | None, source: str, is_crops: bool) -> Sample:
    height, width = picture_size(path)
    file = label_file(path)
    lines = _lines(file) if file.exists() else []
    plates, characters = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        meaning, box, corners = _object(where, line.split(), meanings)
        if meaning == PLATE:
            plates.append(Plate(box, corners))
        else:
            characters.append(Character(meaning, box))
    return Sample(path, height, width, gather_plates(plates, characters, is_crops), source, scene=not is_crops)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(file, f"no text ({error})", "export the labels again") from error


def _object(where: str, words: list[str], meanings: list[int] | None) -> tuple[int, np.ndarray, np.ndarray | None]:
    """Returns class, box [4] and, where the line has four points, corners [4, 2]."""
    try:
        index, numbers = int(words[0]), np.array([float(word) for word in words[1:]])
    except ValueError as error:
        raise UserError(where, " ".join(words), "give `class x y width height` as numbers") from error
    if not 0 <= index < len(meanings or [PLATE]):
        remedy = "name the classes in data.yaml or classes.txt" if meanings is None else "use a class that is named"
        raise UserError(where, f"class {index}", remedy)
    meaning = PLATE if meanings is None else meanings[index]
    if len(numbers) in (4, 5):  # the fifth is the score of a model that labelled
        x, y, across, down = numbers[:4]
        return meaning, admit_box(where, (x - across / 2, y - down / 2, x + across / 2, y + down / 2), 1, 1), None
    if len(numbers) < 6 or len(numbers) % 2:
        raise UserError(
            where, f"{len(numbers)} numbers after the class", "give x y width height, or points x y x y ..."
        )
    points = numbers.reshape(-1, 2)[:, ::-1]
    top, left, bottom, right = boxes.bounds(points)
    box = admit_box(where, (left, top, right, bottom), 1, 1)
    return meaning, box, order_corners(points) if len(points) == 4 else None
