"""What a run does: frozen dataclasses, checked when made, kept as JSON beside the weights."""

import dataclasses
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from plate_seg.errors import UserError
from plate_seg.outputs import write_beside

BACKBONES = ("compact", "resnet19")
LARGEST_SEED = 2**32 - 1  # that NumPy takes


@dataclass(frozen=True)
class DataConfig:
    """Where pictures come from.

    Args:
        folders: data sets with `train` and `val` splits (or one folder, then split by picture), besides the rendered.
        rendered: share of rendered scenes in training; 1 with no folders.
        scenes: rendered training scenes; an eighth as many again for validation and for test.
        scene_size: long side of a rendered scene, pixels.
        cache: where rendered scenes are kept.
        seed: of the rendered scenes.
        self_labels: certainty of a text from which training plates without characters get those that the model which
            the run starts from reads on them, see `self_labels.label`; 0 for never.
        doubts: certainty from which characters that the same model reads otherwise are not taught, see `doubts.doubt`;
            0 for never.
        overlooked: score from which plates that the same model finds, and that nobody boxed, are taught as plates, see
            `overlooked.add`; 0 for never.
    """

    folders: tuple[str, ...] = ()
    rendered: float = 1.0
    scenes: int = 4500
    scene_size: int = 640
    cache: str = "cache/scenes"
    seed: int = 7
    self_labels: float = 0.0
    doubts: float = 0.0
    overlooked: float = 0.0

    def __post_init__(self):
        object.__setattr__(self, "folders", tuple(self.folders))
        _require(0 <= self.rendered <= 1, "data.rendered", self.rendered, "give a share between 0 and 1")
        _require(self.rendered > 0 or self.folders, "data.rendered", self.rendered, "give --data DIR as well")
        _require(0 <= self.seed <= LARGEST_SEED, "data.seed", self.seed, f"give 0 to {LARGEST_SEED}")
        for name in ("self_labels", "doubts", "overlooked"):
            _require(0 <= getattr(self, name) <= 1, f"data.{name}", getattr(self, name), "give 0 to 1")
        _require(self.scenes >= 8, "data.scenes", self.scenes, "render at least 8 scenes")
        _require(self.scene_size >= 128, "data.scene_size", self.scene_size, "give at least 128 pixels")


@dataclass(frozen=True)
class ModelConfig:
    """The graph.

    Args:
        backbone: one of `BACKBONES`.
        pyramid_channels: channels of every FPN level.
        crop_size: bins down and across of a plate's crop; multiples of 16.
        margin: how far a crop reaches past the plate on every side, in plate sizes, at least.
        rectified: crops follow the plate's corners; False takes its upright box.
        max_plates: most plates that serving returns of a picture; those that are not there cost next to nothing.
        max_characters: most characters that it returns of a plate.
        canvas: long side on which serving looks for plates, pixels, of pictures of up to 640 px; never enlarged to it.
        largest_canvas: up to which the canvas of a larger picture grows with it, which is then shown twice, see
            `Letterbox`; less than `canvas` is as much.
        score_threshold: score from which the served model reports a plate.
        proposal_threshold: plate head's score from which serving takes a second look; each costs one crop.
        box_looseness: share of the room round plates that the training photographs' boxes have and that reported boxes
            have as well; 0 for the bounds of the corners.
        plate_temperature, character_temperature: what the logits of the served scores are divided by.
    """

    backbone: str = "compact"
    pyramid_channels: int = 48
    crop_size: tuple[int, int] = (64, 160)
    margin: float = 0.1
    rectified: bool = True
    max_plates: int = 16
    max_characters: int = 16
    canvas: int = 512
    largest_canvas: int = 640
    score_threshold: float = 0.75
    proposal_threshold: float = 0.1
    box_looseness: float = 1.0
    plate_temperature: float = 1.0
    character_temperature: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "crop_size", tuple(self.crop_size))
        _require(self.backbone in BACKBONES, "model.backbone", self.backbone, f"choose from {', '.join(BACKBONES)}")
        are_whole = len(self.crop_size) == 2 and all(side > 0 and side % 16 == 0 for side in self.crop_size)
        _require(are_whole, "model.crop_size", self.crop_size, "give two multiples of 16, down and across")
        _require(self.pyramid_channels > 0, "model.pyramid_channels", self.pyramid_channels, "give at least 1")
        _require(0 <= self.margin < 1, "model.margin", self.margin, "give a margin in 0..1")
        for name in ("canvas", "largest_canvas"):
            side = getattr(self, name)
            _require(side % 32 == 0 and side > 0, f"model.{name}", side, "give a multiple of 32")
        _require(self.max_plates > 0, "model.max_plates", self.max_plates, "give at least 1")
        most = min(254, self.crop_size[0] * self.crop_size[1] // 4)  # one a cell of the maps, numbered in a byte
        _require(0 < self.max_characters <= most, "model.max_characters", self.max_characters, f"give 1 to {most}")
        for name in ("score_threshold", "proposal_threshold"):
            _require(0 <= getattr(self, name) < 1, f"model.{name}", getattr(self, name), "give a score in 0..1")
        _require(0 <= self.box_looseness <= 1, "model.box_looseness", self.box_looseness, "give a share from 0 to 1")
        for name in ("plate_temperature", "character_temperature"):
            _require(getattr(self, name) >= 0.05, f"model.{name}", getattr(self, name), "give at least 0.05")


@dataclass(frozen=True)
class TrainConfig:
    """The schedule.

    Args:
        epochs, steps: `epochs` times `steps` batches.
        batch: pictures a step.
        picture: side of the square training pictures, pixels.
        canvas: side that the plate head sees of them in training, pixels; multiple of 32.
        crops: plate crops a picture that the mask head trains on.
        mosaic: share of training pictures that are made of four views, each of half the size.
        squeezed: share of views that show their plates as from the side or from above, up to half as wide or as high.
        notices: boards, stickers and lettering put on a picture, on the average, to tell plates from, see `notices`.
        learns: how the names of the layers begin that learn, while the others stay as they are; all learn if none.
        learning_rate: peak of the cosine schedule.
        warmup: steps of linear warm-up.
        weight_decay: of the weights, per step and rate; see `train.optimizer`.
        clip: largest norm of the gradient.
        ema: momentum of the averaged weights that are validated and kept.
        precision: `auto` is bfloat16 where the CPU has AVX512_BF16, else float32.
        seed: of weights, augmentation and order.
        start: folder of an earlier run or exported model of the same graph, to go on from; several runs of one line, to
            go on from the mean of their weights; none for fresh weights.
    """

    epochs: int = 5
    steps: int = 760
    batch: int = 8
    picture: int = 480
    canvas: int = 320
    crops: int = 3
    mosaic: float = 0.7
    squeezed: float = 0.0
    notices: float = 0.0
    learns: tuple[str, ...] = ()
    learning_rate: float = 7.5e-3
    warmup: int = 150
    weight_decay: float = 1e-4
    clip: float = 5.0
    ema: float = 0.995
    precision: str = "auto"
    seed: int = 1
    start: tuple[str, ...] = ()

    def __post_init__(self):
        folders = [self.start] if isinstance(self.start, str) else self.start  # older configurations name one
        for name, members in (("start", (folder for folder in folders if folder)), ("learns", self.learns)):
            object.__setattr__(self, name, tuple(members))
        for name in ("epochs", "steps", "batch", "crops"):
            _require(getattr(self, name) >= 1, f"train.{name}", getattr(self, name), "give at least 1")
        _require(self.canvas % 32 == 0 and self.canvas > 0, "train.canvas", self.canvas, "give a multiple of 32")
        _require(self.picture >= self.canvas, "train.picture", self.picture, "give at least train.canvas")
        _require(0 < self.learning_rate <= 1, "train.learning_rate", self.learning_rate, "give above 0, at most 1")
        _require(0 <= self.seed <= LARGEST_SEED, "train.seed", self.seed, f"give 0 to {LARGEST_SEED}")
        for name in ("mosaic", "squeezed"):
            share = getattr(self, name)
            _require(0 <= share <= 1, f"train.{name}", share, "give a share between 0 and 1")
        for name in ("notices", "warmup", "weight_decay"):
            _require(getattr(self, name) >= 0, f"train.{name}", getattr(self, name), "give 0 or more")
        _require(self.clip > 0, "train.clip", self.clip, "give a positive norm")
        _require(0 <= self.ema < 1, "train.ema", self.ema, "give a momentum in 0..1")
        choices = ("auto", "float32", "bfloat16")
        _require(self.precision in choices, "train.precision", self.precision, f"choose from {', '.join(choices)}")


@dataclass(frozen=True)
class Config:
    """One run."""

    name: str = "default"
    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    train: TrainConfig = field(default_factory=TrainConfig)


def save(config: Config, path: Path) -> None:
    """Writes `config` as JSON."""
    write_beside(path, json.dumps(dataclasses.asdict(config), indent=1) + "\n")


def load(path: Path) -> Config:
    """Reads what `save` wrote.

    Raises:
        UserError: no such file, not JSON, or a field or value that does not exist.
    """
    try:
        fields = json.loads(Path(path).read_text(encoding="utf-8"))
        parts = {"data": DataConfig, "model": ModelConfig, "train": TrainConfig}
        return Config(fields["name"], **{part: make(**fields[part]) for part, make in parts.items()})
    except OSError as error:
        raise UserError(path, error.strerror, "name the folder of a finished run") from error
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(path, f"not a configuration ({error})", "use the config.json that train.py wrote") from error


def replace(config: Config, assigned: Mapping[str, str]) -> Config:
    """Returns `config` with fields, such as `train.batch`, set from what a user typed; all at once, in no order.

    Raises:
        UserError: no such field, or a value of the wrong type or range.
    """
    changed = {}
    for field_path, text in assigned.items():
        part, _, name = field_path.partition(".")
        owner = getattr(config, part, None)
        names = [f.name for f in dataclasses.fields(owner)] if dataclasses.is_dataclass(owner) else []
        if name not in names:
            raise UserError(f"--set {field_path}", "no such field", "see `python train.py --help` for the fields")
        changed.setdefault(part, {})[name] = _parse(text, getattr(owner, name), field_path)
    parts = {part: dataclasses.replace(getattr(config, part), **fields) for part, fields in changed.items()}
    return dataclasses.replace(config, **parts)


def _parse(text, example, field_path):
    if isinstance(example, str):
        return text
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UserError(f"--set {field_path}", repr(text), f"give a value like {json.dumps(example)}") from error
    wanted = (int, float) if type(example) is float else (list,) if isinstance(example, tuple) else (type(example),)
    members = {type(member) for member in value} if isinstance(value, list) else set()
    of = type(example[0]) if isinstance(example, tuple) and example else str
    is_finite = type(value) not in (int, float) or abs(value) <= sys.float_info.max
    if type(value) not in wanted or not members <= {of} or not is_finite:
        raise UserError(f"--set {field_path}", text, f"give a value like {json.dumps(example)}")
    return value


def _require(is_met, where, value, remedy):
    if not is_met:
        raise UserError(where, value, remedy)
