"""Small pictures of 100 x 200 pixels with plates and characters, for the tests of measures."""

from pathlib import Path

import numpy as np

from plate_seg import alphabet
from plate_seg.data.sample import Character, Mask, Plate, Sample
from plate_seg.found import FoundCharacter, FoundPlate

HEIGHT, WIDTH = 100, 200


def box(top, left, bottom, right):
    """Pixels to fractions."""
    return np.array([top / HEIGHT, left / WIDTH, bottom / HEIGHT, right / WIDTH])


def true_character(label, left, width=10, top=20, height=20, masked=False):
    mask = Mask(top, left, np.ones((height, width), bool)) if masked else None
    return Character(alphabet.encode(label), box(top, left, top + height, left + width), mask=mask)


def true_plate(text="AB1", left=20, gap=4, complete=True, masked=False, **rest):
    """Characters 10 px wide and `gap` apart, on a plate that ends 4 px around them."""
    characters = tuple(true_character(one, left + place * (10 + gap), masked=masked) for place, one in enumerate(text))
    edge = box(16, left - 4, 44, left + len(text) * (10 + gap) - gap + 4)
    return Plate(edge, characters=characters, complete=complete, text=text, **rest)


def find_plate(plate, score=0.9, text=None, shift=0.0):
    """Finds a true plate and its characters exactly, or moved down by `shift` pixels, or with other labels."""
    move = np.array([shift / HEIGHT, 0, shift / HEIGHT, 0])
    labels = [one.label for one in plate.characters] if text is None else [alphabet.encode(one) for one in text]
    characters = tuple(
        found_character(one.box + move, label) for one, label in zip(plate.characters, labels, strict=True)
    )
    return FoundPlate(plate.box + move, None, score, characters)


def found_character(edges, label, score=0.8):
    return FoundCharacter(edges, label, score, np.ones((20, 10), bool), edges)


def stray_plate(score=0.6, characters=()):
    return FoundPlate(box(70, 120, 90, 180), None, score, tuple(characters))


def sample(*plates, source="one", **rest):
    return Sample(Path("none.png"), HEIGHT, WIDTH, plates, source, **rest)
