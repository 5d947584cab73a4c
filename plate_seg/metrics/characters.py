"""Measures of character segmentation from found plates end to end, class-blind and with the label.

Characters on false plates are false characters; characters of missed plates are missed characters.
"""

import numpy as np

from plate_seg import alphabet
from plate_seg.data.sample import Plate
from plate_seg.metrics.masks import dice, mask_overlap, paste
from plate_seg.metrics.matching import Matched, candidates, match, pair
from plate_seg.metrics.pairing import Picture, counts, invert
from plate_seg.metrics.tally import Tally

TOUCHING = 0.1  # a gap narrower than this share of a character's width counts as none


def match_characters(picture: Picture, ious: np.ndarray, without_mask: np.ndarray | None = None) -> Matched:
    """Matches all characters of one picture class-blind, ranked by plate score times character score.

    Args:
        ious: [found, truth], of boxes or masks.
        without_mask: [truth], True where finding or missing it does not count.
    """
    return match(candidates(ious, _scores(picture), without_mask, None, picture.character_is_ignored))


def match_labels(picture: Picture, ious: np.ndarray, without_mask: np.ndarray | None = None) -> dict[int, Matched]:
    """Matches the characters of one picture label by label; labels neither found nor true are left out."""
    found = np.array([one.label for _, one in picture.found_characters], int)
    truth = np.array([one.label for _, one in picture.true_characters], int)
    scores, ignored = _scores(picture), picture.character_is_ignored
    without_mask = np.zeros(len(truth), bool) if without_mask is None else without_mask
    matched = {}
    for label in np.union1d(found, truth):
        rows, columns = np.flatnonzero(found == label), np.flatnonzero(truth == label)
        chosen = ious[np.ix_(rows, columns)]
        matched[int(label)] = match(candidates(chosen, scores[rows], without_mask[columns], None, ignored[rows]))
    return matched


def mask_ious(picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    """Returns the IoU [found, truth] of masks, and [truth] True where no mask is known and the boxes' IoU stands in."""
    without = np.array([one.mask is None for _, one in picture.true_characters], bool)
    if without.all():
        return picture.character_ious, without
    ious = picture.character_ious.copy()
    height, width = picture.sample.height, picture.sample.width
    pasted = [paste(one, height, width) for _, one in picture.found_characters]
    ious[:, ~without] = mask_overlap(pasted, [one.mask for _, one in picture.true_characters if one.mask is not None])
    return ious, without


def tally_characters(picture: Picture, tally: Tally):
    """Counts characters found, missed and false at IoU 0.5, and how well the found ones fit, on one picture."""
    if not picture.true_characters and not picture.found_characters:
        return
    ious = picture.character_ious
    labelled = np.where(picture.same_label, ious, 0)
    masks, without = mask_ious(picture)
    for name, overlaps in (("character", ious), ("labelled_character", labelled)):
        partners = pair(overlaps)
        _tally_found(picture, tally, name, partners)
        _tally_fit(picture, tally, name, partners, masks, without)
    _tally_labels(picture, tally, pair(ious))
    for plate in range(len(picture.sample.plates)):
        if counts(picture.sample.plates[plate]):
            _tally_plate(picture, tally, plate)


def touching(plate: Plate) -> np.ndarray:
    """Returns [characters], True where the gap to a neighbour of the same line is under a tenth of its width."""
    boxes = np.array([one.box for one in plate.characters], np.float64).reshape(-1, 4)
    gap = np.maximum(boxes[:, None, 1], boxes[None, :, 1]) - np.minimum(boxes[:, None, 3], boxes[None, :, 3])
    same = _same_line(boxes) & ~np.eye(len(boxes), dtype=bool)
    return (same & (gap < TOUCHING * (boxes[:, 3] - boxes[:, 1])[:, None])).any(1)


def repeated(plate: Plate) -> np.ndarray:
    """Returns [characters], True where the next or previous character of the same line has the same label."""
    boxes = np.array([one.box for one in plate.characters], np.float64).reshape(-1, 4)
    labels = np.array([one.label for one in plate.characters], int)
    same = _same_line(boxes) & (labels[:, None] == labels[None])
    places = np.arange(len(labels))
    return (same & (abs(places[:, None] - places[None]) == 1)).any(1)


def _same_line(boxes: np.ndarray) -> np.ndarray:
    """[n, n], True where two boxes share more than half of the lower one's height."""
    shared = np.minimum(boxes[:, None, 2], boxes[None, :, 2]) - np.maximum(boxes[:, None, 0], boxes[None, :, 0])
    heights = boxes[:, 2] - boxes[:, 0]
    return shared > 0.5 * np.minimum(heights[:, None], heights[None])


def _scores(picture: Picture) -> np.ndarray:
    return np.array([picture.found[plate].score * one.score for plate, one in picture.found_characters])


def _tally_found(picture: Picture, tally: Tally, name: str, partners: np.ndarray):
    """Counts precision, recall and F1, plate by plate, then what lies on no true plate."""
    finder = invert(partners, len(picture.true_characters))
    owners = np.array([plate for plate, _ in picture.true_characters], int)
    parents = np.array([plate for plate, _ in picture.found_characters], int)
    false = (partners < 0) & ~picture.character_is_ignored
    on_plate = picture.partners[parents]
    for plate in np.union1d(np.unique(owners), np.unique(on_plate[false])):
        hits = int((finder[owners == plate] >= 0).sum())
        misses = int((owners == plate).sum()) - hits
        tally.add_f1(name, picture.index, int(plate), hits, misses, int(false[on_plate == plate].sum()))


def _tally_fit(picture, tally, name, partners, masks, without):
    """Counts IoU, Dice and the centre's error in character heights, of matched characters; a missed one has IoU 0."""
    height, width = picture.sample.height, picture.sample.width
    finder = invert(partners, len(picture.true_characters))
    for truth, (plate, character) in enumerate(picture.true_characters):
        found = finder[truth]
        iou = picture.character_ious[found, truth] if found >= 0 else 0
        tally.add(f"{name}_box_iou_missed_as_0", picture.index, plate, iou)
        if not without[truth]:
            mask_iou = masks[found, truth] if found >= 0 else 0
            tally.add(f"{name}_mask_iou_missed_as_0", picture.index, plate, mask_iou)
            tally.add(f"{name}_mask_dice_missed_as_0", picture.index, plate, dice(mask_iou))
        if found < 0:
            continue
        tally.add(f"{name}_box_iou", picture.index, plate, iou)
        if not without[truth]:
            tally.add(f"{name}_mask_iou", picture.index, plate, mask_iou)
            tally.add(f"{name}_mask_dice", picture.index, plate, dice(mask_iou))
        offset = _centre(picture.found_characters[found][1].box) - _centre(character.box)
        tall = (character.box[2] - character.box[0]) * height
        tally.add(f"{name}_centre_error", picture.index, plate, np.hypot(*(offset * [height, width])) / max(tall, 1e-6))


def _tally_labels(picture: Picture, tally: Tally, partners: np.ndarray):
    """Counts right labels among matched characters; those of other scripts apart, since they are not read."""
    for found in np.flatnonzero(partners >= 0):
        plate, character = picture.true_characters[partners[found]]
        right = picture.same_label[found, partners[found]]
        is_other = character.label == alphabet.OTHER
        tally.add("other_script_told" if is_other else "label_accuracy", picture.index, plate, right)


def _tally_plate(picture: Picture, tally: Tally, plate: int):
    """Counts a plate as a whole, and its characters given that the plate was found."""
    truth = picture.sample.plates[plate]
    found = picture.finder[plate]
    columns = [place for place, (owner, _) in enumerate(picture.true_characters) if owner == plate]
    rows = [place for place, (owner, _) in enumerate(picture.found_characters) if owner == found]
    ious = picture.character_ious[np.ix_(rows, columns)]
    partners = pair(ious)
    labelled = pair(np.where(picture.same_label[np.ix_(rows, columns)], ious, 0))
    same_count = found >= 0 and len(rows) == len(columns)
    whole = {
        "segmented_exactly": same_count and (partners >= 0).all(),
        "labelled_exactly": same_count and (labelled >= 0).all(),
        "right_count": same_count,
    }
    for name, is_right in whole.items():
        tally.add(f"plates_{name}", picture.index, plate, is_right)
    seen = invert(partners, len(columns)) >= 0
    named = invert(labelled, len(columns)) >= 0
    for kind, members in (("touching", touching(truth)), ("repeated", repeated(truth))):
        tally.add(f"{kind}_character_recall", picture.index, plate, seen[members].sum(), members.sum())
        tally.add(f"{kind}_labelled_character_recall", picture.index, plate, named[members].sum(), members.sum())
    if found < 0:
        return
    for name, is_right in whole.items():
        tally.add(f"found_plates_{name}", picture.index, plate, is_right)
    for name, each in (("character", partners), ("labelled_character", labelled)):
        hits = int((each >= 0).sum())
        tally.add_f1(f"found_plates_{name}", picture.index, plate, hits, len(columns) - hits, len(rows) - hits)


def _centre(box: np.ndarray) -> np.ndarray:
    return (np.asarray(box[:2], np.float64) + box[2:]) / 2
