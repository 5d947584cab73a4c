"""Where the parts train, val and test of a data set lie, under the names that tools give them."""

from pathlib import Path

from plate_seg.errors import UserError

ALIASES = {"train": ("train", "training"), "val": ("val", "valid", "validation"), "test": ("test", "testing")}


def split_folder(path: Path, split: str) -> Path | None:
    """Returns the folder of a split (`path/val`, `path/valid`, `path/images/val`, ...), or None.

    Raises:
        UserError: `split` is not train, val or test.
    """
    if split not in ALIASES:
        raise UserError("split", repr(split), f"use one of {', '.join(ALIASES)}")
    path = Path(path)
    candidates = [parent / name for parent in (path, path / "images") for name in ALIASES[split]]
    return next((folder for folder in candidates if folder.is_dir()), None)


def source_name(folder: Path) -> str:
    """Returns the name of a data set: that of its folder, or of the one above where the folder is only a part."""
    names = {"images", "labels", "annotations", "jpegimages"}.union(*ALIASES.values())
    parts = [part for part in Path(folder).resolve().parts if part.lower() not in names]
    return parts[-1] if parts else ""
