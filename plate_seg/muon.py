"""Muon for convolutions: the steps of hidden kernels are made orthogonal, all other weights step as in AdamW.

References: Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024; Liu et al., Muon is Scalable
for LLM Training, 2025 (the size of a step, section 2.2).
"""

import keras
import tensorflow as tf

HIDDEN = ("_conv/kernel", "_dense/kernel")  # ends of the paths of weights that feed a normalisation or an activation
MOMENTUM = 0.95
STEP_SIZE = 0.2  # root mean square of a step at rate 1, about that of Adam, so that both share a learning rate
ROUNDS = 5
COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of a round: they lift small singular values fast and leave large ones near 1


@keras.saving.register_keras_serializable("plate_seg")
class Muon(keras.optimizers.AdamW):
    """AdamW, but Muon for the kernels of `HIDDEN`; takes the arguments of AdamW.

    `keras.optimizers.Muon` steps matrices only, and leaves the kernels of convolutions to Adam.
    """

    def build(self, variables):
        super().build(variables)
        self.directions = [
            self.add_variable_from_reference(variable, name="direction") if variable.path.endswith(HIDDEN) else None
            for variable in variables
        ]

    def update_step(self, gradient, variable, learning_rate):
        direction = self.directions[self._get_variable_index(variable)]
        if direction is None:
            super().update_step(gradient, variable, learning_rate)
            return
        direction.assign(MOMENTUM * direction + gradient)
        ahead = gradient + MOMENTUM * direction
        step = orthogonal(tf.reshape(ahead, [-1, variable.shape[-1]]))
        size = STEP_SIZE * max(step.shape) ** 0.5
        variable.assign_sub(tf.reshape(learning_rate * size * step, variable.shape))


def orthogonal(matrix: tf.Tensor) -> tf.Tensor:
    """Returns the matrix [m, n] with its singular values brought near 1, by Newton-Schulz rounds.

    They end within 0.7 and 1.2 unless they began below a thousandth of the matrix's norm. A round multiplies by a
    polynomial of the matrix's square, so rounds are worked out on squares of the shorter side and joined at the end: a
    third of the arithmetic where the other is nine times as long.
    """
    is_tall = matrix.shape[0] > matrix.shape[1]
    flat = matrix / (tf.norm(matrix) + 1e-7)
    square = tf.matmul(flat, flat, transpose_a=is_tall, transpose_b=not is_tall)
    joined = one = tf.eye(min(matrix.shape))
    first, third, fifth = COEFFICIENTS
    for _ in range(ROUNDS):
        factor = first * one + third * square + fifth * tf.matmul(square, square)
        joined = tf.matmul(joined, factor)
        square = tf.matmul(tf.matmul(factor, square), factor)
    return tf.matmul(flat, joined) if is_tall else tf.matmul(joined, flat)
