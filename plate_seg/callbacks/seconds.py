"""How long an epoch took, validation included, for the callbacks after it to log."""

import time

import keras


class Seconds(keras.callbacks.Callback):
    """Adds `seconds` to the logs of every epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self._start = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        logs["seconds"] = time.monotonic() - self._start
