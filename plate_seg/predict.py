"""Pictures to found plates by an exported model: in memory (`Finder`), or from files to files (`predict`)."""

import glob
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from plate_seg import results
from plate_seg.data.pictures import SUFFIXES, is_picture, is_writable, read_picture, write_picture
from plate_seg.draw import draw_found
from plate_seg.errors import UserError
from plate_seg.found import FoundPlate, unpack

MODEL = Path("saved_models") / "plate_seg"
REMEDY = "`python train.py` makes one"
THRESHOLD = 0.5  # for a model whose folder does not say


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
    finder = Finder(loaded.signatures["serving_default"], _threshold(model))
    finder.loaded = loaded  # a signature alone does not keep its variables alive
    return finder


def of_view(view, threshold: float = THRESHOLD) -> Finder:
    """Returns a finder over a Keras serving view, which need not be exported for it."""
    import tensorflow as tf

    pictures = tf.TensorSpec((None, None, None, 3), tf.uint8, "images")
    return Finder(tf.function(lambda images: view(images, training=False), input_signature=[pictures]), threshold)


def expand(paths: Sequence[str | Path]) -> list[Path]:
    """Returns the pictures that files, folders (searched through) and globs stand for, in the order given.

    One that stands for nothing is returned as it is: reading it says what is wrong.
    """
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
        The exit status: 1 if any picture could not be read, else 0.

    Raises:
        UserError: nothing could be done: no model, or a place that cannot be written.
    """
    pictures = expand(paths)
    drawings = _name_drawings(pictures, Path(out)) if out else [None] * len(pictures)
    _check_model(Path(model_dir))
    _check_outputs(pictures, [Path(path) for path in (json_file, csv_file, *drawings) if path])
    finder = load(model_dir)
    entries = []
    for picture, drawing in tqdm(list(zip(pictures, drawings, strict=True)), unit="picture", file=sys.stderr):
        entries.append(_find_file(finder, picture, drawing, threshold))
        _report(entries[-1])
    if json_file:
        results.write_json(entries, Path(json_file))
    if csv_file:
        results.write_csv(entries, Path(csv_file))
    return int(any("error" in entry for entry in entries))


def _find_file(finder: Finder, picture: Path, drawing: Path | None, threshold: float | None) -> dict:
    try:
        image = _read(picture)
    except UserError as error:
        return results.error_entry(str(picture), str(error))
    plates = finder.find(image, threshold)
    if drawing:
        write_picture(drawing, draw_found(image, plates))
    return results.entry(str(picture), *image.shape[:2], plates)


def _read(picture: Path) -> np.ndarray:
    if picture.is_dir():
        raise UserError(picture, "a folder without pictures", f"pictures end in {', '.join(SUFFIXES)}")
    if glob.has_magic(str(picture)) and not picture.exists():
        raise UserError(picture, "matches no file", "check the pattern")
    return read_picture(picture)


def _report(entry: dict) -> None:
    if "error" in entry:
        tqdm.write(f"plate-seg: {entry['error']}", file=sys.stderr)
    elif entry["plates"]:
        texts = ", ".join(f"{plate['text'] or '(no characters)'} {plate['score']:.2f}" for plate in entry["plates"])
        tqdm.write(f"{entry['image']}: {texts}", file=sys.stdout)


def _expand_one(path: Path) -> list[Path]:
    if path.is_dir():
        return _in_folder(path) or [path]
    if path.exists() or not glob.has_magic(str(path)):
        return [path]
    matches = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]
    return [picture for match in matches for picture in (_in_folder(match) if match.is_dir() else [match])] or [path]


def _in_folder(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if is_picture(path) and not path.name.startswith(".")]
    return sorted(path for path in found if path.is_file())


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


def _check_outputs(pictures: Sequence[Path], outputs: Sequence[Path]) -> None:
    """Makes the folders of the outputs.

    Raises:
        UserError: a file cannot be written, or is one of the pictures.
    """
    originals = {picture.resolve() for picture in pictures}
    for path in outputs:
        if path.resolve() in originals:
            raise UserError(path, "is one of the pictures", "write somewhere else")
    for path in outputs:
        results.check_writable(path)


def _check_model(model: Path) -> None:
    if not (model / "saved_model.pb").is_file():
        raise UserError(model, "not a model folder (no saved_model.pb)", REMEDY)


def _inputs(signature) -> dict:
    return signature.structured_input_signature[1]


def _threshold(model: Path) -> float:
    path = model / "plate_seg.json"
    try:
        return float(json.loads(path.read_text())["threshold"]) if path.exists() else THRESHOLD
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(path, f"not a model's description ({error})", "export the model again") from error
