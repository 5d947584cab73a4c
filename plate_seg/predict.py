"""Pictures to found plates by an exported model: in memory (`Finder`), or from files to files (`predict`)."""

import glob
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from plate_seg import description, outputs, results
from plate_seg.data.pictures import SUFFIXES, is_picture, is_writable, read_picture, write_picture
from plate_seg.description import THRESHOLD
from plate_seg.draw import draw_found
from plate_seg.errors import UserError
from plate_seg.found import FoundPlate, unpack

MODEL = Path("saved_models") / "plate_seg"
REMEDY = "`python train.py` makes one"


class Finder:
    """A loaded model.

    Args:
        signature: the SavedModel's `serving_default`.
        threshold: the score under which a plate is dropped.
    """

    def __init__(self, signature, threshold: float = THRESHOLD):
        self._signature = signature
        self.threshold = threshold

    def find(self, image: np.ndarray, threshold: float | None = None) -> list[FoundPlate]:
        """Returns the plates on one picture, uint8 RGB [height, width, 3], best first."""
        import tensorflow as tf

        outputs = self._signature(images=tf.constant(image[None]))
        (plates,) = unpack({name: output.numpy() for name, output in outputs.items()})
        lowest = self.threshold if threshold is None else threshold
        kept = [plate for plate in plates if plate.score >= lowest]
        return sorted(kept, key=lambda plate: -plate.score)


def default_model() -> Path:
    """Returns `saved_models/plate_seg` under the current folder, or else that of the installed checkout."""
    installed = Path(__file__).resolve().parents[1] / MODEL
    return installed if installed.is_dir() and not MODEL.is_dir() else MODEL


def load(model: Path) -> Finder:
    """Loads an exported model.

    Raises:
        UserError: the folder is missing, broken or another model's.
    """
    model = Path(model)
    _check_model(model)
    import tensorflow as tf

    try:
        loaded = tf.saved_model.load(str(model))
    except Exception as error:  # whatever a damaged file makes TensorFlow raise
        raise UserError(model, f"cannot be loaded ({str(error).splitlines()[0]})", REMEDY) from error
    if "serving_default" not in loaded.signatures or "images" not in _inputs(loaded.signatures["serving_default"]):
        raise UserError(model, "no signature serving_default(images)", REMEDY)
    finder = Finder(loaded.signatures["serving_default"], description.threshold(model))
    finder.loaded = loaded  # a signature alone does not keep its variables alive
    return finder


def of_view(view, threshold: float = THRESHOLD) -> Finder:
    """Returns a finder over a Keras serving view, which need not be exported for it."""
    import tensorflow as tf

    pictures = tf.TensorSpec((None, None, None, 3), tf.uint8, "images")
    return Finder(tf.function(lambda images: view(images, training=False), input_signature=[pictures]), threshold)


def expand(paths: Sequence[str | Path]) -> list[Path]:
    """Returns the pictures that files, folders (searched through) and globs stand for, in the order given.

    One that stands for nothing is returned as it is, and so is a folder in a folder that cannot be searched: reading it
    says what is wrong.

    Raises:
        UserError: a path is empty, which would stand for the current folder.
    """
    if not all(map(str, paths)):
        raise UserError("PATH", "is empty", "give a picture, a folder or a glob")
    return [picture for path in paths for picture in _expand_one(Path(path))]


def predict(
    paths: Sequence[str | Path],
    model_dir: Path,
    json_file: Path | None = None,
    csv_file: Path | None = None,
    out: Path | None = None,
    threshold: float | None = None,
) -> int:
    """Finds plates on pictures; prints a line for each picture that has any, and writes what is asked for.

    Args:
        out: the folder for annotated pictures.

    Returns:
        The exit status: 1 if any picture could not be read, or anything asked for not be written, else 0.

    Raises:
        UserError: nothing could be done: no model, or a place that cannot be written.
    """
    pictures = expand(paths)
    drawings = _name_drawings(pictures, Path(out)) if out else [None] * len(pictures)
    _check_model(Path(model_dir))
    files = [Path(path) for path in (json_file, csv_file) if path]
    _check_outputs(pictures, files, drawings if out else [])
    finder = load(model_dir)
    entries = []
    for picture, drawing in tqdm(list(zip(pictures, drawings, strict=True)), unit="picture", file=sys.stderr):
        entries.append(_find_file(finder, picture, drawing, threshold))
        _report(entries[-1])
    writes = [(results.write_json, json_file), (results.write_csv, csv_file)]
    written = [_write(write, entries, Path(path)) for write, path in writes if path]
    return int(any("error" in entry for entry in entries) or not all(written))


def _find_file(finder: Finder, picture: Path, drawing: Path | None, threshold: float | None) -> dict:
    try:
        image = _read(picture)
    except UserError as error:
        return results.error_entry(str(picture), str(error))
    plates = finder.find(image, threshold)
    entry = results.entry(str(picture), *image.shape[:2], plates)
    try:
        if drawing:
            write_picture(drawing, draw_found(image, plates))
    except UserError as error:
        entry["error"] = str(error)
    return entry


def _write(write: Callable, entries: Sequence[dict], path: Path) -> bool:
    """Says in a line what keeps one result from being written; the others are written all the same."""
    try:
        write(entries, path)
    except UserError as error:
        print(f"plate-seg: {error}", file=sys.stderr)
        return False
    return True


def _read(picture: Path) -> np.ndarray:
    if os.path.isdir(picture):
        if not os.access(picture, os.R_OK | os.X_OK):
            raise UserError(picture, "Permission denied", "give a folder that can be searched")
        raise UserError(picture, "a folder without pictures", f"pictures end in {', '.join(SUFFIXES)}")
    if glob.has_magic(str(picture)) and not os.path.lexists(picture):
        raise UserError(picture, "matches no file", "check the pattern")
    return read_picture(picture)


def _report(entry: dict) -> None:
    if entry.get("plates"):
        texts = ", ".join(f"{plate['text'] or '(no characters)'} {plate['score']:.2f}" for plate in entry["plates"])
        tqdm.write(f"{entry['image']}: {texts}", file=sys.stdout)
    if "error" in entry:
        tqdm.write(f"plate-seg: {entry['error']}", file=sys.stderr)


def _expand_one(path: Path) -> list[Path]:
    if os.path.isdir(path):
        return _in_folder(path) or [path]
    if os.path.lexists(path) or not glob.has_magic(str(path)):
        return [path]
    matches = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]
    return [picture for match in matches for picture in (_in_folder(match) if match.is_dir() else [match])] or [path]


def _in_folder(folder: Path) -> list[Path]:
    """Returns the pictures in a folder and those below, and what may be or hold some but cannot be opened."""
    closed, found = [], []
    for parent, _, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        if not os.access(parent, os.X_OK):
            closed.append(Path(parent))  # its names can be listed, but nothing behind them
            continue
        found += [Path(parent, name) for name in names if is_picture(name) and not name.startswith(".")]
    return sorted(closed + [path for path in found if os.path.isfile(path) or _dangles(path)])


def _dangles(path: Path) -> bool:
    return os.path.islink(path) and not os.path.exists(path)


def _name_drawings(pictures: Sequence[Path], out: Path) -> list[Path]:
    """Returns a file in `out` for each picture: its own name, with a number where that is taken; `.jpg` for HEIC."""
    taken, drawings = set(), []
    for picture in pictures:
        suffix = picture.suffix if is_writable(picture) else ".jpg"
        name, number = picture.stem + suffix, 2
        while name.lower() in taken:
            name, number = f"{picture.stem}-{number}{suffix}", number + 1
        taken.add(name.lower())
        drawings.append(out / name)
    return drawings


def _check_outputs(pictures: Sequence[Path], files: Sequence[Path], drawings: Sequence[Path]) -> None:
    """Makes the folders of the outputs.

    Raises:
        UserError: a file cannot be written, or is one of the pictures or of the other files.
    """
    originals = {outputs.real(picture) for picture in pictures}
    for path in (*files, *drawings):
        if outputs.real(path) in originals:
            raise UserError(path, "is one of the pictures", "write somewhere else")
    outputs.check_apart((*files, *drawings))
    for path in files:
        outputs.check_writable(path)
    for folder in {path.parent for path in drawings}:
        outputs.check_folder(folder)


def _check_model(model: Path) -> None:
    try:
        if Path(model, "saved_model.pb").is_file():
            return
    except OSError as error:  # what is not there, or goes in circles, is False
        raise UserError(model, error.strerror, "give a model folder that can be read") from error
    raise UserError(model, "not a model folder (no saved_model.pb)", REMEDY)


def _inputs(signature) -> dict:
    return signature.structured_input_signature[1]
