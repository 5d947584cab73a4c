"""What light, weather and a camera do to a drawn scene. Nothing here moves a pixel: the truth stays as it is."""

from functools import lru_cache

import cv2
import numpy as np

from plate_seg.data.designs import pick


def expose(rng: np.random.Generator, image: np.ndarray, softness: float = 1.0) -> np.ndarray:
    """Returns the picture that a camera takes of the drawn scene, uint8 RGB of the same size.

    Args:
        softness: scales the loss of detail, 0 to 1: less where plates are so small that they would be lost.
    """
    image = _light(rng, image)
    if rng.random() < 0.06:
        image = _rain(rng, image)
    image = _focus(rng, image, softness)
    image = _resample(rng, image, softness)
    image = _tone(rng, image)
    image = _sense(rng, image)
    return _compress(rng, image) if rng.random() < 0.5 else image


def _light(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Multiplies by uneven light: a slow field, a shadow's edge, a vignette, and adds glare."""
    height, width = image.shape[:2]
    small = 1 + 0.25 * rng.uniform(0, 1) * rng.standard_normal((4, 5), np.float32)
    field = cv2.resize(small, (80, 60), interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.35:
        _shade(rng, field)
    if rng.random() < 0.3:
        rows, columns = np.mgrid[-1:1:60j, -1:1:80j]
        field *= (1 - rng.uniform(0.1, 0.6) * np.clip(rows**2 + columns**2, 0, 2) / 2).astype(np.float32)
    field = np.clip(cv2.resize(field, (width, height)), 0.1, 1.9)
    lit = cv2.multiply(image, cv2.merge([field] * 3), dtype=cv2.CV_8U)
    return _glare(rng, lit) if rng.random() < 0.12 else lit


def _shade(rng: np.random.Generator, field: np.ndarray) -> None:
    """Darkens one side of one to three edges, as a tree, a roof or a pole would."""
    for _ in range(int(rng.integers(1, 4))):
        corners = rng.uniform(-30, 110, (int(rng.integers(3, 6)), 2)).astype(np.int32)
        shadow = np.ones_like(field)
        cv2.fillPoly(shadow, [cv2.convexHull(corners)], float(rng.uniform(0.35, 0.8)))
        field *= cv2.GaussianBlur(shadow, (0, 0), float(rng.uniform(0.4, 3)))


def _glare(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    spot = np.zeros((60, 80), np.float32)
    centre = int(rng.integers(0, 80)), int(rng.integers(0, 60))
    cv2.ellipse(
        spot, centre, (int(rng.integers(2, 20)), int(rng.integers(2, 12))), float(rng.uniform(0, 180)), 0, 360, 1, -1
    )
    spot = cv2.resize(cv2.GaussianBlur(spot, (0, 0), float(rng.uniform(1, 6))), (width, height)) * float(
        rng.uniform(40, 190)
    )
    return cv2.add(image, cv2.merge([spot] * 3), dtype=cv2.CV_8U)


def _rain(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    drops = np.zeros((height, width), np.uint8)
    slant, length = rng.uniform(-6, 6), rng.uniform(8, 26)
    for column, row in zip(rng.integers(0, width, 120), rng.integers(0, height, 120), strict=True):
        cv2.line(
            drops,
            (int(column), int(row)),
            (int(column + slant), int(row + length)),
            int(rng.integers(30, 110)),
            1,
            cv2.LINE_AA,
        )
    return cv2.add(image, cv2.merge([drops] * 3))


def _focus(rng: np.random.Generator, image: np.ndarray, softness: float) -> np.ndarray:
    """Blurs as a lens out of focus or a moving vehicle does; most pictures stay nearly sharp."""
    sigma = float(rng.gamma(1.5, 0.35)) * softness
    if sigma > 0.3:
        image = cv2.GaussianBlur(image, (0, 0), min(sigma, 2.2))
    if rng.random() < 0.15 * softness:
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        angle = rng.uniform(0, np.pi)
        reach = (length - 1) / 2 * np.array([np.cos(angle), np.sin(angle)])
        middle = (length - 1) / 2
        cv2.line(
            kernel,
            tuple(np.rint(middle - reach).astype(int).tolist()),
            tuple(np.rint(middle + reach).astype(int).tolist()),
            1.0,
        )
        image = cv2.filter2D(image, -1, (kernel + kernel[::-1, ::-1]) / (2 * kernel.sum()))
    return image


def _resample(rng: np.random.Generator, image: np.ndarray, softness: float) -> np.ndarray:
    """Loses detail as a camera of fewer pixels does."""
    if rng.random() > 0.25:
        return image
    height, width = image.shape[:2]
    share = 1 - rng.uniform(0.1, 0.5) * softness
    small = cv2.resize(image, (int(width * share), int(height * share)), interpolation=cv2.INTER_AREA)
    return cv2.resize(
        small, (width, height), interpolation=pick(rng, (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST))
    )


def _tone(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Bends the tone curves: automatic exposure, colour, night, infrared grey, washed-out black."""
    kind = rng.random()
    if kind < 0.08:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    elif kind < 0.3:
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        image = cv2.addWeighted(image, share := float(rng.uniform(0.2, 1.3)), grey, 1 - share, 0)
    levels = np.linspace(0, 1, 256)[:, None]
    night = rng.random() < 0.08
    target = rng.uniform(18, 50) if night else rng.uniform(75, 150)
    gain = np.clip(target / max(float(image[::8, ::8].mean()), 8), 0.2, 1.2 if night else 2.2)
    tint = rng.uniform(0.55, 1.3, 3) if rng.random() < 0.1 else rng.uniform(0.88, 1.12, 3)
    floor = rng.uniform(0.05, 0.4) if rng.random() < 0.12 else 0.0
    gamma = rng.uniform(0.7, 1.3)
    curve = floor + (1 - floor) * np.clip(levels * gain * tint, 0, 1) ** gamma
    table = np.rint(np.clip(curve, 0, 1) * 255).astype(np.uint8)
    return cv2.LUT(image, table[None])


def _sense(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Adds sensor noise, with or without colour."""
    strength = float(rng.gamma(1.2, 3.0))
    if strength < 0.8:
        return image
    height, width = image.shape[:2]
    bank = _noise_bank(rng.random() < 0.5)
    row, column = int(rng.integers(0, bank.shape[0] - 480)), int(rng.integers(0, bank.shape[1] - 480))
    tile = bank[row : row + 480, column : column + 480]
    grain = np.tile(tile, (-(-height // 480), -(-width // 480), 1))[:height, :width]
    noisy = cv2.addWeighted(image, 1.0, grain, min(strength, 18.0) / 32, 0, dtype=cv2.CV_16S)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@lru_cache(maxsize=2)
def _noise_bank(colour: bool) -> np.ndarray:
    """Returns unit noise times 32, int16 [1024, 1024, 3], drawn once."""
    noise = np.random.default_rng(20 + colour).standard_normal((1024, 1024, 3 if colour else 1), np.float32) * 32
    return np.ascontiguousarray(np.broadcast_to(noise, (1024, 1024, 3)).astype(np.int16))


def _compress(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    quality = int(rng.integers(30, 92))
    _, encoded = cv2.imencode(".jpg", image[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1])
