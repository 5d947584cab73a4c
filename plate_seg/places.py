"""Folders that are to be made or written: told before the work whether they can be."""

import os
from pathlib import Path

from plate_seg.errors import UserError


def require_writable(option: str, folder: Path) -> None:
    """Raises a UserError, naming `option`, unless `folder` can be made or written in."""
    nearest = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise UserError(f"{option} {folder}", f"{nearest} is a file", "give another folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise UserError(f"{option} {folder}", f"{nearest} cannot be written in", "give another folder")
