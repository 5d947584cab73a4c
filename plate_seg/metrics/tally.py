"""Events behind measures that are ratios of sums: so many hits of so many, on a picture and perhaps a plate."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from plate_seg.metrics.intervals import ratio_intervals

NO_PLATE = -1  # the event belongs to no true plate


@dataclass
class Tally:
    """Collects events; `frame` gives them as columns picture, plate, measure, hits, of."""

    events: list[tuple] = field(default_factory=list)

    def add(self, measure: str, picture: int, plate: int, hits: float, of: float = 1):
        """Counts `hits` of `of` on one true plate of a picture, or on `NO_PLATE`."""
        self.events.append((picture, plate, measure, float(hits), float(of)))

    def add_f1(self, measure: str, picture: int, plate: int, hits: int, misses: int, errors: int):
        """Counts towards precision, recall and F1 at once."""
        self.add(f"{measure}_precision", picture, plate, hits, hits + errors)
        self.add(f"{measure}_recall", picture, plate, hits, hits + misses)
        self.add(f"{measure}_f1", picture, plate, 2 * hits, 2 * hits + misses + errors)

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.events, columns=["picture", "plate", "measure", "hits", "of"])


def ratios(events: pd.DataFrame, pictures: np.ndarray) -> pd.DataFrame:
    """Sums events to rows of measure, value, count, low, high (95 % over `pictures`, their indices).

    A measure that was never possible (`of` is zero) gives no row.
    """
    events = events[events.picture.isin(pictures)]
    sums = events.pivot_table(index="picture", columns="measure", values=["hits", "of"], aggfunc="sum", fill_value=0)
    if sums.empty:
        numbers = dict.fromkeys(["value", "count", "low", "high"], np.zeros(0))
        return pd.DataFrame({"measure": np.zeros(0, object)} | numbers)
    sums = sums.reindex(pictures, fill_value=0)
    hits, of = sums["hits"], sums["of"]
    low, high = ratio_intervals(hits.to_numpy(float), of.to_numpy(float))
    total = of.sum()
    value = hits.sum() / total.where(total > 0)
    rows = pd.DataFrame({"measure": hits.columns, "value": value.to_numpy(), "count": total.to_numpy()})
    return rows.assign(low=low, high=high)[(total > 0).to_numpy()].reset_index(drop=True)
