import numpy as np
import pytest
from pycocotools import mask as coco

from plate_seg.data.sample import Mask
from plate_seg.found import FoundCharacter
from plate_seg.metrics.masks import crop, dice, mask_overlap, paste

HEIGHT, WIDTH = 40, 60


def random_character(random):
    edges = np.sort(random.uniform(-0.2, 1.2, (2, 2)), 0).ravel()
    mask = random.random((random.integers(1, 9), random.integers(1, 9))) < 0.4
    return FoundCharacter(edges, 0, 1.0, mask, edges)


def slow_paste(character):
    """Asks every pixel of the picture which cell is under its centre."""
    full = np.zeros((HEIGHT, WIDTH), bool)
    top, left, bottom, right = character.mask_box * [HEIGHT, WIDTH, HEIGHT, WIDTH]
    rows, columns = character.mask.shape
    for y in range(HEIGHT):
        for x in range(WIDTH):
            row, column = (y + 0.5 - top) / (bottom - top) * rows, (x + 0.5 - left) / (right - left) * columns
            if 0 <= row < rows and 0 <= column < columns:
                full[y, x] = character.mask[int(row), int(column)]
    return full


def spread(mask):
    full = np.zeros((HEIGHT, WIDTH), bool)
    height, width = mask.pixels.shape
    full[mask.top : mask.top + height, mask.left : mask.left + width] = mask.pixels
    return full


@pytest.mark.parametrize("seed", range(20))
def test_paste_agrees_with_asking_every_pixel(seed):
    character = random_character(np.random.default_rng(seed))

    np.testing.assert_array_equal(spread(paste(character, HEIGHT, WIDTH)), slow_paste(character))


@pytest.mark.parametrize("seed", range(20))
def test_a_cropped_mask_covers_the_same_pixels(seed):
    character = random_character(np.random.default_rng(seed))

    cropped = crop(character)

    sides = cropped.mask[0], cropped.mask[-1], cropped.mask[:, 0], cropped.mask[:, -1]
    assert [side.any() for side in sides] == [character.mask.any()] * 4
    np.testing.assert_array_equal(spread(paste(cropped, HEIGHT, WIDTH)), slow_paste(character))


def test_an_empty_mask_pastes_nothing_and_crops_to_one_cell():
    empty = FoundCharacter(np.zeros(4), 0, 1.0, np.zeros((4, 4), bool), np.array([0, 0, 1, 1.0]))

    assert paste(empty, HEIGHT, WIDTH).pixels.size == 0
    assert crop(empty).mask.tolist() == [[False]]


@pytest.mark.parametrize("seed", range(10))
def test_mask_overlap_agrees_with_pycocotools(seed):
    random = np.random.default_rng(seed)
    masks = [
        Mask(int(random.integers(0, 30)), int(random.integers(0, 50)), random.random(random.integers(1, 11, 2)) < 0.7)
        for _ in range(12)
    ]
    encoded = [coco.encode(np.asfortranarray(spread(mask).astype(np.uint8))) for mask in masks]

    expected = coco.iou(encoded[:5], encoded[5:], [0] * 7)

    np.testing.assert_allclose(mask_overlap(masks[:5], masks[5:]), expected, atol=1e-9)


def test_dice_of_half_an_overlap():
    assert dice(np.array([0, 1 / 3, 1])).tolist() == [0, 0.5, 1]
