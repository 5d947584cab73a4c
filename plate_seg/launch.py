"""`python train.py`, `plate-seg train`: options to one run, its evaluation, a table and where everything lies."""

import argparse
import dataclasses
import itertools
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from plate_seg import config as configs
from plate_seg import experiments
from plate_seg.config import Config
from plate_seg.errors import UserError
from plate_seg.outputs import require_writable
from plate_seg.parser import Parser

SHOWN = {
    "plate_ap50": "plate AP50",
    "plate_ap": "plate AP50:95",
    "plate_recall": "plates found",
    "character_f1": "character F1",
    "plates_segmented_exactly": "segmented exactly",
    "label_accuracy": "labels right",
    "text_exact": "text exact",
}


def main(arguments: Sequence[str]) -> int:
    """Trains, exports and evaluates; returns the exit status."""
    options = parser().parse_args(arguments)
    config = configure(options)
    run = options.run or Path("runs") / config.name
    check_places(run, options.out)
    use_onednn()

    from plate_seg import tempering
    from plate_seg.export import check_replaceable, export_run
    from plate_seg.train import train

    check_replaceable(options.out)
    tempering.fit(train(config, run), config, run)
    model = export_run(run, options.out)
    report(config, model, run)
    _say_where(model, run)
    return 0


def check_places(run: Path, out: Path) -> None:
    """Tells before the work that the folders of a run and of its exported model cannot be.

    Raises:
        UserError: one cannot be written, the model would take the run's place, or its name is that of a file.
    """
    if out.suffix.lower() in (".tflite", ".onnx"):
        remedy = f"give --out a folder; afterwards `plate-seg export {run} --out {out}` makes the file"
        raise UserError(f"--out {out}", "is the name of a file", remedy)
    if out.resolve() in (run.resolve(), *run.resolve().parents):
        raise UserError(f"--out {out}", f"holds the run {run}", "give the exported model a folder of its own")
    require_writable("--run", run)
    require_writable("--out", out)


def use_onednn() -> None:
    """Asks TensorFlow, before it is loaded, for the convolutions of oneDNN, unless the environment says otherwise.

    By itself it takes them only on CPUs with AVX-512 and better; gradients are faster with them on others, too.
    """
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def parser() -> Parser:
    """Returns the parser of the command line, under the name that it was started by."""
    fields = "\n".join(
        f"  {part.name}.{field.name} = {getattr(part_value, field.name)!r}"
        for part in dataclasses.fields(Config)
        if dataclasses.is_dataclass(part_value := getattr(experiments.default(), part.name))
        for field in dataclasses.fields(part_value)
    )
    names = "\n".join(f"  {name}: {make.__doc__}" for name, make in experiments.EXPERIMENTS.items())
    made = Parser(
        prog="train.py" if Path(sys.argv[0]).name == "train.py" else "plate-seg train",
        description="Trains one graph from scratch, exports it and measures it on pictures it has not seen.",
        epilog=f"experiments:\n{names}\n\nfields for --set, with their defaults:\n{fields}",
    )
    made.add_argument("--experiment", default="default", metavar="NAME", help="named configuration (default: default)")
    made.add_argument(
        "--data", action="append", default=[], metavar="DIR", help="real pictures to add, any supported format; repeat"
    )
    made.add_argument("--backbone", metavar="NAME", help=f"one of {', '.join(configs.BACKBONES)}")
    made.add_argument(
        "--start",
        action="append",
        default=[],
        metavar="DIR",
        help="run or exported model to go on from (default: fresh weights); repeat for the mean of runs of one line",
    )
    made.add_argument("--no-rendered", action="store_true", help="train on --data alone, without rendered scenes")
    made.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="override a field; repeat")
    made.add_argument("--run", type=Path, metavar="DIR", help="run folder (default: runs/NAME); resumes what is there")
    made.add_argument("--out", type=Path, default=Path("saved_models/plate_seg"), metavar="DIR", help="exported model")
    return made


def configure(options: argparse.Namespace) -> Config:
    """Returns the configuration that the options name.

    Raises:
        UserError: an experiment, field or value that does not exist, or a data set given twice.
    """
    config = with_folders(experiments.named(options.experiment), options.data)
    if options.start:
        config = replace(config, train=replace(config.train, start=tuple(options.start)))
    options_too = {"data.rendered": "0.0"} if options.no_rendered else {}
    if options.backbone:
        options_too["model.backbone"] = options.backbone
    config = configs.replace(config, options_too | assigned(options.set))
    resolved = [Path(folder).resolve() for folder in config.data.folders]
    for folder, place in zip(config.data.folders, resolved, strict=True):
        if resolved.count(place) > 1:
            raise UserError(f"--data {folder}", "is given twice", "give each folder once")
    return config


def assigned(assignments: Sequence[str]) -> dict[str, str]:
    """Returns the texts of FIELD=VALUE by field; of several for one, the last.

    Raises:
        UserError: no `=`.
    """
    for assignment in assignments:
        if "=" not in assignment:
            raise UserError(f"--set {assignment}", "no value", "give FIELD=VALUE")
    return dict(assignment.split("=", 1) for assignment in assignments)


def with_folders(config: Config, folders: Sequence[str], share: float = 0.4) -> Config:
    """Returns `config` with real folders added; one of rendered scenes alone then keeps `share` of them."""
    if not folders:
        return config
    rendered = share if config.data.rendered == 1 else config.data.rendered
    data = replace(config.data, folders=(*config.data.folders, *folders), rendered=rendered)
    return replace(config, data=data)


def distinct_names(folders: Sequence[Path]) -> list[str]:
    """Returns the names of folders, numbered from the second of a name on."""
    names = []
    for name in (folder.resolve().name for folder in folders):
        numbered = (f"{name}-{number}" for number in itertools.count(2))
        names.append(next(each for each in itertools.chain([name], numbered) if each not in names))
    return names


def report(config: Config, model: Path, run: Path) -> None:
    """Measures the exported model on rendered test scenes and on the folders' validation pictures; prints a table."""
    import pandas as pd

    from plate_seg.data.collection import read_part
    from plate_seg.data.readers import read_split
    from plate_seg.evaluate import evaluate_samples

    jobs = []
    if config.data.rendered > 0:
        jobs.append((Path(config.data.cache), "test", read_split(Path(config.data.cache), "test")))
    jobs += [(Path(folder), "val", read_part(Path(folder), "val")) for folder in config.data.folders]
    jobs = [job for job in jobs if job[2]]
    tables = []
    for name, (_, split, samples) in zip(distinct_names([folder for folder, *_ in jobs]), jobs, strict=True):
        table = evaluate_samples(model, samples, split, run / "evaluation" / f"{name}-{split}", speed=False)
        rows = table[(table.group == "all") & table.measure.isin(list(SHOWN))]
        tables.append(rows.assign(data=f"{name} {split}, {len(samples)} pictures"))
    if tables:
        shown = pd.concat(tables).pivot(index=["data", "source"], columns="measure", values="value")
        shown = shown[[name for name in SHOWN if name in shown]].rename(columns=SHOWN)
        print("\n" + shown.round(3).fillna("-").to_string() + "\n")


def _say_where(model: Path, run: Path) -> None:
    lines = {
        "model": model,
        "run": f"{run}  (config.json, model.weights.h5, history.csv, evaluation/)",
        "curves": f"tensorboard --logdir {run / 'tensorboard'}",
        "next": f"plate-seg predict PICTURE... --model {model} --out annotated",
    }
    print("\n".join(f"{name:>8}: {line}" for name, line in lines.items()), file=sys.stdout)
