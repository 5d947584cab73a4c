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


def test_draw_takes_w_and_m_more_often_where_a_series_has_them():
    rng = np.random.default_rng(0)
    text = draw(rng, "@" * 6000, "AMW")

    shares = [text.count(sign) / 6000 for sign in "AMW"]
    np.testing.assert_allclose(shares, [1 / 6, 2 / 6, 3 / 6], atol=0.03)
    assert set(draw(rng, "@" * 100, "AB")) == {"A", "B"}
