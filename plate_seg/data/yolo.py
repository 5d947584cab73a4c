"""YOLO: a text file a picture, `class x y width height` or `class x y x y ...` as fractions; names in data.yaml.

Where data.yaml has a `kpt_shape` (a set of poses), four points follow the box: the corners of a plate.
"""

import re
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

POINTS = re.compile(r"^kpt_shape[ \t]*:(.*(?:\n[ \t]*-.*)*)", re.M)
ROUNDING = 0.01  # of the picture: a point farther outside is no fraction, or a point of another format


def read_yolo(folder: Path) -> list[Sample]:
    """Reads every picture under `folder` with its label file; one without is a picture without plates.

    A set with a single class is of plates; one whose names hold no plate is of crops, a plate each.

    Raises:
        UserError: naming file, line, value and remedy, for anything that cannot be used.
    """
    folder = Path(folder)
    names_file, names = read_names(folder)
    meanings = _meanings(names_file, names)
    point_size = _point_size(names_file)
    is_crops = meanings is not None and PLATE not in meanings
    paths = [path for path in admit_files(folder) if is_picture(path)]
    labelled = [(path, _objects(label_file(path), meanings, point_size)) for path in paths]
    return [_sample(path, objects, source_name(folder), is_crops) for path, objects in labelled]


def label_file(picture: Path) -> Path:
    """Returns where a picture's labels are: `labels` in place of the last folder `images`, else beside it."""
    parts = list(picture.with_suffix(".txt").parts)
    folders = [index for index, part in enumerate(parts[:-1]) if part == "images"]
    if folders:
        parts[folders[-1]] = "labels"
        if Path(*parts).exists():
            return Path(*parts)
    return picture.with_suffix(".txt")


def _meanings(file: Path | None, names: list[str]) -> list[int] | None:
    """Returns the class of each number; None where no file names them, and then 0 is a plate."""
    if file is None:
        return None
    return [PLATE] if len(names) == 1 else [admit_name(file, name) for name in names]


def _point_size(file: Path | None) -> int:
    """Returns how many numbers each of the four points after a box has: x, y and perhaps visibility; 0 without points.

    Raises:
        UserError: the file tells of another number of points.
    """
    stated = file and POINTS.search(file.read_text(encoding="utf-8-sig", errors="replace"))
    if not stated:
        return 0
    shape = [int(number) for number in re.findall(r"\d+", re.sub("#.*", "", stated[1]))]
    if shape not in ([4, 2], [4, 3]):
        problem = f"kpt_shape {shape} is not of the four corners of a plate"
        raise UserError(file, problem, "label four points, [4, 2] or [4, 3], or boxes alone without kpt_shape")
    return shape[1]


def _sample(path: Path, objects: list[tuple], source: str, is_crops: bool) -> Sample:
    height, width = picture_size(path)
    plates = [Plate(box, corners) for meaning, box, corners in objects if meaning == PLATE]
    characters = [Character(meaning, box) for meaning, box, _ in objects if meaning != PLATE]
    return Sample(path, height, width, gather_plates(plates, characters, is_crops), source, scene=not is_crops)


def _objects(file: Path, meanings: list[int] | None, point_size: int) -> list[tuple]:
    """Returns class, box and corners of every line; nothing where there is no file."""
    if not file.exists():
        return []
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(file, f"no text ({error})", "export the labels again") from error
    numbered = [(f"{file}, line {number}", line.split()) for number, line in enumerate(lines, 1)]
    return [_object(where, words, meanings, point_size) for where, words in numbered if words]


def _object(
    where: str, words: list[str], meanings: list[int] | None, point_size: int
) -> tuple[int, np.ndarray, np.ndarray | None]:
    """Returns class, box [4] and, where the line has four points, corners [4, 2]."""
    try:
        index, numbers = int(words[0]), np.array([float(word) for word in words[1:]])
    except ValueError as error:
        raise UserError(where, " ".join(words), "give `class x y width height` as numbers") from error
    if not 0 <= index < len(meanings or [PLATE]):
        remedy = "name the classes in data.yaml or classes.txt" if meanings is None else "use a class that is named"
        raise UserError(where, f"class {index}", remedy)
    meaning = PLATE if meanings is None else meanings[index]
    count = f"{len(numbers)} numbers after the class"
    if len(numbers) in (4, 5):  # the fifth is the score of a model that labelled
        return meaning, _box(where, numbers), None
    if point_size:
        if len(numbers) != 4 + 4 * point_size:
            raise UserError(where, count, f"give x y width height, then four points of {point_size} as kpt_shape says")
        return meaning, _box(where, numbers), _corners(where, numbers[4:].reshape(4, point_size))
    if len(numbers) < 6 or len(numbers) % 2:
        raise UserError(where, count, "give x y width height, or points x y x y ...")
    return meaning, *_outline(where, numbers.reshape(-1, 2))


def _box(where: str, numbers: np.ndarray) -> np.ndarray:
    x, y, across, down = numbers[:4]
    return admit_box(where, (x - across / 2, y - down / 2, x + across / 2, y + down / 2), 1, 1)


def _corners(where: str, points: np.ndarray) -> np.ndarray | None:
    """Returns corners [4, 2] of points [4, 2 or 3], None where one is not labelled: visibility 0, or at 0, 0."""
    is_labelled = points[:, :2].any(1) & (points[:, -1] > 0 if points.shape[1] == 3 else True)
    return _outline(where, points[:, :2])[1] if is_labelled.all() else None


def _outline(where: str, points: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns the box [4] round points [n, 2] (x, y) and, where they are four, corners [4, 2]."""
    outside = points[~((points >= -ROUNDING) & (points <= 1 + ROUNDING)).all(1)]
    if len(outside):
        raise UserError(where, "point {:g} {:g} off the picture".format(*outside[0]), "give fractions, 0 to 1")
    top, left, bottom, right = boxes.bounds(points[:, ::-1])
    box = admit_box(where, (left, top, right, bottom), 1, 1)
    return box, order_corners(points[:, ::-1]) if len(points) == 4 else None
