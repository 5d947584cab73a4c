"""What lies behind the vehicles: ground, walls, fences, foliage, buildings, or nothing that makes sense."""

import colorsys

import cv2
import numpy as np

from plate_seg.data.designs import pick


def draw_surroundings(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Returns a background, uint8 RGB [height, width, 3]: a ground under something upright, or one surface."""
    image = np.empty((height, width, 3), np.uint8)
    horizon = int(height * rng.uniform(-0.1, 0.6)) if rng.random() < 0.8 else height
    if horizon > 4:
        pick(rng, ABOVE)(rng, image[:horizon])
    if horizon < height - 4:
        pick(rng, BELOW)(rng, image[max(horizon, 0) :])
    for _ in range(int(rng.integers(0, 10))):
        _object(rng, image)
    return image


def any_colour(rng: np.random.Generator, low: float = 0.1, high: float = 1.0) -> np.ndarray:
    """Returns a colour, float [3], grey more often than bright."""
    return 255 * np.array(colorsys.hsv_to_rgb(rng.random(), rng.beta(1, 2.5), rng.uniform(low, high)))


def texture(rng: np.random.Generator, height: int, width: int, cells: float) -> np.ndarray:
    """Returns smooth noise, float32 [height, width], about normal, with blobs of `cells` pixels."""
    rows, columns = max(2, int(height / cells)), max(2, int(width / cells))
    return cv2.resize(rng.standard_normal((rows, columns), np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def _surface(rng: np.random.Generator, view: np.ndarray) -> None:
    """A colour with coarse and fine grain, lighter or darker with distance."""
    height, width = view.shape[:2]
    grain = texture(rng, height, width, rng.uniform(30, 120)) * rng.uniform(0, 14)
    grain += texture(rng, height, width, rng.uniform(1.5, 5)) * rng.uniform(0, 14)
    grain += np.linspace(*rng.uniform(-30, 30, 2), height, dtype=np.float32)[:, None]
    _tint(view, any_colour(rng), grain)


def _tint(view: np.ndarray, colour: np.ndarray, grain: np.ndarray) -> None:
    """Fills a view with a colour plus a grain [height, width]."""
    view[:] = cv2.merge([cv2.add(grain, float(level), dtype=cv2.CV_8U) for level in colour])


def _sky(rng: np.random.Generator, view: np.ndarray) -> None:
    top, bottom = np.array([150, 185, 225]) * rng.uniform(0.2, 1.15), np.array([220, 225, 230]) * rng.uniform(0.3, 1.1)
    ramp = np.linspace(0, 1, view.shape[0])[:, None, None]
    view[:] = np.clip(top + (bottom - top) * ramp, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        _skyline(rng, view)


def _skyline(rng: np.random.Generator, view: np.ndarray) -> None:
    left = 0
    while left < view.shape[1]:
        across = int(rng.integers(20, 180))
        top = int(view.shape[0] * rng.uniform(0.05, 0.9))
        block = view[top:, left : left + across]
        block[:] = any_colour(rng, 0.1, 0.8)
        if rng.random() < 0.7:
            _windows(rng, block)
        left += across


def _windows(rng: np.random.Generator, view: np.ndarray) -> None:
    step_x, step_y = int(rng.integers(8, 40)), int(rng.integers(8, 50))
    size_x, size_y = max(2, int(step_x * rng.uniform(0.3, 0.8))), max(2, int(step_y * rng.uniform(0.3, 0.8)))
    colour = any_colour(rng)
    for row in range(step_y // 3, view.shape[0] - size_y, step_y):
        for column in range(step_x // 3, view.shape[1] - size_x, step_x):
            view[row : row + size_y, column : column + size_x] = colour


def _wall(rng: np.random.Generator, view: np.ndarray) -> None:
    """Bricks or tiles with mortar."""
    _surface(rng, view)
    across, down = int(rng.integers(10, 70)), int(rng.integers(6, 40))
    mortar = [int(value) for value in any_colour(rng)]
    thickness = int(rng.integers(1, 4))
    shifts = rng.random() < 0.7
    for index, row in enumerate(range(0, view.shape[0], down)):
        cv2.line(view, (0, row), (view.shape[1], row), mortar, thickness)
        for column in range(across // 2 if shifts and index % 2 else 0, view.shape[1], across):
            cv2.line(view, (column, row), (column, row + down), mortar, thickness)


def _fence(rng: np.random.Generator, view: np.ndarray) -> None:
    """Bars, slats or a roller shutter."""
    _surface(rng, view)
    step = int(rng.integers(6, 40))
    colour = [int(value) for value in any_colour(rng)]
    upright = rng.random() < 0.6
    for offset in range(0, view.shape[1] if upright else view.shape[0], step):
        ends = ((offset, 0), (offset, view.shape[0])) if upright else ((0, offset), (view.shape[1], offset))
        cv2.line(view, *ends, colour, int(rng.integers(1, max(2, step // 2))), cv2.LINE_AA)


def _foliage(rng: np.random.Generator, view: np.ndarray) -> None:
    height, width = view.shape[:2]
    green = np.array([75, 88, 55]) * rng.uniform(0.4, 1.6) + rng.uniform(-20, 20, 3)
    leaves = sum(texture(rng, height, width, cells) * rng.uniform(8, 26) for cells in (3, 9, 30))
    _tint(view, green, leaves)


def _collage(rng: np.random.Generator, view: np.ndarray) -> None:
    """Shapes of any kind over a surface: nothing to lean on."""
    _surface(rng, view)
    for _ in range(int(rng.integers(5, 30))):
        _object(rng, view)


def _road(rng: np.random.Generator, view: np.ndarray) -> None:
    """A dark surface with painted lines, zebra stripes or a kerb in yellow and black."""
    height, width = view.shape[:2]
    _surface(rng, view)
    if rng.random() < 0.5:
        view[:] = (view.astype(np.uint16) * 3 // 8 + np.uint16(90 * 5 // 8)).astype(np.uint8)
    paints = ((230, 230, 225), (230, 230, 225), (220, 180, 40))
    for _ in range(int(rng.integers(0, 5))):
        start = int(rng.integers(-width // 2, width * 3 // 2)), int(rng.integers(0, height))
        end = int(rng.integers(-width // 2, width * 3 // 2)), int(rng.integers(0, height * 2))
        cv2.line(view, start, end, pick(rng, paints), int(rng.integers(2, 16)), cv2.LINE_AA)
    if rng.random() < 0.25:
        _kerb(rng, view)


def _kerb(rng: np.random.Generator, view: np.ndarray) -> None:
    height, width = view.shape[:2]
    start, end = (
        np.array([rng.uniform(0, width), rng.uniform(-20, height)]),
        np.array([rng.uniform(0, width), rng.uniform(0, height + 50)]),
    )
    across = rng.uniform(10, 40) * np.array([1.0, 0.3])
    stops = np.linspace(0, 1, int(rng.integers(4, 14)) + 1)
    for index, (first, second) in enumerate(zip(stops, stops[1:], strict=False)):
        near, far = start + (end - start) * first, start + (end - start) * second
        colour = (225, 190, 40) if index % 2 else (25, 25, 28)
        cv2.fillConvexPoly(
            view, np.array([near, near + across, far + across, far]).astype(np.int32), colour, cv2.LINE_AA
        )


def _object(rng: np.random.Generator, view: np.ndarray) -> None:
    """A box, an ellipse, a pole or a polygon, of any size and colour."""
    height, width = view.shape[:2]
    centre = np.array([rng.uniform(0, width), rng.uniform(0, height)])
    size = np.exp(rng.uniform(np.log(6), np.log(width / 3 + 7), 2))
    colour = [int(value) for value in any_colour(rng)]
    kind = rng.random()
    if kind < 0.35:
        low, high = (centre - size / 2).astype(int), (centre + size / 2).astype(int)
        cv2.rectangle(view, low.tolist(), high.tolist(), colour, -1)
        if rng.random() < 0.3:
            cv2.rectangle(view, low.tolist(), high.tolist(), [value // 2 for value in colour], int(rng.integers(1, 4)))
    elif kind < 0.55:
        cv2.ellipse(
            view,
            centre.astype(int).tolist(),
            (size / 2).astype(int).tolist(),
            float(rng.uniform(0, 180)),
            0,
            360,
            colour,
            -1,
            cv2.LINE_AA,
        )
    elif kind < 0.75:
        end = centre + rng.normal(0, 0.4, 2) * (width, height)
        cv2.line(
            view, centre.astype(int).tolist(), end.astype(int).tolist(), colour, int(rng.integers(1, 14)), cv2.LINE_AA
        )
    else:
        outline = centre + rng.normal(0, 0.5, (int(rng.integers(3, 7)), 2)) * size
        cv2.fillPoly(view, [outline.astype(np.int32)], colour, cv2.LINE_AA)


ABOVE = (_sky, _sky, _wall, _fence, _foliage, _collage, _surface)
BELOW = (_road, _road, _road, _road, _surface, _surface, _wall, _foliage, _collage)
