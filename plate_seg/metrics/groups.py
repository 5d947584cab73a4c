"""Kinds of plates that measures are told apart by: size, lines, vehicle, and scene or crop."""

from collections.abc import Iterator

import pandas as pd

from plate_seg.data.sample import Plate, Sample

EVERYTHING = "all"
AREAS = {"area small": (0, 32**2), "area medium": (32**2, 96**2), "area large": (96**2, 1e10)}  # px^2, as COCO
WIDTHS = (0, 40, 60, 80, 120, 160, 240, 100_000)  # px; characters are a seventh to a tenth of it


def width_group(width_px: float) -> str:
    """Returns the name of the range that a plate's width lies in."""
    low, high = next((low, high) for low, high in zip(WIDTHS, WIDTHS[1:], strict=False) if width_px < high)
    return f"width {low}-{high} px" if high < WIDTHS[-1] else f"width {low} px up"


def plate_groups(plate: Plate, sample: Sample) -> Iterator[str]:
    """Names every group that a true plate belongs to; what is unknown of it has no group."""
    yield width_group((plate.box[3] - plate.box[1]) * sample.width)
    if plate.lines:
        yield f"lines {plate.lines}"
    if plate.vehicle:
        yield f"vehicle {plate.vehicle}"
    yield "scenes" if sample.scene else "crops"


def memberships(samples: list[Sample]) -> pd.DataFrame:
    """Returns rows of picture, plate, group: one for every group of every true plate."""
    rows = [
        (picture, index, group)
        for picture, sample in enumerate(samples)
        for index, plate in enumerate(sample.plates)
        for group in plate_groups(plate, sample)
    ]
    return pd.DataFrame(rows, columns=["picture", "plate", "group"])
