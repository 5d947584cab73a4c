"""The end of a run whose loss or weights are no numbers, before anything of it is kept."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from plate_seg.errors import UserError


class Finite(keras.callbacks.Callback):
    """Looks at the loss of every step, and at the weights at the end of every epoch.

    Raises:
        UserError: one is not finite.
    """

    def __init__(self, run: Path):
        super().__init__()
        self.run = run

    def on_train_batch_end(self, batch, logs=None):
        if not np.isfinite((logs or {}).get("loss", 0.0)):
            _end(self.run)

    def on_epoch_end(self, epoch, logs=None):
        require_finite(self.model, self.run)


@contextlib.contextmanager
def finite_required(model: keras.Model, run: Path) -> Iterator[None]:
    """Raises the UserError of `require_finite` in the place of what TensorFlow makes of places that are no numbers."""
    try:
        yield
    except tf.errors.OpError:
        require_finite(model, run)
        raise


def require_finite(model: keras.Model, run: Path) -> None:
    """Raises a UserError, naming the folder `run`, unless all weights of a model are finite."""
    if not all(np.isfinite(weights).all() for weights in model.get_weights()):
        _end(run)


def _end(run: Path) -> None:
    remedy = "give --run another folder and a lower train.learning_rate; the checkpoint before is kept"
    raise UserError(run, "the loss or a weight is not finite", remedy)
