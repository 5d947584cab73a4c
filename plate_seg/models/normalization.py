"""Batch normalisation in one pass: of Keras 3 it is a dozen operations, which on a CPU take several times as long.

Reference: Ioffe and Szegedy, Batch Normalization, 2015.
"""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("plate_seg")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's layer of channels-last maps [B, h, w, channels], with TensorFlow's fused operation in training.

    It has the name of its parent, by which weights are found in a file; outside training it is its parent. The fused
    operation averages variances with Bessel's correction.
    """

    def call(self, inputs, training=None, mask=None):
        if not (training and self.trainable):
            return super().call(inputs, training=False)
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True
        )
        for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign(self.momentum * average + (1 - self.momentum) * value)
        return outputs
