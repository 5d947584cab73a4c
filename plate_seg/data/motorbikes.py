"""Motorbikes from behind, with and without a rider, drawn round a plate at the origin; metres, y down."""

import numpy as np

from plate_seg.data.car_parts import draw_details
from plate_seg.data.designs import pick
from plate_seg.data.fonts import STYLES
from plate_seg.data.paints import CHROME, DARK, LAMP, RUBBER, SLOGANS, body_colour, brighten, draw_shadow, lamp_red
from plate_seg.data.stage import Stage, disc, rounded, smooth

GREY = (90, 90, 95)


def draw_motorbike(rng: np.random.Generator, stage: Stage, size: tuple[float, float]) -> None:
    """Draws a motorbike from behind, perhaps with a rider, and room for its plate at the origin."""
    height, colour, ground = size[1], body_colour(rng), rng.uniform(0.35, 0.65)
    draw_shadow(stage, 0.35, ground)
    _wheel(rng, stage, ground)
    if rng.random() < 0.75:
        _rider(rng, stage, height, ground)
    _engine(rng, stage)
    shoulder = -height / 2 - rng.uniform(0.01, 0.1)
    _tail(rng, stage, shoulder, colour)
    _lamps(rng, stage, shoulder)
    _holder(rng, stage, size)


def _wheel(rng: np.random.Generator, stage: Stage, ground: float) -> None:
    tyre = rng.uniform(0.05, 0.09)
    stage.fill(rounded(-tyre, -0.05, tyre, ground, tyre), RUBBER, depth=0.15)
    stage.fill(rounded(-tyre * 0.4, 0.0, tyre * 0.4, ground - 0.02, 0.03), (50, 50, 54), depth=0.13)


def _engine(rng: np.random.Generator, stage: Stage) -> None:
    """Paints the exhaust, shock absorbers and whatever else hangs beside the wheel."""
    side = rng.choice([-1, 1])
    pipe, row = side * rng.uniform(0.13, 0.24), rng.uniform(0.08, 0.28)
    shade = pick(rng, (CHROME, DARK, GREY))
    stage.line((pipe, row - 0.05), (pipe * 0.9, row - 0.2), brighten(shade, 0.6), 0.09, depth=0.5)
    stage.fill(disc(pipe, row, 0.05, 0.06), shade, depth=0.05)
    stage.fill(disc(pipe, row, 0.025, 0.03), (15, 15, 15), depth=0.04)
    if rng.random() < 0.6:
        for shock in (-0.12, 0.12):
            stage.line((shock, -0.15), (shock * 1.05, 0.2), pick(rng, (CHROME, (180, 40, 40), DARK)), 0.04, depth=0.1)
    draw_details(rng, stage, 0.25, -0.1, 0.3, GREY)


def _tail(rng: np.random.Generator, stage: Stage, shoulder: float, colour: np.ndarray) -> None:
    """Paints the body over the wheel, its seat and a rail: slim on motorbikes, broad on scooters."""
    broad, waist = rng.uniform(0.12, 0.26), rng.uniform(0.05, 0.14)
    top = shoulder - rng.uniform(0.22, 0.42)
    right = np.array(
        [[broad * 0.6, top], [broad, top + 0.08], [broad * rng.uniform(0.7, 1.0), shoulder - 0.08], [waist, shoulder]]
    )
    body = smooth(np.concatenate([right, right[::-1] * (-1, 1)]))
    stage.fill(body, brighten(colour, 1.1), depth=0.02, colour_below=brighten(colour, 0.6))
    draw_details(rng, stage, broad * 0.9, top + 0.05, shoulder, colour)
    if rng.random() < 0.5:
        stage.mirrored(
            disc(broad * 0.8, shoulder - 0.12, 0.04, 0.08), pick(rng, (LAMP, (230, 230, 225), brighten(colour, 0.7)))
        )
    seat = rounded(-broad * 0.8, top - rng.uniform(0.08, 0.2), broad * 0.8, top + 0.03, 0.06)
    stage.fill(seat, pick(rng, (DARK, (90, 60, 45), (45, 45, 50))), depth=0.02)
    if rng.random() < 0.5:
        rail = rng.uniform(0.1, 0.2)
        stage.line((-rail, top), (rail, top), pick(rng, (CHROME, DARK, GREY)), 0.03)


def _lamps(rng: np.random.Generator, stage: Stage, shoulder: float) -> None:
    wide, tall, row = rng.uniform(0.05, 0.14), rng.uniform(0.05, 0.13), shoulder - rng.uniform(0.01, 0.06)
    lamp = rounded(-wide, row - tall, wide, row, rng.uniform(0.005, 0.05))
    if rng.random() < 0.3:
        lamp = np.array([[-wide, row - tall], [wide, row - tall], [wide * 0.4, row], [-wide * 0.4, row]])
    stage.fill(lamp, lamp_red(rng), depth=0.01, colour_below=(110, 12, 16))
    if rng.random() < 0.5:
        stage.fill(
            rounded(-wide * 0.5, row - tall * 0.8, wide * 0.5, row - tall * 0.5, 0.01), (235, 200, 190), opacity=0.6
        )
    if rng.random() < 0.75:
        signal = disc(rng.uniform(0.13, 0.24), shoulder - rng.uniform(0.0, 0.12), 0.035, 0.025)
        stage.mirrored(signal, pick(rng, ((220, 120, 30), LAMP, (230, 230, 225))))


def _holder(rng: np.random.Generator, stage: Stage, size: tuple[float, float]) -> None:
    """Paints what the plate is screwed to and the mudguard under it."""
    width, height = size
    guard = rng.uniform(0.04, 0.09)
    foot = height / 2 + rng.uniform(0.05, 0.25)
    stage.fill(
        rounded(-guard, height / 2 - 0.05, guard, foot, 0.04), pick(rng, (DARK, (15, 15, 17), (60, 60, 64))), depth=0.01
    )
    margin = rng.uniform(0.002, 0.03)
    if rng.random() < 0.7:
        outline = rounded(-width / 2 - margin, -height / 2 - margin, width / 2 + margin, height / 2 + margin, 0.01)
        stage.fill(outline, pick(rng, (DARK, DARK, (70, 70, 74), CHROME)))
    if rng.random() < 0.5:
        stage.fill(disc(0, height / 2 + 0.05, 0.025), lamp_red(rng))


def _rider(rng: np.random.Generator, stage: Stage, height: float, ground: float) -> None:
    trousers, shirt = body_colour(rng) * 0.6, body_colour(rng)
    skin = np.array([150, 110, 85]) * rng.uniform(0.6, 1.3)
    waist, hips = -height / 2 - rng.uniform(0.3, 0.45), rng.uniform(0.16, 0.24)
    for side in (-1, 1):
        knee = side * rng.uniform(0.25, 0.36), waist + 0.3
        foot = side * rng.uniform(0.25, 0.4), ground * rng.uniform(0.4, 0.9)
        stage.line((side * hips * 0.7, waist), knee, trousers, 0.15, depth=0.1)
        stage.line(knee, foot, trousers, 0.11, depth=0.1)
        stage.fill(disc(*foot, 0.06, 0.04), pick(rng, (DARK, skin, (120, 90, 70))), depth=0.1)
    back = np.array([[-hips, waist], [hips, waist], [hips * 1.3, waist - 0.5], [-hips * 1.3, waist - 0.5]])
    stage.fill(smooth(back, 1), shirt, depth=0.1, colour_below=brighten(shirt, 0.7))
    if rng.random() < 0.3:
        frame = (-0.15, waist - 0.35, 0.15, waist - 0.25)
        stage.write(pick(rng, SLOGANS), pick(rng, STYLES["any"]), frame, 255 - shirt, depth=0.1)
