"""Names and numbers of the categories: 1 is a plate, 2 to 37 the alphabet, 38 any other character."""

from plate_seg import alphabet
from plate_seg.errors import UserError

PLATE = -2  # the class of a plate, beside the class indices of the alphabet
PLATE_ID = 1
FIRST_CHARACTER_ID = 2
PLATE_WORDS = ("plate", "licen", "matricula", "placa", "kennzeichen", "bienso")  # anywhere in a name
PLATE_NAMES = ("lp", "bien so", "bien_so", "bsx")
OTHER_NAME = "other"


def categories() -> list[dict]:
    """Returns the `categories` of a COCO file in the format of this project."""
    names = [*alphabet.CHARACTERS, OTHER_NAME]
    characters = [
        {"id": FIRST_CHARACTER_ID + index, "name": name, "supercategory": "character"}
        for index, name in enumerate(names)
    ]
    return [{"id": PLATE_ID, "name": "plate", "supercategory": "plate"}, *characters]


def class_of(name: str) -> int | None:
    """Returns what a class name means: `PLATE`, an index of the alphabet, or None for neither."""
    name = str(name).strip().lower()
    if name == OTHER_NAME:
        return alphabet.OTHER
    if len(name) == 1:
        return alphabet.encode(name)
    is_plate = name in PLATE_NAMES or any(word in name for word in PLATE_WORDS)
    return PLATE if is_plate else None


def admit_name(where: object, name: str) -> int:
    """Returns what a class name means.

    Raises:
        UserError: neither a plate nor a character.
    """
    meaning = class_of(name)
    if meaning is None:
        raise UserError(where, f"class {name!r}", "name it `plate`, one character, or `other`")
    return meaning
