"""Measures a model on photographs that were made worse: turned, from the side, dark, blurred, with boards, and so on.

Run, for example:
    python benchmarks/robustness.py --model saved_models/plate_seg --data DIR --split val

A turned picture is shown whole, on grey; one from the side as a poster looks from there. Upright boxes cannot be
turned, so a plate counts as found where the quadrangle of its corners, or of its box if corners are unknown, overlaps
that of the found corners by a half. Nothing of the pictures is written but the table.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from tqdm import tqdm

from plate_seg import boxes, outputs, provenance
from plate_seg.data import geometry
from plate_seg.data.notices import add_notices
from plate_seg.data.pictures import read_picture
from plate_seg.data.sample import Plate, Sample
from plate_seg.errors import UserError
from plate_seg.found import FoundPlate
from plate_seg.metrics.intervals import ratio_intervals
from plate_seg.metrics.reading import true_text

GREY = 114
OVERLAP = 0.5
DEGREES = (15, 30, 45, 60)
ASIDE = (30, 40, 50, 60)  # degrees
DISTANCE = 2.0  # of the eye from a picture seen from the side, in its longer sides
SEED = 0  # of the noise, and of the boards and lettering
NOTICES = 3.0  # of them on a picture, on the average
NOTICED = "three boards or letterings"
MEASURES = ("plates_found", "plates_read", "false_plates_a_picture")


def darken(image: np.ndarray) -> np.ndarray:
    """Returns the picture with a quarter of its light."""
    return image // 4


def grey(image: np.ndarray) -> np.ndarray:
    """Returns the picture without its colours."""
    return np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, -1)


def add_noise(image: np.ndarray) -> np.ndarray:
    """Returns the picture with noise of a standard deviation of 20."""
    noise = np.random.default_rng(SEED).normal(0, 20, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def blur(image: np.ndarray) -> np.ndarray:
    """Returns the picture through a Gaussian of 1.5 pixels."""
    return cv2.GaussianBlur(image, (0, 0), 1.5)


def halve(image: np.ndarray) -> np.ndarray:
    """Returns the picture at half of its size."""
    return cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def compress(image: np.ndarray) -> np.ndarray:
    """Returns the picture as a JPEG of quality 10 shows it."""
    _, file = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 10])
    return cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1]


Move = Callable[[int, int], tuple[np.ndarray, tuple[int, int]]]
"""A picture's height and width to a homography [3, 3], pixels (x, y), and the height and width that hold the result."""


def turning(degrees: float) -> Move:
    """Returns what turns a picture counter-clockwise."""
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    turn = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    return lambda height, width: _held(turn, height, width)


def siding(degrees: float) -> Move:
    """Returns what shows a picture from that far to its side, its middle as high as it is."""

    def side(height: int, width: int) -> tuple[np.ndarray, tuple[int, int]]:
        angle, distance = np.deg2rad(degrees), DISTANCE * max(height, width)
        seen = np.array([[np.cos(angle), 0, 0], [0, 1, 0], [np.sin(angle) / distance, 0, 1]])
        return _held(seen @ geometry.translation(-width / 2, -height / 2), height, width)

    return side


def _held(homography: np.ndarray, height: int, width: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Moves what a homography makes of a picture to where nothing of it is lost, and measures it."""
    corners = geometry.move_points(homography, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64))
    wide, tall = np.ceil(np.ptp(corners, axis=0)).astype(int)
    return geometry.translation(*-corners.min(0)) @ homography, (int(tall), int(wide))


def shower(move: Move) -> Callable[[np.ndarray], np.ndarray]:
    """Returns what moves a picture, the whole of it on grey."""

    def show(image: np.ndarray) -> np.ndarray:
        homography, (tall, wide) = move(*image.shape[:2])
        return geometry.warp(image, homography, np.full((tall, wide, 3), GREY, np.uint8))

    return show


MOVES = {f"turned by {degrees} degrees": turning(degrees) for degrees in DEGREES}
MOVES |= {f"from {degrees} degrees aside": siding(degrees) for degrees in ASIDE}
WAYS = {
    "as it is": lambda image: image,
    **{way: shower(move) for way, move in MOVES.items()},
    "a quarter of the light": darken,
    "without colours": grey,
    "noise of 20": add_noise,
    "blurred by 1.5 px": blur,
    "half the size": halve,
    "JPEG of quality 10": compress,
}
AS_IT_IS = turning(0)


def quad(plate: Plate | FoundPlate, height: int, width: int) -> np.ndarray:
    """Returns a plate's corners, or those of its box, [4, 2] (x, y) pixels."""
    corners = boxes.corners(plate.box) if plate.corners is None else plate.corners
    return geometry.to_xy(corners, height, width)


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Returns the intersection over union of two quadrangles [4, 2], which are taken as convex."""
    hulls = [cv2.convexHull(points.astype(np.float32)) for points in (first, second)]
    shared, _ = cv2.intersectConvexConvex(*hulls)
    union = sum(map(cv2.contourArea, hulls)) - shared
    return float(shared / union) if union > 0 else 0.0


def count(sample: Sample, found: Sequence[FoundPlate], move: Move, size: tuple[int, int]) -> dict[str, int]:
    """Returns how many plates of one picture there are, were found and were read, and how many found plates are none.

    Args:
        found: in a picture moved by `move`, of `size` (height and width, pixels).
    """
    homography, (whole, _) = move(sample.height, sample.width)
    shrunk = size[0] / whole
    truth = [plate for plate in sample.plates if not plate.crowd]
    quads = [shrunk * geometry.move_points(homography, quad(plate, sample.height, sample.width)) for plate in truth]
    overlaps = np.array([[overlap(one, quad(plate, *size)) for plate in found] for one in quads])
    overlaps = overlaps.reshape(len(truth), len(found))
    texts = [true_text(plate) for plate in truth]
    readers = [{found[k].text for k in np.flatnonzero(row >= OVERLAP)} for row in overlaps]
    return {
        "plates": len(truth),
        "plates_found": sum(bool(reader) for reader in readers),
        "texts": sum(text is not None for text in texts),
        "plates_read": sum(text in reader for text, reader in zip(texts, readers, strict=True)),
        "false_plates": int((overlaps < OVERLAP).all(0).sum()),
    }


def measure_ways(find: Callable[[np.ndarray], list[FoundPlate]], samples: Sequence[Sample]) -> pd.DataFrame:
    """Returns rows of `MEASURES` for each of `WAYS` and for `NOTICED`, with 95 % intervals over pictures.

    Args:
        find: a picture, uint8 RGB [height, width, 3], to the plates that count.

    Raises:
        UserError: no picture is a scene.
    """
    scenes = [sample for sample in samples if sample.scene]
    if not scenes:
        raise UserError("--data", f"{len(samples)} pictures, none of a scene", "name a data set with whole photographs")
    parts = []
    for way in (*WAYS, NOTICED):
        rows = []
        for index, sample in enumerate(tqdm(scenes, way, unit="picture")):
            image = read_picture(sample.path)
            if way == NOTICED:  # drawn as in training
                image = add_notices(np.random.default_rng([SEED, index]), image, sample.plates, NOTICES)
            else:
                image = WAYS[way](image)
            rows.append(count(sample, find(image), MOVES.get(way, AS_IT_IS), image.shape[:2]))
        parts.append(_shares(pd.DataFrame(rows)).assign(way=way))
    return pd.concat(parts)[["way", "measure", "value", "count", "low", "high"]].assign(pictures=len(scenes))


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    hits = rows[["plates_found", "plates_read", "false_plates"]].to_numpy(float)
    of = rows[["plates", "texts"]].assign(pictures=1).to_numpy(float)
    low, high = ratio_intervals(hits, of)
    total = of.sum(0)
    values = np.divide(hits.sum(0), total, out=np.full(3, np.nan), where=total > 0)
    return pd.DataFrame({"measure": MEASURES, "value": values, "count": total.astype(int), "low": low, "high": high})


def main() -> int:
    """Measures and writes the table; returns the exit status."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--model", type=Path, default=Path("saved_models/plate_seg"), metavar="DIR")
    made.add_argument("--data", type=Path, required=True, metavar="DIR")
    made.add_argument("--split", default="val")
    made.add_argument("--out", type=Path, default=Path("docs/results/robustness.csv"), metavar="FILE")
    options = made.parse_args()
    try:
        from plate_seg import predict
        from plate_seg.data.readers import read_split

        outputs.check_writable(options.out)
        rows = measure_ways(predict.load(options.model).find, read_split(options.data, options.split))
        rows = rows.assign(split=options.split, commit=provenance.commit(), command=provenance.command())
        outputs.write_beside(options.out, rows.to_csv(index=False))
    except UserError as error:
        print(f"{made.prog}: {error}", file=sys.stderr)
        return 1
    print(rows.pivot_table(index="way", columns="measure", values="value", sort=False).round(3).to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
