"""What the model found on a picture: plates with characters, in the coordinates of `boxes`."""

from dataclasses import dataclass

import numpy as np

from plate_seg.alphabet import text


@dataclass(frozen=True)
class FoundCharacter:
    """One character: box [4], class index, score, and its mask.

    `mask` is bool [height, width] over `mask_box` [4] (fractions of the picture), shared by the plate's characters.
    """

    box: np.ndarray
    label: int
    score: float
    mask: np.ndarray
    mask_box: np.ndarray


@dataclass(frozen=True)
class FoundPlate:
    """One plate: box [4], corners [4, 2], score, and characters in reading order."""

    box: np.ndarray
    corners: np.ndarray
    score: float
    characters: tuple[FoundCharacter, ...] = ()

    @property
    def text(self) -> str:
        return text(character.label for character in self.characters)


def unpack(outputs: dict[str, np.ndarray]) -> list[list[FoundPlate]]:
    """Turns the serving signature's outputs for a batch into found plates, a list a picture.

    Args:
        outputs: numpy arrays under the names of the SavedModel contract.
    """
    return [
        [_plate(outputs, image, plate) for plate in range(int(count))]
        for image, count in enumerate(outputs["num_detections"])
    ]


def _plate(outputs, image, plate) -> FoundPlate:
    numbers = outputs["character_masks"][image, plate]
    characters = tuple(
        FoundCharacter(
            box=outputs["character_boxes"][image, plate, character],
            label=int(outputs["character_classes"][image, plate, character]),
            score=float(outputs["character_scores"][image, plate, character]),
            mask=numbers == character + 1,
            mask_box=outputs["mask_boxes"][image, plate],
        )
        for character in range(int(outputs["num_characters"][image, plate]))
    )
    return FoundPlate(
        box=outputs["detection_boxes"][image, plate],
        corners=outputs["detection_corners"][image, plate],
        score=float(outputs["detection_scores"][image, plate]),
        characters=characters,
    )
