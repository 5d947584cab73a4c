"""Feature pyramid: backbone maps at strides 8, 16, 32 to as many maps of one width, coarse context added to fine.

Reference: Lin et al., Feature Pyramid Networks for Object Detection, 2017.
"""

from keras import layers

from plate_seg.models.blocks import conv


def pyramid(features: list, channels: int) -> list:
    """Returns a map of `channels` for every map in `features`, finest first."""
    merged = conv(features[-1], channels, f"fpn_lateral{len(features)}", 1)
    levels = [merged]
    for index in range(len(features) - 2, -1, -1):
        lateral = conv(features[index], channels, f"fpn_lateral{index + 1}", 1)
        above = layers.UpSampling2D(interpolation="nearest", name=f"fpn_up{index + 1}")(merged)
        merged = layers.Add(name=f"fpn_merge{index + 1}")([lateral, above])
        levels.insert(0, merged)
    return [conv(level, channels, f"fpn_smooth{index + 1}") for index, level in enumerate(levels)]
