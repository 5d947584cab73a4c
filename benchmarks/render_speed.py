"""Scenes a second that the renderer draws and writes, with one worker and with one a CPU.

Run: python benchmarks/render_speed.py [--count 400]
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from plate_seg.data.render import render_dataset


def measure(count: int, workers: int) -> float:
    """Returns scenes a second for a fresh data set of 640 px scenes, starting the processes included."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        render_dataset(Path(folder) / "scenes", count, seed=0, workers=workers)
        return count / (time.perf_counter() - start)


def main() -> None:
    """Prints one line a number of workers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=400, help="scenes a run (default: %(default)s)")
    count = parser.parse_args().count
    for workers in sorted({1, os.cpu_count() or 1}):
        print(f"{workers} workers: {measure(count, workers):.1f} scenes/s")


if __name__ == "__main__":
    main()
