"""An exported model as one TensorFlow Lite file, of builtin operations alone, for phones and small computers."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import keras
import tensorflow as tf

from plate_seg.errors import UserError
from plate_seg.export import OUTPUTS, chosen_parts, folder_beside
from plate_seg.models import segmenter


class Finder(tf.Module):
    """The inference view behind one signature; tracks the variables alone.

    Args:
        view: maps `images` float32 [batch, height, width, 3], 0..255, to a dict with `OUTPUTS`.
    """

    def __init__(self, view: keras.Model):
        super().__init__(name="plate_seg")
        self.weights = [variable.value for variable in view.variables]
        self._view = lambda images: view(images, training=False)

    @tf.function(input_signature=[tf.TensorSpec([1, None, None, 3], tf.uint8, name="images")])
    def find(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Finds the plates of one picture [1, height, width, 3], red first."""
        found = self._view(tf.cast(images, tf.float32))  # TensorFlow Lite resizes no bytes to floats
        return {name: found[name] for name in OUTPUTS}


def export_lite(run: Path, out: Path, others: Sequence[Path] = (), **chosen: float | None) -> Path:
    """Writes the file `out`, whole or not at all; one that is there already is replaced.

    Its signature `serving_default` takes `images` uint8 [1, H, W, 3], any H and W, and gives what the SavedModel gives
    but for `plate_text`: TensorFlow Lite joins no strings.

    Args:
        run, others, chosen: as of `export.export_run`.

    Raises:
        UserError: a folder lacks a file or holds another graph, a value is out of range, or `out` cannot be written.
    """
    out = Path(out)
    if out.is_dir():
        raise UserError(out, "is a folder", "choose a file")
    finder = Finder(segmenter.serving_view(chosen_parts([run, *others], chosen), dtype="float32"))
    partial = folder_beside(out)
    try:
        saved, file = partial / "saved_model", partial / out.name
        tf.saved_model.save(finder, str(saved), signatures={"serving_default": finder.find})
        converter = tf.lite.TFLiteConverter.from_saved_model(str(saved), signature_keys=["serving_default"])
        file.write_bytes(converter.convert())
        os.replace(file, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return out
