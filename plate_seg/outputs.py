"""The files and folders that results go to: checked before the work, written whole or not at all."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from plate_seg.errors import UserError

OPEN_STREAMS = (Path("/dev/stdout"), Path("/dev/stderr"))  # and what is in /dev/fd: open, even if they are files


def write_beside(path: Path, content: str | bytes) -> None:
    """Writes a file beside `path` and renames it, so that a file of that name is always whole.

    Text is UTF-8; what a file name holds beyond it is written as `\\udcXX`, which JSON reads back. Of a
    symbolic link the file it stands for is written; a pipe or a device is written to as it is.

    Raises:
        UserError: the file cannot be written.
    """
    content = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    target = real(path)
    partial = _partial(target)
    try:
        if _is_stream(path):
            with open(path, "ab") as stream:
                stream.write(content)
        else:
            partial.write_bytes(content)
            os.replace(partial, target)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError(path, error.strerror or error, "choose a file that can be written") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def check_writable(path: Path) -> None:
    """Makes the folder of `path` if need be.

    Raises:
        UserError: no file can be written there.
    """
    target = real(path)
    try:
        if os.path.isdir(target):
            raise IsADirectoryError(0, "is a folder")
        if _is_stream(path):
            return
        with contextlib.suppress(FileNotFoundError):
            os.stat(target)  # fails for a name that no file can have
        _probe(target.parent)
    except OSError as error:
        raise UserError(path, error.strerror, "choose a file that can be written") from error


def check_folder(folder: Path) -> None:
    """Makes `folder` if need be.

    Raises:
        UserError: no file can be written in it.
    """
    try:
        _probe(real(folder))
    except OSError as error:
        raise UserError(folder, error.strerror, "choose a folder that can be written") from error


def require_writable(option: str, folder: Path) -> None:
    """Raises a UserError, naming `option`, unless `folder` can be made or written in."""
    nearest = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise UserError(f"{option} {folder}", f"{nearest} is a file", "give another folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise UserError(f"{option} {folder}", f"{nearest} cannot be written in", "give another folder")


def check_apart(files: Iterable[Path]) -> None:
    """Raises a UserError where a file would overwrite another, or stand in its folder's place."""
    taken = {}
    for path in files:
        if taken.setdefault(real(path), path) is not path:
            raise UserError(path, "is given for two results", "give each a file of its own")
    for target in taken:
        for folder in target.parents:
            if folder in taken:
                raise UserError(taken[folder], "is given for a file and for a folder", "give each a name of its own")


def check_own(folder: Path, is_own: Callable[[str], bool]) -> None:
    """Raises a UserError where a folder about to be replaced holds something that was not written by us.

    Args:
        is_own: takes a name relative to the folder, parts joined by "/".
    """
    for path in sorted(folder.rglob("*")):
        if not is_own(path.relative_to(folder).as_posix()):
            raise UserError(
                path, "is not of plate-seg, and its folder is replaced", "move it, or choose another folder"
            )


def replaceable(folder: Path) -> Path:
    """Returns the real path of a folder that is to be put in place as a whole.

    Raises:
        UserError: it is the current folder, which cannot be replaced, or a name that no folder can have.
    """
    target = real(folder)
    try:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.stat(target)
    except OSError as error:
        raise UserError(folder, error.strerror, "name a new folder") from error
    if target == real(Path()) or not target.name:
        raise UserError(folder, "is the current folder or the root, and would be replaced", "name a new folder")
    return target


def put_in_place(made: Path, folder: Path) -> None:
    """Renames the whole folder `made` to `folder`, for one that may be there; that one comes back if this fails.

    Raises:
        UserError: it cannot be renamed; `made` is still where it was.
    """
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        was_there = folder.exists()
        if was_there:
            os.replace(folder, old)
        try:
            os.replace(made, folder)
        except BaseException:
            if was_there:
                os.replace(old, folder)
            raise
    except OSError as error:
        raise UserError(folder, error.strerror, "choose a folder that can be written") from error
    shutil.rmtree(old, ignore_errors=True)


def real(path: Path) -> Path:
    """Returns the absolute path without symbolic links; one that goes in circles stays as it is."""
    return Path(os.path.realpath(path))


def _is_stream(path: Path) -> bool:
    path = Path(path)
    if path in OPEN_STREAMS or path.parent == Path("/dev/fd"):
        return True
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def _probe(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    partial = _partial(folder / "probe")
    partial.touch()
    partial.unlink()


def _partial(path: Path) -> Path:
    return path.parent / f".{os.getpid()}.partial"  # short: the name itself may be as long as names can be
