"""Names and numbers of the categories: 1 is a plate, 2 to 37 the alphabet, 38 any other character."""

from plate_seg import alphabet

PLATE = -2  # the class of a plate, beside the class indices of the alphabet
PLATE_ID = 1
FIRST_CHARACTER_ID = 2
PLATE_WORDS = (
    "plate",
    "licen",
    "matricula",
    "placa",
    "kennzeichen",
    "bien",
    "lp",
)  # the last alone, the others anywhere


def categories() -> list[dict]:
    """Returns the `categories` of a COCO file in the format of this project."""
    names = [*alphabet.CHARACTERS, "other"]
    characters = [
        {"id": FIRST_CHARACTER_ID + index, "name": name, "supercategory": "character"}
        for index, name in enumerate(names)
    ]
    return [{"id": PLATE_ID, "name": "plate", "supercategory": "plate"}, *characters]


def class_of(name: str) -> int | None:
    """Returns what a class name means: `PLATE`, an index of the alphabet, or None for neither."""
    name = str(name).strip().lower()
    if name == "other" or len(name) == 1:
        return alphabet.OTHER if name == "other" else alphabet.encode(name)
    is_plate = name == PLATE_WORDS[-1] or any(word in name for word in PLATE_WORDS[:-1])
    return PLATE if is_plate else None
