"""An inference view to a SavedModel that TensorFlow loads without this package, with two signatures."""

import dataclasses
import fnmatch
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import keras
import tensorflow as tf

from plate_seg import description, start
from plate_seg.alphabet import NUM_CLASSES, PAD, decode
from plate_seg.config import ModelConfig
from plate_seg.constants import merge_constants
from plate_seg.description import THRESHOLD
from plate_seg.errors import UserError
from plate_seg.models import segmenter
from plate_seg.models.paired import pair
from plate_seg.orientation import decode_upright
from plate_seg.outputs import check_folder, check_own, put_in_place, replaceable

OWN = (  # all that is written into the folder
    "saved_model.pb",
    "fingerprint.pb",
    description.FILE,
    "assets",
    "variables",
    "variables/variables.*",
)
OUTPUTS = (
    "num_detections",
    "detection_boxes",
    "detection_scores",
    "detection_corners",
    "num_characters",
    "character_boxes",
    "character_scores",
    "character_classes",
    "character_masks",
    "mask_boxes",
)


class Serving(tf.Module):
    """The inference view behind its signatures; tracks the variables alone, so that no Keras object is saved.

    Args:
        model: maps `images` uint8 [batch, height, width, 3] to a dict with `OUTPUTS`.
    """

    def __init__(self, model: keras.Model):
        super().__init__(name="plate_seg")
        missing = set(OUTPUTS) - set(model.output)
        if missing:
            raise ValueError(f"the model lacks the outputs {sorted(missing)}; export its inference view")
        self.weights = [variable.value for variable in model.variables]
        self._view = lambda images: model(images, training=False)

    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8, name="images")])
    def find(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Finds the plates of pictures [batch, height, width, 3] of one size, red first."""
        found = self._view(check_images(images))
        return {name: found[name] for name in OUTPUTS} | {"plate_text": spell(found["character_classes"])}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="encoded")])
    def find_encoded(self, encoded: tf.Tensor) -> dict[str, tf.Tensor]:
        """Finds the plates of JPEG or PNG files [batch], each of its own size, one at a time, upright after EXIF."""
        batched = self.find.get_concrete_function().structured_outputs
        single = {name: tf.TensorSpec(output.shape[1:], output.dtype) for name, output in batched.items()}
        return tf.map_fn(self._find_file, encoded, fn_output_signature=single, parallel_iterations=1)

    def _find_file(self, encoded: tf.Tensor) -> dict[str, tf.Tensor]:
        return {name: output[0] for name, output in self.find(decode_upright(encoded)[None]).items()}


def check_images(images: tf.Tensor) -> tf.Tensor:
    """Returns the pictures if they are [batch, height, width, 3], at least one, with pixels.

    A loaded signature takes any shape, whatever it declares, so the shape is hidden from the graph's own inference,
    which would drop the checks as needless.
    """
    shape = tf.shape(tf.compat.v1.placeholder_with_default(images, None))
    message = "images must be uint8 [batch, height, width, 3], at least one, red first, at least a pixel high and wide"
    with tf.control_dependencies([tf.debugging.assert_equal(tf.size(shape), 4, message)]):
        size, channels = tf.identity(shape)[:3], tf.identity(shape)[3:]
    checks = [tf.debugging.assert_positive(size, message), tf.debugging.assert_equal(channels, [3], message)]
    with tf.control_dependencies(checks):
        return tf.identity(images)


def spell(classes: tf.Tensor) -> tf.Tensor:
    """Returns texts [...] from class indices in reading order [..., characters], padded with -1."""
    letters = tf.constant([decode(index) for index in range(PAD, NUM_CLASSES)])
    return tf.strings.reduce_join(tf.gather(letters, classes - PAD), -1)


def export(model: keras.Model, out: Path, threshold: float = THRESHOLD, graph: ModelConfig | None = None) -> Path:
    """Writes the SavedModel folder `out`, whole or not at all; one that is there already is replaced.

    Args:
        model: the inference view, see `Serving`.
        threshold: kept in the folder as the score under which `predict` drops a plate.
        graph: kept in the folder as what `model` was built from, for whoever goes on from it.

    Raises:
        UserError: `out` cannot be written, or is something other than a SavedModel.
    """
    check_replaceable(out)
    target = replaceable(out)
    serving = Serving(model)
    signatures = {"serving_default": serving.find, "serving_bytes": serving.find_encoded}
    partial = folder_beside(target)
    try:
        made = partial / "made"
        tf.saved_model.save(serving, str(made), signatures=signatures)
        merge_constants(made)
        description.write(made, threshold, graph)
        put_in_place(made, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Path(out)


def export_run(run: Path, out: Path, others: Sequence[Path] = (), **chosen: float | None) -> Path:
    """Exports the model of a run folder, its norms folded, or once more what was exported before.

    Args:
        run: with `config.json`, which says what to build, the weights that fill it, and `start.TEMPERATURES` where they
            have been fitted; or a SavedModel of `export`.
        others: more such folders of the same line, see `start.folded`, for the mean of the weights of all.
        chosen: fields of `ModelConfig` that no weight depends on, for what was chosen on validation pictures
            afterwards; one that is None stays. `score_threshold` is one of the tempered scores; where it stays and
            `plate_temperature` does not, it moves so that the same plates are reported.

    Raises:
        UserError: a folder lacks a file or holds another graph, a value is out of range, or `out` cannot be written or
            replaced.
    """
    check_replaceable(out)  # before the work
    parts = chosen_parts([run, *others], chosen)
    return export(segmenter.serving_view(pair(parts)), out, parts.config.score_threshold, parts.config)


def chosen_parts(folders: Sequence[Path], chosen: dict[str, float | None]) -> segmenter.Segmenter:
    """Returns the layers that `start.folded` makes of `folders`, with the fields `chosen` for `export_run`."""
    chosen = {name: value for name, value in chosen.items() if value is not None}
    parts = start.folded([Path(folder) for folder in folders])
    return dataclasses.replace(parts, config=start.served(parts.config, chosen))


def check_replaceable(out: Path) -> None:
    """Raises a UserError unless `out` can be written and is free, empty, or a SavedModel of ours and nothing else."""
    target = replaceable(out)
    if target.is_file():
        raise UserError(out, "is a file", "choose a folder")
    if target.is_dir() and any(target.iterdir()):
        if not (target / "saved_model.pb").is_file():
            raise UserError(out, "holds something other than a SavedModel", "choose another folder")
        check_own(target, lambda name: any(fnmatch.fnmatchcase(name, own) for own in OWN))
    check_folder(target.parent)


def folder_beside(out: Path) -> Path:
    """Makes a new folder beside `out`, to write in before renaming; raises a UserError where that cannot be done."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise UserError(out, error.strerror, "choose a folder that can be written") from error
