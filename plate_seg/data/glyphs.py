"""Coverage of single characters and of short texts, drawn by FreeType once and kept."""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from plate_seg.data.fonts import Font, load

QUAD = 128  # pixels a quad: capitals come out about 90 px high, above any plate's need


@lru_cache(maxsize=8192)
def glyph(font: Font, character: str) -> np.ndarray:
    """Returns the coverage of one character, uint8 [height, width], cropped to its strokes."""
    return _draw(font, character)


@lru_cache(maxsize=2048)
def words(font: Font, text: str) -> np.ndarray:
    """Returns the coverage of a whole text, uint8 [height, width], cropped to its strokes."""
    return _draw(font, text)


def resize_coverage(coverage: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scales a coverage by area when it shrinks, linearly when it grows."""
    shrinks = height < coverage.shape[0]
    return cv2.resize(
        coverage, (max(width, 1), max(height, 1)), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )


def _draw(font: Font, text: str) -> np.ndarray:
    face = load(font, QUAD)
    left, top, right, bottom = face.getbbox(text)
    sheet = Image.new("L", (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2)))
    ImageDraw.Draw(sheet).text((1 - left, 1 - top), text, fill=255, font=face)
    coverage = np.asarray(sheet)
    rows, columns = np.flatnonzero(coverage.max(1) > 40), np.flatnonzero(coverage.max(0) > 40)
    if not rows.size:
        return np.zeros((2, 2), np.uint8)
    return np.ascontiguousarray(coverage[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
