"""JSON and CSV of found plates: pixels, x before y, masks that COCO tools read."""

import csv
import json

import numpy as np
from pycocotools import mask as coco_mask

from plate_seg import alphabet, results
from plate_seg.found import FoundCharacter, FoundPlate

HEIGHT, WIDTH = 40, 80
BOX = np.array([0.25, 0.25, 0.75, 0.75], np.float32)  # rows 10..30, columns 20..60


def found_plate():
    corners = np.array([[0.25, 0.25], [0.3, 0.75], [0.75, 0.75], [0.7, 0.25]], np.float32)
    left, right = np.array([[True, False]] * 2), np.array([[False, True], [False, False]])
    characters = (
        FoundCharacter(np.array([0.25, 0.25, 0.75, 0.5]), alphabet.encode("7"), 0.75, left, BOX),
        FoundCharacter(np.array([0.25, 0.5, 0.5, 0.75]), alphabet.OTHER, 0.5, right, BOX),
    )
    return FoundPlate(BOX, corners, 0.875, characters)


def test_boxes_and_corners_are_pixels_with_x_first():
    (plate,) = results.entry("a.jpg", HEIGHT, WIDTH, [found_plate()])["plates"]

    assert plate["box"] == [20, 10, 60, 30]
    assert plate["corners"] == [[20, 10], [60, 12], [60, 30], [20, 28]]
    assert plate["characters"][1]["box"] == [40, 10, 60, 20]


def test_entry_has_the_keys_of_the_contract():
    entry = results.entry("a.jpg", HEIGHT, WIDTH, [found_plate()])

    assert list(entry) == ["image", "width", "height", "plates"]
    assert (entry["width"], entry["height"]) == (WIDTH, HEIGHT)
    assert set(entry["plates"][0]) == {"box", "score", "corners", "text", "characters"}
    assert set(entry["plates"][0]["characters"][0]) == {"box", "label", "score", "mask"}


def test_text_and_labels_show_other_characters_as_question_marks():
    (plate,) = results.entry("a.jpg", HEIGHT, WIDTH, [found_plate()])["plates"]

    assert plate["text"] == "7?"
    assert [character["label"] for character in plate["characters"]] == ["7", "?"]


def test_masks_are_run_lengths_over_the_whole_picture():
    entry = json.loads(json.dumps(results.entry("a.jpg", HEIGHT, WIDTH, [found_plate()])))
    first, second = (coco_mask.decode(character["mask"]) for character in entry["plates"][0]["characters"])

    expected = np.zeros((2, HEIGHT, WIDTH), np.uint8)
    expected[0, 10:30, 20:40] = 1
    expected[1, 10:20, 40:60] = 1
    np.testing.assert_array_equal([first, second], expected)


def test_mask_that_reaches_outside_the_picture_is_cut_off():
    box = np.array([0.5, -0.5, 1.5, 0.5], np.float32)
    character = FoundCharacter(box, 1, 0.5, np.ones((4, 4), bool), box)
    entry = results.entry("a.jpg", HEIGHT, WIDTH, [FoundPlate(box, np.zeros((4, 2)), 0.5, (character,))])

    decoded = coco_mask.decode(entry["plates"][0]["characters"][0]["mask"])

    assert decoded.sum() == decoded[20:, :40].sum() == 20 * 40


def test_picture_without_plates_has_an_empty_list():
    assert results.entry("a.jpg", 1, 1, [])["plates"] == []


def test_json_keeps_order_and_vietnamese_names(tmp_path):
    entries = [results.error_entry("biển số.jpg", "no such file"), results.entry("a.jpg", HEIGHT, WIDTH, [])]

    results.write_json(entries, tmp_path / "plates.json")

    text = (tmp_path / "plates.json").read_text(encoding="utf-8")
    assert json.loads(text) == entries
    assert "biển số" in text
    assert [path.name for path in tmp_path.iterdir()] == ["plates.json"]


def test_json_survives_a_file_name_that_is_not_utf8(tmp_path):
    name = b"caf\xe9.jpg".decode("utf-8", "surrogateescape")

    results.write_json([results.error_entry(name, "x")], tmp_path / "plates.json")

    assert json.loads((tmp_path / "plates.json").read_text(encoding="utf-8"))[0]["image"] == name


def test_csv_has_a_row_a_plate(tmp_path):
    entries = [
        results.entry('a, "b".jpg', HEIGHT, WIDTH, [found_plate(), found_plate()]),
        results.entry("none.jpg", HEIGHT, WIDTH, []),
        results.error_entry("bad.jpg", "not a picture"),
    ]

    results.write_csv(entries, tmp_path / "plates.csv")

    with open(tmp_path / "plates.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert rows[0]["image"] == 'a, "b".jpg'
    assert (rows[0]["text"], rows[0]["score"], rows[0]["num_characters"]) == ("7?", "0.875", "2")
    assert [float(rows[0][column]) for column in ("x1", "y1", "x2", "y2")] == [20, 10, 60, 30]
    assert rows[0]["character_scores"] == "0.7500 0.5000"
