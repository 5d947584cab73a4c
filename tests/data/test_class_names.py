import pytest

from plate_seg.data.class_names import parse_yaml_names, read_names
from plate_seg.errors import UserError


@pytest.mark.parametrize(
    "text",
    [
        "names: [plate, '0', \"A\"]",
        "names: ['plate',\n  '0',\n  'A']\nnc: 3",
        "nc: 3\nnames:\n  - plate\n  - '0'\n  - A\ntrain: images",
        "names:\n- plate\n- '0'\n- A  # a letter\npath: x",
        "names:\n  0: plate\n  1: '0'\n  2: A\ntrain: images",
        "names: {0: plate, 1: '0', 2: A}",
    ],
)
def test_every_way_to_list_names_is_understood(text):
    assert parse_yaml_names(text) == ["plate", "0", "A"]


def test_a_text_without_names_has_none():
    assert parse_yaml_names("nc: 3\ntrain: images") == []


def test_a_list_has_a_name_a_line(tmp_path):
    (tmp_path / "classes.txt").write_text("plate\n0\n")

    assert read_names(tmp_path)[1] == ["plate", "0"]


@pytest.mark.parametrize(("name", "text"), [("classes.txt", "0\nplate"), ("data.yaml", "names: ['0', plate]")])
def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8-sig")

    assert read_names(tmp_path)[1] == ["0", "plate"]


def test_an_empty_list_is_named(tmp_path):
    (tmp_path / "classes.txt").write_text("")

    with pytest.raises(UserError, match="classes.txt"):
        read_names(tmp_path)
