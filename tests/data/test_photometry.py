import numpy as np
import pytest

from plate_seg.data.photometry import CHANCES, CHANGES, change_photometry


def picture(seed=0, shape=(60, 90)):
    coarse = np.random.default_rng(seed).integers(40, 216, (shape[0] // 6 + 1, shape[1] // 6 + 1, 3), dtype=np.uint8)
    return np.repeat(np.repeat(coarse, 6, 0), 6, 1)[: shape[0], : shape[1]]


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_keeps_shape_and_type_and_changes_something(name):
    for seed in range(5):
        before = picture()
        changed = CHANGES[name](before, np.random.default_rng(seed))
        assert changed.shape == before.shape and changed.dtype == np.uint8
        np.testing.assert_array_equal(before, picture())  # the given picture stays
        assert (changed != before).any()


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_follows_from_the_generator(name):
    first, again = (CHANGES[name](picture(), np.random.default_rng(3)) for _ in range(2))

    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3)])
@pytest.mark.parametrize("name", CHANGES)
def test_every_change_takes_thin_pictures(name, shape):
    assert CHANGES[name](picture(shape=shape), np.random.default_rng(1)).shape == (*shape, 3)


def test_no_strength_changes_nothing():
    np.testing.assert_array_equal(change_photometry(picture(), np.random.default_rng(0), 0.0), picture())


def test_every_change_has_a_chance():
    assert set(CHANCES) == set(CHANGES) and all(0 < chance <= 1 for chance in CHANCES.values())


def test_noise_has_no_bias():
    grey = np.full((200, 200, 3), 128, np.uint8)

    means = [CHANGES["add_noise"](grey, np.random.default_rng(seed)).mean() for seed in range(8)]

    np.testing.assert_allclose(means, 128, atol=0.6)


def test_strong_changes_leave_strokes_readable():
    stripes = np.full((120, 120, 3), 220, np.uint8)
    stripes[:, 40:80] = 30

    kept = 0
    for seed in range(60):
        changed = change_photometry(stripes, np.random.default_rng(seed)).astype(int).mean(-1)
        kept += abs(changed[50:70, 50:70].mean() - changed[50:70, 95:110].mean()) > 20
    assert kept >= 55


@pytest.mark.parametrize("name", ["blur", "smear", "lower_resolution", "compress"])
def test_a_picture_stays_where_its_truth_is(name):
    """The middle of a soft spot, over many draws, since one alone may sit between pixels."""
    y, x = np.mgrid[:128, :128]
    spot = np.exp(-((y - 61.3) ** 2 + (x - 66.8) ** 2) / (2 * 18**2))
    before = np.repeat(np.round(40 + 200 * spot).astype(np.uint8)[..., None], 3, -1)

    moved = []
    for seed in range(40):
        light = CHANGES[name](before, np.random.default_rng(seed)).mean(-1) - 40
        weight = np.clip(light, 8, None) - 8
        moved.append([(weight * y).sum() / weight.sum() - 61.3, (weight * x).sum() / weight.sum() - 66.8])

    assert np.abs(np.mean(moved, 0)).max() < 0.1
