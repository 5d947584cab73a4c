import pytest

from plate_seg.data.splits import source_name, split_folder
from plate_seg.errors import UserError


@pytest.mark.parametrize("name", ["val", "validation", "images/val", "Val", "VALID", "Images/Validation"])
def test_a_part_is_found_where_tools_put_it(tmp_path, name):
    (tmp_path / name).mkdir(parents=True)

    assert split_folder(tmp_path, "val") == tmp_path / name
    assert split_folder(tmp_path, "test") is None


def test_the_name_in_lower_case_comes_first(tmp_path):
    (tmp_path / "Test").mkdir()
    (tmp_path / "test").mkdir(exist_ok=True)

    assert split_folder(tmp_path, "test").samefile(tmp_path / "test")


def test_a_part_of_the_set_comes_before_one_of_its_pictures(tmp_path):
    (tmp_path / "images" / "val").mkdir(parents=True)
    (tmp_path / "validation").mkdir()

    assert split_folder(tmp_path, "val") == tmp_path / "validation"


def test_a_file_is_no_part(tmp_path):
    (tmp_path / "train").write_text("")

    assert split_folder(tmp_path, "train") is None
    assert split_folder(tmp_path / "nowhere", "train") is None


def test_an_unknown_part_is_refused(tmp_path):
    with pytest.raises(UserError, match="dev"):
        split_folder(tmp_path, "dev")


def test_the_source_is_named_after_the_set(tmp_path):
    assert source_name(tmp_path / "cars" / "images" / "train") == "cars"
