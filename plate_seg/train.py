"""One run, from configuration to trained weights: data -> model -> compile -> fit."""

import contextlib
import dataclasses
import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from plate_seg import config as configs
from plate_seg import doubts, overlooked, precision, predict, self_labels, start
from plate_seg.callbacks.finite import finite_required
from plate_seg.callbacks.training import training_callbacks
from plate_seg.checkpoint import resume
from plate_seg.config import Config, DataConfig, ModelConfig, TrainConfig
from plate_seg.data import collection, pipeline
from plate_seg.data.augment import AugmentConfig
from plate_seg.data.inspection import inspect_pictures
from plate_seg.errors import UserError
from plate_seg.models import segmenter, trainer
from plate_seg.muon import Muon
from plate_seg.outputs import write_beside

STATISTICS_BATCHES = 16  # that show an exported model what it goes on with
READ_BY_THE_START = ("overlooked", "doubts", "self_labels")  # fields of the data that ask for a trained model, in order
VALIDATION_BATCHES = 8  # of the validation pictures, evenly drawn: more of a glance than of an epoch

Build = Callable[[ModelConfig], segmenter.Segmenter]


def train(config: Config, run: Path, build: Build = segmenter.build) -> keras.Model:
    """Trains in the folder `run`, or goes on with what was interrupted there; returns the serving view in float32.

    Args:
        build: makes the layers; others than the usual are to be compared with them, and start from fresh weights.

    Raises:
        UserError: data that cannot be used, characters to be read by fresh weights, nothing to go on from, or a run
            folder that holds another configuration.
    """
    for field in READ_BY_THE_START:
        if (least := getattr(config.data, field)) and not config.train.start:
            raise UserError(f"data.{field}", least, "give --start: fresh weights cannot read")
    require_free(run, config)
    start.check([Path(folder) for folder in config.train.start], config.model)
    keras.utils.set_random_seed(config.train.seed)
    chosen = precision.choose(config.train.precision)
    with precision.policy(chosen):
        parts = build(config.model)
    hold(parts, config.train.learns)
    data = collection.collect(config.data)
    begun = _begin(data, config)
    claim(run, config)
    if any(getattr(config.data, field) for field in READ_BY_THE_START):
        data = _read(data, begun, config.data, run)
    if begun:
        copy_weights(begun, parts)
    with precision.policy(chosen):
        model = trainer.training_view(parts, config.train)
    model.compile(optimizer(config.train))
    done = resume(model, run)
    pictures = sum(len(source.samples) for source in data.training)
    print(f"{model.count_params():,} weights, {chosen}, {pictures:,} pictures, {done} epochs done", flush=True)
    with _pictures_named(data), finite_required(model, run):
        _fit(model, data, config.train, done, training_callbacks(parts, data.validation, config, run, done))
    return finish(parts, run, build)


def finish(parts: segmenter.Segmenter, run: Path, build: Build = segmenter.build) -> keras.Model:
    """Writes the trained weights as `model.weights.h5`; returns the serving view with them, in float32."""
    with precision.policy("float32"):
        served = build(parts.config)
        view = segmenter.serving_view(served)
    copy_weights(parts, served)
    partial = run / "partial.weights.h5"
    view.save_weights(partial)
    os.replace(partial, run / "model.weights.h5")
    return view


def hold(parts: segmenter.Segmenter, learns: Sequence[str]) -> None:
    """Keeps every layer as it is whose name begins with none of `learns`; all learn where that is empty.

    A normalisation that is kept uses the averages that it has, in training as in serving.

    Raises:
        UserError: no layer with weights is named so.
    """
    layers = [layer for part in parts.layers for layer in part.layers if layer.weights]
    for start_of_name in learns:
        if not any(layer.name.startswith(start_of_name) for layer in layers):
            names = ", ".join(sorted({layer.name for layer in layers}))
            raise UserError("train.learns", repr(start_of_name), f"give the beginnings of some of {names}")
    for layer in layers if learns else ():
        layer.trainable = layer.name.startswith(tuple(learns))


def copy_weights(source: segmenter.Segmenter, target: segmenter.Segmenter) -> None:
    """Copies weights, and the averages of normalisation, from layers to the same layers of any precision."""
    for theirs, ours in zip(source.layers, target.layers, strict=True):
        ours.set_weights(theirs.get_weights())


def optimizer(train: TrainConfig) -> keras.optimizers.Optimizer:
    """Muon and AdamW with warm-up, cosine decay, clipped gradients, averaged weights; no decay of norms and biases."""
    total = train.epochs * train.steps
    warmup = min(train.warmup, total // 4)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.01 * train.learning_rate, total - warmup, alpha=0.01, warmup_target=train.learning_rate, warmup_steps=warmup
    )
    made = Muon(
        schedule,
        weight_decay=train.weight_decay,
        global_clipnorm=train.clip,
        use_ema=train.ema > 0,
        ema_momentum=train.ema,
    )
    made.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return made


def require_free(run: Path, config: Config) -> None:
    """Raises a UserError if something was trained in the folder `run` with another configuration."""
    settings = run / "config.json"
    if _has_trained(run) and settings.exists() and configs.load(settings) != config:
        raise UserError(run, "holds a run with another configuration", "give --run another folder, or remove this one")


def claim(run: Path, config: Config) -> None:
    """Makes the run folder, if it is free; writes configuration and environment."""
    require_free(run, config)
    try:
        run.mkdir(parents=True, exist_ok=True)
        configs.save(config, run / "config.json")
        environment = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
        write_beside(run / "environment.json", json.dumps({**environment, "machine": platform.machine()}, indent=1))
    except OSError as error:
        raise UserError(run, error.strerror, "give --run a folder that can be written") from error


def _has_trained(run: Path) -> bool:
    """True where an epoch has left something: weights, or a line of its measures."""
    history = run / "history.csv"
    return any(run.glob("*.weights.h5")) or (history.is_file() and history.stat().st_size > 0)


def _begin(data: collection.Collection, config: Config) -> segmenter.Segmenter | None:
    """Returns the layers, in float32, that the run goes on with; None for fresh ones."""
    if not config.train.start:
        return None
    folders = [Path(folder) for folder in config.train.start]
    return start.load(folders, config.model, lambda layers: _look(layers, data, config))


def _read(
    data: collection.Collection, reader: segmenter.Segmenter, asked: DataConfig, run: Path
) -> collection.Collection:
    """Has the layers that the run goes on with read training plates, as far as that is asked for."""
    with precision.policy("float32"):
        find = predict.of_view(segmenter.serving_view(reader), threshold=0.0).find
    training = data.training
    if asked.overlooked:
        training, added = overlooked.add(training, find, asked.overlooked)
        overlooked.write(added, run / "overlooked.csv")
        print(f"{len(added):,} plates that nobody boxed added: {run / 'overlooked.csv'}", flush=True)
    if asked.doubts:
        training, doubted = doubts.doubt(training, find, asked.doubts)
        doubts.write(doubted, run / "doubts.csv")
        print(f"characters of {len(doubted):,} plates left out: {run / 'doubts.csv'}", flush=True)
    if asked.self_labels:
        before, training = training, self_labels.label(training, find, asked.self_labels)
        counts = self_labels.write_counts(before, training, run / "self_labels.csv")
        print(f"characters read on {counts.labelled.sum():,} of {counts.open.sum():,} plates without", flush=True)
    return dataclasses.replace(data, training=training)


def _look(parts: segmenter.Segmenter, data: collection.Collection, config: Config) -> None:
    """Shows training pictures to layers, through the graph that they are trained in."""
    inputs, outputs = segmenter.training_tensors(parts, config.train)
    pictures = _batches(data, config.train).map(lambda inputs, truth: inputs).take(STATISTICS_BATCHES)
    with _pictures_named(data):
        keras.Model(inputs, outputs).predict(pictures, verbose=0)


def _batches(data: collection.Collection, train: TrainConfig, done: int = 0) -> tf.data.Dataset:
    strength = AugmentConfig(squeezed_share=train.squeezed, notices=train.notices)
    side, first = train.picture, done * train.steps
    return pipeline.training_batches(data.training, side, train.batch, train.seed, train.mosaic, strength, first)


def _fit(model: keras.Model, data: collection.Collection, train: TrainConfig, done: int, callbacks: list) -> None:
    stride = max(1, len(data.validation) // (VALIDATION_BATCHES * train.batch))
    validation = pipeline.validation_batches(data.validation[::stride], train.picture, train.batch)
    with tf.summary.record_if(True):  # else a run that fails within a step leaves Keras's switch off for the process
        model.fit(
            _batches(data, train, done),
            steps_per_epoch=train.steps,
            epochs=train.epochs,
            initial_epoch=done,
            validation_data=validation if data.validation else None,
            callbacks=callbacks,
        )


@contextlib.contextmanager
def _pictures_named(data: collection.Collection) -> Iterator[None]:
    """Raises the UserError of a picture that became unreadable, instead of what TensorFlow makes of it."""
    try:
        yield
    except tf.errors.OpError:
        inspect_pictures([*(sample for source in data.training for sample in source.samples), *data.validation])
        raise
