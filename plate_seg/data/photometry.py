"""Light, color, sharpness and noise of uint8 RGB pictures [height, width, 3], at random.

Every function takes a picture and a generator and returns a new picture; truth does not move.
"""

import cv2
import numpy as np

CHANCES = {  # of each change at full strength, in the order of the path from the scene to the file
    "shade": 0.2,
    "glare": 0.08,
    "mix_colors": 0.35,
    "shift_tones": 0.8,
    "blur": 0.2,
    "smear": 0.1,
    "lower_resolution": 0.2,
    "add_noise": 0.3,
    "compress": 0.3,
}
COARSE = 48  # side of the small maps from which shadows and glare are enlarged
NOISE_TILE = 160  # side of the noise that is repeated over the picture: drawing each pixel costs 12 ms
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def change_photometry(image: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Applies each change with its chance times `strength`."""
    for name, chance in CHANCES.items():
        if rng.random() < chance * strength:
            image = CHANGES[name](image, rng)
    return image


def shade(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Darkens one side of a random line, the edge sharp or soft."""
    angle = rng.uniform(0, 2 * np.pi)
    across = np.array([np.cos(angle), np.sin(angle)])
    rows, columns = np.mgrid[-1 : 1 : COARSE * 1j, -1 : 1 : COARSE * 1j]
    distance = rows * across[0] + columns * across[1] - rng.uniform(-0.6, 0.6)
    light = rng.uniform(0.3, 0.85)
    gain = light + (1 - light) / (1 + np.exp(-distance * rng.uniform(4, 60)))
    return cv2.multiply(image, _enlarged(gain * 255, image), scale=1 / 255)


def glare(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Adds a bright spot, as of a lamp or the sun."""
    rows, columns = np.mgrid[0 : 1 : COARSE * 1j, 0 : 1 : COARSE * 1j]
    row, column = rng.uniform(0, 1, 2)
    radius = rng.uniform(0.05, 0.35, 2)
    spot = np.exp(-(((rows - row) / radius[0]) ** 2) - ((columns - column) / radius[1]) ** 2)
    return cv2.add(image, _enlarged(spot * rng.uniform(60, 220), image))


def mix_colors(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Changes hue and saturation, makes it grey (infrared), or rarely swaps the channels."""
    kind = rng.random()
    if kind < 0.3:
        matrix = np.tile(LUMA, (3, 1))
    elif kind < 0.4:
        matrix = np.eye(3, dtype=np.float32)[rng.permutation(3)]
    else:
        matrix = _saturation(rng.uniform(0.2, 1.7)) @ _hue(rng.normal(0, 0.25))
    return cv2.transform(image, matrix)


def shift_tones(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Changes brightness, contrast, gamma and the balance of the channels; rarely turns it negative."""
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    gamma = np.exp(rng.normal(0, 0.3))
    contrast = np.exp(rng.normal(0, 0.25))
    cast = np.exp(rng.normal(0, 0.08 if rng.random() < 0.7 else 0.25, 3))
    tones = (levels**gamma - 0.5) * contrast * cast + 0.5 * cast + rng.normal(0, 0.1)
    if rng.random() < 0.02:
        tones = 1 - tones
    table = np.clip(tones * 255, 0, 255).astype(np.uint8)[None]  # [1, 256, 3]
    return cv2.LUT(image, table)


def blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Puts it out of focus."""
    return cv2.GaussianBlur(image, (0, 0), np.exp(rng.uniform(np.log(0.4), np.log(2.2))))


def smear(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Moves it during the exposure, along a random line."""
    length = int(rng.choice([3, 5, 7, 9]))  # odd: an even one has no middle, and moves what it smears
    angle = rng.uniform(0, np.pi)
    reach = (length - 1) / 2 * np.array([np.cos(angle), np.sin(angle)])
    kernel = np.zeros((length, length), np.uint8)
    start, end = (np.round((length - 1) / 2 + sign * reach).astype(int).tolist() for sign in (-1, 1))
    cv2.line(kernel, start, end, 255)
    return cv2.filter2D(image, -1, kernel / np.float32(kernel.sum()))


def lower_resolution(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shrinks and enlarges it, each by a random way of sampling."""
    height, width = image.shape[:2]
    factor = rng.uniform(0.35, 0.9)
    nearest = cv2.INTER_NEAREST_EXACT  # the other one takes a cell's first corner: the picture moves
    down = rng.choice([cv2.INTER_AREA, cv2.INTER_LINEAR, nearest])
    up = rng.choice([nearest, cv2.INTER_LINEAR, cv2.INTER_LINEAR, cv2.INTER_CUBIC])
    small = cv2.resize(image, (max(1, int(width * factor)), max(1, int(height * factor))), interpolation=int(down))
    return cv2.resize(small, (width, height), interpolation=int(up))


def add_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Adds the noise of a sensor: grey or colored, fine or coarse."""
    channels = 1 if rng.random() < 0.5 else 3
    tile = rng.standard_normal((NOISE_TILE, NOISE_TILE, channels), np.float32) * rng.uniform(2, 22)
    if rng.random() < 0.4:
        tile = cv2.resize(tile, None, fx=2, fy=2).reshape(2 * NOISE_TILE, 2 * NOISE_TILE, channels)
    height, width = image.shape[:2]
    repeats = -(-height // len(tile)), -(-width // len(tile))
    noise = np.tile(tile.astype(np.int16), (repeats[0], repeats[1], 3 // channels))[:height, :width]
    return cv2.add(image, noise, dtype=cv2.CV_8U)


def compress(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Writes and reads it as a JPEG of low quality."""
    _, encoded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 85))])
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1])


CHANGES = {
    change.__name__: change
    for change in (shade, glare, mix_colors, shift_tones, blur, smear, lower_resolution, add_noise, compress)
}


def _enlarged(coarse: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Returns a small map [h, w] as uint8 [height, width, 3] over the picture."""
    height, width = image.shape[:2]
    return cv2.merge([cv2.resize(np.clip(coarse, 0, 255).astype(np.uint8), (width, height))] * 3)


def _saturation(factor: float) -> np.ndarray:
    return (np.eye(3) * factor + (1 - factor) * LUMA).astype(np.float32)


def _hue(angle: float) -> np.ndarray:
    """Returns the rotation of RGB round the grey axis."""
    axis = np.ones(3, np.float32) / np.sqrt(3)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return (np.cos(angle) * np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * np.outer(axis, axis)).astype(
        np.float32
    )
