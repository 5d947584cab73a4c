"""Folding undone: normalisations for an exported model, so that it can be trained on.

`folding` turns a convolution and its normalisation into a convolution with a bias; which share of it was whose is lost.
It need not be known. Any statistics give the same answers if scale and shift make up for them, and those of pictures
like the ones to train on are what a trained model would have. Nor does the size of a kernel before a normalisation
change an answer; it says how much a step of a given size changes. That of a trained model is a guess, `SPREAD`.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from plate_seg.models import segmenter
from plate_seg.models.folding import convolutions
from plate_seg.models.segmenter import Segmenter

SPREAD = (
    6.0  # of maps before a normalisation: kernels grow in training, and the steps of the optimizer with them do not
)


class Moments(keras.layers.Layer):
    """Passes on maps [B, h, w, channels]; keeps the mean and mean square of every channel over all pixels `seen`."""

    def build(self, shape):
        self.sums = self.add_weight(shape=(2, shape[-1]), initializer="zeros", trainable=False, name="sums")
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")

    def call(self, inputs):
        pixels = tf.cast(tf.reduce_prod(tf.shape(inputs)[:3]), tf.float32)
        new = tf.stack([tf.reduce_sum(inputs, [0, 1, 2]), tf.reduce_sum(inputs**2, [0, 1, 2])])
        seen = self.seen + pixels
        self.sums.assign(tf.math.divide_no_nan(self.sums * self.seen + new, seen))
        self.seen.assign(seen)
        return inputs

    def mean_and_variance(self):
        """Returns the mean and variance [channels] of all that was passed on, numpy."""
        mean, square = self.sums.numpy()
        return mean, (square - mean**2).clip(0)


def unfold(folded: Segmenter, look: Callable[[Segmenter], None]) -> Segmenter:
    """Returns layers with normalisations that answer as `folded` does when they serve, up to rounding.

    Args:
        folded: what `folding.fold` returned, or layers like it.
        look: shows pictures to layers that answer like `folded`, as they would be seen in training.
    """
    measured = Segmenter(*map(_measuring, folded.layers), folded.config)
    look(measured)
    unfolded = segmenter.build(folded.config)
    for theirs, seen, ours in zip(folded.layers, measured.layers, unfolded.layers, strict=True):
        _unfold(theirs, seen, ours)
    return unfolded


def _measuring(folded: keras.Model) -> keras.Model:
    """Clones a part with `Moments` where its normalisations were."""

    def clone(layer):
        is_place = isinstance(layer, keras.layers.Identity)
        return Moments(name=layer.name) if is_place else type(layer).from_config(layer.get_config())

    cloned = keras.models.clone_model(
        folded, clone_function=clone, call_function=lambda layer, *args, **_: layer(*args)
    )
    for theirs, ours in zip(folded.layers, cloned.layers, strict=True):
        if theirs.weights:
            ours.set_weights(theirs.get_weights())
    return cloned


def _unfold(folded, measured, unfolded):
    norms = convolutions(unfolded)
    for theirs, ours in zip(folded.layers, unfolded.layers, strict=True):
        if ours in norms:
            norm = norms[ours]
            kernel, bias = theirs.get_weights()
            mean, variance = measured.get_layer(norm.name).mean_and_variance()
            scale = SPREAD / (variance + norm.epsilon) ** 0.5
            moved = [(mean - bias) * scale, variance * scale**2]
            ours.set_weights([kernel * scale])
            norm.set_weights([(moved[1] + norm.epsilon) ** 0.5 / scale, mean, *moved])
        elif theirs.weights:
            ours.set_weights(theirs.get_weights())
