"""`plate-seg`: train, evaluate, predict, export, render and convert from a shell."""

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from plate_seg import __version__
from plate_seg.errors import UserError
from plate_seg.parser import Parser, positive, score, whole

CLOSED_PIPE = 141  # 128 and the number of SIGPIPE, as a shell reports tools that it ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line; returns the exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's notes on the machine are not for our users
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names that the terminal cannot show
    try:
        status = _run(list(sys.argv[1:] if arguments is None else arguments))
        if sys.stdout:
            sys.stdout.flush()  # here, where a full disk or a closed pipe is an error like others
        return status
    except BrokenPipeError:
        _drop_unwritten()
        return CLOSED_PIPE
    except UserError as error:
        print(f"plate-seg: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"plate-seg: {_one_line(error)}", file=sys.stderr)
        _drop_unwritten()
        return 1
    except KeyboardInterrupt:
        print("plate-seg: interrupted", file=sys.stderr)
        return 130


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["train"]:  # has options of its own, `plate-seg train --help` included
        return _train(arguments[1:])
    options = build_parser().parse_args(arguments)
    return options.run(options)


def _one_line(error: OSError) -> str:
    """Says what the system refused, and of which file where it tells."""
    reason = " ".join(str(error.strerror or error).split())
    return f"{error.filename}: {reason}" if error.filename else reason


def _drop_unwritten() -> None:
    """Drops output that nobody takes, so that Python does not complain of it on exit."""
    with contextlib.suppress(ValueError, AttributeError):
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def build_parser() -> Parser:
    """Returns the parser of all commands; each sets `run`, which takes the options and returns the exit status."""
    parser = Parser(prog="plate-seg", description="Finds licence plates and segments their characters.")
    parser.add_argument("--version", action="version", version=f"plate-seg {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    commands.add_parser("train", add_help=False, help="train a model, as `python train.py` does")
    _add_evaluate(commands)
    _add_predict(commands)
    _add_export(commands)
    _add_render(commands)
    _add_convert(commands)
    return parser


def _add_evaluate(commands) -> None:
    command = commands.add_parser(
        "evaluate",
        help="measure a model on a data set",
        description="Measures a model on a split of a data set: prints a table, and writes tables, charts and sheets.",
    )
    command.add_argument("--data", metavar="DIR", type=Path, required=True, help="the data set")
    command.add_argument("--split", default="test", help="train, val or test (default: test, or all if not split)")
    command.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("runs/evaluation"), help="default: %(default)s"
    )
    _add_model(command)
    _add_threshold(command)
    command.add_argument("--no-speed", action="store_true", help="leave out time and memory: others use the machine")
    command.set_defaults(run=_evaluate)


def _add_predict(commands) -> None:
    command = commands.add_parser(
        "predict",
        help="find plates on pictures",
        description="Finds plates on pictures and prints their texts and scores. Exits with 1 if one cannot be read.",
        epilog="example:\n  plate-seg predict photos/ 'more/*.jpg' --json plates.json --out annotated/",
    )
    command.add_argument("paths", metavar="PATH", nargs="+", help="picture, folder (searched through) or glob")
    command.add_argument("--json", metavar="FILE", type=Path, help="write boxes, corners, texts and masks (COCO RLE)")
    command.add_argument("--csv", metavar="FILE", type=Path, help="write a row for each plate")
    command.add_argument("--out", metavar="DIR", type=Path, help="write annotated pictures")
    _add_model(command)
    _add_threshold(command)
    command.set_defaults(run=_predict)


def _add_export(commands) -> None:
    command = commands.add_parser(
        "export",
        help="make a SavedModel, a TensorFlow Lite or an ONNX file from a run",
        description="Makes a SavedModel, which TensorFlow loads without this package, a .tflite or an .onnx file from a"
        " run's weights; or from an exported model, with another canvas, other thresholds, boxes or temperatures.",
    )
    runs = "folder of a run, or of an exported model; several of one line for the mean of their weights"
    command.add_argument("run_dirs", metavar="RUN", type=Path, nargs="+", help=runs)
    form = "folder of the SavedModel, or a file that ends in .tflite or .onnx (default: %(default)s)"
    command.add_argument("--out", metavar="PATH", type=Path, default=Path("saved_models") / "plate_seg", help=form)
    sizes = {
        "canvas": ("PX", 32, "long side of the canvas, to 640 px pictures"),
        "largest-canvas": ("PX", 32, "up to which it grows"),
        "max-plates": ("N", 1, "most plates of a picture"),
        "max-characters": ("N", 1, "most characters of a plate"),
    }
    for name, (unit, least, meaning) in sizes.items():
        command.add_argument(f"--{name}", metavar=unit, type=whole(least), help=f"{meaning} (default: the run's)")
    _add_threshold(command, "the run's")
    shares = {
        "--proposals": ("proposal_threshold", "SCORE", "least score of a second look"),
        "--box-looseness": ("box_looseness", "SHARE", "room round plates: 0 for none, 1 as in the photographs' boxes"),
    }
    for flag, (field, unit, meaning) in shares.items():
        command.add_argument(flag, dest=field, metavar=unit, type=score, help=f"{meaning} (default: the run's)")
    for name in ("plate", "character"):
        command.add_argument(
            f"--{name}-temperature",
            metavar="T",
            type=positive,
            help=f"what the logits of {name} scores are divided by, as `evaluate` fits it (default: the run's)",
        )
    command.set_defaults(run=_export)


def _add_render(commands) -> None:
    command = commands.add_parser(
        "render",
        help="draw a data set of scenes with plates",
        description="Draws scenes with plates: pictures, COCO JSON with exact masks, and a contact sheet.",
    )
    command.add_argument("--out", metavar="DIR", type=Path, required=True, help="the data set to make")
    command.add_argument("--count", metavar="N", type=whole(1), default=100, help="scenes (default: %(default)s)")
    command.add_argument("--seed", metavar="N", type=whole(0), default=0, help="another one, other scenes (default: 0)")
    command.add_argument("--height", metavar="PX", type=whole(64), default=480, help="default: %(default)s")
    command.add_argument("--width", metavar="PX", type=whole(64), default=640, help="default: %(default)s")
    command.add_argument(
        "--layout",
        dest="layouts",
        metavar="NAME",
        nargs="+",
        help="kinds of plates (default: all); a wrong name lists them",
    )
    command.add_argument(
        "--workers", metavar="N", type=whole(1), default=os.cpu_count() or 1, help="processes (default: one a CPU)"
    )
    command.set_defaults(run=_render)


def _add_convert(commands) -> None:
    command = commands.add_parser(
        "convert",
        help="turn VOC, YOLO or CCPD folders into a data set",
        description="Turns a folder with Pascal VOC, YOLO or CCPD labels into COCO JSON, as all commands read it.",
    )
    command.add_argument("source", metavar="SOURCE", type=Path, help="folder with pictures and labels")
    command.add_argument("out", metavar="DIR", type=Path, help="the data set to make")
    command.set_defaults(run=_convert)


def _add_model(command: Parser) -> None:
    command.add_argument("--model", metavar="DIR", type=Path, help="SavedModel (default: saved_models/plate_seg)")


def _add_threshold(command: Parser, default: str = "the model's") -> None:
    command.add_argument(
        "--threshold", metavar="SCORE", type=score, help=f"least score of a plate (default: {default})"
    )


def _train(arguments: Sequence[str]) -> int:
    from plate_seg import launch

    return launch.main(arguments)


def _evaluate(options: argparse.Namespace) -> int:
    from plate_seg.evaluate import evaluate
    from plate_seg.predict import default_model

    model = options.model or default_model()
    evaluate(model, options.data, options.split, options.out, options.threshold, speed=not options.no_speed)
    print((options.out / "summary.md").read_text(encoding="utf-8"))
    return 0


def _predict(options: argparse.Namespace) -> int:
    from plate_seg.predict import default_model, predict

    model = options.model or default_model()
    return predict(options.paths, model, options.json, options.csv, options.out, options.threshold)


def _export(options: argparse.Namespace) -> int:
    if options.out.suffix.lower() == ".tflite":
        from plate_seg.lite import export_lite as export
    elif options.out.suffix.lower() == ".onnx":
        from plate_seg.onnx_file import export_onnx as export
    else:
        from plate_seg.export import export_run as export

    fields = ("canvas", "largest_canvas", "max_plates", "max_characters", "proposal_threshold", "box_looseness")
    fields += ("plate_temperature", "character_temperature")
    chosen = {name: getattr(options, name) for name in fields}
    run, *others = options.run_dirs
    print(f"exported to {export(run, options.out, others, score_threshold=options.threshold, **chosen)}")
    return 0


def _render(options: argparse.Namespace) -> int:
    from plate_seg.data.render import render_dataset

    size = {"height": options.height, "width": options.width}
    render_dataset(options.out, options.count, options.seed, options.workers, **size, layouts=options.layouts)
    print(f"{options.count} scenes in {options.out}")
    return 0


def _convert(options: argparse.Namespace) -> int:
    from plate_seg.data.convert import convert

    print(f"{convert(options.source, options.out)} pictures in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
