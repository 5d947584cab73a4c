"""Weights to go on from: those of a finished run, or of an exported model."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import tensorflow as tf

from plate_seg import config as configs
from plate_seg import precision
from plate_seg.config import Config
from plate_seg.errors import UserError
from plate_seg.models import segmenter, unfolding
from plate_seg.models.folding import fold
from plate_seg.models.segmenter import Segmenter

# fields of the model that no weight depends on, made equal
SERVING = {"canvas": 32, "score_threshold": 0.0, "proposal_threshold": 0.0, "rectified": True}


def load(folder: Path, config: Config, look: Callable[[Segmenter], None]) -> Segmenter:
    """Returns the layers of `config`'s graph, in float32, with the weights of a run or of an exported model.

    Args:
        folder: of a run, or a SavedModel that `plate_seg` exported.
        look: as in `unfolding.unfold`; runs keep their normalisations and do without.

    Raises:
        UserError: neither is there, or it is of another graph.
    """
    with precision.policy("float32"):
        if (folder / "saved_model.pb").is_file():
            return unfolding.unfold(_exported(folder, config), look)
        return _of_run(folder, config)


def _of_run(run, config):
    theirs, ours = (dataclasses.replace(each.model, **SERVING) for each in (configs.load(run / "config.json"), config))
    if theirs != ours:
        raise UserError(run, "holds a run of another graph", "give the same model fields, or start from fresh weights")
    weights = run / "model.weights.h5"
    if not weights.is_file():
        raise UserError(weights, "no such file", "name the folder of a finished run")
    parts = segmenter.build(config.model)
    segmenter.serving_view(parts).load_weights(weights)
    return parts


def _exported(folder, config):
    try:
        theirs = tf.saved_model.load(str(folder)).weights
    except (OSError, AttributeError, ValueError, tf.errors.OpError) as error:
        raise UserError(folder, "not a whole model of plate_seg", "name a folder that it exported") from error
    folded = fold(segmenter.build(config.model))
    ours = segmenter.serving_view(folded).variables
    if [tuple(each.shape) for each in theirs] != [tuple(each.shape) for each in ours]:
        raise UserError(folder, "holds another graph", "give the model fields it was trained with, or another folder")
    for variable, value in zip(ours, theirs, strict=True):
        variable.assign(value)
    return folded
