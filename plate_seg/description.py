"""What an exported model's folder says of it beside `saved_model.pb`: alphabet, threshold, boxes and graph."""

import dataclasses
import json
from pathlib import Path

from plate_seg import __version__
from plate_seg.alphabet import CHARACTERS
from plate_seg.config import ModelConfig
from plate_seg.errors import UserError

FILE = "plate_seg.json"
THRESHOLD = 0.5  # plates under this score are dropped by `predict` where nothing else is said


def write(folder: Path, threshold: float, graph: ModelConfig | None) -> None:
    """Writes the description of a model into its folder.

    Args:
        threshold: the score under which `predict` drops a plate.
        graph: what the model was built from, for whoever goes on from it.
    """
    description = {
        "version": __version__,
        "alphabet": CHARACTERS,
        "other": "?",
        "threshold": threshold,
        "boxes": "[top, left, bottom, right], fractions of the picture",
        "graph": graph and dataclasses.asdict(graph),
    }
    (folder / FILE).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


def threshold(folder: Path) -> float:
    """Returns the score under which `predict` drops a plate; `THRESHOLD` where the folder has no description.

    Raises:
        UserError: the description is damaged.
    """
    path = folder / FILE
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))["threshold"]) if path.exists() else THRESHOLD
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(path, f"not a model's description ({error})", "export the model again") from error


def graph(folder: Path) -> ModelConfig:
    """Returns what an exported model was built from.

    Raises:
        UserError: its folder does not say.
    """
    path = folder / FILE
    try:
        return ModelConfig(**json.loads(path.read_text(encoding="utf-8"))["graph"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(path, "does not say what graph it is of", "name a folder that plate_seg exported") from error
