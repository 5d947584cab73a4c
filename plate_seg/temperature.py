"""Scores that say how often they are right: their logits divided by a temperature.

Guo et al., On Calibration of Modern Neural Networks, 2017, section 4.2.
"""


def temper(scores, temperature: float):
    """Returns scores, 0..1, whose logits are divided by `temperature`; 0, 0.5 and 1 stay, and so does the order.

    Args:
        scores: a float, or floats of NumPy or TensorFlow of any shape.
        temperature: under 1 for scores that are too modest; `temper(temper(s, t), 1 / t)` is s.
    """
    is_right, is_wrong = scores ** (1 / temperature), (1 - scores) ** (1 / temperature)
    return is_right / (is_right + is_wrong)
