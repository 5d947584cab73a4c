"""The pictures of a run: rendered scenes and real folders, in training sources, validation and test samples."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from plate_seg.config import DataConfig
from plate_seg.data.inspection import inspect_pictures
from plate_seg.data.pipeline import Source
from plate_seg.data.readers import has_coco, read_samples, read_split
from plate_seg.data.render import render_dataset
from plate_seg.data.sample import Sample
from plate_seg.data.splits import ALIASES, split_folder
from plate_seg.errors import UserError

REPAINTED = 0.35  # of the drawn photographs get rendered plates: real surroundings, exact masks, rare letters
RENDERED_PHOTOMETRY = 0.25  # at 1, half of the plates were past reading and labels were not learnt in 200 steps
PHOTOGRAPHED_PHOTOMETRY = 0.6
HELD_OUT = 8  # one scene is held out for validation, and one for test, per so many training scenes


@dataclass(frozen=True)
class Collection:
    """Training sources, and samples to validate on."""

    training: Sequence[Source]
    validation: Sequence[Sample]


def collect(config: DataConfig) -> Collection:
    """Reads what is there, looks at each of its pictures, and only then renders what is to be rendered.

    Raises:
        UserError: a folder or a picture that cannot be read, or no pictures to train on.
    """
    parts = [(read_part(Path(folder), "train"), read_part(Path(folder), "val")) for folder in config.folders]
    inspect_pictures(sample for part in parts for samples in part for sample in samples)
    training, validation = [], []
    if config.rendered > 0:
        folders = {split: _render(config, split) for split in ("train", "val", "test")}
        training.append(Source(read_samples(folders["train"]), config.rendered, photometry=RENDERED_PHOTOMETRY))
        validation += read_samples(folders["val"])
    for train, val in parts:
        training += by_source(train, (1 - config.rendered) / len(config.folders))
        validation += val
    training = without_boxes_of_crops(training)
    if not any(source.weight > 0 and source.samples for source in training):
        raise UserError("data.rendered", config.rendered, "leave a share below 1 for the folders, or render some")
    return Collection(training, validation)


def held_out(config: DataConfig) -> list[Sample]:
    """Returns the validation samples that are most like what a model will meet: photographs, where there are any."""
    photographs = [sample for folder in config.folders for sample in read_part(Path(folder), "val")]
    if photographs or config.rendered == 0:
        return photographs
    return read_samples(_render(config, "val"))


def read_part(folder: Path, split: str) -> list[Sample]:
    """Reads what a run trains on (`train`) or is validated on (`val`).

    Of a folder without splits nine tenths are `train` and every tenth picture is `val`.

    Raises:
        UserError: no pictures, splits without `train`, or something that cannot be used.
    """
    parts = {part: found.name for part in ALIASES if (found := split_folder(folder, part)) is not None}
    if "train" in parts:
        return read_split(folder, split) if split in parts else []
    if parts and not has_coco(folder):  # what one COCO file lists is one set, wherever its pictures lie
        problem = f"{' and '.join(parts.values())} but no folder 'train'"
        raise UserError(folder, problem, "make one, or give one part alone")
    samples = read_samples(folder)
    if not samples:
        raise UserError(folder, "no pictures", "give a folder with annotated pictures")
    return [sample for index, sample in enumerate(samples) if (index % 10 == 9) == (split == "val")]


def by_source(samples: Sequence[Sample], weight: float) -> list[Source]:
    """Parts samples by their `source`, weighted by the square root of their number, the weights adding to `weight`."""
    parts: dict[str, list[Sample]] = {}
    for sample in samples:
        parts.setdefault(sample.source, []).append(sample)
    total = sum(len(part) ** 0.5 for part in parts.values())
    return [
        Source(part, weight * len(part) ** 0.5 / total, REPAINTED, PHOTOGRAPHED_PHOTOMETRY) for part in parts.values()
    ]


def without_boxes_of_crops(sources: Sequence[Source]) -> list[Source]:
    """Returns the sources with no box to learn from crops, whose boxes are the pictures': somebody cut there.

    Where there are no scenes to learn boxes from, those of crops count.
    """
    if not any(sample.scene for source in sources for sample in source.samples):
        return list(sources)
    return [replace(source, samples=[_without_box(sample) for sample in source.samples]) for source in sources]


def _without_box(sample: Sample) -> Sample:
    if sample.scene:
        return sample
    return replace(sample, plates=tuple(replace(plate, box_counts=False) for plate in sample.plates))


def _render(config: DataConfig, split: str) -> Path:
    offset = {"train": 0, "val": 1, "test": 2}[split]
    count = config.scenes if split == "train" else -(-config.scenes // HELD_OUT)
    height = config.scene_size * 3 // 4
    seed = 1000 * config.seed + offset
    return render_dataset(Path(config.cache) / split, count, seed, height=height, width=config.scene_size)
