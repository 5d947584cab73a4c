"""Backbones: a canvas [batch, height, width, 3] to maps at strides 8, 16 and 32."""

from plate_seg.models.blocks import conv, residual

STRIDES = (8, 16, 32)


def compact(canvas) -> list:
    """Residual network of 0.9 M parameters, thin where maps are large: that is where a CPU spends its time."""
    features = conv(canvas, 16, "stem", strides=2)
    features = conv(features, 24, "stage2_down", strides=2)
    features = residual(features, 24, "stage2_block1")
    features = conv(features, 48, "stage3_down", strides=2)
    features = residual(features, 48, "stage3_block1")
    c3 = residual(features, 48, "stage3_block2")
    features = conv(c3, 96, "stage4_down", strides=2)
    features = residual(features, 96, "stage4_block1")
    c4 = residual(features, 96, "stage4_block2")
    features = conv(c4, 128, "stage5_down", strides=2)
    c5 = residual(features, 128, "stage5_block1")
    return [c3, c4, c5]


def resnet19(canvas) -> list:
    """The convolutional part of ResNet-19: a stem and eight residual blocks in stages of 3, 3 and 2.

    Reference: Zheng et al., Going Deeper With Directly-Trained Larger Spiking Neural Networks, 2021, whose ResNet-19
    has one stem convolution, the eight two-convolution blocks and two dense layers. Here the stem halves the canvas
    twice more than theirs, so that the three stages end at strides 8, 16 and 32.
    """
    features = conv(canvas, 32, "stem", strides=2)
    features = _stage(features, 48, 3, "stage1", first_strides=(2, 2, 1))
    c3 = features
    c4 = _stage(c3, 96, 3, "stage2")
    c5 = _stage(c4, 128, 2, "stage3")
    return [c3, c4, c5]


def _stage(features, channels, blocks, name, first_strides=None):
    strides = first_strides or (2, *[1] * (blocks - 1))
    for index, stride in enumerate(strides):
        features = residual(features, channels, f"{name}_block{index + 1}", stride)
    return features


BUILDERS = {"compact": compact, "resnet19": resnet19}
