"""Trains plate_seg: `python train.py --help` shows the choices.

config -> data -> model -> compile -> fit -> export -> evaluate; the steps are in `plate_seg/launch.py`.
"""

import sys

from plate_seg.cli import main

if __name__ == "__main__":  # rendering starts processes that import this file
    sys.exit(main(["train", *sys.argv[1:]]))
