"""The callbacks of a training run, in the order that they need."""

from collections.abc import Sequence
from pathlib import Path

import keras

from plate_seg.callbacks.finite import Finite
from plate_seg.callbacks.hparams import hparams
from plate_seg.callbacks.measures import Measures
from plate_seg.callbacks.scalars import Scalars
from plate_seg.callbacks.seconds import Seconds
from plate_seg.checkpoint import Checkpoint
from plate_seg.config import Config
from plate_seg.data.sample import Sample
from plate_seg.models.segmenter import Segmenter

LOGS = "tensorboard"  # in the run's folder; `tensorboard --logdir` takes it, or the folder of many runs
STEPS = 50  # between two points of a curve within an epoch


def training_callbacks(
    parts: Segmenter, validation: Sequence[Sample], config: Config, run: Path, done: int
) -> list[keras.callbacks.Callback]:
    """Returns the callbacks for `fit`.

    Measures come before the averaged weights are taken out of the model again, and before what logs them.

    Args:
        validation: samples; none means no measures.
        done: epochs that an interrupted run has behind it.
    """
    logs = run / LOGS
    return [
        Finite(run),
        *([Measures(parts, validation, logs / "pictures")] if validation else []),
        *([keras.callbacks.SwapEMAWeights(swap_on_epoch=False)] if config.train.ema > 0 else []),
        Checkpoint(run),
        Seconds(),
        keras.callbacks.CSVLogger(str(run / "history.csv"), append=done > 0),
        Scalars(logs, write_graph=False, update_freq=STEPS, write_steps_per_second=True),
        hparams(config, logs),
    ]
