"""Colours of vehicles, their words, and the shadow under them."""

import colorsys

import numpy as np

from plate_seg.data.stage import Stage, paint

BADGES = (
    "HYBRID",
    "Civic",
    "COROLLA",
    "2.0 TDI",
    "V6",
    "SUZUKI",
    "4x4",
    "GT",
    "XLS",
    "TURBO",
    "Fiesta",
    "SR5",
    "320d",
    "VIOS",
    "AirBlade",
    "i10",
)
SLOGANS = (
    "BABY ON BOARD",
    "FREE WILLY",
    "0983 123 456",
    "TEL 555-0134",
    "www.plumber.co",
    "PIZZA",
    "I LOVE NY",
    "TAXI",
    "HOW IS MY DRIVING?",
)
DARK, RUBBER, CHROME, LAMP = (28, 28, 31), (22, 22, 24), (190, 194, 198), (170, 22, 24)


def body_colour(rng: np.random.Generator) -> np.ndarray:
    """Returns a paint: white, silver, grey and black as often as on roads, otherwise any hue."""
    if rng.random() < 0.6:
        return np.full(3, rng.choice([235, 225, 190, 150, 110, 60, 30, 25])) + rng.uniform(-8, 8, 3)
    return 255 * np.array(colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.4, 0.95), rng.uniform(0.2, 0.9)))


def brighten(colour, share: float) -> np.ndarray:
    return np.clip(np.asarray(colour, np.float64) * share, 0, 255)


def lamp_red(rng: np.random.Generator) -> np.ndarray:
    return np.array(LAMP) * rng.uniform(0.7, 1.35) + rng.uniform(0, 30, 3)


def draw_shadow(stage: Stage, half: float, ground: float) -> None:
    near = np.array(
        [[-half * 1.1, ground, -0.1], [half * 1.1, ground, -0.1], [half * 1.1, ground, 3.5], [-half * 1.1, ground, 3.5]]
    )
    paint(stage.image, stage.view.project(near), (12, 12, 14), 0.6)
