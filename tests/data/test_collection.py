"""The pictures of a run, from rendered scenes and folders."""

import json

import numpy as np
import pytest

from plate_seg.config import DataConfig
from plate_seg.data import collection
from plate_seg.data.collection import HELD_OUT, REPAINTED, by_source, collect, held_out
from plate_seg.data.pictures import write_picture
from plate_seg.data.sample import Sample
from plate_seg.errors import UserError


def write(folder, count):
    """A COCO folder of `count` small pictures with a plate each."""
    for number in range(count):
        write_picture(folder / "images" / f"{number:02d}.png", np.zeros((20, 40, 3), np.uint8))
    folder.mkdir(parents=True, exist_ok=True)
    images = [{"id": n + 1, "file_name": f"images/{n:02d}.png", "height": 20, "width": 40} for n in range(count)]
    plates = [{"id": n + 1, "image_id": n + 1, "category_id": 1, "bbox": [4, 4, 20, 8]} for n in range(count)]
    (folder / "annotations.json").write_text(json.dumps({"images": images, "annotations": plates}))
    return folder


@pytest.fixture
def renders(monkeypatch):
    """Replaces rendering by empty pictures; lists what was asked for."""
    asked = []

    def render(out, count, seed, height, width):
        asked.append({"split": out.name, "count": count, "seed": seed, "size": (height, width)})
        return write(out, min(count, 3))

    monkeypatch.setattr(collection, "render_dataset", render)
    return asked


def names(samples):
    return [f"{sample.path.parents[1].name}/{sample.path.stem}" for sample in samples]


def test_by_source_weighs_by_the_square_root_of_the_number(tmp_path):
    samples = [Sample(tmp_path, 1, 1, (), source) for source in "a" * 16 + "b" * 4 + "c"]

    parts = by_source(samples, 0.7)

    assert [len(part.samples) for part in parts] == [16, 4, 1]
    np.testing.assert_allclose([part.weight for part in parts], [0.4, 0.2, 0.1])
    assert {part.repainted for part in parts} == {REPAINTED}


def test_by_source_of_nothing_is_nothing():
    assert by_source([], 1.0) == []


def as_crops(path):
    """Says of a COCO folder that its pictures are crops."""
    file = path / "annotations.json"
    described = json.loads(file.read_text())
    described["images"] = [{**image, "scene": False} for image in described["images"]]
    file.write_text(json.dumps(described))


def counted(found):
    """Whether the boxes of each training source count."""
    plates = [[plate for sample in source.samples for plate in sample.plates] for source in found.training]
    return [{plate.box_counts for plate in part} for part in plates]


def test_crops_teach_no_box_beside_scenes(tmp_path, renders):
    write(tmp_path / "scenes" / "train", 4)
    as_crops(write(tmp_path / "crops" / "train", 4))

    found = collect(DataConfig((str(tmp_path / "scenes"), str(tmp_path / "crops")), 0.0))

    assert counted(found) == [{True}, {False}]


def test_crops_alone_teach_their_boxes(tmp_path, renders):
    as_crops(write(tmp_path / "crops" / "train", 4))

    assert counted(collect(DataConfig((str(tmp_path / "crops"),), 0.0))) == [{True}]


def test_rendered_scenes_alone_fill_every_part(tmp_path, renders):
    found = collect(DataConfig(scenes=20, scene_size=160, cache=str(tmp_path), seed=3))

    held_out = -(-20 // HELD_OUT)
    assert renders == [
        {"split": "train", "count": 20, "seed": 3000, "size": (120, 160)},
        {"split": "val", "count": held_out, "seed": 3001, "size": (120, 160)},
        {"split": "test", "count": held_out, "seed": 3002, "size": (120, 160)},
    ]
    ((source),) = found.training
    assert (source.weight, source.repainted, names(source.samples)) == (1, 0, ["train/00", "train/01", "train/02"])
    assert names(found.validation) == ["val/00", "val/01", "val/02"]


def test_folders_share_what_rendered_scenes_leave(tmp_path, renders):
    for name in ("one", "two"):
        write(tmp_path / name / "train", 4)
        write(tmp_path / name / "val", 2)

    found = collect(DataConfig((str(tmp_path / "one"), str(tmp_path / "two")), 0.4, cache=str(tmp_path / "cache")))

    np.testing.assert_allclose([source.weight for source in found.training], [0.4, 0.3, 0.3])
    assert [len(source.samples) for source in found.training] == [3, 4, 4]
    assert len(found.validation) == 3 + 2 + 2


def test_photographs_alone_render_nothing(tmp_path, renders):
    write(tmp_path / "train", 4)

    found = collect(DataConfig((str(tmp_path),), 0.0, cache=str(tmp_path / "cache")))

    assert renders == []
    assert [len(source.samples) for source in found.training] == [4]
    assert list(found.validation) == []  # there is no part `val`


def test_every_tenth_picture_of_a_folder_without_parts_is_held_out(tmp_path):
    write(tmp_path / "photographs", 23)

    found = collect(DataConfig((str(tmp_path / "photographs"),), 0.0))

    trained = [name for source in found.training for name in names(source.samples)]
    assert names(found.validation) == ["photographs/09", "photographs/19"]
    assert len(trained) == 21 and not set(trained) & set(names(found.validation))


def test_parts_are_told_whatever_the_case_of_their_names(tmp_path):
    for name, count in (("Train", 4), ("Valid", 3), ("Test", 2)):
        write(tmp_path / name, count)

    found = collect(DataConfig((str(tmp_path),), 0.0))

    assert [len(source.samples) for source in found.training] == [4]
    assert {name.split("/")[0] for name in names(found.validation)} == {"Valid"}


@pytest.mark.parametrize("name", ["val", "Test"])
def test_pictures_to_measure_on_are_never_trained_on(tmp_path, name):
    write(tmp_path / "night", 4)
    write(tmp_path / name, 2)

    with pytest.raises(UserError, match="no folder 'train'; make one"):
        collect(DataConfig((str(tmp_path),), 0.0))


def test_one_coco_file_is_one_set_wherever_its_pictures_lie(tmp_path):
    folder = write(tmp_path / "set", 20)
    (folder / "images" / "test").mkdir()

    assert [len(source.samples) for source in collect(DataConfig((str(folder),), 0.0)).training] == [18]


def test_folders_without_a_share_are_read_but_not_drawn(tmp_path, renders):
    write(tmp_path / "train", 4)

    found = collect(DataConfig((str(tmp_path),), 1.0, cache=str(tmp_path / "cache")))

    assert [source.weight for source in found.training] == [1.0, 0.0]


@pytest.mark.parametrize("number", [0, 9])  # the tenth is validated on
def test_a_damaged_photograph_is_named_before_anything_is_rendered(tmp_path, renders, number):
    folder = write(tmp_path / "photographs", 10)
    (folder / "images" / f"{number:02d}.png").write_bytes(b"none")

    with pytest.raises(UserError, match=rf"{number:02d}\.png: not a picture"):
        collect(DataConfig((str(folder),), 0.5, cache=str(tmp_path / "cache")))
    assert renders == []


def test_a_folder_that_is_not_there_is_named_before_anything_is_rendered(tmp_path, renders):
    with pytest.raises(UserError, match="nowhere: no such folder"):
        collect(DataConfig((str(tmp_path / "nowhere"),), 0.5, cache=str(tmp_path / "cache")))
    assert renders == []


def test_a_folder_without_pictures_is_one_clear_line(tmp_path):
    with pytest.raises(UserError, match="no pictures; give a folder with annotated pictures"):
        collect(DataConfig((str(write(tmp_path / "empty", 0)),), 0.0))


def test_a_training_part_without_pictures_is_one_clear_line(tmp_path):
    with pytest.raises(UserError):
        collect(DataConfig((str(write(tmp_path / "set" / "train", 0).parent),), 0.0))


def test_photographs_are_held_out_where_there_are_any_and_rendered_scenes_else(tmp_path, renders):
    cache = str(tmp_path / "cache")
    folder = write(tmp_path / "photographs", 20)
    assert names(held_out(DataConfig((str(folder),), 0.5, cache=cache))) == ["photographs/09", "photographs/19"]
    assert not renders

    assert {name.split("/")[0] for name in names(held_out(DataConfig(cache=cache)))} == {"val"}


def test_nothing_is_held_out_of_few_photographs_alone(tmp_path, renders):
    assert held_out(DataConfig((str(write(tmp_path / "few", 5)),), 0.0)) == []
    assert not renders
