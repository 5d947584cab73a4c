"""The graph whose crops are of pyramid features, which the usual one is compared with."""

import numpy as np
import pytest
import tensorflow as tf

from benchmarks.ablate import load, parse
from benchmarks.features import build
from plate_seg import config as configs
from plate_seg.config import Config, ModelConfig, TrainConfig
from plate_seg.errors import UserError
from plate_seg.models import segmenter, trainer
from plate_seg.train import finish

GRAPH = ModelConfig(crop_size=(32, 80), canvas=64, largest_canvas=64)


@pytest.fixture(scope="module")
def parts():
    return build(GRAPH)


def test_the_mask_head_sees_features_and_no_pixels(parts):
    rng = np.random.default_rng(3)
    crops, cells = rng.uniform(0, 255, (2, 32, 80, 3)), rng.normal(size=(2, 16, 40, 48))

    shape, features = parts.encoder([crops, cells])
    same_shape, same_features = parts.encoder([255 - crops, cells])
    other_shape, _ = parts.encoder([crops, -cells])

    np.testing.assert_array_equal(shape, same_shape)
    np.testing.assert_array_equal(features[0], same_features[0])
    assert not np.allclose(shape, other_shape, atol=1e-6)


def test_the_map_of_the_crops_has_a_cell_for_four_pixels(parts):
    found = parts.finder(np.zeros((1, 64, 96, 3), np.float32))

    assert found["context"].shape == (1, 16, 24, 48)


def test_both_views_have_the_usual_outputs_and_the_run_can_be_served(parts, tmp_path):
    usual = segmenter.build(GRAPH)
    train = TrainConfig(picture=96, canvas=64, batch=2)

    assert trainer.training_view(parts, train).output_names == trainer.training_view(usual, train).output_names
    configs.save(Config(model=GRAPH), tmp_path / "config.json")
    view = finish(parts, tmp_path, build)
    find, _ = load(parse(f"features={tmp_path},features"))

    image = np.random.default_rng(5).integers(0, 256, (64, 64, 3), np.uint8)
    assert set(view.output) == set(segmenter.serving_view(usual).output)
    assert len(find(image)) == int(view(tf.constant(image[None]))["num_detections"][0])


def test_only_the_backbone_whose_maps_are_known_is_taken():
    with pytest.raises(UserError, match="'resnet19'"):
        build(ModelConfig(backbone="resnet19"))
