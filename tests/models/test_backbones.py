"""Backbones: strides, sizes, and that a map sees its place."""

import keras
import numpy as np
import pytest

from plate_seg.config import BACKBONES
from plate_seg.models.backbones import BUILDERS, STRIDES


@pytest.fixture(scope="module", params=BACKBONES)
def backbone(request):
    keras.utils.set_random_seed(1)
    canvas = keras.Input((None, None, 3))
    return keras.Model(canvas, BUILDERS[request.param](canvas), name=request.param)


def test_every_choice_of_the_configuration_can_be_built():
    assert set(BUILDERS) == set(BACKBONES)


def test_maps_lie_at_the_strides(backbone):
    maps = backbone(np.zeros((1, 64, 96, 3), "float32"))

    assert [tuple(m.shape[1:3]) for m in maps] == [(64 // stride, 96 // stride) for stride in STRIDES]


def test_sizes_are_those_that_the_docstrings_promise(backbone):
    convolutions = [layer for layer in backbone.layers if isinstance(layer, keras.layers.Conv2D)]
    main = [layer for layer in convolutions if "shortcut" not in layer.name]

    if backbone.name == "resnet19":
        assert len(main) == 17  # a stem and eight blocks of two; their two dense layers are left out
    else:
        assert 0.85e6 < backbone.count_params() < 0.95e6


def test_a_change_at_one_place_shows_most_at_that_place(backbone):
    canvas = np.random.default_rng(1).normal(size=(1, 128, 128, 3)).astype("float32")
    changed = canvas.copy()
    changed[:, 88:104, 24:40] += 2

    for before, after in zip(backbone(canvas), backbone(changed), strict=True):
        change = np.abs(after - before).sum((0, 3))
        row, column = np.unravel_index(change.argmax(), change.shape)
        assert abs((row + 0.5) / len(change) - 0.75) < 0.2
        assert abs((column + 0.5) / len(change) - 0.25) < 0.2
