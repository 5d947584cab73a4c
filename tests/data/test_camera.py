import numpy as np

from plate_seg.data.camera import expose


def test_pictures_keep_their_size_and_type():
    for seed in range(30):
        image = np.random.default_rng(seed).integers(0, 255, (90, 121, 3), np.uint8)

        taken = expose(np.random.default_rng(seed), image)

        assert taken.shape == image.shape
        assert taken.dtype == np.uint8


def test_a_bright_spot_stays_where_it_is():
    image = np.full((90, 120, 3), 60, np.uint8)
    image[40:50, 70:84] = 250
    centres = []
    for seed in range(40):
        grey = expose(np.random.default_rng(seed), image)[30:60, 60:94].mean(-1)
        weights = np.clip(grey - np.percentile(grey, 85), 0, None) + 1e-6
        rows, columns = np.mgrid[30:60, 60:94]
        centres.append([(rows * weights).sum() / weights.sum(), (columns * weights).sum() / weights.sum()])

    np.testing.assert_allclose(np.median(centres, 0), [44.5, 76.5], atol=0.3)


def test_one_picture_is_taken_in_many_ways():
    image = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    levels = [expose(np.random.default_rng(seed), image).mean() for seed in range(60)]

    assert np.ptp(levels) > 80


def test_less_softness_keeps_more_detail():
    image = np.zeros((60, 80, 3), np.uint8)
    image[:, ::4] = 255
    details = [
        np.mean(
            [
                np.abs(np.diff(expose(np.random.default_rng(seed), image, softness).astype(float), axis=1)).mean()
                for seed in range(40)
            ]
        )
        for softness in (0.3, 1.0)
    ]

    assert details[0] > 1.2 * details[1]
