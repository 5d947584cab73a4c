"""A tiny stand-in for the trained model: it answers by the contract from the brightness of a picture."""

import pytest


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
