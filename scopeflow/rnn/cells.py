"""`tf.nn.rnn_cell`: the base class of cells, and the cells of TensorFlow's core."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import scopeflow as tf


class LSTMStateTuple(namedtuple("LSTMStateTuple", ("c", "h"))):
    """An LSTM's state: the cell's memory `c` and its output `h`."""

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The dtype of both. TypeError where they differ."""
        if self.c.dtype != self.h.dtype:
            raise TypeError(f"Inconsistent internal state: {self.c.dtype} vs {self.h.dtype}")
        return self.c.dtype


class Whole:
    """Noted on a cell while it is called with a whole sequence, time-major, instead of a step."""

    def __init__(self, lengths: list) -> None:
        self.lengths = lengths


class RNNCell(tf.layers.Layer):
    """A step of a recurrent network: `output, new_state = cell(inputs, state)`.

    `inputs` has the shape [batch, depth]; `state_size` and `output_size` (ints, TensorShapes or
    nested tuples of them) tell what the state and the output have behind the batch dimension.
    Subclasses give these two and `call(inputs, state)`; those that make their variables in `build`
    get them once. A cell's variables live in the variable scope of its first call.
    """

    _whole: Whole | None = None

    def __init__(
        self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)

    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """One step: the output and the new state."""
        if scope is not None:
            with tf.variable_scope(scope, custom_getter=self._noted) as entered:
                return super().__call__(inputs, state, scope=entered, **kwargs)
        own: Any = getattr(self, "_cell_scope", None)
        if own is None:
            own = tf.variable_scope(tf.get_variable_scope(), custom_getter=self._noted)
            self._cell_scope = own
        with own:
            return super().__call__(inputs, state, **kwargs)

    def _noted(self, getter: Callable, *args: Any, **kwargs: Any) -> Any:
        """A variable of the cell, made by tf.get_variable in `call`."""
        variable = getter(*args, **kwargs)
        weights = self._trainable_weights if variable in tf.trainable_variables() else (
            self._non_trainable_weights
        )  # fmt: skip
        if not any(variable is other for other in weights):
            weights.append(variable)
        return variable

    @property
    def state_size(self) -> Any:
        """The size of the state: an int, a TensorShape, or a nested tuple of them."""
        raise NotImplementedError(f"{type(self).__name__} does not say its state_size.")

    @property
    def output_size(self) -> Any:
        """The size of the output: an int or a TensorShape."""
        raise NotImplementedError(f"{type(self).__name__} does not say its output_size.")

    def build(self, _: Any) -> None:
        """Make the variables; cells that make them in `call` need none."""

    def get_initial_state(
        self, inputs: Any = None, batch_size: Any = None, dtype: Any = None
    ) -> Any:
        """Zeros for a batch like `inputs`, or of `batch_size` and `dtype`. ValueError without."""
        if inputs is not None:
            inputs = tf.convert_to_tensor(inputs, name="inputs")
            if batch_size is not None:
                static = static_number(batch_size)
                if static is not None and inputs.shape[0].value not in (None, int(static)):
                    raise ValueError(
                        f"batch size from input tensor is different from the input param. Input "
                        f"tensor batch: {inputs.shape[0]}, batch_size: {batch_size}"
                    )
            if dtype is not None and inputs.dtype != dtype:
                raise ValueError(
                    f"dtype from input tensor is different from the input param. Input tensor "
                    f"dtype: {inputs.dtype}, dtype: {dtype}"
                )
            batch_size = inputs.shape[0].value or tf.shape(inputs)[0]
            dtype = inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError(
                "batch_size and dtype cannot be None while constructing initial state: "
                f"batch_size={batch_size}, dtype={dtype}"
            )
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros of the state's size for each example of a batch."""
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return zeros_of_size(self.state_size, batch_size, dtype)

    def _runs_whole(self) -> bool:
        """Whether the cell can be called with a whole sequence (see Whole)."""
        return False

    def _inner_cells(self) -> list:
        """The cells that this one calls."""
        return []


def static_number(value: Any) -> Any:
    """A number as it is; the value of a constant tensor; None for another tensor."""
    if isinstance(value, int | float):
        return value
    known = tf.contrib.util.constant_value(tf.convert_to_tensor(value))
    return None if known is None else known.item()


def zeros_of_size(size: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros for a (nested) state size, with the batch dimension (or dimensions) in front."""
    if isinstance(size, list | tuple):
        parts = [zeros_of_size(s, batch_size, dtype) for s in size]
        return type(size)(*parts) if hasattr(size, "_fields") else type(size)(parts)
    if isinstance(size, dict):
        return {key: zeros_of_size(value, batch_size, dtype) for key, value in size.items()}
    sizes = tf.TensorShape(size).as_list()
    if isinstance(batch_size, tf.Tensor) and batch_size.shape.ndims == 1:
        return tf.zeros(tf.concat([tf.cast(batch_size, tf.int32), sizes], 0), dtype)
    several = isinstance(batch_size, list | tuple | tf.TensorShape)
    return tf.zeros([*(batch_size if several else [batch_size]), *sizes], dtype)


class LayerRNNCell(RNNCell):
    """A cell that makes its variables in `build`."""

    def __call__(
        self, inputs: Any, state: Any, scope: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """One step: the output and the new state."""
        return tf.layers.Layer.__call__(self, inputs, state, *args, scope=scope, **kwargs)

    def _depth(self, inputs_shape: Any) -> int:
        depth = tf.TensorShape(inputs_shape)[-1].value
        if depth is None:
            raise ValueError(
                f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape} "
                f"(cell {self.name})"
            )
        return depth

    def _takes_steps(self) -> None:
        if self._whole is None:
            self.input_spec = tf.layers.InputSpec(ndim=2)

    def _no_state(self, state: Any) -> None:
        if not isinstance(state, list | tuple) or len(state) != 2:
            raise TypeError(
                f"The state of {self.name} is a pair (c, h): state_is_tuple=True. Got: {state!r}"
            )


def activation_function(activation: Any) -> Callable:
    """The function itself; a Keras name's function; tanh where it is None."""
    return tf.keras.activations.get(activation) if activation else tf.tanh


class BasicRNNCell(LayerRNNCell):
    """output = new state = activation([inputs, state] · kernel + bias)."""

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self._num_units = num_units
        self._activation = activation_function(activation)

    @property
    def state_size(self) -> int:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        depth = self._depth(input_shape)
        self._takes_steps()
        self._kernel = self.add_variable("kernel", [depth + self._num_units, self._num_units])
        self._bias = self.add_variable(
            "bias", [self._num_units], initializer=tf.zeros_initializer(dtype=self.dtype)
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state, which are the same."""
        if self._whole is not None:
            return tf.raw_ops.TanhSequence(
                x=inputs, lengths=self._whole.lengths, h=state, kernel=self._kernel,
                bias=self._bias,
            )  # fmt: skip
        joined = tf.concat([inputs, state], 1)
        output = self._activation(tf.nn.bias_add(tf.matmul(joined, self._kernel), self._bias))
        return output, output

    def _runs_whole(self) -> bool:
        return type(self) is BasicRNNCell and self._activation is tf.tanh

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values."""
        return {
            **super().get_config(),
            "num_units": self._num_units,
            "activation": tf.keras.activations.serialize(self._activation),
            "reuse": self._reuse,
        }


class GRUCell(LayerRNNCell):
    """A gated recurrent unit (Cho et al., 2014, http://arxiv.org/abs/1406.1078).

    [r, u] = sigmoid([inputs, state] · gates/kernel + gates/bias), the bias beginning at 1;
    c = activation([inputs, r * state] · candidate/kernel + candidate/bias);
    output = new state = u * state + (1 - u) * c.
    """

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self._num_units = num_units
        self._activation = activation_function(activation)
        self._kernel_initializer = tf.keras.initializers.get(kernel_initializer)
        self._bias_initializer = tf.keras.initializers.get(bias_initializer)

    @property
    def state_size(self) -> int:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Make the kernels and biases of the gates and the candidate."""
        rows, units = self._depth(input_shape) + self._num_units, self._num_units
        self._takes_steps()
        given, dtype = self._bias_initializer, self.dtype
        self._gate_kernel = self.add_variable(
            "gates/kernel", [rows, 2 * units], initializer=self._kernel_initializer
        )
        self._gate_bias = self.add_variable(
            "gates/bias",
            [2 * units],
            initializer=given or tf.constant_initializer(1.0, dtype=dtype),
        )
        self._candidate_kernel = self.add_variable(
            "candidate/kernel", [rows, units], initializer=self._kernel_initializer
        )
        self._candidate_bias = self.add_variable(
            "candidate/bias", [units], initializer=given or tf.zeros_initializer(dtype=dtype)
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state, which are the same."""
        if self._whole is not None:
            return tf.raw_ops.GRUSequence(
                x=inputs, lengths=self._whole.lengths, h=state,
                gate_kernel=self._gate_kernel, gate_bias=self._gate_bias,
                candidate_kernel=self._candidate_kernel, candidate_bias=self._candidate_bias,
            )  # fmt: skip
        gates = tf.matmul(tf.concat([inputs, state], 1), self._gate_kernel)
        gates = tf.sigmoid(tf.nn.bias_add(gates, self._gate_bias))
        r, u = tf.split(value=gates, num_or_size_splits=2, axis=1)
        reset = r * state
        candidate = tf.matmul(tf.concat([inputs, reset], 1), self._candidate_kernel)
        c = self._activation(tf.nn.bias_add(candidate, self._candidate_bias))
        new = u * state + (1 - u) * c
        return new, new

    def _runs_whole(self) -> bool:
        return type(self) is GRUCell and self._activation is tf.tanh

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values."""
        return {
            **super().get_config(),
            "num_units": self._num_units,
            "kernel_initializer": tf.keras.initializers.serialize(self._kernel_initializer),
            "bias_initializer": tf.keras.initializers.serialize(self._bias_initializer),
            "activation": tf.keras.activations.serialize(self._activation),
            "reuse": self._reuse,
        }
