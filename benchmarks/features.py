"""Crops as in Mask R-CNN's own mask head: of the pyramid's map at stride 4, in place of the picture's pixels.

Run: python benchmarks/features.py --run DIR [--set FIELD=VALUE ...]. It trains the default run so, on its rendered
scenes; `ablate.py` measures it with the option `features`.
Reference: He et al., Mask R-CNN, 2017, section 3; Lin et al., Feature Pyramid Networks, 2017.
"""

import argparse
import dataclasses
import sys
from pathlib import Path

import keras
from keras import layers

from plate_seg import config as configs
from plate_seg import experiments, launch
from plate_seg.config import ModelConfig
from plate_seg.errors import UserError
from plate_seg.models import mask_head, segmenter
from plate_seg.models.blocks import conv

STRIDE4 = "stage2_block1_relu"  # the compact backbone's last map of that stride
MERGED8 = "fpn_merge1"  # the pyramid's map at stride 8, before it is smoothed


def build(config: ModelConfig) -> segmenter.Segmenter:
    """Makes the layers as `segmenter.build` does, but for an encoder that sees no pixels.

    Its cells are those of a fourth map of the pyramid, at stride 4, read at half of the crop's resolution; the mean of
    each 4 x 4 of them joins as context.

    Raises:
        UserError: the backbone has no map at stride 4 of its own.
    """
    if config.backbone != "compact":
        raise UserError("model.backbone", repr(config.backbone), "give compact, whose map at stride 4 is known here")
    usual, channels = segmenter.build(config), config.pyramid_channels
    lateral = conv(usual.finder.get_layer(STRIDE4).output, channels, "fpn_lateral0", 1)
    above = layers.UpSampling2D(interpolation="nearest", name="fpn_up0")(usual.finder.get_layer(MERGED8).output)
    finest = conv(layers.Add(name="fpn_merge0")([lateral, above]), channels, "fpn_smooth0")
    finder = keras.Model(usual.finder.input, {**usual.finder.output, "context": finest}, name="finder")

    height, width = config.crop_size
    crops = keras.Input((height, width, 3), name="crops")
    cells = keras.Input((height // mask_head.CELL, width // mask_head.CELL, channels), name="cells")
    context = layers.AveragePooling2D(mask_head.CONTEXT // mask_head.CELL, name="context")(cells)
    encoder = keras.Model([crops, cells], mask_head.encode_cells(cells, context), name="encoder")
    return dataclasses.replace(usual, finder=finder, encoder=encoder)


def main() -> int:
    """Trains one run; returns the exit status."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--run", type=Path, required=True, metavar="DIR", help="run folder; resumes what is there")
    made.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="override a field; repeat")
    options = made.parse_args()
    launch.use_onednn()
    from plate_seg.train import train

    try:
        config = dataclasses.replace(experiments.default(), name="features")
        config = configs.replace(config, launch.assigned(options.set))
        train(config, options.run, build)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
