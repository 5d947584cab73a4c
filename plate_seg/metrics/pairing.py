"""One picture's truth beside what was found on it: which plate and which character is which.

What counts neither way is settled here: crowds, and characters on plates whose labels are incomplete.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from plate_seg import boxes
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.found import FoundCharacter, FoundPlate
from plate_seg.metrics.matching import overlap, pair


@dataclass(frozen=True)
class Picture:
    """Truth and findings of one picture.

    Args:
        index: its place in the list of pictures.
        sample: the truth.
        found: the plates that count as found (at or above the score threshold).
    """

    index: int
    sample: Sample
    found: tuple[FoundPlate, ...]

    @cached_property
    def found_boxes(self) -> np.ndarray:
        """[found, 4], pixels."""
        return self.pixels([plate.box for plate in self.found])

    @cached_property
    def true_boxes(self) -> np.ndarray:
        """[truth, 4], pixels."""
        return self.pixels([plate.box for plate in self.sample.plates])

    @cached_property
    def is_crowd(self) -> np.ndarray:
        return np.array([plate.crowd for plate in self.sample.plates], bool)

    @cached_property
    def plate_ious(self) -> np.ndarray:
        """[found, truth]; for a crowd, the share of the found plate inside it."""
        return overlap(self.found_boxes, self.true_boxes, self.is_crowd)

    @cached_property
    def partners(self) -> np.ndarray:
        """[found], the true plate that each found plate is, or -1."""
        return pair(np.where(self.is_crowd, 0, self.plate_ious))

    @cached_property
    def finder(self) -> np.ndarray:
        """[truth], the found plate that each true plate is, or -1."""
        return invert(self.partners, len(self.sample.plates))

    @cached_property
    def is_ignored(self) -> np.ndarray:
        """[found], True on a found plate that counts neither way because it lies in a crowd."""
        in_crowd = (self.plate_ious[:, self.is_crowd] >= 0.5).any(1)
        return in_crowd & (self.partners < 0)

    @cached_property
    def true_characters(self) -> list[tuple[int, Character]]:
        """Plate and character, of every plate whose characters count."""
        plates = enumerate(self.sample.plates)
        return [(index, one) for index, plate in plates if counts(plate) for one in plate.characters]

    @cached_property
    def found_characters(self) -> list[tuple[int, FoundCharacter]]:
        """Found plate and character."""
        return [(index, one) for index, plate in enumerate(self.found) for one in plate.characters]

    @cached_property
    def character_ious(self) -> np.ndarray:
        """[found characters, true characters], of boxes."""
        found, truth = ([one.box for _, one in side] for side in (self.found_characters, self.true_characters))
        return overlap(self.pixels(found), self.pixels(truth))

    @cached_property
    def same_label(self) -> np.ndarray:
        """[found characters, true characters]."""
        found, truth = (
            np.array([one.label for _, one in side], int) for side in (self.found_characters, self.true_characters)
        )
        return found[:, None] == truth[None]

    @cached_property
    def character_is_ignored(self) -> np.ndarray:
        """[found characters], True on a plate whose characters do not count: it counts only if it matches.

        Where no plate of a picture has characters that count, as in sets that label plates alone, those on false plates
        do not count either.
        """
        plates = self.sample.plates
        is_open = np.array([not counts(plate) for plate in plates], bool)
        none_counts = len(plates) > 0 and is_open.all()
        on_open_plate = np.append(is_open, none_counts)[self.partners] | self.is_ignored
        parents = np.array([index for index, _ in self.found_characters], int)
        inside = _inside(self.pixels([one.box for _, one in self.found_characters]), self.true_boxes)
        in_open_box = inside[:, is_open].any(1) & ~inside[:, ~is_open].any(1)
        return on_open_plate[parents] | in_open_box

    def pixels(self, fractions: list[np.ndarray]) -> np.ndarray:
        """Returns boxes [n, 4] in pixels."""
        stacked = np.asarray(fractions, np.float64).reshape(-1, 4)
        return boxes.to_pixels(stacked, self.sample.height, self.sample.width)


def pictures(samples: list[Sample], found: list[list[FoundPlate]], threshold: float) -> list[Picture]:
    """Puts truth and findings side by side, leaving out plates below the score threshold."""
    return [
        Picture(index, sample, tuple(plate for plate in plates if plate.score >= threshold))
        for index, (sample, plates) in enumerate(zip(samples, found, strict=True))
    ]


def counts(plate: Plate) -> bool:
    """True where a plate's characters are all known, so that they can be missed and false ones told."""
    return plate.complete and not plate.crowd


def invert(partners: np.ndarray, truths: int) -> np.ndarray:
    """Turns partners of found objects into partners of `truths` true ones, -1 for none."""
    inverse = np.full(truths, -1)
    found = np.flatnonzero(partners >= 0)
    inverse[partners[found]] = found
    return inverse


def _inside(found: np.ndarray, plates: np.ndarray) -> np.ndarray:
    """[found, plates], True where the centre of a found box lies in a plate's box."""
    centres = (found[:, None, :2] + found[:, None, 2:]) / 2
    return ((centres >= plates[None, :, :2]) & (centres <= plates[None, :, 2:])).all(-1)
