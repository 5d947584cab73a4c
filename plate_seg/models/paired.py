"""The stem for serving: outputs two at a time, side by side.

TensorFlow's own convolution copies patches into a matrix and multiplies that by one with a column for each output
channel; the narrower the second, the less is done with each copy. A kernel two pixels wider with the channels of both
neighbours does two thirds more multiplications in less time, with AVX2. With oneDNN the time was the same there.
"""

import keras
import tensorflow as tf

from plate_seg.models.segmenter import Segmenter

STEM = "stem"  # of the finder's layers
WIDE = 32  # channels from which there is nothing to gain


@keras.saving.register_keras_serializable("plate_seg")
class PairedConv2D(keras.layers.Conv2D):
    """`Conv2D` of 3 x 3 and stride 2, "same", with its bias and the ReLU after it.

    Of maps whose width is a multiple of 4. Takes the same arguments and has the same weights.
    """

    def call(self, inputs):
        left, right = (tf.pad(self.kernel, [[0, 0], room, [0, 0], [0, 0]]) for room in ([0, 2], [2, 0]))
        kernel = tf.concat([left, right], -1)  # [3, 5, channels, 2 * filters]
        pairs = tf.nn.bias_add(tf.nn.conv2d(inputs, kernel, [2, 4], "SAME"), tf.tile(self.bias, [2]))
        batch, height, width, _ = tf.unstack(tf.shape(pairs))
        return tf.reshape(tf.nn.relu(pairs), [batch, height, 2 * width, self.filters])


def pair(folded: Segmenter) -> Segmenter:
    """Returns layers that answer as those of `folding.fold` do, up to rounding, with the stem in pairs if it is narrow.

    Their weights are the same ones in the same order.
    """
    stem = folded.finder.get_layer(f"{STEM}_conv")
    if stem.filters >= WIDE:
        return folded

    def clone(layer):
        if layer.name == f"{STEM}_relu":
            return keras.layers.Identity(name=layer.name)
        return (PairedConv2D if layer is stem else type(layer)).from_config(layer.get_config())

    finder = keras.models.clone_model(
        folded.finder, clone_function=clone, call_function=lambda layer, *args, **_: layer(*args)
    )
    finder.set_weights(folded.finder.get_weights())
    return Segmenter(finder, folded.encoder, folded.decoder, folded.config)
