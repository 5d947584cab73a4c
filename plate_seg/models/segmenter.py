"""The one graph: pictures to plates with their characters, as a training view and a serving view of the same layers.

    picture -> canvas -> backbone -> FPN -> plate head -> proposals
                                                              |
    picture at full resolution, finest pyramid map -> RoIAlign -> encoder -> plate's shape
                                                                     |
                                                     crops with a plate -> decoder -> grouping

Reference: He et al., Mask R-CNN, 2017.
"""

from dataclasses import dataclass

import keras

from plate_seg.config import ModelConfig, TrainConfig
from plate_seg.models import backbones, mask_head
from plate_seg.models.assembly import Assembly
from plate_seg.models.crop_truth import CropTruth
from plate_seg.models.crops import CropFrames, PlateCrops, ServingCrops, TrainingCrops
from plate_seg.models.fpn import pyramid
from plate_seg.models.mask_head import CONTEXT
from plate_seg.models.picture import CropPixels, Letterbox
from plate_seg.models.plate_head import PlateHead
from plate_seg.models.proposals import Proposals
from plate_seg.models.roi_align import RoIAlign
from plate_seg.temperature import temper

PROPOSALS = 8  # a picture, from which training draws crops
DECODE_FROM = 0.15  # certainty of a plate from which its characters are decoded, twice the work of the look itself


@dataclass(frozen=True)
class Segmenter:
    """The layers with weights.

    Args:
        finder: canvas [B, h, w, 3] to the plate head's outputs and `context`, the finest pyramid map.
        encoder: crops and their context to the plate's shape and the features of the mask head.
        decoder: those features to the maps of the characters.
    """

    finder: keras.Model
    encoder: keras.Model
    decoder: keras.Model
    config: ModelConfig

    @property
    def layers(self) -> tuple[keras.Model, ...]:
        """All that has weights."""
        return self.finder, self.encoder, self.decoder


def build(config: ModelConfig) -> Segmenter:
    """Makes the layers, with fresh weights."""
    canvas = keras.Input((None, None, 3), name="canvas")
    levels = pyramid(backbones.BUILDERS[config.backbone](canvas), config.pyramid_channels)
    outputs = {**PlateHead(config.pyramid_channels)(levels), "context": levels[0]}
    finder = keras.Model(canvas, outputs, name="finder")

    height, width = config.crop_size
    crops = keras.Input((height, width, 3), name="crops")
    context = keras.Input((height // CONTEXT, width // CONTEXT, config.pyramid_channels), name="context")
    encoder = keras.Model([crops, context], mask_head.encode(crops, context), name="encoder")
    features = [keras.Input(level.shape[1:], name=f"features{2**n}") for n, level in enumerate(encoder.output[1], 1)]
    decoder = keras.Model(features, mask_head.decode(features), name="decoder")
    return Segmenter(finder, encoder, decoder, config)


def serving_view(segmenter: Segmenter, assembly: type[Assembly] = Assembly, dtype: str = "uint8") -> keras.Model:
    """Returns the model that maps `images` [B, H, W, 3], 0..255, any H and W, to the outputs of `Assembly`.

    Args:
        assembly: the last layer; one with another `group` compares ways to group.
        dtype: of the images.
    """
    images, outputs, _ = serving_tensors(segmenter, assembly, dtype)
    return keras.Model(images, outputs, name="plate_seg")


def inspection_view(segmenter: Segmenter) -> keras.Model:
    """Returns the serving view with what its outputs were made from.

    That is, for each crop that the second look took for a plate, the maps of its characters, the pixels `crops`
    [rois, height, width, 3], 0..255, and its `places` int32 [rois, 2], image and proposal.
    """
    images, outputs, maps = serving_tensors(segmenter)
    return keras.Model(images, {**outputs, **maps}, name="inspection")


def serving_tensors(
    segmenter: Segmenter, assembly: type[Assembly] = Assembly, dtype: str = "uint8"
) -> tuple[keras.KerasTensor, dict, dict]:
    """Returns the symbolic images and outputs of serving, and what `inspection_view` adds to them."""
    config = segmenter.config
    images = keras.Input((None, None, 3), dtype=dtype, name="images")
    found, proposals = _propose(segmenter, images, (config.canvas, config.largest_canvas), config.max_plates)
    take = ServingCrops(config.rectified, config.proposal_threshold, name="serving_crops")
    chosen, windows, places = take(*proposals)
    scores, boxes, _, _ = proposals
    frames = _crop_frames(config)(chosen, images)
    crops, shapes, features = _look(segmenter, images, found["context"], frames, places[:, 0], windows)
    reported = temper(config.score_threshold, 1 / config.plate_temperature)  # by certainty: it is never under the score
    worth_decoding = min(DECODE_FROM, reported)  # a plate that is reported has its characters
    features, kept = PlateCrops(worth_decoding, name="plate_crops")(features, shapes, places, scores)
    maps = segmenter.decoder(features)
    temperatures = config.plate_temperature, config.character_temperature
    assemble = assembly(config.margin, config.max_characters, temperatures, config.box_looseness, name="assembly")
    outputs = assemble(maps, kept, shapes, frames, places, scores, boxes)
    shown = {"crops": keras.ops.take(crops, kept, 0), "places": keras.ops.take(places, kept, 0)}
    return images, outputs, {**maps, **shown}


def training_tensors(segmenter: Segmenter, train: TrainConfig) -> tuple[dict, dict]:
    """Returns the symbolic inputs and outputs of the training view, for a model that knows the losses.

    Inputs: `images` uint8 [B, side, side, 3], and of the true plates `plate_corners` [B, plates, 4, 2], `plate_boxes`
    [B, plates, 4] (fractions, zero rows pad) and `is_complete` bool [B, plates].
    Outputs: those of the plate head, those of the mask head, the `frames` [rois, 3, 2] of the crops, and what
    `CropTruth` returns of them. The decoder's are of the crops `kept`.
    """
    config = segmenter.config
    inputs = {
        "images": keras.Input((train.picture, train.picture, 3), dtype="uint8", name="images"),
        "plate_corners": keras.Input((None, 4, 2), name="plate_corners"),
        "plate_boxes": keras.Input((None, 4), name="plate_boxes"),
        "is_complete": keras.Input((None,), dtype="bool", name="is_complete"),
    }
    found, (*proposals, windows) = _propose(segmenter, inputs["images"], (train.canvas, train.canvas), PROPOSALS)
    chosen, rois = TrainingCrops(train.crops, config.rectified, train.seed, name="training_crops")(
        inputs["plate_corners"], *proposals
    )
    frames = _crop_frames(config)(chosen, inputs["images"])
    _, shapes, features = _look(segmenter, inputs["images"], found.pop("context"), frames, rois, windows[0, :1])
    truth = CropTruth(name="crop_truth")(chosen, frames, inputs["plate_boxes"], inputs["is_complete"])
    maps = segmenter.decoder([keras.ops.take(level, truth["kept"], 0) for level in features])
    return inputs, {**found, **maps, **truth, "plate_shape": shapes, "frames": frames}


def _propose(segmenter, images, canvases, count):
    canvas, windows = Letterbox(*canvases, name="letterbox")(images)
    found = segmenter.finder(canvas)
    plates = [found[name] for name in ("plate_logits", "plate_deltas", "plate_corners")]
    proposals = Proposals(count, name="proposals")(*plates, canvas, windows)
    return found, proposals


def _crop_frames(config):
    height, width = config.crop_size
    return CropFrames(config.margin, width / height, name="crop_frames")


def _look(segmenter, images, context, frames, rois, windows):
    crops = CropPixels(segmenter.config.crop_size, name="crop_pixels")(images, frames, rois)
    bins = segmenter.encoder.inputs[1].shape[1:3]
    context = RoIAlign(bins, name="align_context")([context], frames, rois, windows)
    return crops, *segmenter.encoder([crops, context])
