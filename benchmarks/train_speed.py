"""Milliseconds of a training step of the default run, and of the batch that it needs, each alone.

Run: python benchmarks/train_speed.py [--rounds 6] [--out FILE.csv]. README.md here says what it measures.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm
from worker import Ready, Subject, Worker

from plate_seg import outputs, provenance
from plate_seg.data.render import render_dataset
from plate_seg.errors import UserError
from plate_seg.experiments import default

SCENES = 48
BATCHES = 4  # that steps take turns on
REST = 0.2  # seconds between two turns
STEPS = {  # environment and precision; without oneDNN there is no bfloat16
    "as train.py does": ({"TF_ENABLE_ONEDNN_OPTS": "1"}, "auto"),
    "float32 without oneDNN": ({"TF_ENABLE_ONEDNN_OPTS": "0"}, "float32"),
}


def build_step(scenes: Path, precision: str) -> Ready:
    """Builds the training view; one call is a step on a batch that is ready."""
    import keras
    import tensorflow as tf

    from plate_seg import precision as formats
    from plate_seg.models import segmenter, trainer
    from plate_seg.train import optimizer

    config = default()
    chosen = formats.choose(precision)
    with formats.policy(chosen):
        model = trainer.training_view(segmenter.build(config.model), config.train)
    made = optimizer(config.train)
    made.build(model.trainable_variables)
    model.compile(made)
    ready = list(_batches(scenes, config).take(BATCHES))
    step = tf.function(lambda inputs, truth: model.train_step((inputs, truth)))
    turn = iter(range(10**9))

    def call():
        return step(*ready[next(turn) % BATCHES])["loss"].numpy()

    return Ready(call, lambda: {"format": chosen}, f"tensorflow {tf.__version__}, keras {keras.__version__}")


def build_input(scenes: Path) -> Ready:
    """Builds the input pipeline; one call is a batch, nothing else going on."""
    import tensorflow as tf

    batches = iter(_batches(scenes, default()))
    return Ready(lambda: next(batches), dict, f"tensorflow {tf.__version__}")


def measure(name: str, subject: Subject, environment: dict[str, str], rounds: int) -> dict:
    """Returns a row of the table: the median of `rounds` turns of a fresh process, with the least and the most."""
    times = []
    with Worker(name, subject, provenance.threads(), environment) as worker:
        for _ in tqdm(range(rounds), name, unit="round", file=sys.stderr):
            time.sleep(REST)
            times.append(worker.ask("time"))
        found, software = worker.ask("count"), worker.software
    median = float(np.median(times))
    row = {"what": name, "format": found.get("format", ""), "milliseconds": median}
    row |= {"low": min(times), "high": max(times), "pictures_per_second": 1000 * default().train.batch / median}
    return row | {"rounds": rounds, "software": software}


def run(rounds: int) -> pd.DataFrame:
    """Measures the input alone and a step, each in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        scenes = render_dataset(Path(folder) / "scenes", SCENES, seed=0)
        rows = [measure("input alone", Subject(build_input, (scenes,)), {}, rounds)]
        for name, (environment, precision) in STEPS.items():
            rows.append(measure(f"step, {name}", Subject(build_step, (scenes, precision)), environment, rounds))
    origin = {"commit": provenance.commit(), "command": provenance.command(), "processor": provenance.processor()}
    return pd.DataFrame(rows).assign(**origin)


def _batches(scenes, config):
    from plate_seg.data import pipeline
    from plate_seg.data.readers import read_samples

    train = config.train
    source = pipeline.Source(read_samples(scenes))
    return pipeline.training_batches([source], train.picture, train.batch, train.seed, train.mosaic)


def main() -> int:
    """Prints the table, writes it, and returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6, help="turns of each (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="CSV file to write")
    options = parser.parse_args()
    try:
        if options.out:
            outputs.check_writable(options.out)
        table = run(options.rounds)
        print(table[["what", "format", "milliseconds", "low", "high", "pictures_per_second"]].round(1).to_string())
        if options.out:
            outputs.write_beside(options.out, table.to_csv(index=False, lineterminator="\n", float_format="%.6g"))
    except UserError as error:
        print(f"train_speed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
