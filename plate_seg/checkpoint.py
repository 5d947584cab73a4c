"""Resuming: after every epoch the weights, the optimizer's state and the epoch are on disk, whole or not at all.

The epoch's file names the weights that belong to it, so a run that dies between two files resumes from the last pair.
"""

import json
import os
from pathlib import Path

import keras

STATE, WEIGHTS = "checkpoint.json", "checkpoint-{epochs}.weights.h5"


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
        state = self.folder / f"partial.{STATE}"
        state.write_text(json.dumps({"epochs": epoch + 1}), encoding="utf-8")
        os.replace(state, self.folder / STATE)
        for old in set(self.folder.glob(WEIGHTS.format(epochs="*"))) - {weights}:
            old.unlink()


def resume(model: keras.Model, folder: Path) -> int:
    """Loads the checkpoint in `folder` into a compiled model, if there is one; returns the epochs already done.

    Either way it builds the optimizer: variables made within the first step would have Keras trace it twice.
    """
    model.optimizer.build(model.trainable_variables)
    state = Path(folder) / STATE
    if not state.is_file():
        return 0
    epochs = json.loads(state.read_text(encoding="utf-8"))["epochs"]
    model.load_weights(Path(folder) / WEIGHTS.format(epochs=epochs))
    return epochs
