"""Batch normalisation folded into the convolution before it, for serving: the same answers in fewer passes."""

import keras

from plate_seg.models.segmenter import Segmenter


def fold(segmenter: Segmenter) -> Segmenter:
    """Returns layers that answer as `segmenter` does when it serves, up to rounding; they cannot be trained on."""
    return Segmenter(*map(_fold, segmenter.layers), segmenter.config)


def _fold(model: keras.Model) -> keras.Model:
    norms = convolutions(model)

    def clone(layer):
        if isinstance(layer, keras.layers.BatchNormalization):
            return keras.layers.Identity(name=layer.name)
        config = layer.get_config()
        return type(layer).from_config({**config, "use_bias": True} if layer in norms else config)

    folded = keras.models.clone_model(model, clone_function=clone, call_function=_call)
    for theirs, ours in zip(model.layers, folded.layers, strict=True):
        if theirs in norms:
            ours.set_weights(_folded(theirs, norms[theirs]))
        elif ours.weights:
            ours.set_weights(theirs.get_weights())
    return folded


def _call(layer, *inputs, mask=None, **others):
    """Calls a cloned layer without the mask that normalisation was called with: there is none in these graphs."""
    return layer(*inputs, **others)


def convolutions(model: keras.Model) -> dict[keras.layers.Layer, keras.layers.BatchNormalization]:
    """Returns the layers of a part whose output is normalised, each with its normalisation."""
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    return {norm.input._keras_history.operation: norm for norm in norms}


def _folded(convolution, norm):
    gamma, beta, mean, variance = norm.get_weights()
    scale = gamma / (variance + norm.epsilon) ** 0.5
    (kernel,) = convolution.get_weights()
    return [kernel * scale, beta - mean * scale]
