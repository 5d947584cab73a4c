"""Resuming: after every epoch the weights, the optimizer's state and the epoch are on disk, whole or not at all.

The epoch's file names the weights that belong to it, so a run that dies between two files resumes from the last pair.
"""

import json
import os
from pathlib import Path

import keras

from plate_seg.errors import UserError
from plate_seg.outputs import write_beside

STATE, WEIGHTS = "checkpoint.json", "checkpoint-{epochs}.weights.h5"
REMEDY = "remove the run folder, or give another --run"


class Checkpoint(keras.callbacks.Callback):
    """Writes a checkpoint into `folder` at the end of every epoch, and removes the one before."""

    def __init__(self, folder: Path):
        super().__init__()
        self.folder = Path(folder)

    def on_epoch_end(self, epoch, logs=None):
        weights = self.folder / WEIGHTS.format(epochs=epoch + 1)
        partial = self.folder / "partial.checkpoint.weights.h5"
        self.model.save_weights(partial)
        os.replace(partial, weights)
        write_beside(self.folder / STATE, json.dumps({"epochs": epoch + 1}))
        for old in set(self.folder.glob(WEIGHTS.format(epochs="*"))) - {weights}:
            old.unlink()


def resume(model: keras.Model, folder: Path) -> int:
    """Loads the checkpoint in `folder` into a compiled model, if there is one; returns the epochs already done.

    Either way it builds the optimizer: variables made within the first step would have Keras trace it twice.

    Raises:
        UserError: what is there cannot be gone on from.
    """
    model.optimizer.build(model.trainable_variables)
    epochs = epochs_done(folder)
    if not epochs:
        return 0
    weights = Path(folder) / WEIGHTS.format(epochs=epochs)
    try:
        model.load_weights(weights)
    except (OSError, ValueError, KeyError) as error:
        problem = "damaged checkpoint" if weights.is_file() else "no such file"
        raise UserError(weights, problem, REMEDY) from error
    return epochs


def epochs_done(folder: Path) -> int:
    """Returns how many epochs the checkpoint in `folder` has behind it; 0 for none.

    Raises:
        UserError: the file that says so is damaged, or missing beside the weights of later epochs than the first.
    """
    state = Path(folder) / STATE
    first = WEIGHTS.format(epochs=1)  # may be there alone: a run died before it wrote `STATE`
    if not state.exists():
        if any(path.name != first for path in state.parent.glob(WEIGHTS.format(epochs="*"))):
            raise UserError(state, "no such file", REMEDY)
        return 0
    try:
        epochs = json.loads(state.read_text(encoding="utf-8"))["epochs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(state, "damaged checkpoint", REMEDY) from error
    if type(epochs) is not int or epochs < 1:
        raise UserError(state, f"epochs {epochs!r}", REMEDY)
    return epochs
