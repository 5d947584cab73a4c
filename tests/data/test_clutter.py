import numpy as np

from plate_seg.data.clutter import add_overlays, add_signs


def test_overlays_and_signs_leave_their_marks():
    marked = 0
    for seed in range(30):
        image = np.full((120, 160, 3), 128, np.uint8)
        add_signs(np.random.default_rng(seed), image)
        add_overlays(np.random.default_rng(seed), image)
        marked += bool((image != 128).any())

    assert 10 < marked <= 30
