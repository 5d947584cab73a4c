"""Motorbikes from behind, with and without a rider, drawn round a plate at the origin; metres, y down."""

import numpy as np

from plate_seg.data.designs import pick
from plate_seg.data.fonts import STYLES
from plate_seg.data.paints import CHROME, DARK, LAMP, RUBBER, SLOGANS, body_colour, brighten, draw_shadow, lamp_red
from plate_seg.data.stage import Stage, disc, rounded


def draw_motorbike(rng: np.random.Generator, stage: Stage, size: tuple[float, float]) -> None:
    """Draws a motorbike from behind, perhaps with a rider, and its plate at the origin."""
    width, height = size
    colour, ground = body_colour(rng), rng.uniform(0.35, 0.65)
    draw_shadow(stage, 0.35, ground)
    tyre = rng.uniform(0.05, 0.09)
    stage.fill(rounded(-tyre, -0.05, tyre, ground, tyre), RUBBER, depth=0.15)
    stage.fill(rounded(-tyre * 0.4, 0.0, tyre * 0.4, ground - 0.02, 0.03), (50, 50, 54), depth=0.13)
    if rng.random() < 0.75:
        _rider(rng, stage, height, ground)
    pipe = rng.choice([-1, 1]) * rng.uniform(0.14, 0.22)
    stage.fill(disc(pipe, rng.uniform(0.1, 0.25), 0.05, 0.06), pick(rng, (CHROME, DARK, (90, 90, 95))), depth=0.05)
    shoulder = -height / 2 - rng.uniform(0.02, 0.1)
    tail = np.array(
        [
            [-0.16, shoulder - 0.3],
            [0.16, shoulder - 0.3],
            [rng.uniform(0.07, 0.13), shoulder],
            [-rng.uniform(0.07, 0.13), shoulder],
        ]
    )
    stage.fill(tail, brighten(colour, 1.1), depth=0.02, colour_below=brighten(colour, 0.6))
    stage.fill(
        rounded(-0.13, shoulder - 0.45, 0.13, shoulder - 0.28, 0.05),
        pick(rng, (DARK, (90, 60, 45), (45, 45, 50))),
        depth=0.02,
    )
    lamp = rng.uniform(0.05, 0.13)
    stage.fill(
        rounded(-lamp, shoulder - 0.14, lamp, shoulder - 0.03, 0.03),
        lamp_red(rng),
        depth=0.01,
        colour_below=(110, 12, 16),
    )
    stage.mirrored(
        disc(rng.uniform(0.13, 0.22), shoulder - 0.05, 0.035, 0.025), pick(rng, ((220, 120, 30), LAMP, (230, 230, 225)))
    )
    holder = rng.uniform(0.005, 0.03)
    if rng.random() < 0.8:
        stage.fill(
            rounded(-width / 2 - holder, -height / 2 - holder, width / 2 + holder, height / 2 + holder, 0.01),
            pick(rng, (DARK, DARK, (70, 70, 74), CHROME)),
        )
    guard = rng.uniform(0.04, 0.09)
    stage.fill(
        rounded(-guard, height / 2, guard, height / 2 + rng.uniform(0.08, 0.25), 0.04),
        pick(rng, (DARK, (15, 15, 17))),
        depth=0.01,
    )
    if rng.random() < 0.5:
        stage.fill(disc(0, height / 2 + 0.06, 0.025), lamp_red(rng))


def _rider(rng: np.random.Generator, stage: Stage, height: float, ground: float) -> None:
    trousers, shirt, skin = body_colour(rng) * 0.6, body_colour(rng), np.array([150, 110, 85]) * rng.uniform(0.6, 1.3)
    waist, hips = -height / 2 - rng.uniform(0.3, 0.45), rng.uniform(0.16, 0.24)
    for side in (-1, 1):
        foot = side * rng.uniform(0.25, 0.4), ground * rng.uniform(0.4, 0.9)
        stage.line((side * hips * 0.7, waist), (side * rng.uniform(0.25, 0.36), waist + 0.3), trousers, 0.15, depth=0.1)
        stage.line((side * rng.uniform(0.26, 0.34), waist + 0.28), foot, trousers, 0.11, depth=0.1)
        stage.fill(disc(*foot, 0.06, 0.04), pick(rng, (DARK, skin, (120, 90, 70))), depth=0.1)
    back = np.array([[-hips, waist], [hips, waist], [hips * 1.3, waist - 0.5], [-hips * 1.3, waist - 0.5]])
    stage.fill(back, shirt, depth=0.1, colour_below=brighten(shirt, 0.7))
    if rng.random() < 0.3:
        stage.write(
            pick(rng, SLOGANS),
            pick(rng, STYLES["any"]),
            (-0.15, waist - 0.35, 0.15, waist - 0.25),
            255 - shirt,
            depth=0.1,
        )
