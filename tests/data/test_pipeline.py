"""Batches: the same for a seed, wherever they start; sources by weight; truth padded."""

from dataclasses import replace

import numpy as np
import pytest

from plate_seg.data import pipeline
from plate_seg.data.pictures import write_picture
from plate_seg.data.pipeline import CHARACTERS, PLATES, Source, pack, training_batches, validation_batches
from plate_seg.data.sample import Character, Mask, Plate, Sample

BOX = np.array([0.2, 0.1, 0.6, 0.9], "float32")


def plate(box=BOX, characters=2, complete=True, mask=True, corners=None):
    columns = np.linspace(box[1], box[3], 2 * characters + 1)
    found = tuple(
        Character(
            10 + n,
            np.array([box[0] + 0.1, columns[2 * n], box[2] - 0.1, columns[2 * n + 1]], "float32"),
            mask=Mask(18, int(columns[2 * n] * 80), np.ones((12, 6), bool)) if mask else None,
        )
        for n in range(characters)
    )
    return Plate(box, corners, found, complete)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """Three pictures of 60 x 80, with two, one and no plates."""
    folder, random = tmp_path_factory.mktemp("pictures"), np.random.default_rng(1)
    small = plate(np.array([0.7, 0.1, 0.9, 0.5], "float32"), mask=False)
    made = []
    for name, plates in (("two", (plate(), small)), ("one", (plate(),)), ("none", ())):
        write_picture(folder / f"{name}.png", random.integers(0, 256, (60, 80, 3), np.uint8))
        made.append(Sample(folder / f"{name}.png", 60, 80, plates, name))
    return made


def arrays(dataset, count):
    return [{**inputs, **truth} for inputs, truth in dataset.take(count).as_numpy_iterator()]


def assert_equal(first, second):
    for one, two in zip(first, second, strict=True):
        for name in one:
            np.testing.assert_array_equal(one[name], two[name], err_msg=name)


def test_a_seed_gives_the_same_batches_and_another_seed_others(samples):
    first, again, other = (arrays(training_batches([Source(samples)], 64, 2, seed), 3) for seed in (5, 5, 6))

    assert_equal(first, again)
    assert all((one["images"] != two["images"]).any() for one, two in zip(first, other, strict=True))


def test_a_start_equals_skipping(samples):
    skipped = arrays(training_batches([Source(samples)], 64, 2, 5).skip(2), 2)

    assert_equal(arrays(training_batches([Source(samples)], 64, 2, 5, start=2), 2), skipped)


def test_batches_differ_from_each_other(samples):
    first, second = arrays(training_batches([Source(samples[1:2])], 64, 1, 5), 2)

    assert (first["images"] != second["images"]).any()


def test_shapes_and_types_are_those_of_the_docstring(samples):
    inputs, truth = training_batches([Source(samples)], 64, 3, 5).element_spec
    found = {name: (tuple(spec.shape), spec.dtype.name) for name, spec in {**inputs, **truth}.items()}

    assert set(inputs) == {"images", "plate_corners", "plate_boxes", "is_complete"} and "images" not in truth
    assert found == {
        "images": ((None, 64, 64, 3), "uint8"),
        "plate_corners": ((None, PLATES, 4, 2), "float32"),
        "plate_boxes": ((None, PLATES, 4), "float32"),
        "box_counts": ((None, PLATES), "bool"),
        "knows_corners": ((None, PLATES), "bool"),
        "is_complete": ((None, PLATES), "bool"),
        "characters": ((None, PLATES, CHARACTERS, 4, 2), "float32"),
        "labels": ((None, PLATES, CHARACTERS), "int32"),
        "has_mask": ((None, PLATES, CHARACTERS), "bool"),
        "strokes": ((None, 64, 64, 1), "uint8"),
    }


def drawn(sources, monkeypatch, count=200):
    """How often each picture is read for `count` training pictures."""
    reads, read = [], pipeline.read_picture
    monkeypatch.setattr(pipeline, "read_picture", lambda path: reads.append(path.stem) or read(path))
    for _ in training_batches(sources, 32, 20, 5).take(count // 20):
        pass
    return {name: reads.count(name) / len(reads) for name in ("two", "one", "none")}


def test_sources_are_drawn_by_their_weight_and_samples_evenly(samples, monkeypatch):
    shares = drawn([Source(samples[:2], 3.0), Source(samples[2:], 1.0)], monkeypatch)

    np.testing.assert_allclose([shares["two"], shares["one"], shares["none"]], [0.375, 0.375, 0.25], atol=0.1)


def test_a_source_without_weight_or_samples_is_never_drawn(samples, monkeypatch):
    shares = drawn([Source([], 5.0), Source(samples[:1], 0.0), Source(samples[1:2], 0.1)], monkeypatch, 60)

    assert shares == {"two": 0, "one": 1, "none": 0}


@pytest.mark.parametrize(("share", "is_scene"), [(0.0, True), (1.0, True), (1.0, False)])
def test_scenes_alone_are_repainted(samples, monkeypatch, share, is_scene):
    calls, repaint = [], pipeline.repaint
    monkeypatch.setattr(pipeline, "repaint", lambda *rows: calls.append(1) or repaint(*rows))
    source = Source([replace(samples[1], scene=is_scene)], repainted=share)

    arrays(training_batches([source], 64, 2, 5), 1)

    assert bool(calls) is (share == 1 and is_scene)


def test_a_mosaic_is_two_views_of_one_sample_and_two_of_another(samples, monkeypatch):
    views, augment = [], pipeline.augment

    def record(sample, image, *rest):
        views.append((image, augment(sample, image, *rest)))
        return views[-1][1]

    monkeypatch.setattr(pipeline, "augment", record)

    (batch,) = arrays(training_batches([Source(samples)], 64, 1, 5, mosaic=1), 1)

    tiles = [batch["images"][0, row : row + 32, column : column + 32] for row in (0, 32) for column in (0, 32)]
    shown = [next(drawn for drawn in views if np.array_equal(drawn[1][0], tile)) for tile in tiles]
    assert shown[0][0] is shown[1][0] and shown[2][0] is shown[3][0] and shown[1][0] is not shown[2][0]
    assert not np.array_equal(tiles[0], tiles[1])
    assert (batch["plate_boxes"][0, :, 2] > 0).sum() == sum(len(plates) for _, (_, plates, _) in shown)


def test_without_mosaics_a_picture_is_one_view(samples, monkeypatch):
    sizes, augment = [], pipeline.augment
    monkeypatch.setattr(pipeline, "augment", lambda *rows: sizes.append(rows[3]) or augment(*rows))

    arrays(training_batches([Source(samples)], 64, 2, 5, mosaic=0), 1)

    assert set(sizes) == {64}


def test_validation_shows_every_sample_once_and_unchanged(samples):
    first, second = arrays(validation_batches(samples, 80, 2), 9)

    assert (len(first["images"]), len(second["images"])) == (2, 1)
    np.testing.assert_allclose(first["plate_boxes"][0, 0], BOX * [0.75, 1, 0.75, 1], atol=1e-6)
    np.testing.assert_array_equal(first["images"][0, :60], pipeline.read_picture(samples[0].path))
    assert (first["images"][0, 60:] == 127).all()
    assert first["strokes"][0, 18:30, 8:14].all() and not first["strokes"][0, :17].any()


def test_validation_of_nothing_is_empty():
    assert arrays(validation_batches([], 64, 2), 1) == []


def packed(plates, side=8):
    return pack(np.zeros((side, side, 3), np.uint8), plates, np.zeros((side, side), np.uint8))


def test_no_plates_are_all_padding():
    found = packed(())

    assert (found.pop("labels") == -1).all()
    assert not any(rows.any() for rows in found.values())
    assert found["strokes"].shape == (8, 8, 1)


def test_a_plate_is_packed_with_its_characters_and_padded_rows():
    found = packed([plate()])

    np.testing.assert_array_equal(found["plate_boxes"], [BOX, *[[0] * 4] * (PLATES - 1)])
    np.testing.assert_array_equal(found["labels"][0], [10, 11, *[-1] * (CHARACTERS - 2)])
    np.testing.assert_array_equal(found["has_mask"][0], [True, True, *[False] * (CHARACTERS - 2)])
    np.testing.assert_array_equal(found["characters"][0, 1], plate().characters[1].corners)
    assert (found["labels"][1:] == -1).all() and not found["characters"][1:].any()


def test_a_box_that_does_not_count_is_marked():
    found = packed([plate(), replace(plate(), box_counts=False)])

    np.testing.assert_array_equal(found["box_counts"], [True, *[False] * (PLATES - 1)])


def test_unknown_corners_are_those_of_the_box_and_marked():
    tilted = np.array([[0.2, 0.1], [0.3, 0.9], [0.6, 0.9], [0.5, 0.1]], "float32")
    smaller = np.array([0.3, 0.1, 0.6, 0.8], "float32")

    found = packed([plate(corners=tilted), plate(smaller)])

    np.testing.assert_array_equal(found["knows_corners"], [True, *[False] * (PLATES - 1)])
    np.testing.assert_array_equal(found["plate_corners"][0], tilted)
    np.testing.assert_array_equal(
        found["plate_corners"][1], np.array([[0.3, 0.1], [0.3, 0.8], [0.6, 0.8], [0.6, 0.1]], "float32")
    )


@pytest.mark.parametrize(("count", "is_complete"), [(0, True), (CHARACTERS, True), (CHARACTERS + 1, False)])
def test_a_plate_with_too_many_characters_is_not_complete(count, is_complete):
    found = packed([plate(characters=count)])

    assert found["is_complete"][0] == is_complete
    assert (found["labels"][0] >= 0).sum() == min(count, CHARACTERS)


def test_a_plate_known_to_be_incomplete_stays_so():
    assert not packed([plate(complete=False)])["is_complete"].any()


def test_of_too_many_plates_the_largest_are_kept():
    sizes = np.random.default_rng(1).permutation(np.arange(1, PLATES + 4)) / 20
    plates = [plate(np.array([0, 0, size, size], "float32")) for size in sizes]

    found = packed(plates)["plate_boxes"]

    np.testing.assert_allclose(found[:, 2], np.sort(sizes)[::-1][:PLATES], rtol=1e-6)


def test_a_picture_is_read_once_for_all_its_arrays(samples, monkeypatch):
    reads, read_picture = [], pipeline.read_picture
    monkeypatch.setattr(pipeline, "read_picture", lambda path: reads.append(path) or read_picture(path))

    arrays(validation_batches(samples, 80, 2), 9)

    assert sorted(reads) == sorted(sample.path for sample in samples)
