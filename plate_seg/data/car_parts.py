"""What a car carries on its face: lamps, grilles, bumpers, the recess round its plate, names and stickers."""

import numpy as np

from plate_seg.data.designs import pick
from plate_seg.data.fonts import STYLES
from plate_seg.data.paints import BADGES, CHROME, DARK, LAMP, SLOGANS, brighten, lamp_red
from plate_seg.data.stage import Stage, disc, rounded


def draw_details(rng: np.random.Generator, stage: Stage, half: float, shoulder: float, sill: float, colour) -> None:
    """Scatters small shapes over a face: vents, sensors, handles, trims, damage."""
    for _ in range(int(rng.integers(0, 14))):
        x, y = rng.uniform(-half, half), rng.uniform(shoulder, sill)
        across, down = np.exp(rng.uniform(np.log(0.01), np.log(0.3))), np.exp(rng.uniform(np.log(0.005), np.log(0.08)))
        shade = pick(rng, (DARK, CHROME, LAMP, brighten(colour, 0.5), brighten(colour, 0.8), brighten(colour, 1.3)))
        shape = rounded(x - across, y - down, x + across, y + down, rng.choice([0, down]))
        shape = np.clip(shape, (-half * 0.98, shoulder), (half * 0.98, sill))
        options = {"opacity": float(rng.uniform(0.3, 1.0))}
        stage.mirrored(shape, shade, **options) if rng.random() < 0.6 else stage.fill(shape, shade, **options)


def draw_bumper(rng: np.random.Generator, stage: Stage, half: float, sill: float, colour) -> None:
    top = rng.uniform(-0.05, 0.2)
    shade = pick(
        rng, (DARK, (60, 62, 65), CHROME, brighten(colour, 0.85), brighten(colour, 0.95), brighten(colour, 1.05))
    )
    if top < sill - 0.05:
        stage.fill(rounded(-half, top, half, sill, 0.06), brighten(shade, 1.1), colour_below=brighten(shade, 0.7))
    if rng.random() < 0.5:
        stage.mirrored(rounded(half * 0.6, sill - 0.12, half * 0.9, sill - 0.06, 0.02), pick(rng, (LAMP, DARK, CHROME)))


def draw_front(rng: np.random.Generator, stage: Stage, half: float, shoulder: float, sill: float) -> None:
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


def draw_rear(rng: np.random.Generator, stage: Stage, half: float, shoulder: float, sill: float, colour) -> None:
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


def draw_recess(rng: np.random.Generator, stage: Stage, size: tuple[float, float], colour) -> None:
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


def draw_badges(rng: np.random.Generator, stage: Stage, half: float, shoulder: float, sill: float) -> None:
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
