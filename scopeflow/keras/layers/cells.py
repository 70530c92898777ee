"""One step of recurrent layers."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .. import activations, backend, constraints, initializers, regularizers
from ..engine import choices
from ..engine.base_layer import Layer


class _Cell(Layer):
    """Weights for `_gates` gates, and dropout of inputs and states."""

    _arguments: tuple[str, ...] = (
        "units", "activation", "use_bias", "kernel_initializer", "recurrent_initializer",
        "bias_initializer", "kernel_regularizer", "recurrent_regularizer", "bias_regularizer",
        "kernel_constraint", "recurrent_constraint", "bias_constraint", "dropout",
        "recurrent_dropout",
    )  # fmt: skip
    _gates = 1
    state_size: Any
    activation: Any
    recurrent_activation: Any
    use_bias: bool
    kernel_initializer: Any
    recurrent_initializer: Any
    bias_initializer: Any
    unit_forget_bias: bool
    reset_after: bool

    def _keep_arguments(self, given: dict[str, Any]) -> None:
        kinds = {
            "initializer": initializers, "regularizer": regularizers, "constraint": constraints,
            "activation": activations,
        }  # fmt: skip
        for name, value in given.items():
            kind: Any = kinds.get(name.rpartition("_")[2])
            setattr(self, name, kind.get(value) if kind else value)
        self.units: int = given["units"]
        self.state_size = self.output_size = self.units
        self.dropout: float = min(1.0, max(0.0, given["dropout"]))
        self.recurrent_dropout: float = min(1.0, max(0.0, given["recurrent_dropout"]))

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.units * self._gates,)

    def _first_bias(self) -> Any:
        return self.bias_initializer

    def build(self, input_shape: Any) -> None:
        """Make the kernels and the bias."""
        width = self.units * self._gates
        size = tf.TensorShape(input_shape).as_list()[-1]

        def weight(kind: str, name: str, shape: tuple, first: Any) -> Any:
            return self.add_weight(
                name=name, shape=shape, initializer=first,
                regularizer=getattr(self, kind + "_regularizer"),
                constraint=getattr(self, kind + "_constraint"),
            )  # fmt: skip

        self.kernel = weight("kernel", "kernel", (size, width), self.kernel_initializer)
        self.recurrent_kernel = weight(
            "recurrent", "recurrent_kernel", (self.units, width), self.recurrent_initializer
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = weight("bias", "bias", self._bias_shape(), self._first_bias())
        self.built = True

    def get_initial_state(
        self, inputs: Any = None, batch_size: Any = None, dtype: Any = None
    ) -> Any:
        """States of zeros."""
        if inputs is not None:
            batch_size, dtype = tf.shape(inputs)[0], inputs.dtype
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        found = [tf.zeros([batch_size, size], dtype) for size in sizes]
        return found if isinstance(self.state_size, list) else found[0]

    def _masks(self, like: Any, rate: float, training: Any) -> list:
        """For each gate what to multiply with: None without dropout."""
        if not rate:
            return [None] * self._gates
        training = backend.learning_phase() if training is None else training
        ones = tf.ones_like(like)
        return [
            choices.choose(training, lambda: tf.nn.dropout(ones, rate=rate), lambda: ones)
            for _ in range(self._gates)
        ]

    def _prepare(self, step_input: Any, training: Any) -> None:
        """Choose what is dropped in all steps of a call."""
        self._input_masks = self._masks(step_input, self.dropout, training)
        state = tf.zeros([tf.shape(step_input)[0], self.units], step_input.dtype)
        self._state_masks = self._masks(state, self.recurrent_dropout, training)

    def _projected(self, value: Any, kernel: Any, masks: list, bias: Any = None) -> list:
        """value · kernel + bias, in parts for the gates."""
        if all(mask is None for mask in masks):
            product = tf.matmul(value, kernel)
            product = product if bias is None else tf.nn.bias_add(product, bias)
            return tf.split(product, self._gates, axis=1)
        kernels = tf.split(tf.convert_to_tensor(kernel), self._gates, axis=1)
        biases = [None] * self._gates if bias is None else tf.split(bias, self._gates)
        found = []
        for mask, part, offset in zip(masks, kernels, biases, strict=True):
            product = tf.matmul(value if mask is None else value * mask, part)
            found.append(product if offset is None else tf.nn.bias_add(product, offset))
        return found

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:
        """(output, states) of a step."""
        if not hasattr(self, "_input_masks"):
            self._prepare(inputs, training)
        return self._step(inputs, list(states))

    def _step(self, inputs: Any, states: list) -> Any:
        raise NotImplementedError


class SimpleRNNCell(_Cell):
    """activation(inputs · kernel + state · recurrent_kernel + bias)."""

    def __init__(
        self, units: int, activation: Any = "tanh", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None,
        bias_constraint: Any = None, dropout: float = 0.0, recurrent_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        given = {n: v for n, v in locals().items() if n not in ("self", "kwargs", "__class__")}
        super().__init__(**kwargs)
        self._keep_arguments(given)

    def _step(self, inputs: Any, states: list) -> Any:
        (x,) = self._projected(inputs, self.kernel, self._input_masks, self.bias)
        (h,) = self._projected(states[0], self.recurrent_kernel, self._state_masks)
        output = self.activation(x + h)
        return output, [output]


class GRUCell(_Cell):
    """The gated recurrent unit; `reset_after` resets after the product, as cuDNN does."""

    _arguments = ("recurrent_activation", "implementation", "reset_after")
    _gates = 3

    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "hard_sigmoid",
        use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
        bias_regularizer: Any = None, kernel_constraint: Any = None,
        recurrent_constraint: Any = None, bias_constraint: Any = None, dropout: float = 0.0,
        recurrent_dropout: float = 0.0, implementation: int = 1, reset_after: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        given = {n: v for n, v in locals().items() if n not in ("self", "kwargs", "__class__")}
        super().__init__(**kwargs)
        self._keep_arguments(given)

    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _step(self, inputs: Any, states: list) -> Any:
        h = states[0]
        bias, recurrent_bias = self.bias, None
        if self.reset_after and bias is not None:
            bias, recurrent_bias = tf.unstack(bias)
        x_z, x_r, x_h = self._projected(inputs, self.kernel, self._input_masks, bias)
        if self.reset_after:
            h_z, h_r, h_h = self._projected(
                h, self.recurrent_kernel, self._state_masks, recurrent_bias
            )
        else:
            kernels = tf.split(tf.convert_to_tensor(self.recurrent_kernel), 3, axis=1)
            kept = [h if mask is None else h * mask for mask in self._state_masks]
            h_z, h_r = tf.matmul(kept[0], kernels[0]), tf.matmul(kept[1], kernels[1])
        z = self.recurrent_activation(x_z + h_z)
        r = self.recurrent_activation(x_r + h_r)
        h_h = r * h_h if self.reset_after else tf.matmul(r * kept[2], kernels[2])
        output = z * h + (1 - z) * self.activation(x_h + h_h)
        return output, [output]


class LSTMCell(_Cell):
    """Long short-term memory."""

    _arguments = ("recurrent_activation", "unit_forget_bias", "implementation")
    _gates = 4

    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "hard_sigmoid",
        use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True, kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None,
        bias_constraint: Any = None, dropout: float = 0.0, recurrent_dropout: float = 0.0,
        implementation: int = 1, **kwargs: Any,
    ) -> None:  # fmt: skip
        given = {n: v for n, v in locals().items() if n not in ("self", "kwargs", "__class__")}
        super().__init__(**kwargs)
        self._keep_arguments(given)
        self.state_size = [self.units, self.units]

    def _first_bias(self) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer

        def first(shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
            make, units = self.bias_initializer, self.units
            ones = tf.ones([units], dtype)
            return tf.concat([make([units], dtype=dtype), ones, make([units * 2], dtype=dtype)], 0)

        return first

    def _step(self, inputs: Any, states: list) -> Any:
        h, c = states
        x = self._projected(inputs, self.kernel, self._input_masks, self.bias)
        y = self._projected(h, self.recurrent_kernel, self._state_masks)
        i, f, new, o = (a + b for a, b in zip(x, y, strict=True))
        gate = self.recurrent_activation
        c = gate(f) * c + gate(i) * self.activation(new)
        h = gate(o) * self.activation(c)
        return h, [h, c]
