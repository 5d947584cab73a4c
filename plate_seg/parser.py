"""A parser that says in one line what is wrong with an option, and the numbers that options take."""

import argparse
import contextlib
import math


class Parser(argparse.ArgumentParser):
    """Says what is wrong with an option in one line, and exits with 2."""

    def __init__(self, **settings):
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str):
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def score(text: str) -> float:
    """Reads a number between 0 and 1."""
    with contextlib.suppress(ValueError):
        if 0 <= float(text) <= 1:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number between 0 and 1")


def whole(least: int):
    """Returns a reader of whole numbers of at least `least`."""

    def read(text: str) -> int:
        if text.isdecimal() and int(text) >= least:
            return int(text)
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least {least}")

    return read


def positive(text: str) -> float:
    """Reads a finite number above 0."""
    with contextlib.suppress(ValueError):
        if 0 < float(text) < math.inf:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
