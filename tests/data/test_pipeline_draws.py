"""What a training picture is drawn from and how strongly it is changed, over many draws."""

import numpy as np
import pytest

from plate_seg.data import pipeline
from plate_seg.data.augment import AugmentConfig
from plate_seg.data.pictures import write_picture
from plate_seg.data.pipeline import Source, training_batches
from plate_seg.data.sample import Plate, Sample

BATCH = 20


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """Two pictures of different shapes with a plate each."""
    folder, random = tmp_path_factory.mktemp("pictures"), np.random.default_rng(1)
    made = []
    for name, shape in (("wide", (60, 80)), ("high", (50, 30))):
        write_picture(folder / f"{name}.png", random.integers(0, 256, (*shape, 3), np.uint8))
        made.append(Sample(folder / f"{name}.png", *shape, (Plate(np.array([0.2, 0.1, 0.6, 0.9], "float32")),), name))
    return made


def drawn(monkeypatch, sources, count=100, **options):
    """Draws training pictures; returns the samples, sizes and strengths of their views."""
    views, augment = [], pipeline.augment

    def record(sample, image, rng, size, strength):
        views.append((sample.source, size, strength))
        return augment(sample, image, rng, size, strength)

    monkeypatch.setattr(pipeline, "augment", record)
    for _ in training_batches(sources, 32, BATCH, 5, **options).take(count // BATCH):
        pass
    return views


def test_no_picture_of_a_long_training_is_seen_twice(samples):
    batches = training_batches([Source(samples[:1])], 32, BATCH, 5).take(5)

    pictures = np.concatenate([inputs["images"] for inputs, _ in batches.as_numpy_iterator()])

    assert len({picture.tobytes() for picture in pictures}) == len(pictures) == 100


def test_a_view_is_changed_as_strongly_as_asked_for_and_its_light_as_its_source_says(samples, monkeypatch):
    sources = [Source(samples[:1], photometry=0.25), Source(samples[1:], photometry=0.75)]

    views = drawn(monkeypatch, sources, 40, strength=AugmentConfig(degrees=3, photometry=1))

    assert {(source, strength.photometry) for source, _, strength in views} == {("wide", 0.25), ("high", 0.75)}
    assert {strength.degrees for *_, strength in views} == {3}


def test_a_share_of_the_pictures_is_of_four_views_of_plates_twice_as_wide(samples, monkeypatch):
    strength = AugmentConfig(plate_widths=(0.1, 0.9))

    views = drawn(monkeypatch, [Source(samples)], 200, mosaic=0.3, strength=strength)

    whole, tiles = ([strength for _, side, strength in views if side == size] for size in (32, 16))
    assert len(tiles) / 4 / (len(tiles) / 4 + len(whole)) == pytest.approx(0.3, abs=0.1)
    assert {strength.plate_widths for strength in whole} == {(0.1, 0.9)}
    assert {strength.plate_widths for strength in tiles} == {(0.2, 0.9)}


def test_a_share_of_the_draws_is_repainted(samples, monkeypatch):
    repainted = []
    monkeypatch.setattr(pipeline, "repaint", lambda sample, image, _: repainted.append(1) or (sample, image))

    views = drawn(monkeypatch, [Source(samples, repainted=0.3)], 200)

    assert len(repainted) / len(views) == pytest.approx(0.3, abs=0.1)
