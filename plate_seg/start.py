"""Weights to go on from or to export: those of a finished run, of an exported model, or the mean of several."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from plate_seg import config as configs
from plate_seg import description, precision
from plate_seg.config import ModelConfig
from plate_seg.errors import UserError
from plate_seg.models import segmenter, unfolding
from plate_seg.models.folding import fold
from plate_seg.models.segmenter import Segmenter
from plate_seg.temperature import temper

TEMPERATURES = "temperatures.json"  # in a run's folder, see `tempering`
# fields of the model that no weight depends on, made equal
SERVING = {
    **dict.fromkeys(("canvas", "largest_canvas"), 32),
    **dict.fromkeys(("score_threshold", "proposal_threshold"), 0.0),
    **dict.fromkeys(("box_looseness", "plate_temperature", "character_temperature"), 1.0),
    "rectified": True,
    **dict.fromkeys(("max_plates", "max_characters"), 1),
}


def load(folders: Sequence[Path], graph: ModelConfig, look: Callable[[Segmenter], None]) -> Segmenter:
    """Returns the layers of `graph`, in float32, with the weights of an exported model, or the mean of those of runs.

    Args:
        folders: a SavedModel that `plate_seg` exported, or runs; several only where one went on from the other, or all
            from the same: units of others do not belong together.
        look: as in `unfolding.unfold`; runs keep their normalisations and do without.

    Raises:
        UserError: neither is there, one is of another graph, or an exported model is one of several.
    """
    check(folders, graph)
    with precision.policy("float32"):
        if _is_export(folders[0]):
            return unfolding.unfold(of_export(folders[0]), look)
        return mean([of_run(folder) for folder in folders])


def check(folders: Sequence[Path], graph: ModelConfig) -> None:
    """Raises the UserErrors of `load`, but for those of files that are there and damaged, without reading weights."""
    for folder in folders:
        if _is_export(folder) and len(folders) > 1:
            remedy = "give the folder of its run, or the mean that `plate-seg export` makes of both"
            raise UserError(folder, "is an exported model, whose normalisations are gone", remedy)
        if _weighted(_graph(folder)) != _weighted(graph):
            raise UserError(folder, "holds another graph", "give the same model fields, or start from fresh weights")
    for run in (folder for folder in folders if not _is_export(folder)):
        _weights(run)


def mean(several: Sequence[Segmenter]) -> Segmenter:
    """Returns the first of some layers with the mean of the weights of all.

    The mean of their normalisations' averages is not quite what its answers have on average; training sets that right
    within some dozen steps.
    Reference: Wortsman et al., Model soups, 2022.
    """
    for layers in zip(*(each.layers for each in several), strict=True):
        weights = zip(*(layer.get_weights() for layer in layers), strict=True)
        layers[0].set_weights([np.mean(values, axis=0) for values in weights])
    return several[0]


def folded(folders: Sequence[Path]) -> Segmenter:
    """Returns the layers of runs and exported models, norms folded: the mean of all, with the first's configuration.

    What has been folded needs no averages of normalisations; its weights are those that answers are made with.

    Args:
        folders: several only of one line, as in `load`.

    Raises:
        UserError: a folder lacks a part, or one is of another graph than the first.
    """
    for folder in folders[1:]:
        if _weighted(_graph(folder)) != _weighted(_graph(folders[0])):
            raise UserError(folder, f"holds another graph than {folders[0]}", "name models of one line")
    return mean([of_export(folder) if _is_export(folder) else fold(of_run(folder)) for folder in folders])


def of_run(run: Path) -> Segmenter:
    """Returns the layers that a run trained, with the temperatures of its scores where they have been fitted.

    Raises:
        UserError: no finished run is there, or its weights are damaged.
    """
    graph, weights, chosen = configs.load(run / "config.json").model, _weights(run), _temperatures(run)
    parts = segmenter.build(graph)
    try:
        segmenter.serving_view(parts).load_weights(weights)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(weights, "damaged, or weights of another graph", "name another run, or train again") from error
    return dataclasses.replace(parts, config=served(graph, chosen))


def of_export(folder: Path) -> Segmenter:
    """Returns the layers of an exported model, folded as they were exported.

    Raises:
        UserError: the folder lacks a part, or its parts do not belong together.
    """
    folded = fold(segmenter.build(description.graph(folder)))
    ours = segmenter.serving_view(folded).variables
    try:
        theirs = tf.saved_model.load(str(folder)).weights
        for variable, value in zip(ours, theirs, strict=True):
            variable.assign(value)
    except (OSError, AttributeError, ValueError, tf.errors.OpError) as error:
        raise UserError(folder, "not a whole model of plate_seg", "name a folder that it exported") from error
    return folded


def served(graph: ModelConfig, chosen: dict[str, float]) -> ModelConfig:
    """Returns `graph` with some of its `SERVING` fields.

    Where the plate's temperature is among them and the threshold is not, that moves so that the same plates are
    reported.
    """
    changed = dataclasses.replace(graph, **chosen)
    if "score_threshold" in chosen or "plate_temperature" not in chosen:
        return changed
    moved = temper(graph.score_threshold, changed.plate_temperature / graph.plate_temperature)
    return dataclasses.replace(changed, score_threshold=round(moved, 6))


def _graph(folder: Path) -> ModelConfig:
    return description.graph(folder) if _is_export(folder) else configs.load(folder / "config.json").model


def _weighted(graph: ModelConfig) -> ModelConfig:
    """Returns a graph with its `SERVING` fields made equal: two that hold the same weights are then the same."""
    return dataclasses.replace(graph, **SERVING)


def _is_export(folder: Path) -> bool:
    return (folder / "saved_model.pb").is_file()


def _weights(run: Path) -> Path:
    weights = run / "model.weights.h5"
    if not weights.is_file():
        raise UserError(weights, "no such file", "name the folder of a run that `python train.py` has finished")
    return weights


def _temperatures(run: Path) -> dict[str, float]:
    path = run / TEMPERATURES
    try:
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        return {name: float(kept[name]) for name in ("plate_temperature", "character_temperature")} if kept else {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(path, f"not a file of temperatures ({error})", "remove it, or train again") from error
