"""The feature pyramid: one width, and context that flows from coarse to fine only."""

import keras
import numpy as np
import pytest

from plate_seg.models.fpn import pyramid


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    maps = [keras.Input((16 >> level, 24 >> level, 4 + level)) for level in range(3)]
    return keras.Model(maps, pyramid(maps, 6))


def test_every_level_gets_the_same_width_and_keeps_its_size(model):
    assert [output.shape for output in model.outputs] == [(None, 16, 24, 6), (None, 8, 12, 6), (None, 4, 6, 6)]


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_level_reaches_itself_and_the_finer_ones(model, level):
    random = np.random.default_rng(2)
    maps = [random.normal(size=(1, *i.shape[1:])).astype("float32") for i in model.inputs]
    changed = [m + 1 if index == level else m for index, m in enumerate(maps)]

    moved = [np.abs(after - before).max() > 1e-4 for before, after in zip(model(maps), model(changed), strict=True)]

    assert moved == [index <= level for index in range(3)]


def test_a_single_level_is_only_narrowed():
    features = keras.Input((8, 8, 5))
    assert [level.shape for level in pyramid([features], 3)] == [(None, 8, 8, 3)]
