"""What a detector mistakes for a plate: shop signs, timestamps, watermarks, empty frames. Never labelled."""

import cv2
import numpy as np

from plate_seg.data.designs import DIGITS, LETTERS, pick
from plate_seg.data.fonts import STYLES
from plate_seg.data.glyphs import words
from plate_seg.data.stage import paint, stamp
from plate_seg.data.surroundings import any_colour

SHOPS = (
    "HOTEL",
    "CAFE",
    "Pharmacy",
    "SALE 50%",
    "PIZZERIA",
    "EXIT",
    "TAXI",
    "PARKING",
    "Bakery",
    "MOBILE",
    "NO ENTRY",
    "COM TAM",
    "BANK",
    "ONE WAY",
    "Electronics",
    "Tel 020 7946 0123",
)


def add_signs(rng: np.random.Generator, image: np.ndarray) -> None:
    """Puts boards with words, and plate-like boards without any, into the background; in place."""
    for _ in range(int(rng.poisson(0.9))):
        quad, colour = _quad(rng, image), any_colour(rng)
        paint(image, quad, colour)
        if rng.random() < 0.7:
            inner = quad.mean(0) + (quad - quad.mean(0)) * rng.uniform(0.6, 0.9)
            stamp(image, words(pick(rng, STYLES["any"]), pick(rng, SHOPS)), inner, 255 - colour)
        elif rng.random() < 0.5:
            cv2.polylines(image, [quad.astype(np.int32)], True, [int(value) for value in 255 - colour], 1, cv2.LINE_AA)


def add_overlays(rng: np.random.Generator, image: np.ndarray) -> None:
    """Prints what cameras and sites print on pictures: a time, a name, a watermark; in place."""
    if rng.random() < 0.25:
        _print(rng, image, _timestamp(rng), float(rng.uniform(0.015, 0.04)), 1.0)
    if rng.random() < 0.1:
        _print(
            rng,
            image,
            pick(rng, ("www.carsite.com", "CAM 02", "dealer-photos.net", "LANE 3 IN", "REC")),
            float(rng.uniform(0.02, 0.06)),
            float(rng.uniform(0.4, 1)),
        )
    if rng.random() < 0.04:
        edge = int(image.shape[0] * rng.uniform(0.03, 0.12))
        image[:edge] = image[-edge:] = pick(rng, (0, 255, 16))


def _quad(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    across = np.exp(rng.uniform(np.log(24), np.log(width / 2)))
    down = across / rng.uniform(1, 7)
    centre = np.array([rng.uniform(0, width), rng.uniform(0, height * 0.8)])
    corners = np.array([[-across, -down], [across, -down], [across, down], [-across, down]]) / 2
    return centre + corners + rng.normal(0, 0.04, (4, 2)) * (across * 0.5, down)


def _timestamp(rng: np.random.Generator) -> str:
    day = f"{rng.integers(1, 29):02d}/{rng.integers(1, 13):02d}/{rng.integers(2008, 2026)}"
    clock = f"{rng.integers(0, 24):02d}:{rng.integers(0, 60):02d}:{rng.integers(0, 60):02d}"
    code = "".join(pick(rng, DIGITS + LETTERS[:6]) for _ in range(8))
    return pick(rng, (f"{day} {clock}", f"{code}  {day} {clock}", f"{clock}  {day}", f"{day}"))


def _print(rng: np.random.Generator, image: np.ndarray, text: str, share: float, opacity: float) -> None:
    height, width = image.shape[:2]
    coverage = (words(pick(rng, STYLES["any"]), text) * opacity).astype(np.uint8)
    down = max(7.0, share * height)
    across = min(down * coverage.shape[1] / coverage.shape[0], width * 0.95)
    left = pick(rng, (4, width - across - 4, rng.uniform(0, width - across)))
    top = pick(rng, (4, height - down - 4, height - down - 4))
    quad = np.array([[left, top], [left + across, top], [left + across, top + down], [left, top + down]])
    colour = pick(rng, ((240, 230, 30), (245, 245, 245), (245, 245, 245), (20, 20, 20), (230, 40, 30), (60, 240, 70)))
    if rng.random() < 0.3:
        paint(image, quad + np.array([[-3, -3], [3, -3], [3, 3], [-3, 3]]), (10, 10, 10), 0.7)
    stamp(image, coverage, quad, colour)
