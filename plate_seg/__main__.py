"""`python -m plate_seg`, which is `plate-seg`."""

import sys

from plate_seg.cli import main

if __name__ == "__main__":
    sys.exit(main())
