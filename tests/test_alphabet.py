"""Characters to class indices and back."""

import pytest

from plate_seg import alphabet


def test_every_character_comes_back():
    indices = [alphabet.encode(character) for character in alphabet.CHARACTERS]

    assert indices == list(range(36))
    assert alphabet.text(indices) == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_lower_case_counts_as_upper_case():
    assert alphabet.encode("a") == alphabet.encode("A") == 10


@pytest.mark.parametrize("label", ["*", "Đ", "京", "ß", " "])
def test_a_character_outside_is_other_and_spelt_as_a_question_mark(label):
    assert alphabet.encode(label) == alphabet.OTHER == 36
    assert alphabet.decode(alphabet.encode(label)) == "?"


def test_padding_spells_nothing():
    assert alphabet.text([5, 1, alphabet.PAD, alphabet.OTHER, alphabet.PAD]) == "51?"
    assert alphabet.text([]) == ""


@pytest.mark.parametrize("label", ["", "10", "plate"])
def test_a_label_of_another_length_is_named(label):
    with pytest.raises(ValueError, match=f"not '{label}'"):
        alphabet.encode(label)
