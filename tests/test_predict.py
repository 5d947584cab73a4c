"""Pictures in, plates out: what is taken from folders and globs, what bad pictures and bad models do."""

import csv
import json
import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask

from plate_seg import boxes, predict
from plate_seg.errors import UserError

ROOT = Path(__file__).parents[1]

BRIGHT, DIM, BLACK = 200, 50, 0  # the stand-in scores them 0.78, 0.2 and nothing


def write(path, level=BRIGHT, size=(40, 64)):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, np.full((*size, 3), level, np.uint8))[1].tobytes())
    return path


@pytest.fixture(scope="module")
def finder(toy_model):
    return predict.load(toy_model)


@pytest.fixture(scope="module")
def shipped():
    return predict.load(ROOT / "saved_models" / "plate_seg")


def test_finder_reads_its_threshold_from_the_folder(finder):
    assert finder.threshold == 0.3


def test_finder_without_a_description_takes_one_half(toy_model, tmp_path):
    model = shutil.copytree(toy_model, tmp_path / "model")
    (model / "plate_seg.json").unlink()

    assert predict.load(model).threshold == 0.5


@pytest.mark.parametrize("width", [1000, 1300, 3000])
def test_a_plate_that_fills_a_large_picture_is_read(shipped, width):
    scene = cv2.imread(str(ROOT / "data" / "samples" / "images" / "000000.jpg"))[..., ::-1]
    plate = scene[300:435, 240:430]

    (found,) = shipped.find(cv2.resize(plate, (width, round(width * len(plate) / plate.shape[1]))))

    assert found.text == "11L0217"
    assert boxes.iou(found.box, np.array([14 / 135, 25 / 190, 116 / 135, 164 / 190]))[0, 0] > 0.7


def test_find_returns_plates_in_fractions(finder):
    (plate,) = finder.find(np.full((40, 64, 3), BRIGHT, np.uint8))

    np.testing.assert_array_equal(plate.box, [0.25, 0.25, 0.75, 0.75])
    assert plate.score == pytest.approx(BRIGHT / 255, abs=1e-6)
    assert plate.text == "?1F"  # the third class is 20 * 0.784
    assert [int(character.mask.sum()) for character in plate.characters] == [4, 8, 4]


@pytest.mark.parametrize(("threshold", "count"), [(None, 0), (0.19, 1), (0.21, 0)])
def test_find_drops_plates_under_the_threshold(finder, threshold, count):
    assert len(finder.find(np.full((40, 64, 3), DIM, np.uint8), threshold)) == count


@pytest.mark.parametrize("size", [(1, 1), (8, 6000), (300, 7)])
def test_find_takes_any_size(finder, size):
    assert len(finder.find(np.full((*size, 3), BRIGHT, np.uint8))) == 1


def test_expand_searches_folders_in_order_and_skips_other_files(tmp_path):
    names = ["b.png", "a.jpg", "sub/c.JPEG", "sub/deep/d.webp"]
    for name in [*names, "notes.txt", ".hidden.jpg"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert predict.expand([tmp_path]) == [tmp_path / name for name in sorted(names)]


def test_expand_keeps_the_order_given_and_doubles(tmp_path):
    first, second = write(tmp_path / "1.jpg"), write(tmp_path / "2.jpg")

    assert predict.expand([second, str(first), second]) == [second, first, second]


def test_expand_takes_globs_and_names_that_look_like_globs(tmp_path):
    for name in ("x1.jpg", "x2.jpg", "y.jpg", "photo [1].jpg", "sub/x3.jpg"):
        write(tmp_path / name)

    def names(pattern):
        return [path.name for path in predict.expand([tmp_path / pattern])]

    assert names("x*.jpg") == ["x1.jpg", "x2.jpg"]
    assert names("**/x?.jpg") == ["x3.jpg", "x1.jpg", "x2.jpg"]
    assert names("s*") == ["x3.jpg"]
    assert names("photo [1].jpg") == ["photo [1].jpg"]


def test_expand_keeps_what_cannot_be_opened_so_that_it_is_reported(tmp_path, monkeypatch):
    good, link, closed = write(tmp_path / "a.jpg"), tmp_path / "link.jpg", write(tmp_path / "closed" / "b.jpg").parent
    link.symlink_to(tmp_path / "gone.jpg")
    allowed, scan = os.access, os.scandir
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != closed and allowed(path, mode))

    def scandir(path):
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)

    assert predict.expand([tmp_path]) == [good, closed, link]
    with pytest.raises(UserError, match="closed: Permission denied"):
        predict._read(closed)


def test_expand_takes_a_folder_whose_names_alone_can_be_listed_for_closed(tmp_path, monkeypatch):
    closed = write(tmp_path / "closed" / "b.jpg").parent
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != closed and allowed(path, mode))

    assert predict.expand([tmp_path]) == [closed]


def test_an_empty_path_does_not_stand_for_the_current_folder():
    with pytest.raises(UserError, match="PATH: is empty"):
        predict.expand(["a.jpg", ""])


def test_predict_writes_the_contract_in_the_order_given(toy_model, tmp_path, capsys):
    bright, black = write(tmp_path / "biển số 1.png"), write(tmp_path / "a.jpg", BLACK)

    status = predict.predict([bright, black], toy_model, json_file=tmp_path / "plates.json")

    first, second = json.loads((tmp_path / "plates.json").read_text(encoding="utf-8"))
    assert status == 0
    assert (first["image"], first["width"], first["height"]) == (str(bright), 64, 40)
    assert first["plates"][0]["box"] == [16, 10, 48, 30]
    assert [character["label"] for character in first["plates"][0]["characters"]] == ["?", "1", "F"]
    areas = [int(coco_mask.area(character["mask"])) for character in first["plates"][0]["characters"]]
    assert areas == [4 * 20, 8 * 20, 4 * 20]  # columns of 4 px, one, two and one, 20 px high
    assert second == {"image": str(black), "width": 64, "height": 40, "plates": []}
    assert capsys.readouterr().out == f"{bright}: ?1F 0.78\n"


def test_a_telephones_heic_is_searched_and_drawn_as_a_jpeg(toy_model, tmp_path):
    telephone = Path(__file__).parent / "data" / "turned.heic"

    assert predict.predict([telephone], toy_model, json_file=tmp_path / "plates.json", out=tmp_path / "drawn") == 0

    (entry,) = json.loads((tmp_path / "plates.json").read_text())
    assert (entry["width"], entry["height"]) == (64, 48)
    height, width = cv2.imread(str(tmp_path / "drawn" / "turned.jpg")).shape[:2]
    assert 3 * width == 4 * height  # small pictures are drawn enlarged


def test_predict_goes_on_past_bad_pictures_and_exits_with_one(toy_model, tmp_path, capsys):
    good = write(tmp_path / "good.jpg")
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(good.read_bytes()[:300])
    empty, text, folder = tmp_path / "empty.png", tmp_path / "text.jpg", tmp_path / "folder"
    empty.touch()
    text.write_text("not a picture")
    folder.mkdir()
    circle = tmp_path / "circle.jpg"
    circle.symlink_to(circle)
    long = tmp_path / ("n" * 256)
    bad = [cut, empty, text, folder, tmp_path / "missing.jpg", tmp_path / "none*.jpg", circle, long]

    status = predict.predict([*bad, good], toy_model, json_file=tmp_path / "plates.json")

    entries = json.loads((tmp_path / "plates.json").read_text())
    assert status == 1
    assert [entry["image"] for entry in entries] == [str(path) for path in (*bad, good)]
    assert all(set(entry) == {"image", "error"} and "\n" not in entry["error"] for entry in entries[:-1])
    assert len(entries[-1]["plates"]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if "plate-seg: " in line]
    assert [str(path) in line for path, line in zip(bad, lines, strict=True)] == [True] * len(bad)


def test_predict_writes_csv_and_annotated_pictures_with_unique_names(toy_model, tmp_path):
    pictures = [
        write(tmp_path / name, level) for name, level in (("a/1.jpg", BRIGHT), ("b/1.JPG", BLACK), ("b/2.bmp", DIM))
    ]

    predict.predict(pictures, toy_model, csv_file=tmp_path / "plates.csv", out=tmp_path / "drawn", threshold=0.1)

    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == ["1-2.JPG", "1.jpg", "2.bmp"]
    assert (
        cv2.imread(str(tmp_path / "drawn" / "1.jpg")).std() > 10 > cv2.imread(str(tmp_path / "drawn" / "1-2.JPG")).std()
    )
    with open(tmp_path / "plates.csv", newline="", encoding="utf-8") as file:
        assert [row["image"] for row in csv.DictReader(file)] == [str(pictures[0]), str(pictures[2])]


def test_a_drawing_that_fails_is_reported_and_the_rest_is_written(toy_model, tmp_path, capsys):
    long, good = write(tmp_path / ("n" * 251 + ".jpg")), write(tmp_path / "good.jpg")
    (tmp_path / "drawn" / "blocked.jpg").mkdir(parents=True)
    blocked = write(tmp_path / "blocked.jpg")
    outputs = {"json_file": tmp_path / "plates.json", "csv_file": tmp_path / "plates.csv", "out": tmp_path / "drawn"}

    assert predict.predict([blocked, long, good], toy_model, **outputs) == 1

    first, *others = json.loads((tmp_path / "plates.json").read_text())
    assert str(tmp_path / "drawn" / "blocked.jpg") in first["error"] and len(first["plates"]) == 1
    assert ["error" in entry for entry in others] == [False, False]
    assert {path.name for path in (tmp_path / "drawn").iterdir() if path.is_file()} == {long.name, good.name}
    assert len((tmp_path / "plates.csv").read_text().splitlines()) == 4
    assert capsys.readouterr().err.count("plate-seg: ") == 1


def test_the_table_is_written_even_if_the_json_is_not(toy_model, tmp_path, monkeypatch, capsys):
    def full(entries, path):
        raise UserError(path, "No space left on device", "choose a file that can be written")

    monkeypatch.setattr(predict.results, "write_json", full)
    outputs = {"json_file": tmp_path / "plates.json", "csv_file": tmp_path / "plates.csv"}

    assert predict.predict([write(tmp_path / "good.jpg")], toy_model, **outputs) == 1

    assert len((tmp_path / "plates.csv").read_text().splitlines()) == 2
    assert "plate-seg: " in capsys.readouterr().err


def test_outputs_that_would_overwrite_each_other_are_refused(toy_model, tmp_path):
    picture = write(tmp_path / "1.jpg")

    for outputs in ({"csv_file": tmp_path / "same"}, {"out": tmp_path / "same"}):
        with pytest.raises(UserError, match="same: is given for"):
            predict.predict([picture], toy_model, json_file=tmp_path / "same", **outputs)


def test_predict_never_overwrites_a_picture(toy_model, tmp_path):
    picture = write(tmp_path / "1.jpg")
    before = picture.read_bytes()

    for outputs in ({"out": tmp_path}, {"json_file": picture}, {"csv_file": tmp_path / "." / "1.jpg"}):
        with pytest.raises(UserError, match="is one of the pictures"):
            predict.predict([picture], toy_model, **outputs)

    assert picture.read_bytes() == before


def test_place_that_cannot_be_written_is_said_before_the_work(toy_model, tmp_path, monkeypatch):
    write(tmp_path / "1.jpg")
    monkeypatch.setattr(predict, "load", lambda _: pytest.fail("loaded the model first"))

    for outputs in ("json_file", "csv_file", "out"):
        with pytest.raises(UserError, match="can be written"):
            predict.predict([tmp_path / "1.jpg"], toy_model, **{outputs: tmp_path / "1.jpg" / "x"})


def test_missing_and_broken_models_name_the_remedy(toy_model, tmp_path):
    broken = shutil.copytree(toy_model, tmp_path / "broken")
    (broken / "saved_model.pb").write_bytes(b"broken")
    halved = shutil.copytree(toy_model, tmp_path / "halved")
    shutil.rmtree(halved / "variables")

    for model in (tmp_path / "nothing", broken, halved):
        with pytest.raises(UserError, match="python train.py") as error:
            predict.load(model)
        assert "\n" not in str(error.value) and str(model) in str(error.value)


def test_a_model_that_the_system_refuses_is_one_line(tmp_path):
    for name, problem in {"n" * 256: "name too long", "a.jpg/b": "no saved_model.pb"}.items():
        write(tmp_path / "a.jpg")
        with pytest.raises(UserError, match=problem):
            predict.load(tmp_path / name)


def test_model_of_another_kind_is_refused(tmp_path):
    import tensorflow as tf

    module = tf.Module()
    module.double = tf.function(lambda x: 2 * x, input_signature=[tf.TensorSpec([], tf.float32)])
    tf.saved_model.save(module, str(tmp_path), signatures=module.double)

    with pytest.raises(UserError, match="serving_default"):
        predict.load(tmp_path)


def test_damaged_description_is_refused(toy_model, tmp_path):
    model = shutil.copytree(toy_model, tmp_path / "model")
    (model / "plate_seg.json").write_text("{")

    with pytest.raises(UserError, match="export the model again"):
        predict.load(model)


def test_default_model_is_the_current_folders_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved_models" / "plate_seg").mkdir(parents=True)

    assert predict.default_model().resolve() == tmp_path / "saved_models" / "plate_seg"
