"""CCPD: pictures of Chinese plates whose file names carry the box, the corners and the text.

Xu et al., Towards End-to-End License Plate Detection and Recognition: A Large Dataset and Baseline, 2018.
A name is `area-tilt-box-corners-text-brightness-blur`, points as `x&y`, the corners from the bottom right clockwise.
"""

import re
from pathlib import Path

import numpy as np

from plate_seg import boxes
from plate_seg.data.door import admit_box, admit_files
from plate_seg.data.pictures import is_picture, picture_size
from plate_seg.data.sample import Plate, Sample
from plate_seg.data.splits import source_name
from plate_seg.errors import UserError

NAME = re.compile(r"[\d_]+-[\d_]+-(\d+&\d+_\d+&\d+)-(\d+&\d+(?:_\d+&\d+){3})-(\d+(?:_\d+){5,8})-\d+-\d+")
PROVINCES = "皖沪津渝冀晋蒙辽吉黑苏浙京闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新警学O"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZO"  # Chinese plates have no I; O stands for "none"
LETTERS_AND_DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789O"


def has_ccpd_name(path: Path) -> bool:
    """True for a picture named as CCPD does."""
    return is_picture(path) and NAME.fullmatch(Path(path).stem) is not None


def read_ccpd(folder: Path) -> list[Sample]:
    """Reads every picture under `folder`; the characters have no boxes, so no plate is complete.

    Raises:
        UserError: a picture's name does not follow CCPD, or tells of a box off the picture or an unknown character.
    """
    folder = Path(folder)
    paths = [path for path in admit_files(folder) if is_picture(path)]
    return [_sample(path, source_name(folder)) for path in paths]


def _sample(path: Path, source: str) -> Sample:
    match = NAME.fullmatch(path.stem)
    if match is None:
        raise UserError(path, "the name does not follow CCPD", "name it area-tilt-box-corners-text-brightness-blur")
    height, width = picture_size(path)
    box = admit_box(path, tuple(_points(match[1]).ravel()), height, width)
    corners = boxes.to_fractions(np.roll(_points(match[2]), 2, 0)[:, ::-1], height, width)
    plate = Plate(box, corners, text=_text(path, match[3]), lines=1, vehicle="car", country="CN")
    return Sample(path, height, width, (plate,), source)


def _points(text: str) -> np.ndarray:
    """Returns points [n, 2] (x, y) of `x&y_x&y`."""
    return np.array([point.split("&") for point in text.split("_")], np.float64)


def _text(path: Path, indices: str) -> str:
    tables = [PROVINCES, LETTERS] + [LETTERS_AND_DIGITS] * 7
    try:
        return "".join(table[int(index)] for table, index in zip(tables, indices.split("_"), strict=False))
    except IndexError as error:
        raise UserError(path, f"character numbers {indices}", "correct the name") from error
