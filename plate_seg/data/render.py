"""Scenes in parallel to a data set on disk: JPEG pictures, COCO JSON and a contact sheet."""

import json
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from plate_seg.data.coco_writer import add_picture, empty_content
from plate_seg.data.contact_sheet import draw_sheet
from plate_seg.data.layouts import check_layouts
from plate_seg.data.pictures import write_picture
from plate_seg.data.sample import RENDERED, Sample
from plate_seg.data.scenes import render_scene
from plate_seg.errors import UserError
from plate_seg.outputs import check_own, put_in_place, replaceable

REVISION = 13  # of the drawings: raise it when the same seed gives other pictures, and cached sets are made anew
SHEET = 24  # scenes on the contact sheet
SHEET_NAME = "sheet.png"


def render_dataset(
    out: Path,
    count: int,
    seed: int,
    workers: int | None = None,
    height: int = 480,
    width: int = 640,
    layouts: Sequence[str] | None = None,
) -> Path:
    """Renders `count` scenes into the folder `out`, unless it holds the same ones already.

    Args:
        workers: processes; None for one a CPU. The bytes written do not depend on it.
        height, width: pixels of most pictures; some are upright or square with the same long side.
        layouts: names out of `layouts.LAYOUTS`; all if None.

    Returns:
        `out`, with `images/`, `annotations.json` and `sheet.png`.

    Raises:
        UserError: a count below 1, an unknown layout, or a folder that cannot be written or holds something else.
    """
    _check("count", count, 1)
    _check("workers", 1 if workers is None else workers, 1)
    _check("height", height, 64)
    _check("width", width, 64)
    check_layouts(layouts)
    made_with = {
        "count": count,
        "seed": seed,
        "height": height,
        "width": width,
        "layouts": list(layouts) if layouts else None,
        "revision": REVISION,
    }
    target = replaceable(out)
    if _holds(target, made_with):
        return Path(out)
    partial_folder = _open_folder(target)
    try:
        _write(partial_folder, made_with, workers or os.cpu_count() or 1)
        put_in_place(partial_folder, target)
    except OSError as error:
        raise UserError(
            out, error.strerror or str(error), "give a folder that can be written, with space left"
        ) from error
    finally:
        shutil.rmtree(partial_folder, ignore_errors=True)
    return Path(out)


def _check(name: str, value: int, least: int) -> None:
    if value < least:
        raise UserError(name, value, f"give {least} or more")


def _holds(out: Path, made_with: dict) -> bool:
    """True if `out` is a complete data set made with these arguments, False if it is free or may be replaced.

    Raises:
        UserError: something else is there.
    """
    try:
        occupied = out.exists() and (not out.is_dir() or any(out.iterdir()))
        if not occupied:
            return False
        content = json.loads((out / "annotations.json").read_text(encoding="utf-8"))
        found, pictures = content["info"]["made_with"], {image["file_name"] for image in content["images"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(out, "holds something that was not rendered here", "give a new or an empty folder") from error
    if found == made_with and all((out / name).is_file() for name in (*pictures, SHEET_NAME)):
        return True
    check_own(out, {"images", "annotations.json", SHEET_NAME, *pictures}.__contains__)
    return False


def _open_folder(out: Path) -> Path:
    folder = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "images").mkdir(parents=True)
    except OSError as error:
        raise UserError(out, error.strerror, "give a folder that can be written") from error
    return folder


def _write(folder: Path, made_with: dict, workers: int) -> None:
    task = partial(_render_one, folder / "images", made_with)
    count = made_with["count"]
    content = empty_content(
        {"description": "rendered scenes with licence plates", "version": "1.0", "made_with": made_with}
    )
    if workers == 1:
        shown = _collect(map(task, range(count)), count, content)
    else:
        with _start_workers(min(workers, count)) as pool:
            shown = _collect(pool.imap(task, range(count), chunksize=4), count, content)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (folder / "annotations.json").write_text(text, encoding="utf-8")
    write_picture(folder / SHEET_NAME, draw_sheet(shown))


def _collect(samples: Iterable[Sample], count: int, content: dict) -> list[Sample]:
    """Adds the scenes to the annotations; returns the first `SHEET` of them."""
    shown = []
    for sample in tqdm(samples, total=count, desc="rendering", unit="scene"):
        add_picture(content, sample, sample.path.name)
        if len(shown) < SHEET:
            shown.append(sample)
    return shown


def _start_workers(count: int):
    """Returns processes that take no notice of an interrupt: the command ends them, and no traceback is seen."""
    inherits = threading.current_thread() is threading.main_thread()  # no other may say what is ignored
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if inherits else None
    try:
        return multiprocessing.get_context("spawn").Pool(count, _start_worker)
    finally:
        if inherits:
            signal.signal(signal.SIGINT, handler or signal.SIG_DFL)


def _start_worker() -> None:
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not inherited


def _render_one(folder: Path, made_with: dict, index: int) -> Sample:
    """Renders and saves scene `index`, whose picture depends on the seed and the index alone."""
    rng = np.random.default_rng([made_with["seed"], index])
    height, width = _choose_size(rng, made_with["height"], made_with["width"])
    image, plates = render_scene(rng, height, width, made_with["layouts"])
    path = folder / f"{index:06d}.jpg"
    write_picture(path, image, int(rng.integers(72, 97)))
    return Sample(path, height, width, plates, RENDERED)


def _choose_size(rng: np.random.Generator, height: int, width: int) -> tuple[int, int]:
    chance = rng.random()
    if chance < 0.6:
        return height, width
    if chance < 0.75:
        return width, height
    long_side = max(height, width)
    return (long_side, long_side) if chance < 0.85 else (long_side * 9 // 16, long_side)
