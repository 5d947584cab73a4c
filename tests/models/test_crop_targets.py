"""What the mask head should draw, against a slow loop over the cells of one plate."""

import numpy as np
import pytest
import tensorflow as tf

from plate_seg.models.crop_targets import HEAT_SPREAD, LEAST_HALF, encode, map_losses
from plate_seg.models.mask_head import CELL, UNIT

SIZE = (32, 64)
WHOLE = tf.constant([[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]])


def quad(centre, half, slant=0.0):
    """Corners [4, 2] of a character in fractions, its top leaning right by `slant` half widths."""
    (y, x), (down, across) = centre, half
    lean = slant * across
    return [
        [y - down, x - across + lean],
        [y - down, x + across + lean],
        [y + down, x + across - lean],
        [y + down, x - across - lean],
    ]


def truth_of(quads, labels=None, has_mask=True, weight=1.0, strokes=None):
    """The truth of one roi with a padded row at the end."""
    count = len(quads)
    labels = list(range(10, 10 + count)) if labels is None else labels
    return {
        "characters": tf.constant([[*quads, [[0.0, 0.0]] * 4]], tf.float32),
        "labels": tf.constant([[*labels, -1]], tf.int32),
        "has_mask": tf.constant([[*np.broadcast_to(has_mask, count), False]]),
        "weights": tf.constant([weight]),
        "strokes": tf.zeros([1, *SIZE, 1], tf.uint8) if strokes is None else strokes,
    }


THREE = [quad((0.5, 0.2), (0.3, 0.08)), quad((0.45, 0.5), (0.3, 0.1), 0.5), quad((0.55, 0.83), (0.25, 0.02))]


def slow_maps(quads, labels):
    """The targets of one plate that fills its crop, cell by cell and character by character."""
    height, width = SIZE[0] // CELL, SIZE[1] // CELL
    maps = {
        name: np.zeros((height, width, *tail))
        for name, tail in (("classes", ()), ("heat", ()), ("inside", ()), ("offsets", (2,)), ("sizes", (2,)))
    }
    for row, column in np.ndindex(height, width):
        point, nearest = np.array([row + 0.5, column + 0.5]), np.inf
        for corners, label in zip(quads, labels, strict=True):
            corners = np.array(corners) * [height, width]
            across, down, centre = corners[1] - corners[0], corners[3] - corners[0], corners.mean(0)
            u, v = 2 * np.linalg.solve(np.stack([across, down], 1), point - centre)
            shares = [min(1, np.linalg.norm(side) / 2 / LEAST_HALF) for side in (down, across)]
            heat = np.exp(-((v * shares[0]) ** 2 + (u * shares[1]) ** 2) / (2 * HEAT_SPREAD**2))
            maps["heat"][row, column] = max(maps["heat"][row, column], heat)
            if max(abs(u), abs(v)) < nearest:
                nearest = max(abs(u), abs(v))
                maps["offsets"][row, column] = (centre - point) / UNIT
                maps["sizes"][row, column] = np.maximum(abs(across), abs(down)) / 2 / UNIT
                maps["inside"][row, column] = nearest <= 1
                maps["classes"][row, column] = label + 1 if nearest <= 1 else 0
    return maps


def test_maps_of_one_plate_equal_a_slow_loop():
    targets = encode(WHOLE, tf.constant([0]), truth_of(THREE, [1, 35, 36]), SIZE)

    for name, expected in slow_maps(THREE, [1, 35, 36]).items():
        np.testing.assert_allclose(targets[name][0], expected, atol=1e-4, err_msg=name)


def test_a_crop_of_a_tilted_plate_sees_it_straight():
    frame = np.array([[0.2, 0.1], [0.2, 0.6], [0.3, -0.05]], "float32")
    tilted = [[frame[0] + y * frame[2] + x * frame[1] for y, x in corners] for corners in THREE]

    straight = encode(WHOLE, tf.constant([0]), truth_of(THREE), SIZE)
    targets = encode(tf.constant(frame[None]), tf.constant([0]), truth_of(tilted), SIZE)

    for name in ("classes", "heat", "offsets", "sizes"):
        np.testing.assert_allclose(targets[name], straight[name], atol=1e-3, err_msg=name)


def test_strokes_are_those_of_the_picture_under_the_crop():
    strokes = np.random.default_rng(1).integers(0, 2, (2, *SIZE, 1), np.uint8)

    targets = encode(WHOLE, tf.constant([1]), truth_of(THREE, strokes=tf.constant(strokes)), SIZE)

    np.testing.assert_allclose(targets["strokes"][0], strokes[1, ..., 0])


def test_where_a_mask_is_unknown_strokes_do_not_count():
    targets = encode(WHOLE, tf.constant([0]), truth_of(THREE, has_mask=[True, False, True]), SIZE)

    is_unknown = targets["classes"].numpy()[0] == 12
    assert is_unknown.sum() > 20
    np.testing.assert_array_equal(targets["stroke_counts"][0], np.repeat(np.repeat(~is_unknown, 2, 0), 2, 1))
    np.testing.assert_array_equal(targets["counts"], np.ones((1, 16, 32)))


def test_a_plate_with_missing_labels_counts_nowhere():
    targets = encode(WHOLE, tf.constant([0]), truth_of(THREE, weight=0.0), SIZE)

    for name in ("counts", "inside", "stroke_counts"):
        assert not targets[name].numpy().any(), name


def test_a_plate_without_characters_is_background_everywhere():
    targets = encode(WHOLE, tf.constant([0]), truth_of([]), SIZE)

    for name in ("classes", "heat", "inside", "strokes"):
        assert not targets[name].numpy().any(), name
    np.testing.assert_array_equal(targets["stroke_counts"], np.ones((1, *SIZE)))


@pytest.mark.parametrize("frames", [np.zeros((1, 3, 2)), np.array([[[0.5, 0.5], [0.1, 0.1], [0.2, 0.2]]])])
def test_a_crop_without_area_gives_finite_targets(frames):
    targets = encode(tf.constant(frames, tf.float32), tf.constant([0]), truth_of(THREE), SIZE)

    assert all(np.isfinite(values).all() for values in targets.values())


def test_every_character_peaks_within_it_however_thin():
    thin = [quad((0.5, 0.1 + 0.2 * n), (0.3, 0.004)) for n in range(5)]

    heat = encode(WHOLE, tf.constant([0]), truth_of(thin), SIZE)["heat"].numpy()[0]

    for n in range(5):
        column = int((0.1 + 0.2 * n) * 32)
        assert heat[:, column - 1 : column + 2].max() > 0.3


def perfect(targets):
    """The maps that say exactly what `targets` ask for."""
    heat = np.clip(targets["heat"], 1e-5, 1 - 1e-5)
    return {
        "class_logits": 30 * tf.one_hot(targets["classes"], 38),
        "centre_logits": tf.constant(np.log(heat / (1 - heat)), tf.float32),
        "offsets": targets["offsets"],
        "sizes": targets["sizes"],
        "stroke_logits": 60 * targets["strokes"] - 30,
    }


def square_strokes():
    strokes = np.zeros((1, *SIZE, 1), np.uint8)
    strokes[0, 8:24, 8:18] = 1
    return tf.constant(strokes)


def test_a_perfect_answer_costs_nothing():
    targets = encode(WHOLE, tf.constant([0]), truth_of(THREE, strokes=square_strokes()), SIZE)

    terms = map_losses(perfect(targets), targets)

    np.testing.assert_allclose(list(terms.values()), np.zeros(6), atol=1e-4)


@pytest.mark.parametrize("name", ["class_logits", "centre_logits", "offsets", "sizes", "stroke_logits"])
def test_a_wrong_map_costs_its_own_term_alone(name):
    targets = encode(WHOLE, tf.constant([0]), truth_of(THREE, strokes=square_strokes()), SIZE)
    maps = perfect(targets)
    wrong = maps[name][..., ::-1] if name == "class_logits" else -maps[name] + 1

    terms = map_losses({**maps, name: wrong}, targets)

    assert float(terms[name]) > 0.05
    shared = {"character_boxes"} if name in ("offsets", "sizes") else set()
    assert {term for term, value in terms.items() if float(value) > 1e-4} == {name, *shared}


def test_the_box_of_a_cell_is_measured_by_its_overlap():
    targets = encode(WHOLE, tf.constant([0]), truth_of(THREE), SIZE)
    maps = {**perfect(targets), "sizes": targets["sizes"] * tf.constant([1.0, 0.5])}

    np.testing.assert_allclose(map_losses(maps, targets)["character_boxes"], 0.5, atol=0.01)


def test_incomplete_plates_cost_nothing_whatever_is_drawn():
    targets = encode(WHOLE, tf.constant([0]), truth_of(THREE, weight=0.0), SIZE)
    maps = {name: tf.random.stateless_normal(tf.shape(rows), (1, 2)) for name, rows in perfect(targets).items()}

    assert [float(value) for value in map_losses(maps, targets).values()] == [0] * 6


def slow_terms(maps, targets):
    """The terms of map_losses in numpy: per cell, then per row, then one mean."""
    maps, targets = ({name: np.asarray(rows, "float64") for name, rows in each.items()} for each in (maps, targets))
    inside, counts, heat = targets["inside"], targets["counts"], targets["heat"]
    logits, classes = maps["class_logits"], targets["classes"].astype(int)
    surprise = np.log(np.exp(logits).sum(-1)) - np.take_along_axis(logits, classes[..., None], -1)[..., 0]
    weights = counts + inside * (2 + 4 * heat)

    def entropy(logits, aim):
        return np.log1p(np.exp(logits)) - aim * logits

    def far(name):
        distance = np.abs(maps[name] - targets[name])
        return np.where(distance < 0.1, distance**2 / 0.2, distance - 0.05).sum(-1)

    def box(maps):
        return [maps["offsets"] - maps["sizes"].clip(0), maps["offsets"] + maps["sizes"].clip(0)]

    (low, high), (true_low, true_high) = box(maps), box(targets)
    shared = (np.minimum(high, true_high) - np.maximum(low, true_low)).clip(0).prod(-1)
    union = (high - low).prod(-1) + (true_high - true_low).prod(-1) - shared
    hull = (np.maximum(high, true_high) - np.minimum(low, true_low)).prod(-1)
    focus = (heat - 1 / (1 + np.exp(-maps["centre_logits"]))) ** 2 * entropy(maps["centre_logits"], heat)
    strokes, seen, score = targets["strokes"], targets["stroke_counts"], 1 / (1 + np.exp(-maps["stroke_logits"]))
    both, total = (seen * score * strokes).sum((1, 2)), (seen * (score**2 + strokes**2)).sum((1, 2))
    surprise_of_strokes = (seen * entropy(maps["stroke_logits"], strokes)).sum() / seen.sum()
    return {
        "class_logits": 2 * (weights * surprise).sum() / weights.sum(),
        "centre_logits": (counts * focus).sum() / (counts * (heat > 0.7)).sum(),
        "offsets": (inside * far("offsets")).sum() / inside.sum(),
        "sizes": (inside * far("sizes")).sum() / inside.sum(),
        "character_boxes": (inside * (2 - shared / union - union / hull))[inside > 0].sum() / inside.sum(),
        "stroke_logits": surprise_of_strokes + 0.5 * (1 - np.mean((2 * both + 1) / (total + 1))),
    }


def test_each_term_of_two_crops_equals_a_second_implementation():
    strokes = np.random.default_rng(4).integers(0, 2, (2, *SIZE, 1), np.uint8)
    each = [
        truth_of(THREE, has_mask=[True, False, True], strokes=tf.constant(strokes)),
        truth_of([quad((0.4, 0.6), (0.2, 0.15))] * 3, [5, 7, 9], weight=0.5),
    ]
    truth = {name: tf.concat([rows[name] for rows in each], 0) for name in each[0] if name != "strokes"}
    targets = encode(tf.repeat(WHOLE, 2, 0), tf.constant([0, 1]), {**truth, "strokes": each[0]["strokes"]}, SIZE)
    random = np.random.default_rng(5)
    maps = {
        name: tf.constant(np.clip(rows, -1, 1) + random.normal(0, 0.2, rows.shape), tf.float32)
        for name, rows in perfect(targets).items()
    }
    maps["class_logits"] *= 4 * targets["heat"][..., None]  # surest at centres

    terms = map_losses(maps, targets)

    expected = slow_terms(maps, targets)
    assert {name: float(value) for name, value in terms.items()} == pytest.approx(expected, rel=1e-3)


def test_the_heat_of_a_wide_character_is_known_at_its_edge():
    heat = encode(WHOLE, tf.constant([0]), truth_of([quad((0.5, 0.5), (0.5, 0.5))]), SIZE)["heat"].numpy()[0]

    np.testing.assert_allclose(heat[8, 31], np.exp(-((31 / 32) ** 2 + (1 / 16) ** 2) / (2 * HEAT_SPREAD**2)), rtol=1e-4)
