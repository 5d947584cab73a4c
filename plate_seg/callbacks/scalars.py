"""Losses, rates and measures as curves over steps and epochs."""

import keras
import tensorflow as tf


class Scalars(keras.callbacks.TensorBoard):
    """Keras's callback, except that every epoch is written.

    As it comes, `update_freq=50` also drops the curves over epochs of every epoch that does not end on a multiple of 50
    steps.
    """

    def on_epoch_end(self, epoch, logs=None):
        with tf.summary.record_if(True):
            super().on_epoch_end(epoch, logs)
