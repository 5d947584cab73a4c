"""Where the parts train, val and test of a data set lie, under the names that tools give them."""

from pathlib import Path

from plate_seg.errors import UserError

ALIASES = {"train": ("train", "training"), "val": ("val", "valid", "validation"), "test": ("test", "testing")}


def split_folder(path: Path, split: str) -> Path | None:
    """Returns the folder of a split (`path/val`, `path/Valid`, `path/images/val`, ...), or None.

    Raises:
        UserError: `split` is not train, val or test, or `path` cannot be read.
    """
    if split not in ALIASES:
        raise UserError("split", repr(split), f"use one of {', '.join(ALIASES)}")
    inside = _folders(Path(path))
    deeper = _folders(inside["images"]) if "images" in inside else {}
    candidates = [folders.get(name) for folders in (inside, deeper) for name in ALIASES[split]]
    return next((folder for folder in candidates if folder is not None), None)


def _folders(path: Path) -> dict[str, Path]:
    """Returns the folders in a folder by their names in lower case; of two such names the one in lower case counts."""
    try:
        inside = sorted(path.iterdir()) if path.is_dir() else []
    except OSError as error:
        raise UserError(path, error.strerror, "give a folder that can be read") from error
    return {folder.name.lower(): folder for folder in inside if folder.is_dir()}


def source_name(folder: Path) -> str:
    """Returns the name of a data set: that of its folder, or of the one above where the folder is only a part."""
    names = {"images", "labels", "annotations", "jpegimages"}.union(*ALIASES.values())
    parts = [part for part in Path(folder).resolve().parts if part.lower() not in names]
    return parts[-1] if parts else ""
