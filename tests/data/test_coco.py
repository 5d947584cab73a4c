import json

import numpy as np
import pytest

from plate_seg.alphabet import OTHER
from plate_seg.data.coco import read_coco
from plate_seg.data.pictures import write_picture
from plate_seg.errors import UserError


def content():
    """One picture of 100 x 50 pixels with a plate and its characters 7 and Đ."""
    plate = {"id": 1, "image_id": 5, "category_id": 1, "bbox": [10, 20, 40, 10], "text": "7Đ", "lines": 1}
    seven = {"id": 2, "image_id": 5, "category_id": 9, "plate_id": 1, "bbox": [12, 22, 5, 6]}
    other = {"id": 3, "image_id": 5, "category_id": 38, "plate_id": 1, "bbox": [20, 22, 5, 6], "label": "Đ"}
    seven["segmentation"] = [[12, 22, 17, 22, 17, 28, 12, 28]]
    return {
        "images": [{"id": 5, "file_name": "a.png", "width": 100, "height": 50, "source": "here", "scene": False}],
        "annotations": [plate, seven, other],
    }


def write(folder, content):
    write_picture(folder / "a.png", np.zeros((50, 100, 3), np.uint8))
    (folder / "annotations.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_plate_and_characters_become_fractions(tmp_path):
    (sample,) = read_coco(write(tmp_path, content()))

    (plate,) = sample.plates
    np.testing.assert_allclose(plate.box, [0.4, 0.1, 0.6, 0.5])
    np.testing.assert_allclose(plate.characters[0].box, [0.44, 0.12, 0.56, 0.17])
    assert [character.label for character in plate.characters] == [7, OTHER]
    assert (sample.source, sample.scene, plate.text, plate.lines, plate.complete) == ("here", False, "7Đ", 1, True)


def test_a_box_alone_means_that_the_mask_is_unknown(tmp_path):
    (sample,) = read_coco(write(tmp_path, content()))

    seven, other = sample.plates[0].characters
    assert (seven.mask.top, seven.mask.left, seven.mask.pixels.shape) == (22, 12, (6, 5))
    assert other.mask is None


def test_corners_are_turned_to_y_x_and_crowds_kept(tmp_path):
    given = content()
    given["annotations"][0] |= {"corners": [[10, 20], [50, 21], [50, 30], [10, 29]], "iscrowd": 1}

    (sample,) = read_coco(write(tmp_path, given))

    np.testing.assert_allclose(sample.plates[0].corners[1], [21 / 50, 0.5])
    assert sample.plates[0].crowd


def test_stated_incompleteness_wins_and_a_bare_plate_is_incomplete(tmp_path):
    given = content()
    given["annotations"][0]["characters_complete"] = False
    given["annotations"].append({"id": 9, "image_id": 5, "category_id": 1, "bbox": [60, 20, 20, 10]})

    (sample,) = read_coco(write(tmp_path, given))

    assert [plate.complete for plate in sample.plates] == [False, False]


def test_missing_size_is_read_from_the_picture(tmp_path):
    given = content()
    del given["images"][0]["width"]

    (sample,) = read_coco(write(tmp_path, given))

    assert (sample.height, sample.width) == (50, 100)


def test_box_across_the_edge_is_cut(tmp_path):
    given = content()
    given["annotations"][0]["bbox"] = [-3, 45, 40, 10]

    (sample,) = read_coco(write(tmp_path, given))

    np.testing.assert_allclose(sample.plates[0].box, [0.9, 0, 1, 0.37])


def test_categories_of_other_tools_are_told_by_name(tmp_path):
    given = content() | {"categories": [{"id": 0, "name": "License_Plate"}, {"id": 1, "name": "7"}]}
    given["annotations"] = [
        {"id": 1, "image_id": 5, "category_id": 1, "bbox": [12, 22, 5, 6]},
        {"id": 2, "image_id": 5, "category_id": 0, "bbox": [10, 20, 40, 10]},
    ]

    (sample,) = read_coco(write(tmp_path, given))

    assert [character.label for character in sample.plates[0].characters] == [7]


@pytest.mark.parametrize(
    ("index", "change", "words"),
    [
        (1, {"image_id": 77}, ["annotation 2", "77"]),
        (1, {"plate_id": 88}, ["annotation 2", "88"]),
        (1, {"plate_id": 3}, ["annotation 2", "no plate"]),
        (0, {"bbox": [10, 20, 0, 10]}, ["annotation 1", "no area"]),
        (0, {"bbox": [200, 20, 9, 10]}, ["annotation 1", "no area"]),
        (0, {"bbox": [10, 20, float("nan"), 10]}, ["annotation 1", "no area"]),
        (0, {"bbox": None}, ["annotation 1", "bbox"]),
        (0, {"category_id": 39}, ["annotation 1", "39"]),
        (1, {"label": "AB"}, ["annotation 2", "AB"]),
        (1, {"label": "8"}, ["annotation 2", "'8'"]),
        (1, {"segmentation": {"size": [3, 3], "counts": [9]}}, ["annotation 2", "segmentation"]),
        (0, {"corners": [[1, 2]]}, ["annotation 1", "corners"]),
    ],
)
def test_annotations_that_cannot_be_used_are_named(tmp_path, index, change, words):
    given = content()
    given["annotations"][index] |= change

    with pytest.raises(UserError) as caught:
        read_coco(write(tmp_path, given))

    assert all(word in str(caught.value) for word in ["annotations.json", *words])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"images": []}', '{"images": {}, "annotations": []}'])
def test_broken_json_is_named(tmp_path, text):
    (tmp_path / "annotations.json").write_text(text)

    with pytest.raises(UserError, match="annotations.json"):
        read_coco(tmp_path)


@pytest.mark.parametrize("is_there", [True, False])
def test_missing_and_empty_pictures_are_named(tmp_path, is_there):
    write(tmp_path, content())
    (tmp_path / "a.png").write_bytes(b"") if is_there else (tmp_path / "a.png").unlink()

    with pytest.raises(UserError, match="a.png"):
        read_coco(tmp_path)
