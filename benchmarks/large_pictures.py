"""Compares canvases on large pictures: photographs shown together, where each plate is a small part, or enlarged.

Run, for example:
    python benchmarks/large_pictures.py --model saved_models/plate_seg --data DIR --split val --largest 416 768 1024

The pictures of a data set are of one size, more or less, and say little about what another size would need. Here each
is fitted into a cell of 640x480, and 1, 4, 9 or 16 cells make one picture of 640x480 to 2560x1920: the same plates, the
same pixels, in more and more surroundings. Then one cell is as large as 1920x1440: plates as large a part of the
picture as they were. Pictures that a plate fills, close-ups as people take them with a telephone, are measured apart,
alone and enlarged. Nothing of them is written but the table.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from plate_seg import outputs, provenance
from plate_seg.data.sample import Plate, Sample
from plate_seg.errors import UserError

CELL = (480, 640)  # height and width, pixels
ALONE = ((1, 1), (1, 2), (1, 3))  # cells a side, and how many times as large a cell is
TOGETHER = ((2, 1), (3, 1), (4, 1))
MOST = 16  # plates a picture: the shipped model returns no more
GREY = 114
SOURCE = "together"
MEASURES = ("plate_recall", "plate_precision", "plate_f1", "plates_segmented_exactly", "label_accuracy", "text_exact")


@dataclass(frozen=True)
class Sheet:
    """Some pictures that are shown together, `across` cells a side, row by row; each cell `enlarged` times `CELL`."""

    members: tuple[Sample, ...]
    across: int
    enlarged: int = 1

    @property
    def size(self) -> tuple[int, int]:
        """Height and width, pixels."""
        height, width = self._cell
        return height * self.across, width * self.across

    @property
    def _cell(self) -> tuple[int, int]:
        return CELL[0] * self.enlarged, CELL[1] * self.enlarged

    def sample(self, path: Path) -> Sample:
        """Returns the sheet as a picture of its own, under the name `path`, with all plates and without masks."""
        plates = (self._moved(plate, cell) for cell, one in enumerate(self.members) for plate in one.plates)
        return Sample(path, *self.size, tuple(plates), SOURCE)

    def draw(self) -> np.ndarray:
        """Returns the picture, uint8 RGB."""
        from plate_seg.data.pictures import read_picture

        sheet = np.full((*self.size, 3), GREY, np.uint8)
        for cell, member in enumerate(self.members):
            top, left, height, width = self._window(cell)
            image = read_picture(member.path)
            way = cv2.INTER_AREA if image.shape[0] > height else cv2.INTER_CUBIC
            sheet[top : top + height, left : left + width] = cv2.resize(image, (width, height), interpolation=way)
        return sheet

    def _window(self, cell: int) -> tuple[int, int, int, int]:
        """Returns top, left, height and width, pixels, of a picture in its cell, in whose middle it lies."""
        member = self.members[cell]
        room = self._cell
        scale = min(room[0] / member.height, room[1] / member.width)
        height, width = (max(1, round(side * scale)) for side in (member.height, member.width))
        row, column = divmod(cell, self.across)
        return row * room[0] + (room[0] - height) // 2, column * room[1] + (room[1] - width) // 2, height, width

    def _moved(self, plate: Plate, cell: int) -> Plate:
        top, left, height, width = self._window(cell)

        def move(points):
            turns = np.shape(points)[-1] // 2  # a point, or the two of a box
            scale, shift = np.tile([height, width], turns), np.tile([top, left], turns)
            return (np.asarray(points) * scale + shift) / np.tile(self.size, turns)

        characters = (replace(one, box=move(one.box), corners=move(one.corners), mask=None) for one in plate.characters)
        corners = None if plate.corners is None else move(plate.corners)
        return replace(plate, box=move(plate.box), corners=corners, characters=tuple(characters))


def gather(samples: Sequence[Sample], across: int, enlarged: int = 1, seed: int = 0) -> list[Sheet]:
    """Returns sheets of all pictures, each once, in an order of `seed`; full ones but for the last.

    One that has `MOST` plates is full as well.
    """
    rows: list[list[Sample]] = [[]]
    for index in np.random.default_rng(seed).permutation(len(samples)):
        one = samples[index]
        plates = sum(len(member.plates) for member in rows[-1])
        if rows[-1] and (len(rows[-1]) == min(across**2, MOST) or plates + len(one.plates) > MOST):
            rows.append([])
        rows[-1].append(one)
    return [Sheet(tuple(members), across, enlarged) for members in rows]


def measure_sheets(find, threshold: float, sheets: Sequence[Sheet], name: str) -> pd.DataFrame:
    """Returns rows of `MEASURES` over the sheets, and one of the milliseconds of an answer: median, least and most.

    Args:
        find: takes a picture, uint8 RGB [height, width, 3].
    """
    from plate_seg.evaluate import evaluate_finder, measure

    by_path = {Path(f"{number}.png"): sheet for number, sheet in enumerate(sheets)}
    samples = [sheet.sample(path) for path, sheet in by_path.items()]
    find(by_path[samples[0].path].draw())  # traces the graph
    seconds = []

    def timed(image):
        start = time.perf_counter()
        found = find(image)
        seconds.append(time.perf_counter() - start)
        return found

    found = evaluate_finder(timed, samples, name, read=lambda path: by_path[path].draw())
    table = measure(samples, found, threshold)
    rows = table[(table.source == "all") & (table.group == "all") & table.measure.isin(MEASURES)]
    taken = 1000 * np.array(seconds)
    speed = {"measure": "milliseconds", "value": np.median(taken), "count": len(taken)}
    speed |= {"low": taken.min(), "high": taken.max()}
    return pd.concat([rows[list(speed)], pd.DataFrame([speed])])


def compare(model: Path, samples: Sequence[Sample], canvases: Sequence[int]) -> pd.DataFrame:
    """Returns the rows of every largest canvas, kind of picture and layout.

    Raises:
        UserError: no picture is a scene.
    """
    from plate_seg import predict, start
    from plate_seg.models import segmenter

    scenes, crops = ([one for one in samples if one.scene is kind] for kind in (True, False))
    if not scenes:
        raise UserError("--data", f"{len(samples)} pictures, none of a scene", "name a data set with whole photographs")
    kinds = [("scenes", scenes, (*ALONE, *TOGETHER)), ("crops", crops, ALONE if crops else ())]
    folded, parts = start.of_export(model), []
    for largest in canvases:
        graph = replace(folded, config=replace(folded.config, largest_canvas=largest))
        find = predict.of_view(segmenter.serving_view(graph), threshold=0.0).find
        for kind, members, layouts in kinds:
            for across, enlarged in layouts:
                sheets = gather(members, across, enlarged)
                name = f"{largest} px, {kind}, {across} across, {enlarged} times"
                rows = measure_sheets(find, folded.config.score_threshold, sheets, name)
                height, width = sheets[0].size
                cells = {"kind": kind, "size": f"{width}x{height}", "photographs": min(across**2, MOST)}
                parts.append(rows.assign(largest_canvas=largest, **cells, pictures=len(sheets)))
    return pd.concat(parts)


def main() -> int:
    """Measures and writes the table; returns the exit status."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--model", type=Path, default=Path("saved_models/plate_seg"), metavar="DIR")
    made.add_argument("--data", type=Path, required=True, metavar="DIR")
    made.add_argument("--split", default="val")
    made.add_argument("--largest", type=int, nargs="+", default=[416, 768, 1024], metavar="PX")
    made.add_argument("--out", type=Path, default=Path("docs/results/large_pictures.csv"), metavar="FILE")
    options = made.parse_args()
    try:
        from plate_seg.data.readers import read_split

        outputs.check_writable(options.out)
        rows = compare(options.model, read_split(options.data, options.split), options.largest)
        rows = rows.assign(split=options.split, cpu=provenance.processor())
        rows = rows.assign(commit=provenance.commit(), command=provenance.command())
        outputs.write_beside(options.out, rows.to_csv(index=False))
    except UserError as error:
        print(f"{made.prog}: {error}", file=sys.stderr)
        return 1
    wide = rows.pivot_table(
        index=["kind", "photographs", "size", "largest_canvas"], columns="measure", values="value", sort=False
    )
    print(wide.round(3).to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
