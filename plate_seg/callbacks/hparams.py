"""The settings of a run in TensorBoard's hparams tab, beside the measures it reached."""

import dataclasses
from pathlib import Path

import keras
import tensorflow as tf
from tensorboard.plugins.hparams import api

from plate_seg.callbacks.measures import MEASURES
from plate_seg.config import Config


def hparams(config: Config, folder: Path) -> keras.callbacks.Callback:
    """Returns the callback that writes the settings into `folder`, whose subfolders hold the measures."""
    settings = flatten(config)
    columns = [api.Metric(f"epoch_{name}", group="validation", display_name=name) for name in ("loss", *MEASURES)]
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default():
        api.hparams_config([api.HParam(name) for name in settings], columns)
    return api.KerasCallback(writer, settings)


def flatten(config: Config) -> dict[str, bool | int | float | str]:
    """Returns every field as `part.name`; what is neither number nor text becomes text."""
    settings = {"name": config.name}
    for part in ("data", "model", "train"):
        for name, value in dataclasses.asdict(getattr(config, part)).items():
            settings[f"{part}.{name}"] = value if isinstance(value, bool | int | float | str) else str(value)
    return settings
