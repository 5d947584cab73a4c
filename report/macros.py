"""Numbers of the running text as LaTeX commands: `\\PhotoPlatesFound` and the like."""

import pandas as pd

from report.comparisons import SMALL, verdict
from report.latex import code, escape, number
from report.reading import Measured, Results

RUNS = {  # beginning of the commands' names: folder of results
    "Rendered": "default",
    "Again": "default-again",
    "Third": "default-third",
    "Fourth": "default-fourth",
    "Unseen": "default-on-photographs",
    "Untempered": "round11/default",
    "Val": "photographs-val",
    "Photo": "photographs-test",
    "CompactRendered": "backbones/compact",
    "CompactUnseen": "backbones/compact-on-photographs",
    "ResnetRendered": "backbones/resnet19",
    "ResnetUnseen": "backbones/resnet19-on-photographs",
}
MEASURES = {  # end of the commands' names: measure
    "PlatesFound": "plate_recall",
    "FalsePlates": "false_plates_per_picture",
    "PlateApFifty": "plate_ap50",
    "PlateAp": "plate_ap",
    "FoundCharacterF": "found_plates_character_f1",
    "MaskIou": "character_mask_iou",
    "MaskDice": "character_mask_dice",
    "SegmentedExactly": "plates_segmented_exactly",
    "LabelsRight": "label_accuracy",
    "TextExact": "text_exact",
    "ErrorRate": "character_error_rate",
}
CALIBRATION = {"PlateEce": "plate_ece", "CharacterEce": "character_ece"}
COSTS = {"Parameters": ("parameters", 0), "Gigaflops": ("gigaflops", 1), "Milliseconds": ("milliseconds_median", 0)}
COSTS |= {"Memory": ("peak_memory_mib", 0), "Size": ("file_size_mib", 1)}
TRAINED = {
    "Default": "default",
    "Photo": "photographs-test",
    "Compact": "backbones/compact",
    "Resnet": "backbones/resnet19",
}
UNSETTLED = "round10/default"  # a default run whose second look had a layer without normalisation
SETTLED = RUNS["Untempered"]  # the same with it, from the same seed and scenes; its scores are as it had learnt them
GOES_ON = (
    "That run starts from {}, in a line of runs of the same graph that began from fresh weights; epochs and minutes "
    "are its own. Two more, in which only what looks at crops learns, go on from it, with boards and stickers on their "
    "pictures; shipped is the mean of the weights of the three."
)
STARTS = ("the weights of an earlier run", "the mean of the weights of earlier runs")  # of one, of several
SERVED = ("canvas", "largest_canvas", "max_plates", "margin", "proposal_threshold", "box_looseness")
MOST_CONFUSED = 6  # pairs that the text names


def macros(results: Results, photographs: pd.DataFrame) -> dict[str, str]:
    """Returns the text of every command by its name, without the backslash.

    Args:
        photographs: rows of sources with columns train, val, test.
    """
    named = {}
    for prefix, run in RUNS.items():
        named |= measures(results, prefix, run)
    for prefix, run in TRAINED.items():
        named |= settings(results.settings(run), prefix) | serving(results.served(run), prefix)
        named[f"{prefix}Minutes"] = number(results.seconds(run) / 60)
        for name, (measure, places) in COSTS.items():
            named[prefix + name] = number(results.measured(run, measure, "speed", SMALL).value, places)
    for name, run in {"Settled": SETTLED, "Thrown": UNSETTLED}.items():
        named[f"{name}Ap"] = number(results.table(f"{run}/history.csv", ["val_plate_ap"]).val_plate_ap[1], 3)
    for split in ("train", "val", "test"):
        named[f"Photographs{split.capitalize()}"] = number(photographs[split].sum())
    named["PhotographSources"] = number(len(photographs))
    named |= {f"Verdict{name.capitalize()}": number(count) for name, count in verdict(results).items()}
    for prefix in ("Photo", "Unseen"):
        named |= weakest(results.metrics(RUNS[prefix]), prefix)
    for prefix in ("Photo", "Rendered"):
        named |= commonest(results.table(f"{RUNS[prefix]}/failures.csv", ["source"]), prefix)
    named |= read_by_itself(results, "photographs-test")
    named["Cpu"] = escape(results.metrics("photographs-test").cpu.iloc[0])
    named["SpeedCpu"] = escape(results.table("speed.csv", ["processor"]).processor.iloc[0])
    named["Confused"] = confused(results.table("photographs-test/confusion.csv"))
    return named


def read_by_itself(results: Results, run: str) -> dict[str, str]:
    """Returns the commands of how many training plates had no characters, and how many the model itself then read."""
    plates = results.table(f"{run}/self_labels.csv", ["source", "open", "labelled"])
    certainty = results.settings(run)["data"]["self_labels"]
    return {
        "SelfOpen": number(plates.open.sum()),
        "SelfLabelled": number(plates.labelled.sum()),
        "SelfCertainty": f"{certainty:g}",
    }


def measures(results: Results, prefix: str, run: str) -> dict[str, str]:
    """Returns the commands of a run's main measures over all sources, with their intervals and counts."""
    named = {}
    for name, measure in MEASURES.items():
        one = results.measured(run, measure)
        named[prefix + name] = f"{one.value:.3f}"
        named[f"{prefix}{name}Interval"] = interval(one)
    for name, measure in CALIBRATION.items():
        named[prefix + name] = f"{results.measured(run, measure).value:.3f}"
    first = results.metrics(run).iloc[0]
    named[f"{prefix}Pictures"] = number(first.pictures)
    named[f"{prefix}Threshold"] = f"{first.threshold:.3g}"
    named[f"{prefix}Commit"] = code(first.commit)
    named[f"{prefix}Plates"] = number(results.measured(run, "plate_recall").count)
    named[f"{prefix}Characters"] = number(results.measured(run, "character_recall").count)
    return named


def settings(config: dict, prefix: str) -> dict[str, str]:
    """Returns the commands of a run's configuration."""
    model, train, data = config["model"], config["train"], config["data"]
    named = {
        f"{prefix}{name.title().replace('_', '')}": f"{value:g}" for name, value in train.items() if _is_plain(value)
    }
    named[f"{prefix}MaxCharacters"] = f"{model['max_characters']:g}"
    start = train.get("start")  # one folder, a list of them, or none
    named[f"{prefix}Start"] = GOES_ON.format(STARTS[isinstance(start, list) and len(start) > 1]) if start else ""
    named[f"{prefix}Scenes"] = number(data["scenes"])
    named[f"{prefix}SceneSize"] = f"{data['scene_size']:g}"
    named[f"{prefix}SceneHeight"] = f"{data['scene_size'] * 3 // 4:g}"
    named[f"{prefix}RenderedShare"] = f"{data['rendered']:g}"
    named[f"{prefix}PicturesSeen"] = number(train["epochs"] * train["steps"] * train["batch"])
    return named


def serving(model: dict, prefix: str) -> dict[str, str]:
    """Returns the commands of how a model is served."""
    # earlier graphs had one canvas, and boxes as loose as they had learnt
    served = {"largest_canvas": model["canvas"], "box_looseness": 1.0, **model}
    return {f"{prefix}Serving{name.title().replace('_', '')}": f"{served[name]:g}" for name in SERVED if name in served}


def interval(one: Measured) -> str:
    """Returns a 95 % interval in words of the text."""
    return f"{one.low:.3f} to {one.high:.3f}"


def weakest(metrics: pd.DataFrame, prefix: str) -> dict[str, str]:
    """Returns the commands of the sources where fewest plates were found and fewest labels right, with the values."""
    named = {}
    for name, measure in (("LeastFound", "plate_recall"), ("LeastLabels", "label_accuracy")):
        rows = metrics[(metrics.measure == measure) & (metrics.group == "all") & (metrics.source != "all")]
        row = rows.loc[rows.value.idxmin()]
        named |= {f"{prefix}{name}Source": code(row.source), f"{prefix}{name}": f"{row.value:.3f}"}
    return named


def commonest(failures: pd.DataFrame, prefix: str) -> dict[str, str]:
    """Returns the commands of the commonest cause of failure and how often it was one."""
    counts = failures.set_index("source").loc["all"]
    return {f"{prefix}Cause": escape(counts.idxmax()), f"{prefix}CauseTimes": number(counts.max())}


def confused(counts: pd.DataFrame) -> str:
    """Returns the commonest confusions of a table of true labels (rows) and found ones, as a list in words."""
    table = counts.set_index(counts.columns[0])
    long = table.rename_axis(index="truth", columns="found").stack().reset_index(name="times")
    wrong = long[long.truth.astype(str) != long.found.astype(str)]
    worst = wrong.sort_values("times", ascending=False, kind="stable").head(MOST_CONFUSED)
    return ", ".join(f"{code(row.truth)} as {code(row.found)} ({row.times})" for row in worst.itertuples())


def _is_plain(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
