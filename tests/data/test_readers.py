import json

import numpy as np
import pytest

from plate_seg.data.pictures import write_picture
from plate_seg.data.readers import read_samples, read_split
from plate_seg.errors import UserError

BOX = [0.4, 0.1, 0.6, 0.5]
CCPD = "025-95_113-10&20_50&30-50&30_10&30_10&20_50&20-0_0_22_27_27_33_16-37-15.png"


def write(folder, kind):
    """One picture of 100 x 50 pixels whose plate is at `BOX`."""
    write_picture(folder / "images" / (CCPD if kind == "ccpd" else "a.png"), np.zeros((50, 100, 3), np.uint8))
    plate = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 40, 10]}
    edges = "<xmin>10</xmin><ymin>20</ymin><xmax>50</xmax><ymax>30</ymax>"
    labels = {
        "coco": ("annotations.json", json.dumps(coco_of(plate))),
        "voc": ("a.xml", f"<a><object><name>plate</name><bndbox>{edges}</bndbox></object></a>"),
        "yolo": ("labels/a.txt", "0 0.3 0.5 0.4 0.2"),
    }
    if kind in labels:
        (folder / "labels").mkdir()
        (folder / labels[kind][0]).write_text(labels[kind][1])
    return folder


def coco_of(plate):
    return {"images": [{"id": 1, "file_name": "images/a.png", "height": 50, "width": 100}], "annotations": [plate]}


@pytest.mark.parametrize("kind", ["coco", "voc", "yolo", "ccpd"])
def test_the_format_is_told_by_what_is_there(tmp_path, kind):
    (sample,) = read_samples(write(tmp_path, kind))

    np.testing.assert_allclose(sample.plates[0].box, BOX, rtol=1e-6)


@pytest.mark.parametrize("kind", ["voc", "yolo", "ccpd"])
def test_companion_files_of_macos_are_passed_over(tmp_path, kind):
    write(tmp_path, kind)
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        path.with_name(f"._{path.name}").write_bytes(b"\0\5\x16\7")

    assert [sample.path.name[:2] for sample in read_samples(tmp_path)] == ["02" if kind == "ccpd" else "a."]


def test_a_json_file_is_coco(tmp_path):
    assert len(read_samples(write(tmp_path, "coco") / "annotations.json")) == 1


def test_an_unknown_folder_tells_what_was_looked_for(tmp_path):
    with pytest.raises(UserError, match="1 pictures but none of annotations.json.*xml.*YOLO.*CCPD"):
        read_samples(write(tmp_path, "pictures alone"))


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(UserError, match="nowhere"):
        read_samples(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["val", "valid"])
def test_a_part_is_found_under_its_usual_names(tmp_path, name):
    (tmp_path / name).mkdir()
    write(tmp_path / name, "coco")

    assert len(read_split(tmp_path, "val")) == 1


def test_a_part_takes_its_source_from_the_set(tmp_path):
    (tmp_path / "my plates" / "train").mkdir(parents=True)
    write(tmp_path / "my plates" / "train", "voc")

    assert read_split(tmp_path / "my plates", "train")[0].source == "my plates"


def test_a_set_without_parts_is_to_be_tested_on(tmp_path):
    write(tmp_path, "coco")

    assert len(read_split(tmp_path, "test")) == 1
    with pytest.raises(UserError, match="no folder 'val'"):
        read_split(tmp_path, "val")


@pytest.mark.parametrize(("split", "words"), [("test", "no folder 'test'"), ("dev", "train, val, test")])
def test_a_missing_or_unknown_part_is_named(tmp_path, split, words):
    (tmp_path / "train").mkdir()

    with pytest.raises(UserError, match=words):
        read_split(tmp_path, split)
