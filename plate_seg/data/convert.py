"""A data set of any known format to this project's COCO format, part by part."""

from pathlib import Path

from plate_seg.data.coco import write_coco
from plate_seg.data.readers import has_coco, read_samples
from plate_seg.data.splits import ALIASES, split_folder


def convert(source: Path, out: Path) -> int:
    """Writes `source` as COCO into the new folder `out`; with its parts train, val and test where it has them.

    Returns:
        The number of pictures.

    Raises:
        UserError: the source cannot be used, or `out` is not empty or cannot be written.
    """
    folders = {} if has_coco(source) else {split: split_folder(source, split) for split in ALIASES}
    parts = {split: read_samples(folder) for split, folder in folders.items() if folder is not None}
    if not parts:
        parts = {"": read_samples(source)}
    for split, samples in parts.items():
        write_coco(samples, Path(out) / split, f"converted from {Path(source).name}")
    return sum(len(samples) for samples in parts.values())
