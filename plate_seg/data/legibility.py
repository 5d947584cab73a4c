"""Whether a plate in a finished picture can be read: what nobody can read teaches nothing and measures nothing."""

import cv2
import numpy as np

from plate_seg.data.sample import Character, Plate

LEAST_CORRELATION = 0.5  # of brightness with strokes; below, blur or noise has merged them with what is round them
LEAST_CONTRAST = 12.0  # grey levels between strokes and what is round them
RING = 0.15  # of a character's height that is looked at round its strokes


def is_legible(image: np.ndarray, plate: Plate) -> bool:
    """True if the median character of a plate stands out clearly; also if it has none.

    Args:
        image: uint8 RGB [height, width, 3].
    """
    if not plate.characters:
        return True
    values = [stroke_contrast(image, character) for character in plate.characters]
    correlation, contrast = np.median(values, axis=0)
    return bool(correlation >= LEAST_CORRELATION and contrast >= LEAST_CONTRAST)


def stroke_contrast(image: np.ndarray, character: Character) -> tuple[float, float]:
    """Returns how clearly a character's strokes are there, whether dark on bright or bright on dark.

    Returns:
        the correlation, 0..1, of brightness with the character's mask, in and round its box; and the difference of
        their mean brightness, 0..255.
    """
    mask = character.mask
    ring = max(1, round(RING * mask.pixels.shape[0]))
    top, left = max(mask.top - ring, 0), max(mask.left - ring, 0)
    bottom, right = mask.top + mask.pixels.shape[0] + ring, mask.left + mask.pixels.shape[1] + ring
    grey = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_RGB2GRAY).astype(np.float32)
    strokes = np.zeros_like(grey)
    inner = strokes[mask.top - top :, mask.left - left :]
    inner[: mask.pixels.shape[0], : mask.pixels.shape[1]] = mask.pixels
    strokes -= strokes.mean()
    grey -= grey.mean()
    shared, spread = abs(float((strokes * grey).mean())), float((strokes**2).mean())
    norm = (spread * float((grey**2).mean())) ** 0.5
    return (shared / norm, shared / spread) if norm > 0 else (0.0, 0.0)
