"""The training view as a model for `fit`: it turns raw truth into the targets of each output, and sums the losses."""

import keras
import tensorflow as tf

from plate_seg.config import ModelConfig, TrainConfig
from plate_seg.models import crop_targets, plate_head, plate_shape, segmenter
from plate_seg.models.crop_truth import PLATE_OVERLAP

BACKGROUND_OVERLAP = 0.3  # of a proposal with a true plate; between it and `PLATE_OVERLAP` the score learns nothing
TERMS = (
    "plate_logits",
    "plate_deltas",
    "plate_corners",
    "shape_score",
    "shape_box",
    "shape_corners",
    "class_logits",
    "centre_logits",
    "offsets",
    "sizes",
    "character_boxes",
    "stroke_logits",
)


class Trainer(keras.Model):
    """A functional model whose loss is the sum of `TERMS`; compile it with an optimizer only.

    Make it with `training_view`.
    """

    def prepare(self, model: ModelConfig, train: TrainConfig) -> "Trainer":
        """Gives the trainer its sizes; returns it."""
        self.model_config, self.train_config = model, train
        self.head = plate_head.PlateHead(model.pyramid_channels)
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("loss", *TERMS)}
        self.gradient_norm = keras.metrics.Mean(name="gradient_norm")
        return self

    @property
    def metrics(self):
        return [*self.trackers.values(), self.gradient_norm]

    def train_step(self, batch):
        """One step of the optimizer, which also tells the gradient's norm (before clipping) and the learning rate."""
        inputs, truth, _ = keras.utils.unpack_x_y_sample_weight(batch)
        with tf.GradientTape() as tape:
            loss = self.compute_loss(inputs, truth, self(inputs, training=True))
        weights = self.trainable_weights
        gradients = tape.gradient(loss, weights)
        self.gradient_norm.update_state(tf.linalg.global_norm(gradients))
        rate = tf.convert_to_tensor(self.optimizer.learning_rate)
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return {**self.get_metrics_result(), "learning_rate": rate}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Returns the scalar loss of a batch as `pipeline` makes it."""
        terms = {**self._plate_losses(y, y_pred), **self._crop_losses(y, y_pred)}
        total = tf.add_n(list(terms.values()))
        for name, value in {"loss": total, **terms}.items():
            self.trackers[name].update_state(value)
        return total

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def _plate_losses(self, truth, found):
        side = self.train_config.canvas
        cells = plate_head.cells(side, side)
        targets = plate_head.encode(
            truth["plate_boxes"] * side,
            truth["plate_corners"] * side,
            {name: truth[name] for name in plate_head.KNOWN},
            cells,
        )
        return self.head.losses(found, targets)

    def _crop_losses(self, truth, found):
        overlaps, kept = found["overlaps"], found["kept"]
        plates = tf.reshape(found["plates"], [-1, self.train_config.crops])
        own = {name: self._of_crop(truth[name], plates) for name in truth if name != "strokes"}
        is_plate = overlaps >= PLATE_OVERLAP
        shape_targets = {
            "is_plate": tf.cast(is_plate, tf.float32),
            "is_background": tf.cast(overlaps < BACKGROUND_OVERLAP, tf.float32),
            "boxes": own["plate_boxes"],
            "corners": own["plate_corners"],
            **{name: tf.cast(own[name], tf.float32) for name in plate_head.KNOWN},
        }
        shape = plate_shape.shape_losses(found["plate_shape"], found["frames"], self.model_config.margin, shape_targets)
        own["labels"] = tf.where(is_plate[:, None], own["labels"], -1)  # what counts without a plate shows no character
        decoded = {name: tf.gather(rows, kept) for name, rows in own.items()}
        decoded |= {"weights": found["counts"], "strokes": truth["strokes"]}
        images = kept // self.train_config.crops
        targets = crop_targets.encode(tf.gather(found["frames"], kept), images, decoded, self.model_config.crop_size)
        return {**shape, **crop_targets.map_losses(found, targets)}

    @staticmethod
    def _of_crop(rows, plates):
        """Picks each crop's plate from rows [batch, plates, ...]: [batch * crops, ...]."""
        picked = tf.gather(rows, plates, batch_dims=1)
        return tf.reshape(picked, tf.concat([[-1], tf.shape(picked)[2:]], 0))


def training_view(parts: segmenter.Segmenter, train: TrainConfig) -> Trainer:
    """Returns the model to `fit`, over the same layers that `segmenter.serving_view` serves."""
    inputs, outputs = segmenter.training_tensors(parts, train)
    return Trainer(inputs, outputs, name="trainer").prepare(parts.config, train)
