"""Which crops the mask head sees: true plates, shaken, mixed with proposals in training; proposals alone in serving.

`TrainingCrops` and `ServingCrops` choose proposals; `CropFrames` makes the crop that shows one; `PlateCrops` keeps the
crops that do show a plate.
"""

import keras
import tensorflow as tf

from plate_seg.models import frames as affine
from plate_seg.models import plate_shape

OWN_SHARE = 0.5  # of training crops that follow the plate head's own proposal, right or wrong, once it is sure of one
UPRIGHT_SHARE = 0.3  # of shaken plates whose corners are not used, as if the plate head had missed the tilt
LEAST_DRAW = 1e-20  # keeps logarithms finite
SHIFT, SCALE, SKEW = 0.06, 0.12, 0.05  # spreads of the shaking, in plate sizes


@keras.saving.register_keras_serializable("plate_seg")
class TrainingCrops(keras.layers.Layer):
    """Chooses crops for training.

    Args:
        count: crops an image.
        rectified: proposals follow corners; False takes upright boxes.
        seed: of the choice.

    Call with true corners [B, plates, 4, 2] (fractions; padded rows zero) and the proposals' scores [B, n], boxes
    [B, n, 4] and corners [B, n, 4, 2], fractions. Returns proposals, frames [B * count, 3, 2], and the image of each,
    int32 [B * count]. A proposal is drawn by the root of its score, so that plates and what is taken for plates come
    about equally often. A picture's proposals are taken as its best score goes: a young plate head's are noise, and
    the mask head learns nothing from them.
    """

    def __init__(self, count: int, rectified: bool, seed: int, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.count, self.rectified, self.seed = count, rectified, seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, true_corners, scores, boxes, corners):
        batch = tf.shape(true_corners)[0]
        has_area = affine.bounds(true_corners)[..., 2] > affine.bounds(true_corners)[..., 0]
        shaken = self._shake(self._deal(true_corners, has_area))
        own = self._draw(corners if self.rectified else affine.corners(affine.from_boxes(boxes)), tf.sqrt(scores))
        takes_own = self._uniform([batch, self.count]) < OWN_SHARE * tf.reduce_max(scores, -1, keepdims=True)
        takes_own |= ~tf.reduce_any(has_area, -1, keepdims=True)
        frames = tf.where(takes_own[..., None, None], affine.from_corners(own), shaken)
        return tf.reshape(tf.stop_gradient(frames), [-1, 3, 2]), tf.repeat(tf.range(batch), self.count)

    def _deal(self, corners, exists):
        """Takes `count` of the rows of corners [batch, n, 4, 2] that exist, none again before all the others."""
        order = tf.argsort(tf.where(exists, self._uniform(tf.shape(exists)), 2.0))
        rows = tf.maximum(tf.reduce_sum(tf.cast(exists, tf.int32), -1, keepdims=True), 1)
        return tf.gather(corners, tf.gather(order, tf.range(self.count)[None] % rows, batch_dims=1), batch_dims=1)

    def _draw(self, corners, weights):
        """Draws `count` of the rows of corners [batch, n, 4, 2] with chances in the ratio of weights [batch, n]."""
        batch, rows = tf.unstack(tf.shape(weights))
        gumbel = -tf.math.log(-tf.math.log(self._uniform([batch, self.count, rows], LEAST_DRAW)))
        draws = gumbel + tf.math.log(tf.maximum(weights, LEAST_DRAW))[:, None]
        return tf.gather(corners, tf.argmax(draws, -1), batch_dims=1)

    def _shake(self, corners):
        """Moves, scales and skews plates; returns frames [batch, count, 3, 2]."""
        is_upright = self._uniform(tf.shape(corners)[:2]) < (UPRIGHT_SHARE if self.rectified else 1.0)
        upright = affine.corners(affine.from_boxes(affine.bounds(corners)))
        frames = affine.from_corners(tf.where(is_upright[..., None, None], upright, corners))
        shift = self._normal([*tf.unstack(tf.shape(frames)[:2]), 1, 2], SHIFT)
        matrix = self._normal([*tf.unstack(tf.shape(frames)[:2]), 2, 2], SKEW)
        scale = tf.exp(self._normal([*tf.unstack(tf.shape(frames)[:2]), 2], SCALE))
        matrix = matrix * (1 - tf.eye(2)) + tf.linalg.diag(scale)
        axes = tf.matmul(matrix, frames[..., 1:, :])
        centre = affine.to_image(frames, 0.5 + shift)
        origin = centre - 0.5 * tf.reduce_sum(axes, -2, keepdims=True)
        return tf.concat([origin, axes], -2)

    def _uniform(self, shape, least=0.0):
        return keras.random.uniform(shape, least, seed=self.generator)

    def _normal(self, shape, spread):
        return tf.clip_by_value(keras.random.normal(shape, seed=self.generator), -2.5, 2.5) * spread

    def save_own_variables(self, store):
        """Keeps how far the draws are, which Keras leaves out, so that a resumed run does not repeat them."""
        store["draws"] = self.generator.state.numpy()

    def load_own_variables(self, store):
        self.generator.state.assign(store["draws"])

    def get_config(self):
        own = {"count": self.count, "rectified": self.rectified, "seed": self.seed}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("plate_seg")
class ServingCrops(keras.layers.Layer):
    """Keeps the proposals that are worth a second look, so that a picture with one plate costs one crop.

    Args:
        rectified: as in `TrainingCrops`.
        threshold: proposal score from which a crop is made.

    Call with scores [B, n], boxes [B, n, 4], corners [B, n, 4, 2], fractions, and windows of the canvas [B, n, 2, 2].
    Returns frames [rois, 3, 2], and for each its window [rois, 2, 2] and its image and row, int32 [rois, 2]. At least
    one roi an image is returned, its first row, since an empty convolution fails on some CPUs; so a picture gets the
    same answer alone and in a batch.
    """

    def __init__(self, rectified: bool, threshold: float, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.rectified, self.threshold = rectified, threshold

    def call(self, scores, boxes, corners, windows):
        is_first = tf.range(tf.shape(scores)[1]) == 0
        places = tf.cast(tf.where((scores >= self.threshold) | is_first), tf.int32)
        frames = affine.from_corners(corners) if self.rectified else affine.from_boxes(boxes)
        return tf.gather_nd(frames, places), tf.gather_nd(windows, places), places

    def get_config(self):
        return {**super().get_config(), "rectified": self.rectified, "threshold": self.threshold}


@keras.saving.register_keras_serializable("plate_seg")
class PlateCrops(keras.layers.Layer):
    """Keeps the crops whose characters are worth decoding: those that the second look takes for a plate.

    Args:
        threshold: certainty (`plate_shape.certainty`) from which it does; a plate's score is never above it.

    Call with the encoder's features, a list of [rois, ...], its `plate_shape` [rois, 13], the places [rois, 2] of
    `ServingCrops` and the proposals' scores [B, n]. Returns the features of the kept crops, and which they are,
    int32 [kept]. The first crop of an image is always kept, for the reason given in `ServingCrops`.
    """

    def __init__(self, threshold: float, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, features, shapes, places, scores):
        certainty = plate_shape.certainty(tf.gather_nd(scores, places), shapes[:, 0])
        kept = tf.cast(tf.where((certainty >= self.threshold) | (places[:, 1] == 0))[:, 0], tf.int32)
        return [tf.gather(level, kept) for level in features], kept

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


@keras.saving.register_keras_serializable("plate_seg")
class CropFrames(keras.layers.Layer):
    """The crop that shows a proposal: with a margin, and as wide against its height as the mask head's maps.

    So characters keep their proportion whether a plate has one line or two, and are learnt once.

    Args:
        margin: how far a crop reaches past the proposal at least, on every side, in proposal sizes.
        aspect: width of a crop over its height.

    Call with proposals [rois, 3, 2], fractions, and the images [B, H, W, 3]; returns the crops' frames [rois, 3, 2].
    """

    def __init__(self, margin: float, aspect: float, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.margin, self.aspect = margin, aspect

    def call(self, proposals, images):
        return affine.widen(affine.expand(proposals, self.margin), tf.shape(images)[1:3], self.aspect)

    def get_config(self):
        return {**super().get_config(), "margin": self.margin, "aspect": self.aspect}
