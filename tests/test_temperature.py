"""One formula for floats, arrays and tensors."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from plate_seg.temperature import temper


@pytest.mark.parametrize("temperature", [0.25, 1.0, 4.0])
def test_logits_are_divided(temperature):
    scores = np.array([0.01, 0.3, 0.5, 0.9])

    logits = np.log(scores / (1 - scores)) / temperature

    np.testing.assert_allclose(temper(scores, temperature), 1 / (1 + np.exp(-logits)), 1e-12)
    np.testing.assert_allclose(temper(tf.constant(scores, tf.float32), temperature), 1 / (1 + np.exp(-logits)), 1e-6)
    assert temper(0.9, temperature) == pytest.approx(1 / (1 + np.exp(-logits[-1])))


@pytest.mark.parametrize("temperature", [0.05, 20.0])
def test_what_is_sure_stays_sure(temperature):
    np.testing.assert_array_equal(temper(tf.constant([0.0, 1.0]), temperature), [0, 1])


@given(st.floats(0.05, 20), st.lists(st.floats(0, 1), min_size=2, max_size=9))
def test_the_order_stays(temperature, scores):
    tempered = temper(np.sort(scores), temperature)

    assert (np.diff(tempered) >= -1e-12).all()
    assert ((tempered >= 0) & (tempered <= 1)).all()


@given(st.floats(0.2, 20), st.floats(0.05, 0.95))  # farther out, a float64 next to 1 holds no more
def test_the_inverse_temperature_undoes_it(temperature, score):
    assert temper(temper(score, temperature), 1 / temperature) == pytest.approx(score, abs=1e-6)
