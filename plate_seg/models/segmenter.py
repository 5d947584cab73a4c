"""The one graph: pictures to plates with their characters, as a training view and a serving view of the same layers.

    picture -> canvas -> backbone -> FPN -> plate head -> proposals
                                                              |
    picture at full resolution, finest pyramid map -> RoIAlign -> mask head -> grouping

Reference: He et al., Mask R-CNN, 2017.
"""

from dataclasses import dataclass

import keras

from plate_seg.config import ModelConfig, TrainConfig
from plate_seg.models import backbones
from plate_seg.models.assembly import Assembly
from plate_seg.models.crops import CropFrames, ServingCrops, TrainingCrops
from plate_seg.models.fpn import pyramid
from plate_seg.models.mask_head import CONTEXT, mask_head
from plate_seg.models.picture import Letterbox, PicturePyramid
from plate_seg.models.plate_head import PlateHead
from plate_seg.models.proposals import Proposals
from plate_seg.models.roi_align import RoIAlign


@dataclass(frozen=True)
class Segmenter:
    """The layers with weights.

    Args:
        finder: canvas [B, h, w, 3] to the plate head's outputs and `context`, the finest pyramid map.
        reader: crops and their context to the mask head's outputs.
    """

    finder: keras.Model
    reader: keras.Model
    config: ModelConfig


def build(config: ModelConfig) -> Segmenter:
    """Makes the layers, with fresh weights."""
    canvas = keras.Input((None, None, 3), name="canvas")
    levels = pyramid(backbones.BUILDERS[config.backbone](canvas), config.pyramid_channels)
    outputs = {**PlateHead(config.pyramid_channels)(levels), "context": levels[0]}
    finder = keras.Model(canvas, outputs, name="finder")

    height, width = config.crop_size
    crops = keras.Input((height, width, 3), name="crops")
    context = keras.Input((height // CONTEXT, width // CONTEXT, config.pyramid_channels), name="context")
    reader = keras.Model([crops, context], mask_head(crops, context), name="reader")
    return Segmenter(finder, reader, config)


def serving_view(segmenter: Segmenter, assembly: type[Assembly] = Assembly) -> keras.Model:
    """Returns the model that maps `images` uint8 [B, H, W, 3], any H and W, to the outputs of `Assembly`.

    Args:
        assembly: the last layer; one with another `group` compares ways to group.
    """
    images, outputs, _ = serving_tensors(segmenter, assembly)
    return keras.Model(images, outputs, name="plate_seg")


def inspection_view(segmenter: Segmenter) -> keras.Model:
    """Returns the serving view with what its outputs were made from.

    That is the mask head's outputs, `crops` [rois, height, width, 3], pixels 0..255, and `places` int32 [rois, 2], the
    image and the proposal of each crop.
    """
    images, outputs, maps = serving_tensors(segmenter)
    return keras.Model(images, {**outputs, **maps}, name="inspection")


def serving_tensors(segmenter: Segmenter, assembly: type[Assembly] = Assembly) -> tuple[keras.KerasTensor, dict, dict]:
    """Returns the symbolic images and outputs of serving, and what `inspection_view` adds to them."""
    config = segmenter.config
    images = keras.Input((None, None, 3), dtype="uint8", name="images")
    levels, found, (scores, boxes, corners), share = _propose(segmenter, images, config.canvas)
    take = ServingCrops(config.rectified, config.proposal_threshold, name="serving_crops")
    chosen, places = take(scores, boxes, corners)
    frames = _crop_frames(config)(chosen, images)
    crops, maps = _read(segmenter, levels, found["context"], frames, places[:, 0], share)
    outputs = assembly(config.margin, config.max_characters, name="assembly")(maps, frames, places, scores)
    return images, outputs, {**maps, "crops": crops, "places": places}


def training_tensors(segmenter: Segmenter, train: TrainConfig) -> tuple[dict, dict]:
    """Returns the symbolic inputs and outputs of the training view, for a model that knows the losses.

    Inputs: `images` uint8 [B, side, side, 3] and `plate_corners` [B, plates, 4, 2], true, fractions, zero rows pad.
    Outputs: those of the plate head, those of the mask head, the `proposals` that were cropped and the `frames` of the
    crops, both [rois, 3, 2].
    """
    config = segmenter.config
    inputs = {
        "images": keras.Input((train.picture, train.picture, 3), dtype="uint8", name="images"),
        "plate_corners": keras.Input((None, 4, 2), name="plate_corners"),
    }
    levels, found, proposals, share = _propose(segmenter, inputs["images"], train.canvas)
    chosen, images = TrainingCrops(train.crops, config.rectified, train.seed, name="training_crops")(
        inputs["plate_corners"], *proposals
    )
    frames = _crop_frames(config)(chosen, inputs["images"])
    _, maps = _read(segmenter, levels, found.pop("context"), frames, images, share)
    return inputs, {**found, **maps, "proposals": chosen, "frames": frames}


def _propose(segmenter, images, side):
    levels = PicturePyramid(name="picture_pyramid")(images)
    canvas, extent, share = Letterbox(side, name="letterbox")(levels)
    found = segmenter.finder(canvas)
    plates = [found[name] for name in ("plate_logits", "plate_deltas", "plate_corners")]
    proposals = Proposals(segmenter.config.max_plates, name="proposals")(*plates, canvas, extent)
    return levels, found, proposals, share


def _crop_frames(config):
    height, width = config.crop_size
    return CropFrames(config.margin, width / height, name="crop_frames")


def _read(segmenter, levels, context, frames, images, share):
    height, width = segmenter.config.crop_size
    crops = RoIAlign((height, width), name="align_pixels")(levels, frames, images)
    context = RoIAlign((height // CONTEXT, width // CONTEXT), name="align_context")([context], frames, images, share)
    return crops, segmenter.reader([crops, context])
