import cv2
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


@pytest.mark.parametrize(("name", "most"), [("blur", 1), ("smear", 1), ("lower_resolution", 1), ("compress", 8)])
def test_a_plain_color_stays(name, most):
    plain = np.full((40, 70, 3), (200, 100, 30), np.uint8)

    for seed in range(10):
        changed = CHANGES[name](plain, np.random.default_rng(seed))
        np.testing.assert_allclose(changed.astype(int), plain, atol=most)


def test_shade_darkens_and_glare_brightens_each_of_them_some_part():
    plain = np.full((40, 70, 3), (200, 100, 30), np.uint8)

    for seed in range(10):
        shaded, lit = (CHANGES[name](plain, np.random.default_rng(seed)).astype(int) for name in ("shade", "glare"))
        assert (shaded <= plain).all() and (lit >= plain).all()
        assert shaded[..., 0].min() < 180 and shaded[..., 0].min() > 0.25 * 200 and lit[..., 2].max() > 60
        np.testing.assert_allclose(shaded[..., 1], shaded[..., 0] / 2, atol=1)


def test_glare_shines_anywhere():
    black = np.zeros((40, 70, 3), np.uint8)

    spots = [CHANGES["glare"](black, np.random.default_rng(seed))[..., 0] for seed in range(40)]

    halves = [np.unravel_index(spot.argmax(), spot.shape) > np.array([20, 35]) for spot in spots]
    assert len({tuple(each) for each in halves}) == 4


def test_mixed_colors_leave_grey_alone_and_turn_grey_as_opencv_does():
    ramp, colored = np.repeat(np.arange(256, dtype=np.uint8).reshape(4, 64, 1), 3, -1), picture()
    grey = cv2.cvtColor(colored, cv2.COLOR_RGB2GRAY).astype(int)

    turned = 0
    for seed in range(40):
        np.testing.assert_allclose(CHANGES["mix_colors"](ramp, np.random.default_rng(seed)).astype(int), ramp, atol=1)
        mixed = CHANGES["mix_colors"](colored, np.random.default_rng(seed)).astype(int)
        if not np.ptp(mixed, axis=-1).any():
            turned += 1
            np.testing.assert_allclose(mixed[..., 0], grey, atol=1)
    assert 6 <= turned <= 20


def test_shifted_tones_keep_their_order_or_rarely_turn_it():
    ramp = np.repeat(np.arange(256, dtype=np.uint8).reshape(4, 64, 1), 3, -1)

    turned = 0
    for seed in range(200):
        tones = CHANGES["shift_tones"](ramp, np.random.default_rng(seed)).reshape(256, 3).astype(int)
        turned += (tones[0] > tones[-1]).all()
        assert (np.diff(tones if tones[0, 0] <= tones[-1, 0] else tones[::-1], axis=0) >= 0).all()
    assert 0 < turned < 20


def test_noise_stops_at_black_and_white():
    for level, low, high in ((250, 128, 256), (5, -1, 128)):
        noisy = CHANGES["add_noise"](np.full((60, 90, 3), level, np.uint8), np.random.default_rng(1))
        assert low < noisy.min() and noisy.max() < high


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_every_change_comes_as_often_as_its_chance_says(monkeypatch, strength):
    counts = dict.fromkeys(CHANGES, 0)

    def count(name):
        def change(image, _):
            counts[name] += 1
            return image

        return change

    for name in CHANGES:
        monkeypatch.setitem(CHANGES, name, count(name))
    rng = np.random.default_rng(0)
    for _ in range(2000):
        change_photometry(picture(), rng, strength)

    np.testing.assert_allclose(list(counts.values()), [2000 * strength * CHANCES[name] for name in counts], atol=100)


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
