"""Characters to class indices and back: 0-9, A-Z, then `other`."""

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OTHER = len(CHARACTERS)  # a character of another script: segmented, not read
NUM_CLASSES = len(CHARACTERS) + 1
PAD = -1

_INDEX = {character: index for index, character in enumerate(CHARACTERS)}


def encode(label: str) -> int:
    """Returns the class index of one character; `OTHER` for one outside the alphabet.

    Raises:
        ValueError: `label` is not exactly one character.
    """
    if len(label) != 1:
        raise ValueError(f"a label is one character, not {label!r}")
    return _INDEX.get(label.upper(), OTHER)


def decode(index: int) -> str:
    """Returns the character of a class index: `?` for `OTHER`, an empty string for `PAD`."""
    if index == PAD:
        return ""
    return "?" if index == OTHER else CHARACTERS[index]


def text(indices) -> str:
    """Returns the text that class indices in reading order spell."""
    return "".join(decode(int(index)) for index in indices)
