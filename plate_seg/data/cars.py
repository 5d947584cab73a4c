"""Cars and vans from behind and in front, drawn round a plate at the origin; metres, y down, z away."""

from dataclasses import dataclass

import cv2
import numpy as np

from plate_seg.data.car_parts import draw_badges, draw_bumper, draw_details, draw_front, draw_rear, draw_recess
from plate_seg.data.designs import pick
from plate_seg.data.fonts import STYLES
from plate_seg.data.paints import DARK, RUBBER, SLOGANS, body_colour, brighten, draw_shadow
from plate_seg.data.stage import Stage, disc, paint, rounded, smooth


@dataclass(frozen=True)
class Body:
    """The measures of one car, metres: half its width; heights of roof, shoulder, sill and ground; how it is cut.

    Args:
        deck: how far the cabin's window stands behind the face at its foot: 0 on vans, over 1 behind a bonnet.
        slant: how much farther its top stands.
    """

    half: float
    roof: float
    shoulder: float
    sill: float
    ground: float
    length: float
    deck: float
    slant: float


def draw_car(rng: np.random.Generator, stage: Stage, size: tuple[float, float]) -> None:
    """Draws a car or van with room for its plate, `size` metres wide and high, at the origin."""
    is_front = rng.random() < 0.45
    body, colour = _choose_body(rng, is_front), body_colour(rng)
    draw_shadow(stage, body.half, body.ground)
    stage.mirrored(rounded(body.half - 0.26, body.sill - 0.2, body.half - 0.05, body.ground, 0.05), RUBBER, depth=0.5)
    _cabin(rng, stage, body, colour)
    face = _face(rng, body)
    _extrude(rng, stage, face, colour, 0.0, body.length)
    _side(rng, stage, body)
    stage.fill(face, brighten(colour, rng.uniform(1.0, 1.25)), colour_below=brighten(colour, rng.uniform(0.5, 0.95)))
    _reflect(rng, stage, face)
    _highlights(rng, stage, body.half, body.shoulder, body.sill, colour)
    draw_details(rng, stage, body.half, body.shoulder, body.sill, colour)
    draw_bumper(rng, stage, body.half, body.sill, colour)
    if is_front:
        draw_front(rng, stage, body.half, body.shoulder, body.sill)
    else:
        draw_rear(rng, stage, body.half, body.shoulder, body.sill, colour)
    draw_recess(rng, stage, size, colour)
    draw_badges(rng, stage, body.half, body.shoulder, body.sill)


def _choose_body(rng: np.random.Generator, is_front: bool) -> Body:
    shoulder = -rng.uniform(0.2, 0.5)
    sill = rng.uniform(0.2, 0.42)
    deck = rng.uniform(0.7, 1.4) if is_front else rng.choice([0.02, rng.uniform(0.0, 0.2), rng.uniform(0.4, 1.0)])
    return Body(
        half=rng.uniform(0.78, 0.98),
        roof=shoulder - rng.uniform(0.4, 0.65) - (rng.uniform(0.2, 0.9) if rng.random() < 0.15 else 0.0),
        shoulder=shoulder,
        sill=sill,
        ground=sill + rng.uniform(0.12, 0.35),
        length=rng.uniform(3.4, 4.6),
        deck=float(deck),
        slant=float(rng.uniform(0.05, 0.3) if deck < 0.3 else rng.uniform(0.3, 0.9)),
    )


def _face(rng: np.random.Generator, body: Body) -> np.ndarray:
    """Returns the outline of what stands in the plate's plane, from shoulder to sill."""
    top, belly = body.half * rng.uniform(0.82, 0.97), body.half * rng.uniform(0.92, 1.0)
    bulge = rng.uniform(0.0, 0.08)
    right = np.array(
        [
            [0.0, body.shoulder - bulge],
            [top, body.shoulder],
            [body.half, body.shoulder + 0.12],
            [body.half, body.sill - 0.15],
            [belly, body.sill],
            [0.0, body.sill + rng.uniform(0, 0.05)],
        ]
    )
    return smooth(np.concatenate([right, right[::-1] * (-1, 1)]), int(rng.integers(1, 4)))


def _extrude(rng: np.random.Generator, stage: Stage, face: np.ndarray, colour, depth: float, far_depth: float) -> None:
    """Paints what joins an outline to itself farther off: light above, darker at the sides."""
    taper = rng.uniform(0.86, 1.0)
    near, far = stage.project(face, depth), stage.project(face * (taper, 1.0), far_depth)
    following = np.roll(np.arange(len(face)), -1)
    edges = face[following] - face
    upward = np.abs(edges[:, 0]) / (np.linalg.norm(edges, axis=1) + 1e-6)
    above = np.where(face[:, 1] < face[:, 1].mean(), upward, -upward)
    shades = rng.uniform(0.6, 0.85) + rng.uniform(0.1, 0.4) * above
    for index, after in enumerate(following):
        panel = np.array([near[index], near[after], far[after], far[index]])
        paint(stage.image, panel, brighten(colour, shades[index]))


def _cabin(rng: np.random.Generator, stage: Stage, body: Body, colour) -> None:
    """Paints roof, side glass and the window that faces the camera."""
    narrow = body.half * rng.uniform(0.66, 0.82)
    wide = body.half * rng.uniform(0.86, 0.95)
    outline = np.array(
        [[-narrow, body.roof], [narrow, body.roof], [wide, body.shoulder + 0.05], [-wide, body.shoulder + 0.05]]
    )
    depths = np.array([body.deck + body.slant] * 2 + [body.deck] * 2)
    far = stage.project(outline * (0.95, 1.0), body.length * rng.uniform(0.7, 0.95))
    near = stage.project(outline, depths)
    glass = brighten((45, 52, 58), rng.uniform(0.4, 2.0))
    for first, second, shade in ((1, 2, glass), (3, 0, glass), (0, 1, brighten(colour, rng.uniform(0.8, 1.15)))):
        paint(stage.image, np.array([near[first], near[second], far[second], far[first]]), shade)
    paint(stage.image, near, brighten(colour, 0.9))
    _window(rng, stage, body, narrow, wide)


def _window(rng: np.random.Generator, stage: Stage, body: Body, narrow: float, wide: float) -> None:
    """Paints the glass with its reflections, seats and stickers."""
    post = rng.uniform(0.04, 0.1)
    top, bottom = body.roof + rng.uniform(0.05, 0.1), body.shoulder + rng.uniform(-0.04, 0.03)
    deep, foot = body.deck + body.slant * 0.9, body.deck + 0.01
    glass = np.array([[-narrow + post, top], [narrow - post, top], [wide - post, bottom], [-wide + post, bottom]])
    tint = np.array(pick(rng, ((30, 34, 38), (55, 65, 72), (110, 125, 135), (20, 22, 22))), np.float64)
    quad = stage.project(glass, np.array([deep, deep, foot, foot]))
    paint(stage.image, quad, tint, colour_below=np.clip(tint * rng.uniform(0.5, 2.0), 0, 255))
    for _ in range(int(rng.integers(0, 6))):
        low, high = np.sort(rng.uniform(0, 1, 2))
        streak = np.array(
            [
                _between(quad, low, 0),
                _between(quad, high, 0),
                _between(quad, high - 0.1, 1),
                _between(quad, low - 0.1, 1),
            ]
        )
        shade = pick(rng, ((220, 225, 230), (220, 225, 230), (90, 100, 80), (15, 15, 15)))
        paint(stage.image, streak, shade, float(rng.uniform(0.05, 0.4)))
    if rng.random() < 0.4:
        for share in (0.3, 0.7):
            seat = np.array(
                [
                    _between(quad, share - 0.1, 0.45),
                    _between(quad, share + 0.1, 0.45),
                    _between(quad, share + 0.12, 1),
                    _between(quad, share - 0.12, 1),
                ]
            )
            paint(stage.image, seat, DARK, 0.7)
    if rng.random() < 0.3:
        left, row = rng.uniform(-narrow, narrow - 0.4), bottom - rng.uniform(0.05, 0.2)
        frame = (left, row - 0.06, left + 0.35, row)
        stage.write(pick(rng, SLOGANS), pick(rng, STYLES["any"]), frame, (225, 225, 225), depth=foot)


def _between(quad: np.ndarray, along: float, down: float) -> np.ndarray:
    """Returns the point of a quad at shares of its width and height."""
    along = np.clip(along, 0, 1)
    upper, lower = quad[0] + (quad[1] - quad[0]) * along, quad[3] + (quad[2] - quad[3]) * along
    return upper + (lower - upper) * down


def _side(rng: np.random.Generator, stage: Stage, body: Body) -> None:
    """Paints the wheels and door lines of the side that the camera sees, if it sees one."""
    middle = (body.shoulder + body.sill) / 2
    for side in (-1, 1):
        x = side * body.half
        near, far = stage.view.project(np.array([[x, middle, 0.0], [x, middle, body.length]]))
        if (far[0] - near[0]) * side <= 2:
            continue
        radius = rng.uniform(0.28, 0.36)
        rim = brighten((170, 172, 176), rng.uniform(0.4, 1.2))
        for depth in (0.75, body.length - 0.8):
            for share, shade in ((1.0, RUBBER), (rng.uniform(0.55, 0.75), rim), (0.2, DARK)):
                circle = disc(depth, body.ground - radius, radius * share)
                points = np.stack([np.full(len(circle), x), circle[:, 1], circle[:, 0]], 1)
                paint(stage.image, stage.view.project(points), shade)


def _reflect(rng: np.random.Generator, stage: Stage, face: np.ndarray) -> None:
    """Mottles the paint as what it mirrors does: long level blotches and a fine grain."""
    outline = stage.project(face)
    left, top = np.clip(outline.min(0), 0, stage.image.shape[1::-1]).astype(int)
    right, bottom = np.clip(outline.max(0) + 1, 0, stage.image.shape[1::-1]).astype(int)
    if right - left < 8 or bottom - top < 8 or rng.random() < 0.3:
        return
    rows = max(2, int((bottom - top) / rng.uniform(5, 30)))
    cells = rng.standard_normal((rows, int(rng.integers(2, 9))), np.float32)
    mottle = cv2.resize(cells, (right - left, bottom - top), interpolation=cv2.INTER_CUBIC)
    mask = np.zeros(mottle.shape, np.uint8)
    cv2.fillPoly(mask, [(outline - (left, top)).astype(np.int32)], 1)
    shift = (mottle * mask * rng.uniform(3, 22)).astype(np.int16)
    view = stage.image[top:bottom, left:right]
    view[:] = cv2.add(view, cv2.merge([shift, shift, shift]), dtype=cv2.CV_8U)


def _highlights(rng: np.random.Generator, stage: Stage, half: float, shoulder: float, sill: float, colour) -> None:
    for _ in range(int(rng.integers(1, 5))):
        row, thickness = rng.uniform(shoulder, sill), rng.uniform(0.01, 0.1)
        light = (235, 240, 245) if rng.random() < 0.5 else (10, 10, 12)
        band = rounded(-half * rng.uniform(0.6, 0.98), row, half * rng.uniform(0.6, 0.98), row + thickness, thickness)
        stage.fill(band, light, opacity=float(rng.uniform(0.08, 0.4)))
    if rng.random() < 0.7:
        row = rng.uniform(shoulder, 0.2)
        stage.line((-half * 0.95, row), (half * 0.95, row), brighten(colour, 0.4), 0.012)
