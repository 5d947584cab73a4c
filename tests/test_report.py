"""The report's builder: numbers come from CSV files alone, and what is missing or contradicts stops it by name."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from report import build, comparisons, constants, latex, macros, tables
from report.reading import ReportError, Results, find

REPORT = Path(__file__).parents[1] / "report"
WHOLE = [*macros.MEASURES.values(), *macros.CALIBRATION.values(), "character_recall", *tables.OF_MASKS]
WHOLE += ["character_mask_iou_missed_as_0"]
STAMP = {"split": "test", "pictures": 452, "commit": "abc1234", "command": "train.py", "threshold": 0.4, "cpu": "a CPU"}


def rows(source, group, measures, value=0.5):
    """Rows of `metrics.csv` with an interval of 0.1 to both sides."""
    each = {"source": source, "group": group, "value": value, "count": 40, "low": value - 0.1, "high": value + 0.1}
    return pd.DataFrame([{**each, "measure": measure, **STAMP} for measure in measures])


def metrics(value=0.5, parameters=0, pictures=452):
    """A whole `metrics.csv`: one source, one kind of plate, one width, one setting of speed."""
    speed = rows("speed", comparisons.SMALL, comparisons.SPEED | comparisons.COST, 60)
    speed.loc[speed.measure == "parameters", "value"] = parameters
    kinds = [rows("all", kind, WHOLE, value) for kind in ("lines 1", "width 0-40 px", "width 40-60 px")]
    parts = [rows("all", "all", WHOLE, value), rows("here", "all", WHOLE, value), *kinds, speed]
    return pd.concat(parts).assign(pictures=pictures)


def write_results(folder: Path) -> Results:
    """Writes results as the report needs them."""
    listed = pd.read_csv(REPORT / "photographs.csv")
    counts = pd.read_csv(REPORT / "parameters.csv")
    settings = {
        "model": {"canvas": 640, "proposal_threshold": 0.1, "margin": 0.15, "max_plates": 8, "max_characters": 16}
    }
    settings["data"] = {"scenes": 8, "scene_size": 640, "rendered": 1.0, "self_labels": 0.8}
    settings["train"] = {"epochs": 2, "steps": 3, "batch": 4, "learning_rate": 0.002, "precision": "auto"}
    settings["train"] |= dict.fromkeys(
        ("picture", "canvas", "crops", "warmup", "weight_decay", "clip", "ema", "seed", "squeezed"), 1
    )
    curves = ["loss", "val_loss", "val_plate_ap50", "val_plate_ap", "val_labelled_character_f1", "seconds"]
    scores = ["threshold", "plate_precision", "plate_recall", "false_plates_per_picture"]
    for run in [*tables.RUNS, macros.UNSETTLED]:
        (folder / run).mkdir(parents=True)
        backbone = "resnet19" if "resnet" in run else "compact"
        pictures = listed.val.sum() if run == "photographs-val" else listed.test.sum()
        table = metrics(0.4 if backbone == "resnet19" else 0.5, counts[backbone].sum(), pictures)
        table.to_csv(folder / run / "metrics.csv", index=False)
        pd.DataFrame({"epoch": [0, 1]} | {name: [30.0, 90.0] for name in curves}).to_csv(
            folder / run / "history.csv", index=False
        )
        pd.DataFrame({name: [0.1, 0.9] for name in scores}).to_csv(folder / run / "thresholds.csv", index=False)
        pd.DataFrame({"source": ["all"], "missed plate": [3], "wrong label": [7]}).to_csv(
            folder / run / "failures.csv", index=False
        )
        (folder / run / "config.json").write_text(json.dumps(settings))
    pd.DataFrame({"": ["0", "O"], "0": [5, 2], "O": [1, 9]}).to_csv(
        folder / "photographs-test/confusion.csv", index=False
    )
    pd.DataFrame({"source": ["a", "b"], "open": [7, 5], "labelled": [4, 0]}).to_csv(
        folder / "photographs-test/self_labels.csv", index=False
    )
    versus = {"model": ["a", "b"], "setting": "640x480", "measure": "time", "value": 2.0, "low": 1.0, "high": 3.0}
    pd.DataFrame(versus).assign(commit="c", command="d", processor="e & f").to_csv(folder / "speed.csv", index=False)
    ablation = rows("all", "all", ["plate_recall"]).assign(experiment="crops", variant="upright_ones")
    ablation.to_csv(folder / "ablations.csv", index=False)
    return Results(folder)


@pytest.fixture
def results(tmp_path):
    return write_results(tmp_path / "results")


def test_the_text_uses_only_numbers_and_files_that_are_built(results, tmp_path):
    source = "".join(file.read_text("utf-8") for file in [*REPORT.glob("*.tex"), *REPORT.glob("sections/*.tex")])

    build.build(results, tmp_path / "out")

    defined = set(re.findall(r"\\newcommand{\\(\w+)}", (tmp_path / "out/numbers.tex").read_text("utf-8")))
    used = {name for name in re.findall(r"\\([A-Z][a-z]\w+)", source) if not name.startswith(("Declare", "Rightarrow"))}
    known = {"IoU", "GIoU", "BCE", "FloatBarrier", "Bigl", "Bigr", "Large"}
    assert used - defined - known == set()
    assert [name for name in re.findall(r"build/([\w.]+)}", source) if not (tmp_path / "out" / name).is_file()] == []


def test_no_result_is_typed_in_the_text():
    source = "".join(file.read_text("utf-8") for file in REPORT.glob("sections/*.tex"))

    assert re.findall(r"\b0\.\d{3,}\b", source) == []


@pytest.mark.parametrize(
    "name",
    [
        "ablations.csv",
        "speed.csv",
        "default/metrics.csv",
        "backbones/resnet19/history.csv",
        "photographs-test/config.json",
    ],
)
def test_a_missing_file_stops_the_build_with_its_name(results, tmp_path, capsys, name):
    (results.folder / name).unlink()

    status = build.main(["--results", str(results.folder), "--out", str(tmp_path / "out")])

    assert status == 1
    assert name in capsys.readouterr().err


def test_a_missing_column_is_named(results):
    pd.DataFrame({"epoch": [0]}).to_csv(results.folder / "default/history.csv", index=False)

    with pytest.raises(ReportError, match=r"default/history.csv: no column seconds"):
        results.seconds("default")


def test_a_missing_row_is_named(results):
    with pytest.raises(ReportError, match=r"backbones/resnet19/metrics.csv: no row here, all, plate_ap99"):
        results.measured("backbones/resnet19", "plate_ap99", "here")


def test_parameters_that_the_results_contradict_stop_the_build(results):
    metrics(parameters=7).to_csv(results.folder / "default/metrics.csv", index=False)

    with pytest.raises(ReportError, match="parameters of compact, but default has 7"):
        build.build(results, results.folder / "out")


def test_a_table_by_source_has_values_intervals_and_its_origin(results):
    table = tables.by_source(results, "default")

    assert table.startswith("% default/metrics.csv, commit abc1234: train.py\n")
    assert r"\texttt{here} & \cell{0.500}{0.400}{0.600}" in table


def test_numbers_of_the_text_are_those_of_the_files(results):
    named = macros.macros(results, pd.DataFrame({"train": [1200], "val": [2], "test": [3]}))

    assert named["ResnetRenderedPlatesFound"] == "0.400"
    assert named["RenderedPlatesFoundInterval"] == "0.400 to 0.600"
    assert named["DefaultPicturesSeen"] == "24"
    assert (named["DefaultMinutes"], named["ThrownAp"]) == ("2", "90.000")
    assert named["PhotographsTrain"] == r"1\,200"
    assert (named["PhotoCause"], named["PhotoCauseTimes"]) == ("wrong label", "7")
    assert named["SpeedCpu"] == r"e \& f"
    assert [named[f"Self{name}"] for name in ("Open", "Labelled", "Certainty")] == ["12", "4", "0.8"]


def test_a_run_that_goes_on_from_another_says_so(results):
    config = results.settings("photographs-test")

    assert macros.settings(config, "Photo")["PhotoStart"] == ""
    for start in ("runs/earlier", ["runs/earlier"]):  # earlier runs name one, without a list
        config["train"]["start"] = start
        assert "starts from the weights of an earlier run," in macros.settings(config, "Photo")["PhotoStart"]
    config["train"]["start"] = ["runs/one", "runs/other"]
    assert "the mean of the weights of earlier runs" in macros.settings(config, "Photo")["PhotoStart"]


def test_a_model_that_is_served_otherwise_than_its_run_says_so(results):
    assert macros.serving(results.served("photographs-test"), "Photo")["PhotoServingLargestCanvas"] == "640"

    graph = {**results.settings("photographs-test")["model"], "canvas": 416, "largest_canvas": 768}
    description = results.folder / "photographs-test/plate_seg.json"
    description.write_text(json.dumps({"threshold": 0.8, "graph": graph}))

    named = macros.macros(results, pd.DataFrame({"train": [1], "val": [2], "test": [3]}))
    assert (named["PhotoServingCanvas"], named["PhotoServingLargestCanvas"]) == ("416", "768")
    assert named["DefaultServingCanvas"] == "640"


def test_the_verdict_counts_what_is_higher_and_what_lies_apart(results):
    table = metrics(value=0.9)
    table[table.measure != "label_accuracy"].to_csv(results.folder / "backbones/resnet19/metrics.csv", index=False)

    assert comparisons.verdict(results) == {"all": 7, "higher": 3, "apart": 3}


def test_an_experiment_without_a_description_keeps_its_own_name(results):
    trial = pd.concat([rows("all", "all", ["plate_recall"]), rows("here", "all", ["plate_recall"], 0.7)])
    trial.assign(experiment="my_trial", variant="a_b").to_csv(results.folder / "ablations.csv", index=False)

    assert r"\emph{My trial}, 452 pictures of test, commit \texttt{abc1234}" in comparisons.ablations(results)
    assert r"\quad a\_b & \cell{0.500}{0.400}{0.600}" in comparisons.ablations(results)
    assert "0.700" not in comparisons.ablations(results)
    assert comparisons.experiments(results).strip() == ""


def test_confusions_are_listed_from_the_commonest_on():
    counts = pd.DataFrame({"Unnamed: 0": ["0", "O"], "0": [5, 2], "O": [1, 9]})

    assert macros.confused(counts) == r"\texttt{O} as \texttt{0} (2), \texttt{0} as \texttt{O} (1)"


def test_a_measure_that_the_truth_does_not_allow_is_a_dash(results):
    assert latex.cell(find(results.metrics("default"), "text_exact", "elsewhere")) == latex.DASH


def test_text_is_escaped():
    assert latex.escape(r"50 % of a_b & {c} \d") == r"50 \% of a\_b \& \{c\} \textbackslash{}d"
    assert latex.code("a/b --c") == r"\texttt{a/\allowbreak{}b -{}-c}"


def test_constants_are_read_from_source_without_running_it(tmp_path):
    (tmp_path / "a.py").write_text(
        "A, B = 1, 2.5\nC = f()\nSIZES = (3, 4)\nclass Config:\n    width: int = 7\n    name: str\n"
    )

    assert constants.assigned(tmp_path / "a.py") == {"A": 1, "B": 2.5, "SIZES": (3, 4), "Config.width": 7}


def test_every_constant_of_the_formulas_is_in_the_model():
    assert set(constants.constants(REPORT.parent)) == set(constants.CONSTANTS)


def test_a_constant_that_has_gone_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text("A = 1\n")
    monkeypatch.setattr(constants, "CONSTANTS", {"Gone": ("a.py", "GONE", None)})

    with pytest.raises(ReportError, match=r"a.py: no constant GONE"):
        constants.constants(tmp_path)


@pytest.mark.slow
def test_the_graph_has_the_shapes_of_the_model():
    import keras
    import numpy as np

    from plate_seg.config import ModelConfig
    from plate_seg.models import segmenter

    parts = segmenter.build(ModelConfig())
    shown = ["stem_relu", "stage2_block1_relu", "stage3_block2_relu", "stage4_block2_relu", "stage5_block1_relu"]
    shown += ["fpn_smooth1_relu", "fpn_smooth2_relu", "fpn_smooth3_relu"]
    inside = keras.Model(parts.finder.input, {name: parts.finder.get_layer(name).output for name in shown})
    canvas = np.zeros((1, 320, 416, 3), "float32")  # of the shipped model, on a picture of 640 x 480
    head = {name: value for name, value in parts.finder(canvas).items() if name != "context"}
    shapes = [tuple(value.shape[1:]) for value in [*inside(canvas).values(), *head.values()]]
    shapes += [
        tuple(value.shape[1:])
        for value in [*parts.encoder.input, parts.encoder.output[0], *parts.decoder.output.values()]
    ]
    shapes += [
        parts.encoder.get_layer(name).output.shape[1:]
        for name in ("mask_context", "shape_reduce8_relu", "shape_reduce16_relu")
    ]
    graph = (REPORT / "sections/graph.tex").read_text("utf-8")

    written = {r"\times".join(map(str, shape)) for shape in shapes}

    assert {shape for shape in written if shape not in graph} == set()


@pytest.mark.slow
def test_the_parameters_are_those_of_the_model():
    from report.count_parameters import count

    listed = pd.read_csv(REPORT / "parameters.csv").set_index("part")

    assert {name: dict(count(name)) for name in ("compact", "resnet19")} == listed[["compact", "resnet19"]].to_dict()
