"""The blocks that backbones, necks and heads are made of."""

import keras
from keras import layers

from plate_seg.models.normalization import BatchNormalization


def conv(features, channels: int, name: str, kernel: int = 3, strides: int = 1, activation: str | None = "relu"):
    """Convolution without bias, batch normalisation, activation."""
    features = layers.Conv2D(
        channels, kernel, strides, "same", use_bias=False, kernel_initializer="he_normal", name=f"{name}_conv"
    )(features)
    features = BatchNormalization(momentum=0.97, epsilon=1e-3, name=f"{name}_norm")(features)
    return layers.Activation(activation, name=f"{name}_{activation}")(features) if activation else features


def dense(features, channels: int, name: str):
    """Dense layer of maps [B, 1, 1, inputs] without bias, batch normalisation, ReLU.

    A step of the optimizer on thousands of inputs moves the outputs ten times as far as one on a convolution's; once
    they are normalised, how far is measured against how large the kernel has become.
    """
    features = layers.Dense(channels, use_bias=False, kernel_initializer="he_normal", name=f"{name}_dense")(features)
    features = BatchNormalization(momentum=0.97, epsilon=1e-3, name=f"{name}_norm")(features)
    return layers.Activation("relu", name=f"{name}_relu")(features)


def residual(features, channels: int, name: str, strides: int = 1):
    """Two 3 x 3 convolutions and a shortcut, which is projected where the shape changes.

    Reference: He et al., Deep Residual Learning for Image Recognition, 2016.
    """
    shortcut = features
    if strides != 1 or features.shape[-1] != channels:
        shortcut = conv(features, channels, f"{name}_shortcut", 1, strides, None)
    features = conv(features, channels, f"{name}_first", strides=strides)
    features = conv(features, channels, f"{name}_second", activation=None)
    return layers.Activation("relu", name=f"{name}_relu")(layers.Add(name=f"{name}_add")([features, shortcut]))


def predict(features, channels: int, name: str, bias: float = 0.0, scale: float = 0.01):
    """1 x 1 convolution in float32 with a given prior bias: the last layer of a head."""
    return layers.Conv2D(
        channels,
        1,
        kernel_initializer=keras.initializers.RandomNormal(stddev=scale),
        bias_initializer=keras.initializers.Constant(bias),
        dtype="float32",
        name=name,
    )(features)
