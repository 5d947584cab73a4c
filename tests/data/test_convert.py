import numpy as np
import pytest

from plate_seg.data.coco import read_coco
from plate_seg.data.convert import convert
from plate_seg.data.pictures import write_picture
from plate_seg.errors import UserError


def write_yolo(folder, line="0 0.3 0.5 0.4 0.2"):
    write_picture(folder / "images" / "a.png", np.zeros((50, 100, 3), np.uint8))
    (folder / "labels").mkdir()
    (folder / "labels" / "a.txt").write_text(line)


def test_a_folder_is_written_as_coco(tmp_path):
    write_yolo(tmp_path / "cars")

    assert convert(tmp_path / "cars", tmp_path / "out") == 1

    (sample,) = read_coco(tmp_path / "out")
    np.testing.assert_allclose(sample.plates[0].box, [0.4, 0.1, 0.6, 0.5], rtol=1e-5)
    assert sample.source == "cars"


def test_parts_stay_parts(tmp_path):
    write_yolo(tmp_path / "cars" / "train")
    write_yolo(tmp_path / "cars" / "valid")

    assert convert(tmp_path / "cars", tmp_path / "out") == 2

    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["train", "val"]


def test_nothing_is_written_of_a_folder_that_cannot_be_used(tmp_path):
    write_yolo(tmp_path / "cars", "0 0.3 0.5 0 0.2")

    with pytest.raises(UserError, match="a.txt, line 1"):
        convert(tmp_path / "cars", tmp_path / "out")

    assert not (tmp_path / "out").exists()
