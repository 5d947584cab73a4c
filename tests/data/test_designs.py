import re

import numpy as np

from plate_seg.data.designs import draw, pick


def test_draw_fills_digits_and_letters_and_keeps_the_rest():
    texts = {draw(np.random.default_rng(seed), "##-@.@", "XY") for seed in range(50)}

    assert len(texts) > 30
    assert all(re.fullmatch(r"\d\d-[XY]\.[XY]", text) for text in texts)


def test_pick_reaches_every_option_alike():
    rng = np.random.default_rng(0)
    counts = np.bincount([pick(rng, (0, 1, 2)) for _ in range(3000)])

    assert (np.abs(counts - 1000) < 120).all()
