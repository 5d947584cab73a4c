"""Compares variants of trained runs on one split and writes their measures into a common table.

Run, for example:
    python benchmarks/ablate.py grouping --data DIR --split val \
        --variant "centres and offsets=runs/full" --variant "connected components=runs/full,components"
    python benchmarks/ablate.py crops --data DIR --split val \
        --variant "rectified=runs/full" --variant "upright=runs/full,rectified=false"
    python benchmarks/ablate.py seed --data DIR --split val --variant "1=runs/one" --variant "2=runs/two"

A variant is a run's folder; `,components` groups by connected components of the class map; `,look_boxes` reports the
second look's boxes without the plate head's share, `,frame_boxes` the bounds of a character's frame, whatever its
strokes; `,features` builds the graph of features.py, for a run that was trained with it; and `,FIELD=VALUE` changes a
field of the model that no weight depends on: `,rectified=false` crops upright boxes, `,box_looseness=0` reports the
bounds of a plate's corners. Rows of the same experiment and split in the table are replaced.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from plate_seg import outputs, provenance
from plate_seg.errors import UserError

MEASURES = (
    "plate_recall",
    "plate_ap50",
    "plate_ap",
    "found_plates_character_f1",
    "plates_segmented_exactly",
    "label_accuracy",
    "text_exact",
)
CHANGES = ("components", "look_boxes", "frame_boxes", "features")


@dataclass(frozen=True)
class Variant:
    """A run, and how it is served.

    Args:
        name: as the table tells it.
        run: the run's folder.
        change: of the graph, one of `CHANGES`, or none.
        fields: of the model, with the texts of their values.
    """

    name: str
    run: Path
    change: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def parse(text: str) -> Variant:
    """Reads `NAME=RUN[,OPTION...]`.

    Raises:
        UserError: no name, or an unknown option.
    """
    name, equals, rest = text.partition("=")
    run, *options = rest.split(",")
    fields = tuple(tuple(option.split("=", 1)) for option in options if "=" in option)
    changes = [option for option in options if "=" not in option]
    if not (name and equals and run) or len(changes) > 1 or not set(changes) <= set(CHANGES):
        remedy = f"write NAME=RUN, then after commas one of {', '.join(CHANGES)}, and FIELD=VALUE"
        raise UserError("--variant", repr(text), remedy)
    return Variant(name, Path(run), *changes, fields=fields)


def load(variant: Variant):
    """Returns what finds plates in a picture, and the score from which on they count.

    Raises:
        UserError: weights depend on a field of the variant, or its value does not fit.
    """
    import tensorflow as tf

    from benchmarks import features
    from benchmarks.boxes import FrameBoxAssembly, LookBoxAssembly
    from benchmarks.components import ComponentAssembly
    from plate_seg import config as configs
    from plate_seg.found import unpack
    from plate_seg.models import segmenter
    from plate_seg.models.assembly import Assembly
    from plate_seg.start import SERVING

    config = configs.load(variant.run / "config.json")
    for field, value in variant.fields:
        if field not in SERVING:
            raise UserError("--variant", repr(field), f"choose from {', '.join(SERVING)}")
        config = configs.replace(config, {f"model.{field}": value})
    model = config.model
    special = {"components": ComponentAssembly, "look_boxes": LookBoxAssembly, "frame_boxes": FrameBoxAssembly}
    build = features.build if variant.change == "features" else segmenter.build
    view = segmenter.serving_view(build(model), special.get(variant.change, Assembly))
    view.load_weights(variant.run / "model.weights.h5")
    serve = tf.function(
        lambda images: view(images, training=False),
        input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8)],
    )

    def find(image):
        return unpack({name: rows.numpy() for name, rows in serve(tf.constant(image[None])).items()})[0]

    return find, model.score_threshold


def measure_variant(variant: Variant, samples: list) -> pd.DataFrame:
    """Returns the rows of `MEASURES` over all sources and for each."""
    from plate_seg.evaluate import evaluate_finder, measure

    find, threshold = load(variant)
    table = measure(samples, evaluate_finder(find, samples, variant.name), threshold)
    rows = table[(table.group == "all") & table.measure.isin(MEASURES)]
    return rows[["source", "measure", "value", "low", "high"]].assign(variant=variant.name)


def merge(out: Path, rows: pd.DataFrame) -> None:
    """Puts rows into the table `out` in place of those of the same experiment and split; whole or not at all."""
    if out.exists():
        old = pd.read_csv(out, dtype={"variant": str})
        is_same = (old.experiment == rows.experiment.iloc[0]) & (old.split == rows.split.iloc[0])
        rows = pd.concat([old[~is_same], rows], ignore_index=True)
    outputs.write_beside(out, rows.to_csv(index=False))


def main() -> int:
    """Measures every variant; returns the exit status."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("experiment", help="what the variants differ in")
    made.add_argument("--variant", action="append", required=True, metavar="NAME=RUN[,OPTION...]")
    made.add_argument("--data", type=Path, required=True, metavar="DIR")
    made.add_argument("--split", default="val")
    made.add_argument("--out", type=Path, default=Path("docs/results/ablations.csv"), metavar="FILE")
    options = made.parse_args()
    try:
        from plate_seg.data.readers import read_split

        outputs.check_writable(options.out)
        variants = [parse(text) for text in options.variant]
        samples = read_split(options.data, options.split)
        rows = pd.concat([measure_variant(variant, samples) for variant in variants])
        rows = rows.assign(experiment=options.experiment, split=options.split, pictures=len(samples))
        rows = rows.assign(commit=provenance.commit(), command=provenance.command())
        merge(options.out, rows)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    shown = rows[rows.source == "all"].pivot(index="variant", columns="measure", values="value")
    print(shown[[name for name in MEASURES if name in shown]].round(3).to_string())
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(main())
