import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from plate_seg import evaluate as evaluation
from plate_seg import predict
from plate_seg.data import readers
from plate_seg.data.pictures import write_picture
from plate_seg.data.sample import Sample
from plate_seg.errors import UserError
from plate_seg.metrics.measure import COLUMNS
from tests.metrics.examples import HEIGHT, WIDTH, find_plate, sample, stray_plate, true_plate

PLATE = true_plate("AB1", masked=True)


def make_samples(folder, count):
    """Pictures whose brightness is their number, so that a finder can know them."""
    for place in range(count):
        write_picture(folder / f"{place}.png", np.full((HEIGHT, WIDTH, 3), place, np.uint8))
    return [Sample(folder / f"{place}.png", HEIGHT, WIDTH, (PLATE,), f"part {place % 2}") for place in range(count)]


def find(image, threshold=None):
    """Finds the plate on even pictures, another besides on the first, and one too doubtful on the third."""
    number = int(image[0, 0, 0])
    if number == 2:
        return [find_plate(PLATE, score=0.2)]
    return [find_plate(PLATE)] * (number % 2 == 0) + [stray_plate()] * (number == 0)


@pytest.fixture
def ready(tmp_path, monkeypatch):
    """Four pictures, and a model that is `find`; of its own accord it drops plates under 0.5."""

    def find_sure(image, threshold=0.5):
        return [plate for plate in find(image) if plate.score >= threshold]

    samples = make_samples(tmp_path, 4)
    monkeypatch.setattr(readers, "read_split", lambda data, split: samples if split != "empty" else [])
    monkeypatch.setattr(predict, "load", lambda model: SimpleNamespace(find=find_sure, threshold=0.5))
    return tmp_path


def test_a_finder_runs_over_pictures_in_order(tmp_path):
    found = evaluation.evaluate_finder(find, make_samples(tmp_path, 4))

    assert [len(plates) for plates in found] == [2, 0, 1, 0]
    assert found[0][0].text == "AB1"


def test_evaluation_writes_the_table_the_summary_the_charts_and_the_sheets(ready):
    table = evaluation.evaluate(ready / "model", ready, "test", ready / "out", speed=False)

    written = pd.read_csv(ready / "out" / "metrics.csv")
    assert len(written) == len(table)
    value = table[table.group == "all"].set_index(["source", "measure"]).value
    assert value["all", "plate_recall"] == 1 / 4
    assert value["all", "plate_precision"] == 1 / 2
    assert value["part 0", "plate_recall"] == 1 / 2
    # scores and outcomes: 0.9 right, 0.6 wrong, 0.2 right
    assert value["all", "plate_ece"] == pytest.approx((0.1 + 0.6 + 0.8) / 3)
    files = {file.name for file in (ready / "out").iterdir()}
    assert files == {"metrics.csv", "summary.md", "failures.csv", "thresholds.csv", "confusion.csv", "confusion.png",
                     "precision_recall.png", "reliability.png", "size_recall.png", "thresholds.png", "false_plate.jpg",
                     "missed_plate.jpg"}  # fmt: skip


def test_calibration_is_measured_by_source_before_and_after_the_temperatures():
    samples = [sample(PLATE, source="one"), sample(PLATE, source="two")]
    found = [[find_plate(PLATE, 0.8)], [find_plate(PLATE, 0.2), stray_plate(0.9)]]

    table = evaluation.measure_calibration(samples, found, 0.5, {"plate": 2.0, "character": 0.5})

    value = table.set_index(["source", "measure"]).value
    # a temperature of 2 makes 2 of the odds 4 of a score of 0.8, 1/2 of 1/4 (0.2) and 3 of 9 (0.9, which is wrong)
    gaps = [value[source, "plate_ece"] for source in ("one", "two", "all")]
    tempered = [value[source, "plate_ece_tempered"] for source in ("one", "two", "all")]
    assert gaps == pytest.approx([0.2, (0.8 + 0.9) / 2, (0.2 + 0.8 + 0.9) / 3])
    assert tempered == pytest.approx([1 / 3, (2 / 3 + 3 / 4) / 2, (1 / 3 + 2 / 3 + 3 / 4) / 3])
    # one of 1/2 makes 16 of 4; the characters of the plate of 0.2 are not shown
    assert value["all", "character_ece_tempered"] == pytest.approx(1 / 17)
    assert table.set_index(["source", "measure"])["count"]["all", "character_ece"] == 3
    assert ("two", "character_ece") not in value


def test_scores_stay_as_they_are_where_that_is_asked_for(ready):
    table = evaluation.evaluate(ready / "model", ready, "test", ready / "out", fit_on=None, speed=False)

    value = table.set_index(["source", "group", "measure"]).value
    assert value["all", "all", "plate_temperature"] == value["all", "all", "character_temperature"] == 1


def test_speed_is_measured_on_the_first_picture_if_asked_for(ready, monkeypatch):
    asked = []
    row = ("speed", "640x480 batch 1", "milliseconds_median", 8.5, 5, np.nan, np.nan)
    monkeypatch.setattr(
        evaluation, "measure_speed", lambda *paths: asked.append(paths) or pd.DataFrame([row], columns=COLUMNS)
    )

    table = evaluation.evaluate(ready / "model", ready, "test", ready / "out")

    assert asked == [(ready / "model", ready / "0.png")]
    assert table[table.source == "speed"].value.tolist() == [8.5]
    assert "| milliseconds_median | 8.5 |" in (ready / "out" / "summary.md").read_text()


def test_every_row_says_where_it_comes_from(ready):
    table = evaluation.evaluate(ready / "model", ready, "test", ready / "out", threshold=0.1, speed=False)

    assert (table.split == "test").all() and (table.pictures == 4).all() and (table.threshold == 0.1).all()
    assert table.model.unique() == [str(ready / "model")]
    assert table[["commit", "command", "cpu"]].notna().all(axis=None)
    assert table.set_index(["source", "group", "measure"]).value["all", "all", "plate_recall"] == 1 / 2


def test_the_summary_shows_sources_failures_and_confidence(ready):
    evaluation.evaluate(ready / "model", ready, "test", ready / "out", speed=False)

    page = (ready / "out" / "summary.md").read_text()

    assert re.search(r"^\| part 0 \| 0\.500 \(", page, re.M)
    assert re.search(r"^\| all \| 3 \| 1 \| 0 ", page, re.M)  # missed and false plates
    assert "Calibration error of plates 0." in page


def test_a_sheet_of_a_cause_that_is_gone_is_removed(ready):
    (ready / "out").mkdir()
    (ready / "out" / "merged.jpg").write_bytes(b"old")

    evaluation.evaluate(ready / "model", ready, "test", ready / "out", speed=False)

    assert not (ready / "out" / "merged.jpg").exists()


def test_without_a_split_to_fit_on_scores_stay_as_they_are(ready, monkeypatch):
    everything = readers.read_split

    def read_split(data, split):
        if split == "val":
            raise UserError(data, "no folder 'val'", "make one")
        return everything(data, split)

    monkeypatch.setattr(readers, "read_split", read_split)

    table = evaluation.evaluate(ready / "model", ready, "test", ready / "out", speed=False)

    value = table.set_index(["source", "group", "measure"]).value
    assert value["all", "all", "plate_temperature"] == 1
    assert value["all", "all", "plate_ece"] == pytest.approx(value["all", "all", "plate_ece_tempered"])


def test_an_empty_split_and_an_unwritable_folder_are_told(ready):
    (ready / "file").write_text("in the way")

    with pytest.raises(UserError, match="empty"):
        evaluation.evaluate(ready / "model", ready, "empty", ready / "out")
    with pytest.raises(UserError, match="file"):
        evaluation.evaluate(ready / "model", ready, "test", ready / "file" / "out", speed=False)


def test_a_folder_that_cannot_be_written_is_said_before_the_work(ready, monkeypatch):
    (ready / "file").touch()
    monkeypatch.setattr(evaluation, "evaluate_finder", lambda *_: pytest.fail("measured first"))

    with pytest.raises(UserError, match="choose a folder that can be written"):
        evaluation.evaluate(ready / "model", ready, "test", ready / "file", speed=False)
