"""Photographs shown together: where they and their plates end up, and that each is shown once."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from benchmarks import large_pictures
from benchmarks.large_pictures import CELL, GREY, MOST, Sheet, compare, gather, measure_sheets
from plate_seg import start
from plate_seg.config import ModelConfig
from plate_seg.data.sample import Character, Plate, Sample
from plate_seg.errors import UserError
from plate_seg.found import FoundCharacter, FoundPlate
from plate_seg.models import segmenter

BOX = np.array([0.25, 0.5, 0.75, 1.0])


def photograph(tmp_path, name, height, width, plates=1):
    """A black picture whose plates are all the same white rectangle, `BOX`, with a 7 that fills it."""
    image = np.zeros((height, width, 3), np.uint8)
    image[height // 4 : 3 * height // 4, width // 2 :] = 255
    cv2.imwrite(str(tmp_path / name), image)
    plate = Plate(BOX, None, (Character(7, BOX),), complete=True, text="7")
    return Sample(tmp_path / name, height, width, (plate,) * plates, "here")


def test_a_picture_lies_in_the_middle_of_its_cell_with_its_plates(tmp_path):
    tall, wide = photograph(tmp_path, "tall.png", 96, 64), photograph(tmp_path, "wide.png", 100, 400)
    sheet = Sheet((tall, tall, tall, wide), 2)

    sample, image = sheet.sample(Path("sheet.png")), sheet.draw()

    assert image.shape == (960, 1280, 3) and (sample.height, sample.width) == (960, 1280)
    assert (image[0, 0] == GREY).all() and (image[0, 320] == 0).all()
    for plate in sample.plates:
        top, left, bottom, right = np.rint(plate.box * [960, 1280, 960, 1280]).astype(int)
        assert (image[top + 4 : bottom - 4, left + 4 : right - 4] > 250).all()
        assert (image[top + 4 : bottom - 4, left - 4] < 50).all() and (image[top - 4, left + 4] < 50).all()
        np.testing.assert_allclose(plate.characters[0].box, plate.box)
        np.testing.assert_allclose(plate.characters[0].corners[2], plate.box[2:])


@pytest.mark.parametrize(("across", "sizes"), [(1, [1] * 9), (2, [4, 4, 1]), (3, [9])])
def test_each_scene_is_shown_once(across, sizes, tmp_path):
    scenes = [photograph(tmp_path, f"{number}.png", *CELL) for number in range(9)]

    sheets = gather(scenes, across)

    assert [len(sheet.members) for sheet in sheets] == sizes
    assert sorted(one.path for sheet in sheets for one in sheet.members) == [one.path for one in scenes]


def test_a_data_set_without_a_scene_is_refused():
    with pytest.raises(UserError, match="none of a scene"):
        compare(Path("unread"), [Sample(Path("crop.png"), 10, 10, (), scene=False)], [768])


def test_scenes_are_shown_alone_and_together_and_crops_alone(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(start, "of_export", lambda model: segmenter.build(ModelConfig(canvas=64, largest_canvas=64)))
    monkeypatch.setattr(
        large_pictures,
        "measure_sheets",
        lambda find, threshold, sheets, name: shown.append(sheets) or pd.DataFrame([{}]),
    )
    scenes = [photograph(tmp_path, f"{number}.png", *CELL) for number in range(4)]
    crop = replace(photograph(tmp_path, "crop.png", *CELL), scene=False)

    rows = compare(Path("model"), [*scenes, crop], [96])

    assert list(rows.kind) == ["scenes"] * 6 + ["crops"] * 3 and set(rows.largest_canvas) == {96}
    assert list(rows["size"][:3]) == list(rows["size"][6:]) == ["640x480", "1280x960", "1920x1440"]
    assert all(member.scene for sheets in shown[:6] for sheet in sheets for member in sheet.members)
    assert [sheet.members for sheets in shown[6:] for sheet in sheets] == [(crop,)] * 3


def test_a_cell_may_be_enlarged(tmp_path):
    (sheet,) = gather([photograph(tmp_path, "one.png", *CELL)], 1, 2)

    sample, image = sheet.sample(Path("sheet.png")), sheet.draw()

    assert image.shape == (960, 1280, 3) and (sample.height, sample.width) == (960, 1280)
    np.testing.assert_allclose(sample.plates[0].box, BOX)
    assert image[480, 960].min() > 250 and image[480, 320].max() < 5


def test_no_picture_has_more_plates_than_a_model_can_return(tmp_path):
    scenes = [photograph(tmp_path, f"{number}.png", *CELL, plates=6) for number in range(4)]

    assert [sum(len(one.plates) for one in sheet.members) for sheet in gather(scenes, 3)] == [12, 12]
    assert len(gather([photograph(tmp_path, "many.png", *CELL, plates=MOST + 1)], 3)) == 1


def test_what_is_found_is_measured_and_timed(tmp_path):
    sheets = gather([photograph(tmp_path, f"{number}.png", *CELL) for number in range(4)], 2)
    truth = sheets[0].sample(Path("0.png")).plates

    def find(image):
        blank = np.zeros((2, 2), bool)
        return [
            FoundPlate(plate.box, np.zeros((4, 2)), 0.9, (FoundCharacter(plate.box, 7, 1.0, blank, plate.box),))
            for plate in truth[:3]
        ]

    rows = measure_sheets(find, 0.5, sheets, "trial").set_index("measure")

    assert rows.value["plate_recall"] == 0.75 and rows.value["plate_precision"] == 1
    assert rows.value["text_exact"] == 0.75
    assert 0 < rows.low["milliseconds"] <= rows.value["milliseconds"] <= rows.high["milliseconds"]
