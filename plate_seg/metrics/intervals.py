"""How sure a measure is: its 95 % interval when the pictures are drawn again with replacement (bootstrap)."""

from collections.abc import Callable

import numpy as np

ROUNDS = 200  # the interval's ends move by less than a tenth of its width with more


def resample(pictures: int, rounds: int = ROUNDS, seed: int = 0) -> np.ndarray:
    """Returns [rounds, pictures], how often each picture is drawn in each round."""
    if not pictures:
        return np.zeros((rounds, 0))
    random = np.random.default_rng(seed)
    return random.multinomial(pictures, np.full(pictures, 1 / pictures), size=rounds).astype(np.float64)


def interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the 2.5 and 97.5 percentiles over axis 0, NaN rounds left out."""
    values = np.asarray(values, np.float64)
    known = ~np.isnan(values).all(0)
    low, high = np.full(values.shape[1:], np.nan), np.full(values.shape[1:], np.nan)
    low[known], high[known] = np.nanpercentile(values[..., known] if values.ndim > 1 else values, [2.5, 97.5], axis=0)
    return low, high


def ratio_intervals(hits: np.ndarray, of: np.ndarray, rounds: int = ROUNDS) -> tuple[np.ndarray, np.ndarray]:
    """Returns the intervals [measures] of sum(hits) / sum(of), both [pictures, measures]."""
    weights = resample(len(hits), rounds)
    total = weights @ of
    return interval(np.divide(weights @ hits, total, out=np.full(total.shape, np.nan), where=total > 0))


def measure_interval(measure: Callable[[np.ndarray], float], pictures: int, rounds: int = ROUNDS):
    """Returns the interval of any measure that takes weights [pictures]."""
    low, high = interval(np.array([[measure(weights)] for weights in resample(pictures, rounds)]))
    return float(low[0]), float(high[0])
