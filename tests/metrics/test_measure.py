import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from plate_seg.data.sample import Character, Mask, Plate, Sample
from plate_seg.found import FoundCharacter, FoundPlate
from plate_seg.metrics.masks import paste
from plate_seg.metrics.measure import COLUMNS, measure
from tests.metrics.examples import HEIGHT, WIDTH, box, find_plate, sample, stray_plate, true_plate


def random_case(seed, count=6):
    """Pictures with up to two plates, found with moved, missing, doubled, misnamed characters and strays.

    Neither scores nor overlaps tie, and labels are few, so that classes have several characters.
    """
    random = np.random.default_rng(seed)
    samples, found = [], []
    for _ in range(count):
        plates = [random_plate(random, left) for left in (10, 110)[: random.integers(0, 3)]]
        samples.append(Sample(None, HEIGHT, WIDTH, tuple(plates), str(random.integers(2))))
        near = [find_nearly(random, plate) for plate in plates for _ in range(random.integers(0, 3))]
        strays = [find_nearly(random, random_plate(random, 60)) for _ in range(random.integers(0, 2))]
        found.append(near + strays)
    return samples, found


def random_plate(random, left):
    characters = []
    for place in range(random.integers(1, 6)):
        edges = box(20, left + 14 * place, 20 + random.integers(16, 25), left + 14 * place + random.integers(8, 14))
        top, start, bottom, end = np.rint(edges * [HEIGHT, WIDTH, HEIGHT, WIDTH]).astype(int)
        mask = Mask(top, start, random.random((bottom - top, end - start)) < 0.9)
        characters.append(Character(int(random.choice([1, 7, 36])), edges, mask=mask))
    return Plate(box(14, left - 4, 50, left + 76), None, tuple(characters), True)


def find_nearly(random, plate):
    characters = []
    for one in plate.characters:
        for _ in range(random.choice([0, 1, 1, 1, 2])):
            move = random.uniform(-3, 3, 4) / [HEIGHT, WIDTH, HEIGHT, WIDTH]
            edges = one.box + move
            label = one.label if random.random() < 0.8 else int(random.choice([1, 7, 36]))
            mask = random.random((6, 4)) < 0.9
            characters.append(FoundCharacter(edges, label, random.random(), mask, edges))
    return FoundPlate(plate.box + random.uniform(-4, 4, 4) / 200, None, random.random(), tuple(characters))


def as_xywh(edges):
    top, left, bottom, right = np.asarray(edges, np.float64) * [HEIGHT, WIDTH, HEIGHT, WIDTH]
    return [left, top, right - left, bottom - top]


def as_rle(mask):
    full = np.zeros((HEIGHT, WIDTH), np.uint8, order="F")
    rows, columns = mask.pixels.shape
    full[mask.top : mask.top + rows, mask.left : mask.left + columns] = mask.pixels
    return coco_mask.encode(full)


def describe(character, mask, kind, blind):
    shape = {"bbox": as_xywh(character.box)} if kind == "bbox" else {"segmentation": as_rle(mask)}
    return shape | {"category_id": 0 if blind else character.label}


def by_pycocotools(samples, found, kind, blind):
    """AP and AP50 of the characters."""
    truth, results = [], []
    for image, (one, plates) in enumerate(zip(samples, found, strict=True), 1):
        for character in (character for plate in one.plates for character in plate.characters):
            where = {"id": len(truth) + 1, "image_id": image, "iscrowd": 0, "area": 100.0}
            truth.append(where | describe(character, character.mask, "segm", blind) | {"bbox": as_xywh(character.box)})
        for plate, character in ((each, one) for each in plates for one in each.characters):
            where = {"image_id": image, "score": plate.score * character.score}
            results.append(where | describe(character, paste(character, HEIGHT, WIDTH), kind, blind))
    labels = [0] if blind else [1, 7, 36]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        images = [{"id": image, "height": HEIGHT, "width": WIDTH} for image in range(1, len(samples) + 1)]
        coco.dataset = {"images": images, "annotations": truth, "categories": [{"id": label} for label in labels]}
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats[:2]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("blind", [True, False])
@pytest.mark.parametrize(("kind", "name"), [("bbox", "box"), ("segm", "mask")])
def test_character_average_precision_agrees_with_pycocotools(seed, blind, kind, name):
    samples, found = random_case(seed)

    table = measure(samples, found, 0.5)

    ours = table[(table.source == "all") & (table.group == "all")].set_index("measure").value
    prefix = ("" if blind else "labelled_") + f"character_{name}"
    actual = [ours[f"{prefix}_ap"], ours[f"{prefix}_ap50"]]
    np.testing.assert_allclose(actual, by_pycocotools(samples, found, kind, blind), atol=1e-6)


def test_sources_and_groups_by_hand():
    car, motorbike = (
        true_plate("AB1", vehicle="car", lines=1),
        true_plate("AB12", left=100, vehicle="motorbike", lines=2),
    )
    samples = [sample(car, source="street"), sample(motorbike, source="gate"), sample(source="gate")]
    found = [[find_plate(car)], [], [stray_plate()]]

    table = measure(samples, found, 0.5)

    assert list(table.columns) == COLUMNS
    value = table.set_index(["source", "group", "measure"]).value
    assert value["all", "all", "plate_recall"] == value["all", "all", "text_exact"] == 1 / 2
    assert value["street", "all", "plate_ap50"] == pytest.approx(1)
    assert value["street", "all", "character_box_ap50"] == pytest.approx(1)
    assert value["gate", "all", "character_box_ap50"] == 0
    assert value["gate", "all", "false_plates_per_picture"] == 1 / 2
    assert value["all", "lines 1", "character_recall"] == value["all", "vehicle car", "plates_segmented_exactly"] == 1
    assert value["all", "lines 2", "character_recall"] == 0
    assert value["all", "lines 1", "found_plates_character_f1"] == 1
    told = set(table[table.group == "lines 1"].measure)  # the stray plate lies on no kind of plate
    assert not told & {"plate_precision", "plate_f1", "character_precision", "character_f1", "labelled_character_f1"}
    assert table.set_index(["source", "group", "measure"])["count"]["all", "all", "character_recall"] == 7


def test_average_precision_at_75_is_told_from_its_neighbours():
    plate = true_plate()  # 28 px high: moved down by 3.5 or 4.5 px, it overlaps itself by 0.778 or 0.723
    samples = [sample(plate, source="near"), sample(plate, source="far")]

    table = measure(samples, [[find_plate(plate, shift=3.5)], [find_plate(plate, shift=4.5)]], 0.5)

    value = table[table.group == "all"].set_index(["source", "measure"]).value
    assert [value[source, "plate_ap75"] for source in ("near", "far")] == [pytest.approx(1), 0]
    assert [value[source, "plate_ap"] for source in ("near", "far")] == pytest.approx([6 / 10, 5 / 10])
    assert value["all", "plate_ar100"] == pytest.approx(5.5 / 10)


def test_average_precision_of_every_kind_sees_plates_of_every_score():
    plate = true_plate(vehicle="car", lines=1)

    table = measure([sample(plate)], [[find_plate(plate, 0.1)]], 0.5)

    value = table[table.source == "all"].set_index(["group", "measure"]).value
    precisions = value[value.index.get_level_values("measure").str.contains("_ap")]
    assert {"all", "area medium", "lines 1", "vehicle car", "scenes"} <= set(precisions.index.get_level_values("group"))
    np.testing.assert_allclose(precisions, 1)
    assert value["all", "plate_recall"] == value["all", "character_recall"] == value["all", "text_exact"] == 0


def test_pictures_that_are_all_alike_leave_no_doubt():
    first, second = true_plate(), true_plate(left=100)
    found = [find_plate(first, shift=3.5), find_plate(second, shift=3.5)]

    table = measure([sample(first, second)] * 3, [found] * 3, 0.5)

    drawn = table[table.low.notna()].drop_duplicates(["source", "measure"]).set_index("measure")
    assert drawn["count"]["plate_ap50"].tolist() == [6, 6]
    np.testing.assert_allclose(drawn.value["plate_ap"], 6 / 10)
    np.testing.assert_allclose(drawn.low, drawn.value)
    np.testing.assert_allclose(drawn.high, drawn.value)


def test_nothing_found_is_measured_as_zero_recall():
    table = measure([sample(true_plate())], [[]], 0.5)

    values = table[table.source == "all"].drop_duplicates("measure").set_index("measure").value
    assert values["plate_recall"] == values["plate_ap50"] == values["character_box_ap50"] == values["text_exact"] == 0
    assert values["character_error_rate"] == 1


def test_pictures_without_plates_give_only_false_plates():
    table = measure([sample(), sample()], [[], [stray_plate()]], 0.5)

    values = table[table.source == "all"].set_index("measure").value
    assert values.to_dict() == {"false_plates_per_picture": 0.5, "plate_precision": 0, "plate_f1": 0}


def whole(table):
    """Values of all sources, for comparison."""
    return table[table.source == "all"].set_index(["group", "measure"]).value.sort_index()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_order_of_pictures_and_of_what_was_found_plays_no_part(seed):
    random = np.random.default_rng(seed)
    samples, found = random_case(seed, 4)
    order = random.permutation(len(samples))
    shuffled = [[found[place][each] for each in random.permutation(len(found[place]))] for place in order]

    expected, actual = measure(samples, found, 0.3), measure([samples[place] for place in order], shuffled, 0.3)

    assert whole(expected).index.equals(whole(actual).index)
    np.testing.assert_allclose(whole(actual), whole(expected))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_finding_a_plate_twice_never_raises_a_measure(seed):
    samples, found = random_case(seed, 4)
    doubled = [plates + [lower(plate) for plate in plates] for plates in found]

    before, after = whole(measure(samples, found, 0.0)), whole(measure(samples, doubled, 0.0))

    better = ["plate_precision", "plate_f1", "plate_ap", "plate_ap50", "character_precision", "character_f1"]
    better += ["character_box_ap50", "labelled_character_box_ap50", "plates_segmented_exactly", "plate_recall"]
    for name in better:
        if ("all", name) in before.index:
            assert after["all", name] <= before["all", name] + 1e-9, name


def lower(plate):
    return FoundPlate(plate.box, plate.corners, plate.score * 0.999, plate.characters)
