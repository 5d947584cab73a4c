"""Counts the model's parameters by part into `report/parameters.csv`: `python -m report.count_parameters`."""

from collections import Counter
from pathlib import Path

import keras
import pandas as pd

from plate_seg import provenance
from plate_seg.config import BACKBONES, ModelConfig
from plate_seg.models import segmenter
from plate_seg.models.folding import fold

PARTS = {  # beginning of a layer's name: part of the graph, in the order of the graph; else the backbone
    "fpn": "feature pyramid",
    "plate_tower": "plate head",
    "plate_logits": "plate head",
    "plate_deltas": "plate head",
    "plate_corners": "plate head",
    "mask": "mask head, encoder and decoder",
    "class": "mask head, maps",
    "centre": "mask head, maps",
    "offsets": "mask head, maps",
    "sizes": "mask head, maps",
    "stroke": "mask head, maps",
    "shape": "second look at the plate",
    "plate_shape": "second look at the plate",
}
BACKBONE = "backbone"


def count(backbone: str) -> Counter:
    """Returns how many parameters each part of the exported model has, whose normalisation is folded."""
    parts = fold(segmenter.build(ModelConfig(backbone=backbone)))
    counts = Counter()
    for model in parts.layers:
        for layer in model.layers:
            counts[part_of(layer)] += layer.count_params()
    return counts


def part_of(layer: keras.Layer) -> str:
    """Returns the part of the graph that a layer belongs to."""
    return next((part for start, part in PARTS.items() if layer.name.startswith(start)), BACKBONE)


def _main():
    counts = {backbone: count(backbone) for backbone in BACKBONES}
    names = [BACKBONE, *dict.fromkeys(PARTS.values())]
    table = pd.DataFrame([{"part": name} | {each: counts[each][name] for each in BACKBONES} for name in names])
    stamped = table.assign(commit=provenance.commit(), command="python -m report.count_parameters")
    stamped.to_csv(Path(__file__).with_name("parameters.csv"), index=False)


if __name__ == "__main__":
    _main()
