"""A folder of any known format to samples: COCO, Pascal VOC, YOLO or CCPD, told by what lies in it."""

from pathlib import Path

from plate_seg.data.ccpd import has_ccpd_name, read_ccpd
from plate_seg.data.coco import FILES, read_coco
from plate_seg.data.door import admit_files
from plate_seg.data.pictures import is_picture
from plate_seg.data.sample import Sample
from plate_seg.data.splits import ALIASES, split_folder
from plate_seg.data.voc import read_voc
from plate_seg.data.yolo import label_file, read_yolo
from plate_seg.errors import UserError

LOOKED_FOR = f"{' or '.join(FILES)} (COCO), *.xml (VOC), labels/*.txt (YOLO), CCPD file names"


def read_samples(path: Path) -> list[Sample]:
    """Reads a folder, or a COCO JSON file, in whichever format it is.

    Raises:
        UserError: nothing known is there, or what is there cannot be used.
    """
    path = Path(path)
    if not path.exists():
        raise UserError(path, "no such folder", "check the path")
    if has_coco(path):
        return read_coco(path)
    files = admit_files(path)
    pictures = [file for file in files if is_picture(file)]
    if any(file.suffix == ".xml" for file in files):
        samples = read_voc(path)
    elif any(label_file(picture).exists() for picture in pictures):
        samples = read_yolo(path)
    elif any(has_ccpd_name(picture) for picture in pictures):
        samples = read_ccpd(path)
    else:
        problem = f"found {len(pictures)} pictures but none of {LOOKED_FOR}"
        raise UserError(path, problem, "give the folder with the annotations, of one part such as train")
    return samples


def has_coco(path: Path) -> bool:
    """True for a file, and for a folder whose annotations are in the COCO format."""
    return Path(path).is_file() or any((Path(path) / name).is_file() for name in FILES)


def read_split(path: Path, split: str) -> list[Sample]:
    """Reads the part `split` (train, val or test) of a data set. One that has no parts at all is to be tested on.

    Raises:
        UserError: the set has no such part, or it cannot be used.
    """
    folder = split_folder(path, split)
    if folder is None and split == "test" and not any(split_folder(path, part) for part in ALIASES):
        return read_samples(path)
    if folder is None:
        raise UserError(path, f"no folder {split!r}", "make one, or give a data set that has it")
    return read_samples(folder)
