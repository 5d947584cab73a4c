"""Pictures are looked at before they are needed: the first that cannot be used is named."""

import numpy as np
import pytest

from plate_seg.data import inspection
from plate_seg.data.inspection import inspect_pictures
from plate_seg.data.pictures import picture_size, write_picture
from plate_seg.data.sample import Sample
from plate_seg.errors import UserError


@pytest.fixture
def samples(tmp_path):
    """Six noisy JPEG pictures of 40 x 60."""
    random, made = np.random.default_rng(1), []
    for number in range(6):
        write_picture(tmp_path / f"{number}.jpg", random.integers(0, 256, (40, 60, 3), np.uint8))
        made.append(Sample(tmp_path / f"{number}.jpg", 40, 60))
    return made


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_whole_pictures_pass_and_each_is_read_once(samples, monkeypatch):
    read, seen = inspection.read_picture, []
    monkeypatch.setattr(inspection, "read_picture", lambda path: seen.append(path) or read(path))

    inspect_pictures([*samples, *samples])

    assert sorted(seen) == [sample.path for sample in samples]


def test_no_pictures_pass(capsys):
    inspect_pictures([])

    assert capsys.readouterr().err == ""


def test_the_first_damaged_picture_is_named_though_its_header_is_whole(samples):
    for sample in samples[2:4]:
        cut(sample.path)
        assert picture_size(sample.path) == (40, 60)

    with pytest.raises(UserError, match=r"2\.jpg: damaged picture .*; replace or remove it"):
        inspect_pictures(samples)


def test_a_picture_of_another_size_than_its_annotations_is_named(samples):
    samples[1] = Sample(samples[1].path, 60, 40)

    with pytest.raises(UserError, match=r"1\.jpg: is 60 x 40 pixels, its annotations say 40 x 60; correct the annot"):
        inspect_pictures(samples)


def test_a_picture_that_is_gone_is_named(samples):
    samples[5].path.unlink()

    with pytest.raises(UserError, match=r"5\.jpg: no such file"):
        inspect_pictures(samples)
