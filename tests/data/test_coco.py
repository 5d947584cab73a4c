import json

import numpy as np
import pytest
from PIL import Image

from plate_seg.alphabet import OTHER
from plate_seg.data.coco import read_coco
from plate_seg.data.pictures import ORIENTATION, write_picture
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


def test_plates_stay_on_their_pictures_and_characters_on_their_plates(tmp_path):
    write_picture(tmp_path / "cars" / "b.png", np.zeros((80, 40, 3), np.uint8))
    frame = [[21, 22], [24, 23], [24, 28], [21, 27]]
    plates = [{"id": id, "image_id": 7, "category_id": 1, "bbox": [2, 20 * id, 36, 16]} for id in (1, 2)]
    one = {"id": 3, "image_id": 7, "category_id": 3, "plate_id": 2, "bbox": [4, 42, 4, 8], "corners": frame}
    given = content()
    given["images"].append({"id": 7, "file_name": "b.png"})
    given["annotations"] = [*plates, one, *(each | {"id": each["id"] + 3} for each in given["annotations"])]
    given["annotations"] = [each | ({"plate_id": 4} if each["image_id"] == 5 else {}) for each in given["annotations"]]

    first, second = read_coco(write(tmp_path / "cars", given))

    assert [[character.label for character in plate.characters] for plate in first.plates] == [[7, OTHER]]
    assert [[character.label for character in plate.characters] for plate in second.plates] == [[], [1]]
    np.testing.assert_allclose(second.plates[1].box, [0.5, 0.05, 0.7, 0.95])
    np.testing.assert_allclose(second.plates[1].characters[0].corners[1], [23 / 80, 24 / 40])
    assert (second.source, second.scene) == ("cars", True)


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
        (1, {"segmentation": [[1, 2]]}, ["annotation 2", "polygon [1, 2]"]),
        (1, {"segmentation": {"size": [50, 100], "counts": [10**30]}}, ["annotation 2", "segmentation"]),
        (0, {"corners": [[1, 2]]}, ["annotation 1", "corners"]),
        (0, {"corners": [[10, 20], [50, 20], [50, 30], [10, float("nan")]]}, ["annotation 1", "far off"]),
        (0, {"bbox": [10, 20, 10**400, 10]}, ["annotation 1", "bbox"]),
        (0, {"text": 12345}, ["annotation 1", "text 12345"]),
        (0, {"characters_complete": "false"}, ["annotation 1", "characters_complete 'false'"]),
        (0, {"iscrowd": "0"}, ["annotation 1", "iscrowd '0'"]),
        (1, {"id": 1}, ["annotation number 2", "id 1 is used twice"]),
        (1, {"id": None}, ["annotation number 2", "no id"]),
        (1, {"id": [2]}, ["annotation number 2", "id [2]"]),
        (1, {"image_id": [5]}, ["annotation 2", "image_id [5]"]),
        (1, {"plate_id": [1]}, ["annotation 2", "plate_id [1]"]),
        (1, {"category_id": {}}, ["annotation 2", "category_id {}"]),
    ],
)
def test_annotations_that_cannot_be_used_are_named(tmp_path, index, change, words):
    given = content()
    given["annotations"][index] |= change

    with pytest.raises(UserError) as caught:
        read_coco(write(tmp_path, given))

    assert all(word in str(caught.value) for word in ["annotations.json", *words])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"file_name": None}, "image 5: file_name None"),
        ({"file_name": 7}, "image 5: file_name 7"),
        ({"id": [5]}, r"image number 1: id \[5\]"),
        ({"source": ["a"]}, "image 5: source"),
        ({"scene": "false"}, "image 5: scene 'false'"),
        ({"width": 200, "height": 25}, "image 5: size 200 x 25, but a.png is 100 x 50"),
        ({"width": "100"}, "image 5: size '100' x 50"),
    ],
)
def test_images_that_cannot_be_used_are_named(tmp_path, change, words):
    given = content()
    given["images"][0] |= change

    with pytest.raises(UserError, match=f"annotations.json, {words}"):
        read_coco(write(tmp_path, given))


@pytest.mark.parametrize("entries", [[{"id": 1}], [{"id": 1, "name": ["plate"]}]])
def test_categories_without_a_name_are_named(tmp_path, entries):
    with pytest.raises(UserError, match="annotations.json, category 1: name"):
        read_coco(write(tmp_path, content() | {"categories": entries}))


def test_separators_are_no_part_of_a_text(tmp_path):
    given = content()
    given["annotations"][0]["text"] = " 51-F1 23.4·5*"

    (sample,) = read_coco(write(tmp_path, given))

    assert sample.plates[0].text == "51F12345*"


def test_a_picture_turned_by_its_exif_has_its_upright_size(tmp_path):
    given = content()
    write(tmp_path, given | {"images": [given["images"][0] | {"file_name": "turned.jpg"}]})
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    Image.new("RGB", (50, 100)).save(tmp_path / "turned.jpg", exif=exif)

    (sample,) = read_coco(tmp_path)

    assert (sample.height, sample.width) == (50, 100)


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
