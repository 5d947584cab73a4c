"""One tiny graph for all tests of the models, its last layers loud enough that something is found."""

import numpy as np
import pytest

from plate_seg.config import ModelConfig, TrainConfig

TINY = ModelConfig(
    pyramid_channels=8,
    crop_size=(32, 64),
    margin=0.1,
    max_plates=3,
    max_characters=4,
    canvas=96,
)
SCHEDULE = TrainConfig(epochs=2, steps=2, batch=2, picture=96, canvas=64, crops=2, warmup=1, precision="float32")


@pytest.fixture(scope="session")
def tiny():
    return TINY


@pytest.fixture(scope="session")
def schedule():
    return SCHEDULE


@pytest.fixture(scope="session")
def parts():
    """The layers; read only."""
    return make_parts()


def make_parts():
    """Layers that take some cells for plates and characters."""
    import keras

    from plate_seg.models import segmenter

    keras.utils.set_random_seed(4)
    built = segmenter.build(TINY)
    random = np.random.default_rng(4)
    for layer in (inner for part in built.layers for inner in part.layers):
        if layer.name.startswith(("plate_logits", "class_", "centre_cells", "stroke_cells")) and layer.weights:
            kernel, bias = layer.get_weights()
            layer.set_weights([random.normal(0, 0.5, kernel.shape), bias])
    return built


@pytest.fixture(scope="session")
def lived():
    """Layers whose normalisations have statistics of their own, as after training; read only."""
    import keras

    from plate_seg.models import segmenter

    random = np.random.default_rng(6)
    built = segmenter.build(TINY)
    for layer in (inner for part in built.layers for inner in part.layers):
        if isinstance(layer, keras.layers.BatchNormalization):
            channels = layer.gamma.shape[0]
            low, high = [0.5, -1, -1, 0.2], [2, 1, 1, 3]
            layer.set_weights(list(random.uniform(low, high, (channels, 4)).T))
    return built


@pytest.fixture(scope="session")
def folded(lived):
    """`lived` as it is exported; read only."""
    from plate_seg.models.folding import fold

    return fold(lived)


@pytest.fixture(scope="session")
def serving(parts):
    from plate_seg.models import segmenter

    return segmenter.serving_view(parts)


@pytest.fixture(scope="session")
def training():
    """A training view of layers of its own: whoever calls it moves the averages of their normalisations."""
    from plate_seg.models import trainer

    return trainer.training_view(make_parts(), SCHEDULE)


@pytest.fixture
def batch():
    """Makes a batch as the pipeline does: every picture shows `plates` drawn plates of three characters."""
    return make_batch


def make_batch(plates, pictures=2, side=96):
    from plate_seg.data.pipeline import pack
    from plate_seg.data.sample import Character, Mask, Plate

    random = np.random.default_rng(8)
    rows = []
    for _ in range(pictures):
        image, strokes, drawn = random.integers(0, 60, (side, side, 3), np.uint8), np.zeros((side, side), np.uint8), []
        for number in range(plates):
            top, left = 8 + 44 * number, 12
            image[top : top + 30, left : left + 66] = 220
            characters = []
            for column in range(3):
                start = left + 6 + 20 * column
                image[top + 6 : top + 24, start : start + 12] = strokes[top + 6 : top + 24, start : start + 12] = 1
                box = np.array([top + 6, start, top + 24, start + 12], "float32") / side
                characters.append(Character(10 + column, box, mask=Mask(top + 6, start, np.ones((18, 12), bool))))
            box = np.array([top, left, top + 30, left + 66], "float32") / side
            drawn.append(Plate(box, None, tuple(characters), complete=True))
        rows.append(pack(image, drawn, strokes))
    stacked = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    inputs = {name: stacked[name] for name in ("images", "plate_corners", "plate_boxes", "is_complete")}
    return inputs, {name: value for name, value in stacked.items() if name != "images"}
