"""The temperatures of a run's scores: fitted on pictures it was not trained on, kept in its folder for its exports."""

import json
from pathlib import Path

from plate_seg import predict
from plate_seg.config import Config
from plate_seg.data.collection import held_out
from plate_seg.evaluate import evaluate_finder, fit_temperatures
from plate_seg.metrics.calibration import TEMPERATURES as BOUNDS
from plate_seg.outputs import write_beside
from plate_seg.start import TEMPERATURES


def fit(view, config: Config, run: Path) -> dict[str, float]:
    """Fits the temperatures of plate and character scores on `held_out` pictures; keeps them in the run's folder.

    Without such pictures they stay as configured.

    Args:
        view: the run's serving view, a Keras model.

    Returns:
        `plate_temperature` and `character_temperature`, times those of the configuration.
    """
    least, most = BOUNDS
    graph, samples = config.model, held_out(config.data)
    finder = predict.of_view(view)
    found = evaluate_finder(lambda image: finder.find(image, threshold=0.0), samples, "fitting temperatures")
    values = {
        f"{name}_temperature": round(min(max(value * getattr(graph, f"{name}_temperature"), least), most), 3)
        for name, value in fit_temperatures(samples, found, graph.score_threshold).items()
    }
    write_beside(run / TEMPERATURES, json.dumps({**values, "pictures": len(samples)}, indent=1) + "\n")
    return values
