"""Stand-ins for the trained model: one answers by the contract from the brightness of a picture, one reads by rote."""

import numpy as np
import pytest

WHITE_BOX = np.array([0.4, 0.25, 0.5, 0.5], "float32")


@pytest.fixture(scope="session")
def toy_view():
    """An inference view that finds one plate on every picture that is not black: characters `?`, `1` and a third.

    The plate's score is the mean brightness times a weight of one half; the third class is its fortieth in 0..20.
    """
    import keras
    import tensorflow as tf

    class ToyFinder(keras.layers.Layer):
        def build(self, _):
            self.gain = self.add_weight(shape=(), initializer=keras.initializers.Constant(0.5), name="gain")

        def call(self, images):
            score = self.gain * tf.reduce_mean(tf.cast(images, "float32"), (1, 2, 3)) / 127.5
            batch, none = tf.shape(images)[0], tf.zeros_like(score)

            def repeat(value, dtype="float32"):
                value = tf.constant(value, dtype)
                return tf.tile(value[None], [batch] + [1] * len(value.shape))

            third = tf.cast(score * 20, "int32")
            first = tf.stack([tf.fill([batch], 36), tf.fill([batch], 1), third], -1)
            numbers = [[[1, 0, 2, 2, 3, 0, 0, 0]] * 4, [[0] * 8] * 4]
            empty = [[0.0] * 4] * 3
            return {
                "num_detections": tf.cast(score > 0, "int32"),
                "detection_boxes": repeat([[0.25, 0.25, 0.75, 0.75], [0.0] * 4]),
                "detection_scores": tf.stack([score, none], -1),
                "detection_corners": repeat([[[0.25, 0.25], [0.3, 0.75], [0.75, 0.75], [0.7, 0.25]], [[0.0] * 2] * 4]),
                "num_characters": repeat([3, 0], "int32"),
                "character_boxes": repeat(
                    [[[0.25, 0.25, 0.75, 0.3125], [0.25, 0.375, 0.75, 0.5], [0.25, 0.5, 0.75, 0.5625]], empty]
                ),
                "character_scores": repeat([[0.9, 0.8, 0.7], [0.0] * 3]),
                "character_classes": tf.stack([first, tf.fill([batch, 3], -1)], 1),
                "character_masks": repeat(numbers, "uint8"),
                "mask_boxes": repeat([[0.25, 0.25, 0.75, 0.75], [0.0] * 4]),
            }

    images = keras.Input((None, None, 3), dtype="uint8", name="images")
    return keras.Model(images, ToyFinder()(images))


@pytest.fixture(scope="session")
def toy_model(toy_view, tmp_path_factory):
    """The folder of the exported stand-in; plates under 0.3 are dropped."""
    from plate_seg.export import export

    return export(toy_view, tmp_path_factory.mktemp("saved_models") / "plate_seg", threshold=0.3)


class Reader:
    """Finds the one white plate of a picture, and reads `texts` in turn: of the whole picture, then of closer looks."""

    def __init__(self, texts, score=0.95):
        self.texts, self.score, self.seen = list(texts), score, []

    def __call__(self, image):
        from plate_seg.alphabet import CHARACTERS
        from plate_seg.found import FoundCharacter, FoundPlate

        self.seen.append(image.shape[:2])
        height, width = image.shape[:2]
        rows, columns = np.flatnonzero(image[..., 0].max(1)), np.flatnonzero(image[..., 0].max(0))
        ends = np.array([rows[0] / height, columns[0] / width, (rows[-1] + 1) / height, (columns[-1] + 1) / width])
        text = self.texts.pop(0)
        if text is None:
            return []
        span = (ends[3] - ends[1]) / max(len(text), 1)
        characters = tuple(
            FoundCharacter(
                np.array([ends[0], ends[1] + place * span, ends[2], ends[1] + (place + 1) * span]),
                CHARACTERS.index(sign),
                self.score,
                np.ones((2, 2), bool),
                ends,
            )
            for place, sign in enumerate(text)
        )
        return [FoundPlate(ends, np.zeros((4, 2)), 0.9, characters)]


@pytest.fixture
def reader():
    """`Reader`."""
    return Reader


@pytest.fixture
def white_plate(tmp_path):
    """Makes training sources of one black picture of 100 x 200 px with a white plate at `WHITE_BOX`."""
    from plate_seg.data.pictures import write_picture
    from plate_seg.data.pipeline import Source
    from plate_seg.data.sample import Plate, Sample

    def make(plate=None, scene=True, source="cars"):
        image = np.zeros((100, 200, 3), np.uint8)
        image[40:50, 50:100] = 255
        write_picture(tmp_path / "a.png", image)
        return [Source([Sample(tmp_path / "a.png", 100, 200, (plate or Plate(WHITE_BOX),), source, scene)])]

    return make
