import pytest

from plate_seg.data.splits import source_name, split_folder
from plate_seg.errors import UserError


@pytest.mark.parametrize("name", ["val", "validation", "images/val"])
def test_a_part_is_found_where_tools_put_it(tmp_path, name):
    (tmp_path / name).mkdir(parents=True)

    assert split_folder(tmp_path, "val") == tmp_path / name
    assert split_folder(tmp_path, "test") is None


def test_an_unknown_part_is_refused(tmp_path):
    with pytest.raises(UserError, match="dev"):
        split_folder(tmp_path, "dev")


def test_the_source_is_named_after_the_set(tmp_path):
    assert source_name(tmp_path / "cars" / "images" / "train") == "cars"
