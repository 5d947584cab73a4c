"""Characters without an owner to the plates they lie on, in reading order."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plate_seg.data.sample import Character, Plate

LINE_OVERLAP = 0.5  # of the lower height: less, and two characters are on different lines


def assign_characters(plates: Sequence[Plate], characters: Sequence[Character]) -> tuple[Plate, ...]:
    """Gives each character to the smallest plate that holds its centre; those on no plate are left out.

    A plate that gets characters counts as complete and is put in reading order.
    """
    areas = [float(np.prod(plate.box[2:] - plate.box[:2])) for plate in plates]
    owned = [list(plate.characters) for plate in plates]
    for character in characters:
        center = (character.box[:2] + character.box[2:]) / 2
        holders = [
            index
            for index, plate in enumerate(plates)
            if (plate.box[:2] <= center).all() and (center <= plate.box[2:]).all()
        ]
        if holders:
            owned[min(holders, key=areas.__getitem__)].append(character)
    return tuple(
        plate if len(members) == len(plate.characters) else _filled(plate, members)
        for plate, members in zip(plates, owned, strict=True)
    )


def _filled(plate: Plate, members: list[Character]) -> Plate:
    lines = reading_lines(members)
    ordered = tuple(character for line in lines for character in line)
    return replace(plate, characters=ordered, complete=True, lines=len(lines))


def reading_lines(characters: Sequence[Character]) -> list[list[Character]]:
    """Returns the characters line by line from the top, each line from left to right."""
    lines: list[list[Character]] = []
    for character in sorted(characters, key=lambda item: item.box[1]):
        mates = [line for line in lines if _overlap(line[-1].box, character.box) >= LINE_OVERLAP]
        if mates:
            max(mates, key=lambda line: _overlap(line[-1].box, character.box)).append(character)
        else:
            lines.append([character])
    return sorted(lines, key=lambda line: np.mean([(item.box[0] + item.box[2]) / 2 for item in line]))


def _overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Returns the common height of two boxes as a share of the lower one's."""
    shared = min(first[2], second[2]) - max(first[0], second[0])
    return float(shared / min(first[2] - first[0], second[2] - second[0]))


def gather_plates(plates: Sequence[Plate], characters: Sequence[Character], is_crop: bool) -> tuple[Plate, ...]:
    """Returns the plates with their characters; in a crop without a plate, the whole picture is the plate."""
    if is_crop and characters and not plates:
        plates = [Plate(np.array([0, 0, 1, 1], np.float32))]
    return assign_characters(plates, characters)
