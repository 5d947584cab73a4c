import pytest

from plate_seg.alphabet import OTHER
from plate_seg.data.categories import PLATE, admit_name, categories, class_of
from plate_seg.errors import UserError


def test_categories_number_the_plate_the_alphabet_and_other():
    names = {entry["id"]: entry["name"] for entry in categories()}

    assert (names[1], names[2], names[11], names[12], names[37], names[38]) == ("plate", "0", "9", "A", "Z", "other")


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("License_Plate", PLATE),
        ("number-plate", PLATE),
        ("lp", PLATE),
        ("7", 7),
        ("b", 11),
        ("Đ", OTHER),
        ("other", OTHER),
    ],
)
def test_names_mean_plates_or_characters(name, meaning):
    assert class_of(name) == meaning


@pytest.mark.parametrize("name", ["", "car", "help"])
def test_names_of_neither_are_refused(name):
    with pytest.raises(UserError, match="here"):
        admit_name("here", name)
