"""Pascal VOC: an XML file a picture, with named boxes; `plate` or single characters."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from plate_seg.data.assignment import gather_plates
from plate_seg.data.categories import PLATE, admit_name, class_of
from plate_seg.data.door import admit_box, admit_files
from plate_seg.data.pictures import is_picture, picture_size
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.data.splits import source_name
from plate_seg.errors import UserError


def read_voc(folder: Path) -> list[Sample]:
    """Reads every XML file under `folder`; a set that names no plate is one of crops, a plate each.

    Raises:
        UserError: naming file, value and remedy, for anything that cannot be used.
    """
    folder = Path(folder)
    files = admit_files(folder)
    roots = {file: _parse(file) for file in files if file.suffix == ".xml"}
    pictures: dict[str, list[Path]] = {}
    for path in filter(is_picture, files):
        for name in {path.name, path.stem}:
            pictures.setdefault(name, []).append(path)
    meanings = {class_of(item.findtext("name", "")) for root in roots.values() for item in root.iter("object")}
    is_crops = bool(meanings) and PLATE not in meanings
    return [_sample(file, root, pictures, source_name(folder), is_crops) for file, root in roots.items()]


def _parse(file: Path) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(file.read_bytes())
    except ElementTree.ParseError as error:
        raise UserError(file, f"not XML ({error})", "export it again or remove it") from error
    except OSError as error:
        raise UserError(file, error.strerror, "give a file that can be read") from error


def _sample(
    file: Path, root: ElementTree.Element, pictures: Mapping[str, list[Path]], source: str, is_crops: bool
) -> Sample:
    path = _picture(file, root, pictures)
    height, width = picture_size(path)
    stated = [_number(root, f"size/{side}") for side in ("height", "width")]
    if all(stated) and stated != [height, width]:
        problem = f"size {stated[1]:g} x {stated[0]:g}, but {path.name} is {width} x {height}"
        raise UserError(file, problem, "label the picture that is there")
    plates, characters = [], []
    for number, item in enumerate(root.iter("object"), 1):
        where = f"{file}, object {number}"
        meaning = admit_name(where, item.findtext("name", ""))
        edges = tuple(item.findtext(f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax"))
        box = admit_box(where, edges, height, width)
        if meaning == PLATE:
            plates.append(Plate(box, crowd=item.findtext("difficult", "0").strip() == "1"))
        else:
            characters.append(Character(meaning, box))
    return Sample(path, height, width, gather_plates(plates, characters, is_crops), source, scene=not is_crops)


def _picture(file: Path, root: ElementTree.Element, pictures: Mapping[str, list[Path]]) -> Path:
    """Returns the picture that the file names, or the one with the file's own stem; of several, the nearest.

    Args:
        pictures: by their names, and by their names without ending.
    """
    name = Path((root.findtext("filename") or "").strip().replace("\\", "/")).name
    beside = file.with_name(name) if name else file
    if is_picture(beside) and beside.exists():
        return beside
    found = pictures.get(name) or pictures.get(file.stem) or []
    nearest = max((_shared(file, path) for path in found), default=0)
    found = [path for path in found if _shared(file, path) == nearest]
    if not found:
        raise UserError(file, f"picture {name or file.stem!r} is missing", "put it there or remove the XML file")
    if len(found) > 1:
        raise UserError(
            file, f"may mean {found[0]} or {found[1]}", "put the picture beside it, or give it another name"
        )
    return found[0]


def _shared(one: Path, other: Path) -> int:
    """Returns how many folders two paths begin with alike."""
    alike = (a == b for a, b in zip(one.parts, other.parts, strict=False))
    return sum(itertools.takewhile(bool, alike))


def _number(root: ElementTree.Element, path: str) -> float:
    try:
        return float(root.findtext(path) or 0)
    except ValueError:
        return 0.0
