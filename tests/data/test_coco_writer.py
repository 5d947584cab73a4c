import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plate_seg.alphabet import OTHER
from plate_seg.data.coco import read_coco, write_coco
from plate_seg.data.coco_writer import coco_content
from plate_seg.data.pictures import write_picture
from plate_seg.data.sample import Character, Mask, Plate, Sample
from plate_seg.errors import UserError

FRAME = np.array([[0.41, 0.1], [0.4, 0.5], [0.59, 0.5], [0.6, 0.1]], np.float32)


def sample(folder):
    write_picture(folder / "a.png", np.full((50, 100, 3), 9, np.uint8))
    seven = Character(7, np.array([0.44, 0.12, 0.56, 0.17], np.float32), None, Mask(22, 12, np.eye(5, dtype=bool)))
    other = Character(OTHER, np.array([0.44, 0.2, 0.56, 0.25], np.float32), FRAME + 0.01)
    plate = Plate(np.array([0.4, 0.1, 0.6, 0.5], np.float32), FRAME, (seven, other), True, "*7Đ", 1, "car", "VN")
    return Sample(folder / "a.png", 50, 100, (plate,), "drawn", True)


def test_written_samples_read_back_equal(tmp_path):
    written = sample(tmp_path)

    write_coco([written], tmp_path / "out", "a test")
    (again,) = read_coco(tmp_path / "out")

    (plate,), (truth,) = again.plates, written.plates
    np.testing.assert_allclose(plate.corners, truth.corners, atol=1e-4)
    np.testing.assert_allclose(plate.characters[1].corners, truth.characters[1].corners, atol=1e-4)
    np.testing.assert_array_equal(plate.characters[0].mask.pixels, truth.characters[0].mask.pixels)
    assert plate.characters[1].mask is None
    assert (plate.text, plate.lines, plate.vehicle, plate.country, plate.complete) == ("*7Đ", 1, "car", "VN", True)
    assert (again.source, again.scene, again.height, again.width) == ("drawn", True, 50, 100)


def two_samples(folder):
    """A second picture, of another shape, with a complete plate, one that is not, and a crowd."""
    write_picture(folder / "b.png", np.zeros((80, 40, 3), np.uint8))
    one = Character(1, np.array([0.55, 0.25, 0.65, 0.5], np.float32))
    whole = Plate(np.array([0.5, 0.25, 0.75, 1], np.float32), None, (one,), True)
    part = Plate(np.array([0, 0, 0.25, 0.5], np.float32), None, (Character(2, whole.box * 0.5),), False)
    crowd = Plate(np.array([0.75, 0, 1, 0.5], np.float32), crowd=True)
    return [sample(folder), Sample(folder / "b.png", 80, 40, (whole, part, crowd), "street", True)]


def test_every_plate_keeps_its_own_truth(tmp_path):
    write_coco(two_samples(tmp_path), tmp_path / "out", "a test")

    plates = read_coco(tmp_path / "out")[1].plates
    assert [plate.complete for plate in plates] == [True, False, False]
    assert [plate.crowd for plate in plates] == [False, False, True]
    assert [[character.label for character in plate.characters] for plate in plates] == [[1], [2], []]
    assert [plate.corners for plate in plates] == [None] * 3
    np.testing.assert_allclose(plates[0].box, [0.5, 0.25, 0.75, 1])


def test_a_picture_is_complete_where_all_its_plates_are(tmp_path):
    samples = two_samples(tmp_path)

    content = coco_content([*samples, replace(samples[1], plates=())], "abc", "a test")

    assert [image["characters_complete"] for image in content["images"]] == [True, False, True]


def test_areas_and_outlines_are_in_pixels_across_then_down(tmp_path):
    content = coco_content(two_samples(tmp_path), "ab", "a test")

    first, *_, whole, one, _, _, _ = content["annotations"]
    assert first["segmentation"] == [[10, 20.5, 50, 20, 50, 29.5, 10, 30]] and first["area"] == 40 * 10
    assert (whole["bbox"], whole["area"], whole["segmentation"]) == ([10, 40, 30, 20], 600, [])
    assert (one["image_id"], one["plate_id"], one["bbox"]) == (2, whole["id"], [10, 44, 10, 8])


def test_labels_outside_the_alphabet_come_from_the_text(tmp_path):
    write_coco([sample(tmp_path)], tmp_path / "out", "a test")

    content = json.loads((tmp_path / "out" / "annotations.json").read_text(encoding="utf-8"))
    assert [item.get("label") for item in content["annotations"]] == [None, "7", "Đ"]


def test_pictures_of_one_name_are_kept_apart(tmp_path):
    (tmp_path / "b").mkdir()

    write_coco([sample(tmp_path), sample(tmp_path / "b"), sample(tmp_path)], tmp_path / "out", "a test")

    names = sorted(path.name for path in (tmp_path / "out" / "images").iterdir())
    assert names == ["a.png", "a_2.png", "a_3.png"] and len(read_coco(tmp_path / "out")) == 3


def test_a_full_folder_is_not_overwritten(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("precious")

    with pytest.raises(UserError, match="not empty"):
        write_coco([sample(tmp_path)], tmp_path / "out", "a test")

    assert (tmp_path / "out" / "mine").read_text() == "precious"


def test_the_current_folder_is_refused(tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")

    with pytest.raises(UserError, match="name a new folder"):
        write_coco([sample(tmp_path)], Path("."), "a test")


def test_nothing_half_written_stays_when_a_picture_is_missing(tmp_path):
    samples = [sample(tmp_path)]
    samples[0].path.unlink()

    with pytest.raises(UserError, match="a.png"):
        write_coco(samples, tmp_path / "out", "a test")

    assert list(tmp_path.iterdir()) == []


def test_pycocotools_opens_what_is_written(tmp_path):
    from pycocotools.coco import COCO

    write_coco([sample(tmp_path)], tmp_path / "out", "a test")

    coco = COCO(str(tmp_path / "out" / "annotations.json"))
    assert coco.annToMask(coco.anns[2]).sum() == 5 and coco.cats[coco.anns[2]["category_id"]]["name"] == "7"
