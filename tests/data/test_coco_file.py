import json

import pytest

from plate_seg.data.coco_file import flag_of, load_entries, text_of
from plate_seg.errors import UserError


def write(folder, encoding="utf-8", **lists):
    content = {"images": [{"id": 5}], "annotations": [{"id": 1, "image_id": 5}]} | lists
    (folder / "a.json").write_text(json.dumps(content), encoding=encoding)
    return folder / "a.json"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_entries_come_with_or_without_a_byte_order_mark(tmp_path, encoding):
    assert load_entries(write(tmp_path, encoding)) == ([{"id": 5}], [{"id": 1, "image_id": 5}], [])


def test_no_categories_are_an_empty_list(tmp_path):
    assert load_entries(write(tmp_path, categories=None))[2] == []


def test_ids_of_different_lists_may_be_equal(tmp_path):
    assert len(load_entries(write(tmp_path, categories=[{"id": 1}, {"id": 5}]))[2]) == 2


@pytest.mark.parametrize(
    ("lists", "words"),
    [
        ({"images": ["a.jpg"]}, "image number 1: 'a.jpg' is no object"),
        ({"annotations": [None]}, "annotation number 1: None is no object"),
        ({"categories": ["plate"]}, "category number 1: 'plate' is no object"),
        ({"categories": {"1": "plate"}}, "no list 'categories'"),
        ({"categories": [{"name": "plate"}]}, "category number 1: no id"),
        ({"images": [{"id": 5}, {"id": 5}]}, "image number 2: id 5 is used twice"),
        ({"annotations": [{"id": 1}, {"id": True}]}, "annotation number 2: id True"),
        ({"annotations": [{"id": 1, "image_id": 5}, {"id": 1, "image_id": 5}]}, "annotation number 2: id 1"),
        ({"annotations": [{"id": 1, "plate_id": [1]}]}, r"annotation 1: plate_id \[1\] is no number"),
    ],
)
def test_entries_that_cannot_be_used_are_named(tmp_path, lists, words):
    with pytest.raises(UserError, match=f"a.json(, |: ){words}"):
        load_entries(write(tmp_path, **lists))


@pytest.mark.parametrize(("value", "expected"), [(True, True), (0, False), (1, True), (None, True)])
def test_flags_are_true_false_or_left_out(value, expected):
    assert flag_of("here", {"flag": value}, "flag", True) is expected


@pytest.mark.parametrize("value", ["false", 2, [], float("nan")])
def test_other_flags_are_refused(value):
    with pytest.raises(UserError, match="here: flag"):
        flag_of("here", {"flag": value}, "flag", True)


def test_a_number_is_no_text():
    assert text_of("here", {}, "text") is None
    with pytest.raises(UserError, match="here: text 12345"):
        text_of("here", {"text": 12345}, "text")
