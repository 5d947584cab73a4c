import io

import numpy as np
import pandas as pd

from plate_seg import charts
from plate_seg.metrics.average_precision import Curve, curve, rank
from plate_seg.metrics.calibration import Outcomes
from plate_seg.metrics.measure import measure
from plate_seg.metrics.plates import match_plates
from plate_seg.metrics.reading import confusion
from tests.metrics.examples import find_plate, sample, true_plate

PLATE = true_plate()
SAMPLES, FOUND = [sample(PLATE), sample(PLATE)], [[find_plate(PLATE)], []]


def is_drawn(figure):
    content = io.BytesIO()
    figure.savefig(content, format="png")
    return content.getvalue().startswith(b"\x89PNG")


def test_precision_recall_has_a_panel_a_name_and_a_line_a_threshold():
    curves = {
        "plates": curve(rank(match_plates(SAMPLES, FOUND))),
        "none": Curve(np.full((10, 101), np.nan), np.zeros(10)),
    }

    figure = charts.draw_precision_recall(curves)

    assert [len(axes.lines) for axes in figure.axes] == [3, 3]
    assert figure.axes[0].get_legend().texts[0].get_text() == "IoU 0.50: AP 0.505"  # 51 of 101 points at 1
    assert is_drawn(figure)


def test_reliability_draws_empty_and_full_outcomes():
    random = np.random.default_rng(0)
    empty = Outcomes(np.zeros(0), np.zeros(0, bool), np.zeros(0, int))
    full = Outcomes(random.random(50), random.random(50) < 0.5, np.zeros(50, int))

    figure = charts.draw_reliability({"plate": full, "character": empty}, {"plate": 2.0, "character": 1.0})

    assert is_drawn(figure)
    assert "2.00" in figure.axes[0].get_legend().texts[1].get_text()


def test_size_recall_draws_the_widths_in_order():
    wide, narrow = true_plate("ABCDEFGH", left=30), true_plate("A", left=20)
    samples = [sample(wide), sample(narrow)]

    figure = charts.draw_size_recall(measure(samples, [[find_plate(wide)], []], 0.5))

    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0-40", "80-120"]
    assert list(figure.axes[0].lines[0].get_ydata()) == [0, 1]
    assert is_drawn(figure)


def test_confusion_numbers_the_wrong_labels():
    from plate_seg.metrics.pairing import Picture

    counts = confusion([Picture(0, SAMPLES[0], (find_plate(PLATE, text="A81"),))])

    figure = charts.draw_confusion(counts)

    assert [text.get_text() for text in figure.axes[0].texts] == ["1"]
    assert is_drawn(figure)


def test_thresholds_draw_four_lines():
    names = ["plate_precision", "plate_recall", "text_precision", "text_recall"]
    table = pd.DataFrame({"threshold": [0.1, 0.9]} | {name: [0.5, np.nan] for name in names})

    figure = charts.draw_thresholds(table)

    assert len(figure.axes[0].lines) == 4
    assert is_drawn(figure)
