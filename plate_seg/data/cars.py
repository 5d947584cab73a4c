"""Cars and vans from behind and in front, drawn round a plate at the origin; metres, y down."""

import numpy as np

from plate_seg.data.designs import pick
from plate_seg.data.fonts import STYLES
from plate_seg.data.paints import (
    BADGES,
    CHROME,
    DARK,
    LAMP,
    RUBBER,
    SLOGANS,
    body_colour,
    brighten,
    draw_shadow,
    lamp_red,
)
from plate_seg.data.stage import Stage, disc, paint, rounded


def draw_car(rng: np.random.Generator, stage: Stage, size: tuple[float, float]) -> None:
    """Draws a car or van with its plate, `size` metres wide and high, at the origin."""
    half, roof = rng.uniform(0.78, 0.98), -rng.uniform(0.45, 1.15)
    if rng.random() < 0.15:
        roof -= rng.uniform(0.4, 0.9)  # a van
    sill, ground = rng.uniform(0.2, 0.45), rng.uniform(0.4, 0.75)
    colour = body_colour(rng)
    draw_shadow(stage, half, ground)
    _wheels(rng, stage, half, sill, ground)
    shoulder = roof * rng.uniform(0.25, 0.6)
    face = _outline(rng, half, roof, shoulder, sill)
    _extrude(rng, stage, face, colour)
    stage.fill(face, brighten(colour, 1.2), colour_below=brighten(colour, rng.uniform(0.5, 0.9)))
    _window(rng, stage, half, roof, shoulder)
    _highlights(rng, stage, half, shoulder, sill, colour)
    _bumper(rng, stage, half, sill, colour, size)
    if rng.random() < 0.4:
        _front(rng, stage, half, shoulder, sill)
    else:
        _rear(rng, stage, half, shoulder, sill, colour)
    _recess(rng, stage, size, colour)
    _badges(rng, stage, half, roof, shoulder, sill)


def _outline(rng: np.random.Generator, half: float, roof: float, shoulder: float, sill: float) -> np.ndarray:
    top, belly = half * rng.uniform(0.68, 0.88), half * rng.uniform(0.94, 1.0)
    right = np.array(
        [
            [top - 0.08, roof],
            [top, roof + 0.07],
            [half, shoulder],
            [half, shoulder + 0.3],
            [belly, sill - 0.08],
            [belly - 0.1, sill],
        ]
    )
    return np.concatenate([right, right[::-1] * (-1, 1)])


def _extrude(rng: np.random.Generator, stage: Stage, face: np.ndarray, colour: np.ndarray) -> None:
    """Paints the vehicle's length behind its face as dark panels from edge to edge."""
    length, taper = rng.uniform(2.5, 4.2), rng.uniform(0.8, 1.0)
    near, far = stage.project(face), stage.project(face * (taper, 1.0), length)
    for first, second in zip(range(len(face)), (*range(1, len(face)), 0), strict=True):
        shade = rng.uniform(0.45, 0.95)
        paint(stage.image, np.array([near[first], near[second], far[second], far[first]]), brighten(colour, shade))


def _window(rng: np.random.Generator, stage: Stage, half: float, roof: float, shoulder: float) -> None:
    top, bottom = roof + rng.uniform(0.06, 0.14), shoulder + rng.uniform(-0.06, 0.02)
    if bottom - top < 0.08:
        return
    upper, lower = half * rng.uniform(0.58, 0.72), half * rng.uniform(0.78, 0.92)
    glass = np.array([[-upper, top], [upper, top], [lower, bottom], [-lower, bottom]])
    tint = np.array(pick(rng, ((30, 34, 38), (55, 65, 72), (110, 125, 135), (20, 22, 22))), np.float64)
    stage.fill(glass, tint, colour_below=np.clip(tint * rng.uniform(0.5, 2.0), 0, 255))
    for _ in range(int(rng.integers(0, 4))):
        x, width = rng.uniform(-upper, upper), rng.uniform(0.05, 0.3)
        streak = np.array([[x, top], [x + width, top], [x + width - 0.15, bottom], [x - 0.15, bottom]])
        stage.fill(
            np.clip(streak, (-upper, top), (upper, bottom)), (220, 225, 230), opacity=float(rng.uniform(0.05, 0.3))
        )
    if rng.random() < 0.4:
        stage.mirrored(rounded(0.2, bottom - (bottom - top) * 0.5, 0.5, bottom, 0.08), (20, 20, 22), opacity=0.7)
    if rng.random() < 0.35:
        left = rng.uniform(-upper, upper - 0.3)
        stage.write(
            pick(rng, SLOGANS),
            pick(rng, STYLES["any"]),
            (left, bottom - 0.12, left + 0.35, bottom - 0.04),
            (225, 225, 225),
        )


def _highlights(rng: np.random.Generator, stage: Stage, half: float, shoulder: float, sill: float, colour) -> None:
    for _ in range(int(rng.integers(1, 5))):
        row, thickness = rng.uniform(shoulder, sill), rng.uniform(0.01, 0.1)
        light = (235, 240, 245) if rng.random() < 0.5 else (10, 10, 12)
        band = rounded(-half * rng.uniform(0.6, 0.98), row, half * rng.uniform(0.6, 0.98), row + thickness, thickness)
        stage.fill(band, light, opacity=float(rng.uniform(0.08, 0.4)))
    if rng.random() < 0.7:
        row = rng.uniform(shoulder, 0.2)
        stage.line((-half * 0.95, row), (half * 0.95, row), brighten(colour, 0.4), 0.012)


def _bumper(rng: np.random.Generator, stage: Stage, half: float, sill: float, colour, size) -> None:
    top = rng.uniform(-0.05, 0.2)
    shade = pick(
        rng, (DARK, (60, 62, 65), CHROME, brighten(colour, 0.85), brighten(colour, 0.95), brighten(colour, 1.05))
    )
    if top < sill - 0.05:
        stage.fill(rounded(-half, top, half, sill, 0.06), brighten(shade, 1.1), colour_below=brighten(shade, 0.7))
    if rng.random() < 0.5:
        stage.mirrored(rounded(half * 0.6, sill - 0.12, half * 0.9, sill - 0.06, 0.02), pick(rng, (LAMP, DARK, CHROME)))


def _front(rng: np.random.Generator, stage: Stage, half: float, shoulder: float, sill: float) -> None:
    """Adds head lamps, a grille and perhaps their light."""
    row, tall, wide = shoulder + rng.uniform(0.05, 0.25), rng.uniform(0.08, 0.2), rng.uniform(0.2, 0.42)
    glass = pick(rng, ((215, 220, 225), (160, 168, 175), (245, 246, 240)))
    stage.mirrored(
        rounded(half - wide, row, half - 0.03, row + tall, tall * rng.uniform(0.2, 0.5)),
        glass,
        colour_below=brighten(glass, 0.5),
    )
    stage.mirrored(disc(half - wide / 2, row + tall / 2, tall * 0.4), (70, 74, 78))
    grille = half - wide - 0.05
    top, bottom = row, min(row + rng.uniform(0.1, 0.35), sill)
    stage.fill(rounded(-grille, top, grille, bottom, 0.06), pick(rng, (DARK, (40, 42, 45))))
    bar = pick(rng, (CHROME, (70, 72, 75), (15, 15, 16)))
    upright = rng.random() < 0.4
    for step in np.linspace(0.08, 0.92, int(rng.integers(3, 14))):
        start, end = (
            ((-grille + 2 * grille * step, top), (-grille + 2 * grille * step, bottom))
            if upright
            else ((-grille, top + (bottom - top) * step), (grille, top + (bottom - top) * step))
        )
        stage.line(start, end, bar, rng.uniform(0.005, 0.02))
    stage.fill(disc(0, (top + bottom) / 2, rng.uniform(0.04, 0.09)), CHROME, colour_below=(110, 112, 116))
    if rng.random() < 0.25:
        for scale, opacity in ((0.5, 0.15), (0.3, 0.35), (0.16, 0.9)):
            stage.mirrored(disc(half - wide / 2, row + tall / 2, scale), (255, 252, 240), opacity=opacity)


def _rear(rng: np.random.Generator, stage: Stage, half: float, shoulder: float, sill: float, colour) -> None:
    """Adds tail lamps, a handle bar, a wiper and exhausts."""
    wide, tall = rng.uniform(0.1, 0.4), rng.uniform(0.1, 0.4)
    row = shoulder + rng.uniform(-0.05, 0.2)
    red = lamp_red(rng)
    stage.mirrored(
        rounded(half - wide, row, half - 0.02, row + tall, rng.uniform(0.01, 0.08)),
        red,
        colour_below=brighten(red, 0.6),
    )
    if rng.random() < 0.7:
        part = row + tall * rng.uniform(0.3, 0.7)
        stage.mirrored(
            rounded(half - wide, part, half - 0.05, part + tall * 0.25, 0.01),
            pick(rng, ((230, 225, 220), (225, 140, 40), (110, 14, 18))),
        )
    if rng.random() < 0.5:
        bar = -rng.uniform(0.1, 0.2)
        stage.fill(rounded(-0.4, bar - 0.04, 0.4, bar, 0.015), pick(rng, (CHROME, DARK, brighten(colour, 0.7))))
    if rng.random() < 0.6:
        stage.fill(
            disc(0, shoulder + rng.uniform(0.04, 0.2), rng.uniform(0.035, 0.07)), CHROME, colour_below=(100, 100, 104)
        )
    if rng.random() < 0.4:
        stage.mirrored(disc(half * 0.6, sill, 0.06, 0.04), (50, 50, 52))


def _recess(rng: np.random.Generator, stage: Stage, size: tuple[float, float], colour) -> None:
    """Paints the panel that the plate sits in: darker, chrome, or nothing."""
    if rng.random() < 0.25:
        return
    width, height = size[0] / 2 + rng.uniform(0.005, 0.14), size[1] / 2 + rng.uniform(0.003, 0.07)
    shade = pick(rng, (DARK, DARK, (70, 72, 75), brighten(colour, 0.6), brighten(colour, 0.8), brighten(colour, 1.1)))
    stage.fill(
        rounded(-width, -height, width, height, rng.uniform(0, 0.04)),
        brighten(shade, 0.7),
        colour_below=brighten(shade, 1.2),
    )
    if rng.random() < 0.3:
        stage.line((-width, -height), (width, -height), CHROME, 0.02)


def _badges(rng: np.random.Generator, stage: Stage, half: float, roof: float, shoulder: float, sill: float) -> None:
    """Adds model names and bumper stickers: texts that are no plate."""
    for _ in range(int(rng.integers(0, 4))):
        side, row = pick(rng, (-1, 1)), rng.uniform(shoulder, 0.02)
        width = rng.uniform(0.12, 0.3)
        left = side * half * 0.62 - width / 2
        stage.write(
            pick(rng, BADGES),
            pick(rng, STYLES["any"]),
            (left, row, left + width, row + rng.uniform(0.03, 0.06)),
            pick(rng, (CHROME, DARK, (200, 30, 30))),
        )
    if rng.random() < 0.25:
        side, row = pick(rng, (-1, 1)), rng.uniform(0.05, max(0.06, sill - 0.1))
        left, width = side * half * 0.6 - 0.13, rng.uniform(0.12, 0.3)
        stage.fill(rounded(left, row, left + width, row + 0.08), rng.uniform(0, 255, 3))
        stage.write(
            pick(rng, SLOGANS),
            pick(rng, STYLES["any"]),
            (left + 0.01, row + 0.02, left + width - 0.01, row + 0.06),
            rng.uniform(0, 255, 3),
        )


def _wheels(rng: np.random.Generator, stage: Stage, half: float, sill: float, ground: float) -> None:
    width = rng.uniform(0.15, 0.24)
    stage.mirrored(rounded(half - width - 0.05, sill - 0.2, half - 0.05, ground, 0.05), RUBBER, depth=0.4)
