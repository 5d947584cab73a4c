import re

import numpy as np
import pytest

from plate_seg.data.pictures import write_picture
from plate_seg.data.voc import read_voc
from plate_seg.errors import UserError

OBJECT = "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"


def write(folder, *objects, size="", name="a.png"):
    write_picture(folder / "images" / "a.png", np.zeros((50, 100, 3), np.uint8))
    (folder / "annotations").mkdir()
    items = "".join(OBJECT.format(*item) for item in objects)
    text = f"<annotation><filename>{name}</filename>{size}{items}</annotation>"
    (folder / "annotations" / "a.xml").write_text(text)
    return folder


def test_plate_takes_the_characters_on_it_in_reading_order(tmp_path):
    write(tmp_path, ("B", 30, 22, 35, 28), ("licence", 10, 20, 50, 30), ("7", 12, 22, 17, 28), ("9", 80, 2, 85, 9))

    (sample,) = read_voc(tmp_path)

    (plate,) = sample.plates
    np.testing.assert_allclose(plate.box, [0.4, 0.1, 0.6, 0.5])
    assert [character.label for character in plate.characters] == [7, 11] and plate.complete


def test_a_stated_size_is_that_of_the_picture(tmp_path):
    write(tmp_path, ("plate", 10, 20, 50, 30), size="<size><width>100</width><height>50</height></size>")

    (sample,) = read_voc(tmp_path)

    assert (sample.height, sample.width) == (50, 100)


def test_a_difficult_plate_is_a_crowd(tmp_path):
    write(tmp_path, ("plate", 10, 20, 50, 30), ("plate", 60, 20, 90, 30), ("plate", 1, 2, 30, 14))
    file, flags = tmp_path / "annotations" / "a.xml", iter("10")
    marked = re.sub("</bndbox>", lambda end: f"{end[0]}<difficult>{next(flags)}</difficult>", file.read_text(), count=2)
    file.write_text(marked)

    assert [plate.crowd for plate in read_voc(tmp_path)[0].plates] == [True, False, False]


def test_a_set_without_plates_is_one_of_crops(tmp_path):
    (sample,) = read_voc(write(tmp_path, ("7", 12, 22, 17, 28)))

    assert not sample.scene
    np.testing.assert_allclose(sample.plates[0].box, [0, 0, 1, 1])


def test_a_set_with_a_plate_anywhere_is_one_of_scenes(tmp_path):
    write(tmp_path / "cars" / "1", ("7", 12, 22, 17, 28))
    write(tmp_path / "cars" / "2", ("plate", 10, 20, 50, 30))

    samples = read_voc(tmp_path / "cars")

    assert [len(sample.plates) for sample in samples] == [0, 1]
    assert {(sample.source, sample.scene) for sample in samples} == {("cars", True)}


@pytest.mark.parametrize("name", ["C:\\photos\\b.png", "/elsewhere/b.png", ""])
def test_a_picture_is_found_by_its_name_or_that_of_the_file(tmp_path, name):
    write(tmp_path, name=name)
    write_picture(tmp_path / "images" / "b.png", np.zeros((30, 40, 3), np.uint8))
    (tmp_path / "annotations" / "a.xml").rename(tmp_path / "annotations" / ("a.xml" if name else "b.xml"))

    (sample,) = read_voc(tmp_path)

    assert (sample.path.name, sample.height, sample.width) == ("b.png", 30, 40)


def test_pictures_of_one_name_go_with_the_nearest_file(tmp_path):
    for number in ("1", "2"):
        write(tmp_path / number)

    samples = read_voc(tmp_path)

    assert [sample.path.relative_to(tmp_path).as_posix() for sample in samples] == ["1/images/a.png", "2/images/a.png"]


def test_two_pictures_that_may_be_meant_are_named(tmp_path):
    write(tmp_path)
    write_picture(tmp_path / "more" / "a.png", np.zeros((50, 100, 3), np.uint8))

    with pytest.raises(
        UserError, match=r"a\.xml: may mean .*images/a\.png or .*more/a\.png; put the picture beside it"
    ):
        read_voc(tmp_path)


def test_a_picture_without_objects_has_no_plates(tmp_path):
    (sample,) = read_voc(write(tmp_path))

    assert sample.plates == () and sample.scene


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"objects": [("bus", 1, 2, 3, 4)]}, "bus"),
        ({"objects": [("plate", 9, 2, 9, 4)]}, "no area"),
        ({"objects": [("plate", "", 2, 9, 4)]}, "four numbers"),
        ({"size": "<size><width>7</width><height>50</height></size>"}, "100 x 50"),
    ],
)
def test_objects_that_cannot_be_used_are_named(tmp_path, changes, words):
    write(tmp_path, *changes.get("objects", []), size=changes.get("size", ""))

    with pytest.raises(UserError, match=words):
        read_voc(tmp_path)


@pytest.mark.parametrize("number", range(4))
def test_a_wrong_class_is_told_with_file_and_object(tmp_path, number):
    for index in range(4):
        name = "nummer" if index == number else "plate"
        write(tmp_path / str(index), ("plate", 1, 2, 30, 14), (name, 1, 2, 30, 14))

    with pytest.raises(UserError, match=f"{number}/annotations/a.xml, object 2: class 'nummer'"):
        read_voc(tmp_path)


def test_missing_picture_and_broken_xml_are_named(tmp_path):
    write(tmp_path)
    (tmp_path / "images" / "a.png").unlink()
    with pytest.raises(UserError, match="a.xml.*missing"):
        read_voc(tmp_path)

    (tmp_path / "annotations" / "a.xml").write_text("<annotation>")
    with pytest.raises(UserError, match="a.xml.*not XML"):
        read_voc(tmp_path)
