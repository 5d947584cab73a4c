"""Validation end to end while training: whole pictures in, found plates out, measured as `evaluate` measures them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from plate_seg.callbacks.curves import write_curves
from plate_seg.callbacks.pictures import draw_beside, draw_maps
from plate_seg.data.pictures import read_picture
from plate_seg.data.sample import Sample
from plate_seg.found import FoundPlate, unpack
from plate_seg.metrics.groups import EVERYTHING
from plate_seg.metrics.masks import crop
from plate_seg.metrics.measure import measure
from plate_seg.models import segmenter

MEASURES = (
    "plate_ap50",
    "plate_ap",
    "character_f1",
    "labelled_character_f1",
    "plates_segmented_exactly",
    "text_exact",
    "character_error_rate",
)
PICTURES = 64  # evenly drawn from the validation samples: a few seconds an epoch
SHOWN = 8  # of them, as pictures
EVERY = 2  # epochs between curves and pictures, whose event files grow by 3 MB a time


class Measures(keras.callbacks.Callback):
    """Adds `MEASURES` to the logs of every epoch, as `val_plate_ap50` and so on; writes curves and pictures.

    A measure that the pictures do not allow, such as a text where no truth has one, is NaN.
    It must stand before `SwapEMAWeights` in the list of callbacks. That callback has the averaged weights in the model
    only while the model is validated, and takes them out at the end of validation; callbacks end in the order of the
    list, so what runs in `on_test_end` of an earlier one still sees the averaged weights, which are those that the
    finished model will have. It must stand before loggers too, which write what it adds to the logs.

    Args:
        parts: the layers under training.
        samples: to validate on, at least one.
        folder: for the event file of curves and pictures; not one that another writer uses, since TensorBoard reads
            the files of a folder one after the other.
    """

    def __init__(self, parts: segmenter.Segmenter, samples: Sequence[Sample], folder: Path):
        super().__init__()
        self.samples = spread(samples, PICTURES)
        self.threshold = parts.config.score_threshold
        self.folder = Path(folder)
        self.measured, self.epoch, self.writer = {}, 0, None
        self._inspect = _compiled(segmenter.inspection_view(parts))

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_test_end(self, logs=None):
        found = [self._cut(self._find(sample)) for sample in self.samples]
        self.measured = {f"val_{name}": value for name, value in measures(self.samples, found, self.threshold).items()}
        if self.epoch % EVERY == 0 or self.epoch == self.params["epochs"] - 1:
            self._show(found)

    def on_epoch_end(self, epoch, logs=None):
        logs.update(self.measured)

    def on_train_end(self, logs=None):
        if self.writer is not None:
            self.writer.close()

    def _find(self, sample: Sample) -> list[FoundPlate]:
        return unpack(self._look(read_picture(sample.path)))[0]

    def _look(self, image: np.ndarray) -> dict[str, np.ndarray]:
        return {name: output.numpy() for name, output in self._inspect(image[None]).items()}

    def _show(self, found: list[list[FoundPlate]]) -> None:
        """Writes the curves and the pictures, the maps of each picture's best proposal."""
        self.writer = self.writer or tf.summary.create_file_writer(str(self.folder))
        beside, maps = [], []
        for sample in spread(self.samples, SHOWN):
            image = read_picture(sample.path)
            outputs = self._look(image)
            plates = [plate for plate in unpack(outputs)[0] if plate.score >= self.threshold]
            beside.append(draw_beside(image, sample.plates, plates))
            maps.append(draw_maps({name: rows[0] for name, rows in outputs.items()}))
        # Keras's TensorBoard callback has told tf.summary to drop what is not at every 50th step: here all is kept
        with self.writer.as_default(step=self.epoch), tf.summary.record_if(True):
            write_curves(self.samples, found, self.epoch)
            tf.summary.image("truth_and_found", np.stack(beside), max_outputs=SHOWN)
            tf.summary.image("crop_class_centre_offset_stroke", np.stack(maps), max_outputs=SHOWN)
        self.writer.flush()

    @staticmethod
    def _cut(plates: list[FoundPlate]) -> list[FoundPlate]:
        """Cuts masks to their characters, which makes them a tenth of the memory."""
        return [replace(plate, characters=tuple(crop(one) for one in plate.characters)) for plate in plates]


def measures(samples: list[Sample], found: list[list[FoundPlate]], threshold: float) -> dict[str, float]:
    """Returns `MEASURES` over all samples; NaN where one is not possible."""
    table = measure(samples, found, threshold)
    values = _overall(table)
    return {name: float(values.get(name, np.nan)) for name in MEASURES}


def spread(samples: Sequence[Sample], count: int) -> list[Sample]:
    """Returns at most `count` samples, evenly drawn."""
    places = np.linspace(0, len(samples), min(count, len(samples)), endpoint=False).astype(int)
    return [samples[place] for place in places]


def _overall(table: pd.DataFrame) -> pd.Series:
    return table[(table.source == EVERYTHING) & (table.group == EVERYTHING)].set_index("measure").value


def _compiled(view: keras.Model):
    """Returns the view as one function for pictures of every size; else it would be traced anew for each."""
    images = tf.TensorSpec((None, None, None, 3), tf.uint8)
    return tf.function(lambda pictures: view(pictures, training=False), input_signature=[images])
