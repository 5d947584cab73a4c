"""Resuming: after every epoch the weights, the optimizer's state and the epoch are on disk, whole or not at all."""

import json
import os
from pathlib import Path

import keras

WEIGHTS, STATE = "checkpoint.weights.h5", "checkpoint.json"


class Checkpoint(keras.callbacks.Callback):
    """Writes a checkpoint into `folder` at the end of every epoch."""

    def __init__(self, folder: Path):
        super().__init__()
        self.folder = Path(folder)

    def on_epoch_end(self, epoch, logs=None):
        partial = self.folder / f"partial.{WEIGHTS}"
        self.model.save_weights(partial)
        os.replace(partial, self.folder / WEIGHTS)
        state = self.folder / f"partial.{STATE}"
        state.write_text(json.dumps({"epochs": epoch + 1}), encoding="utf-8")
        os.replace(state, self.folder / STATE)


def resume(model: keras.Model, folder: Path) -> int:
    """Loads the checkpoint in `folder` into a compiled model, if there is one; returns the epochs already done."""
    state = Path(folder) / STATE
    if not state.is_file():
        return 0
    model.optimizer.build(model.trainable_variables)
    model.load_weights(Path(folder) / WEIGHTS)
    return json.loads(state.read_text(encoding="utf-8"))["epochs"]
