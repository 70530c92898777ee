"""Cells with the numbers and the checkpoint variables of the layers."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class CudnnCompatibleLSTMCell(tf.contrib.rnn.LSTMBlockCell):
    """The cell whose checkpoints `CudnnLSTM` reads and writes: no forget bias, no peepholes."""

    def __init__(self, num_units: int, reuse: Any = None) -> None:
        super().__init__(
            num_units, forget_bias=0, cell_clip=None, use_peephole=False, reuse=reuse,
            name="cudnn_compatible_lstm_cell",
        )  # fmt: skip


class CudnnCompatibleGRUCell(tf.nn.rnn_cell.GRUCell):
    """The cell whose checkpoints `CudnnGRU` reads and writes.

    It resets behind the product: c = tanh(x W + b + r (h R + d)).
    """

    def __init__(self, num_units: int, reuse: Any = None, kernel_initializer: Any = None) -> None:
        super().__init__(
            num_units, reuse=reuse, kernel_initializer=kernel_initializer,
            name="cudnn_compatible_gru_cell",
        )  # fmt: skip
        self._units, self._initializer = num_units, kernel_initializer

    def build(self, inputs_shape: Any) -> None:
        """Make the variables."""
        depth, units = tf.TensorShape(inputs_shape)[-1].value, self._units
        if depth is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")

        sizes = {
            "gates": [depth + units, 2 * units],
            "candidate/input_projection": [depth, units],
            "candidate/hidden_projection": [units, units],
        }
        parts: dict[str, list[Any]] = {name: [] for name in sizes}
        for names in (["gates"], ["candidate/input_projection", "candidate/hidden_projection"]):
            for name in names:
                kernel = self.add_variable(
                    f"{name}/kernel", sizes[name], initializer=self._initializer
                )
                parts[name].append(kernel)
            for name in names:
                start = tf.constant_initializer(1.0 if name == "gates" else 0.0)
                bias = self.add_variable(f"{name}/bias", sizes[name][1:], initializer=start)
                parts[name].append(bias)
        self._parts = list(parts.values())
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state, which are the same."""
        new = gru_step(inputs, state, *self._parts)
        return new, new


def gru_step(x: Any, h: Any, gates: Any, of_input: Any, of_hidden: Any) -> Any:
    """The new state of a GRU; each part is a kernel and a bias."""
    both = tf.sigmoid(tf.nn.bias_add(tf.matmul(tf.concat([x, h], 1), gates[0]), gates[1]))
    r, u = tf.split(both, 2, axis=1)
    hidden = r * tf.nn.bias_add(tf.matmul(h, of_hidden[0]), of_hidden[1])
    c = tf.tanh(tf.nn.bias_add(tf.matmul(x, of_input[0]), of_input[1]) + hidden)
    return (1 - u) * c + u * h
