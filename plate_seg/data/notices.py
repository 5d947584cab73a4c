"""Boards, stickers and lettering on training pictures: texts that are no plates. Never labelled.

Streets are full of them, data sets of plates are not: a board with two short lines was taken for a plate.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from plate_seg import boxes
from plate_seg.data.designs import DIGITS, LETTERS, pick
from plate_seg.data.fonts import STYLES
from plate_seg.data.glyphs import resize_coverage, words
from plate_seg.data.sample import Plate
from plate_seg.data.stage import paint, stamp
from plate_seg.data.surroundings import any_colour

WORDS = (
    *("NO PARKING", "PRIVATE", "CUSTOMERS ONLY", "SPEED LIMIT", "FOR SALE", "FOR RENT", "OPEN", "CLOSED", "24 HOURS"),
    *("EXIT", "ENTRANCE", "KEEP CLEAR", "DANGER", "BABY ON BOARD", "LONG VEHICLE", "TAXI", "SERVICE", "REPAIRS"),
    *("Plumbing", "Electric", "Transport", "Logistics", "TOURS", "SCHOOL", "POLICE", "AMBULANCE", "MARKET", "BUS"),
    *("FRESH FRUIT", "CAR WASH", "TYRES", "AUTO", "BAR", "PIZZA", "PHONE", "CALL NOW", "FREE", "WELCOME", "STOP"),
    *("SLOW", "GARAGE", "PROHIBIDO", "SE VENDE", "SALIDA", "EINFAHRT FREIHALTEN", "AUSFAHRT", "VERBOTEN", "Achtung"),
    *("SORTIE", "STATIONNEMENT", "INTERDIT", "VENDITA", "AFFITTO", "CHO THUE", "NHA HANG", "CAM DO XE", "BAN DAT"),
    *("ATENCAO", "PROIBIDO", "VENDE-SE", "DEPOSITO"),
)
NUMBERS = ("###-####", "### ### ####", "0#### ######", "(###) ###-####", "Tel ### ####", "##.##", "$###", "## km/h")
NUMBERS += ("#-# PM", "###", "####", "######", "AAAA ###### #", "AA ##", "20##-##-##", "##:##:##")
VOWELS, CONSONANTS = "AEIOU", "BCDFGKLMNPRSTVZ"
LINES = (1, 2, 2, 3, 3, 4, 5)
LINE_PX = 64  # height of a usual line while a text is set
BOARDED = 0.7  # share of the texts that stand on a board of their own; the others on what is there
NEARBY = 0.5  # share beside a plate, about as large, as stickers on its vehicle are
CLEAR_PX = 6  # between a text and a plate, at least; what is blurred reaches four of them
CONTRAST = 50  # grey levels between ink and ground, at least
INKS = ((15, 15, 15), (240, 240, 240), (190, 30, 30), (30, 60, 160))


def add_notices(rng: np.random.Generator, image: np.ndarray, plates: Sequence[Plate], mean: float) -> np.ndarray:
    """Returns a copy of a picture, uint8 RGB [height, width, 3], with `mean` texts on the average, clear of plates."""
    image = image.copy()
    for _ in range(int(rng.poisson(mean))):
        coverage = _set(rng, [_phrase(rng) for _ in range(pick(rng, LINES))])
        quad = _place(rng, coverage.shape, image.shape, plates)
        edges = quad.mean(0) + (quad - quad.mean(0)) * rng.uniform(1.1, 1.4, 2)
        if not _touches(edges, image.shape, plates):
            _draw(rng, image, coverage, quad, edges)
    return image


def _phrase(rng: np.random.Generator) -> str:
    """Returns a word of `WORDS`, a number, or a name that nobody has."""
    chance = rng.random()
    if chance < 0.45:
        return pick(rng, WORDS)
    if chance < 0.85:
        kinds = {"#": DIGITS, "A": LETTERS}
        return "".join(pick(rng, kinds[sign]) if sign in kinds else sign for sign in pick(rng, NUMBERS))
    syllables = [pick(rng, CONSONANTS) + pick(rng, VOWELS) for _ in range(rng.integers(2, 5))]
    name = "".join(syllable + (pick(rng, CONSONANTS) if rng.random() < 0.3 else "") for syllable in syllables)
    return name if rng.random() < 0.6 else name.title()


def _set(rng: np.random.Generator, lines: Sequence[str]) -> np.ndarray:
    """Returns the coverage of lines below each other, uint8 [height, width]: ranged left, centred or of one width."""
    face = pick(rng, STYLES["any"])
    rows = []
    for line in lines:
        row = words(face, line)
        down = int(LINE_PX * pick(rng, (0.6, 0.8, 1.0, 1.0, 1.4)))
        rows.append(resize_coverage(row, down, int(row.shape[1] * down / row.shape[0])))
    width = max(row.shape[1] for row in rows)
    is_justified, share, gap = rng.random() < 0.3, pick(rng, (0.0, 0.5, 0.5)), int(LINE_PX * rng.uniform(0.15, 0.6))
    sheet = []
    for row in rows:
        if is_justified and row.shape[1] > 0.4 * width:
            row = resize_coverage(row, row.shape[0], width)
        left = int((width - row.shape[1]) * share)
        sheet.append(np.pad(row, ((0, gap), (left, width - row.shape[1] - left))))
    return np.concatenate(sheet)[:-gap]


def _place(rng: np.random.Generator, size: tuple, shape: tuple, plates: Sequence[Plate]) -> np.ndarray:
    """Returns a quad [4, 2] (x, y) for a text of a size: anywhere, or beside a plate; most of them nearly level."""
    height, width = shape[:2]
    aspect = size[1] / size[0]
    across = min(aspect * np.exp(rng.uniform(np.log(10), np.log(max(height / 4, 11)))), 0.6 * width)
    centre = rng.uniform((0, 0), (width, height))
    if plates and rng.random() < NEARBY:
        top, left, bottom, right = boxes.to_pixels(plates[rng.integers(len(plates))].box, height, width)
        wide, high = right - left, bottom - top
        across = min(wide * rng.uniform(0.4, 1.8), 3 * high * aspect)
        centre = ((left + right) / 2, (top + bottom) / 2) + rng.uniform(-1, 1, 2) * (2.5 * wide, 1.8 * wide)
    extent = np.array([across, across / aspect])
    angle = np.deg2rad(rng.normal(0, 4 if rng.random() < 0.8 else 15))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    level = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * extent / 2
    return centre + level @ turn.T + rng.normal(0, 0.03, (4, 2)) * extent


def _touches(quad: np.ndarray, shape: tuple, plates: Sequence[Plate]) -> bool:
    """True if the bounds of a quad (x, y) reach into a plate's box, or come within `CLEAR_PX` of it."""
    bounds_px = boxes.bounds(quad[:, ::-1]) + np.array([-CLEAR_PX, -CLEAR_PX, CLEAR_PX, CLEAR_PX])
    bounds = boxes.to_fractions(bounds_px, *shape[:2])
    return any((bounds[:2] < plate.box[2:]).all() and (bounds[2:] > plate.box[:2]).all() for plate in plates)


def _draw(rng: np.random.Generator, image: np.ndarray, coverage: np.ndarray, quad: np.ndarray, edges: np.ndarray):
    """Draws a text on a board with the corners `edges`, or on what is there; some a little out of focus; in place."""
    low = np.clip(np.floor(edges.min(0)).astype(int) - 4, 0, None)
    high = np.clip(np.ceil(edges.max(0)).astype(int) + 4, 0, None)
    view = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    if not view.size:
        return
    if rng.random() < BOARDED:
        ground = any_colour(rng)
        paint(view, edges - low, ground)
        ink = _ink(rng, ground)
        if rng.random() < 0.35:
            rim = (edges.mean(0) + (edges - edges.mean(0)) * 0.95 - low).astype(np.int32)
            cv2.polylines(view, [rim], True, [int(value) for value in ink], int(rng.integers(1, 4)), cv2.LINE_AA)
    else:
        ink = _ink(rng, view.mean((0, 1)))
        if rng.random() < 0.25:  # outlined, as cameras print on pictures
            for shift in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                stamp(view, coverage, quad - low + shift, 255 - np.asarray(ink))
    stamp(view, coverage, quad - low, ink)
    if rng.random() < 0.6:
        view = cv2.GaussianBlur(view, (0, 0), float(rng.uniform(0.3, 0.012 * max(np.ptp(edges, axis=0)) + 0.5)))
    image[low[1] : high[1], low[0] : high[0]] = view


def _ink(rng: np.random.Generator, ground: np.ndarray) -> np.ndarray:
    """Returns a colour, [3], that can be told from the ground's."""
    ink = 255 - ground if rng.random() < 0.5 else np.float64(pick(rng, INKS))
    if abs(ink.mean() - ground.mean()) >= CONTRAST:
        return ink
    return np.float64(INKS[0] if ground.mean() > 127 else INKS[1])
