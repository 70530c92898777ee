"""Recurrent layers, and layers around others."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .. import regularizers
from ..engine.base_layer import Layer
from ..engine.input_spec import InputSpec
from .cells import GRUCell, LSTMCell, SimpleRNNCell


class RNN(Layer):
    """A cell along sequences [batch, steps, features].

    The last output comes back, or with `return_sequences` all; with `return_state` also the last
    states. Steps that a mask leaves out keep output and states. `unroll` is accepted without
    effect.
    """

    def __init__(
        self, cell: Any, return_sequences: bool = False, return_state: bool = False,
        go_backwards: bool = False, stateful: bool = False, unroll: bool = False,
        time_major: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        if stateful:
            raise NotImplementedError(
                "RNN(stateful=True): hand the states on with return_state and initial_state."
            )
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.unroll, self.time_major = go_backwards, unroll, time_major
        self.supports_masking = True
        self.input_spec = [InputSpec(ndim=3)]

    def build(self, input_shape: Any) -> None:
        """Build the cell."""
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        dims = tf.TensorShape(shape).as_list()
        if not self.cell.built:
            self.cell.build(tf.TensorShape([dims[0], dims[-1]]))
            self.cell.built = True
        self.built = True

    def get_initial_state(self, inputs: Any) -> list:
        """States of zeros."""
        first = inputs[0] if self.time_major else inputs[:, 0]
        found = self.cell.get_initial_state(inputs=first)
        return list(found) if isinstance(found, list | tuple) else [found]

    def __call__(
        self, inputs: Any, initial_state: Any = None, constants: Any = None, **kwargs: Any
    ) -> Any:
        if constants is not None:
            raise NotImplementedError("RNN(constants=…): let the cell hold them.")
        if initial_state is None:
            return super().__call__(inputs, **kwargs)
        states = list(initial_state) if isinstance(initial_state, list | tuple) else [initial_state]
        self.input_spec = [InputSpec(ndim=3), *[InputSpec(ndim=2) for _ in states]]
        return super().__call__([inputs, *states], **kwargs)

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        """The inputs' mask where all outputs come back."""
        mask = mask[0] if isinstance(mask, list) else mask
        return mask if self.return_sequences and not self.return_state else None

    def call(
        self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None,
        constants: Any = None,
    ) -> Any:  # fmt: skip
        """The outputs."""
        if isinstance(inputs, list | tuple):
            inputs, initial_state = inputs[0], list(inputs[1:]) or initial_state
        mask = mask[0] if isinstance(mask, list) else mask
        states = (
            list(initial_state) if initial_state is not None else self.get_initial_state(inputs)
        )
        steps = inputs if self.time_major else tf.transpose(inputs, [1, 0, 2])
        kept = None if mask is None else tf.transpose(tf.cast(mask, tf.bool))
        if self.go_backwards:
            steps = tf.reverse(steps, [0])
            kept = None if kept is None else tf.reverse(kept, [0])
        if hasattr(self.cell, "_prepare"):
            self.cell._prepare(steps[0], training)
        outputs, last, states = self._loop(steps, kept, states)
        if self.return_sequences:
            found = outputs if self.time_major else tf.transpose(outputs, [1, 0, 2])
            found.set_shape([*inputs.shape.as_list()[:2], last.shape.as_list()[-1]])
        else:
            found = last
        return [found, *states] if self.return_state else found

    def _loop(self, steps: Any, kept: Any, states: list) -> tuple[Any, Any, list]:
        """(all outputs, the last one, the last states) over [steps, batch, features]."""
        count = tf.shape(steps)[0]
        source = tf.TensorArray(steps.dtype, count).unstack(steps)
        masks = None if kept is None else tf.TensorArray(tf.bool, count).unstack(kept)
        batch = steps.shape.as_list()[1]
        units = self.cell.output_size
        first = tf.zeros([tf.shape(steps)[1], units], steps.dtype)
        first.set_shape([batch, units])
        for state in states:
            state.set_shape([batch if batch is not None else None, state.shape.as_list()[-1]])

        def step(time: Any, found: Any, output: Any, *old: Any) -> tuple:
            new, fresh = self.cell.call(source.read(time), list(old))
            if masks is not None:
                counts = masks.read(time)
                new = tf.where(counts, new, output)
                fresh = [tf.where(counts, a, b) for a, b in zip(fresh, old, strict=True)]
            return (time + 1, found.write(time, new), new, *fresh)

        results = tf.while_loop(
            lambda time, *_: time < count,
            step,
            (tf.constant(0), tf.TensorArray(steps.dtype, count), first, *states),
        )
        last = results[2]
        last.set_shape([batch, units])
        return results[1].stack(), last, list(results[3:])

    def reset_states(self, states: Any = None) -> None:
        """Nothing to reset: states are not kept."""

    def get_config(self) -> dict[str, Any]:
        """The cell's arguments and the layer's."""
        config = self.cell.get_config() if type(self) is not RNN else {"cell": self.cell}
        names = ("return_sequences", "return_state", "go_backwards", "unroll")
        return {**config, **super().get_config(), **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """A layer with the arguments that `get_config` gave."""
        return cls(**config)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "cell" not in self.__dict__ or type(self) is RNN:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.cell, name)


class SimpleRNN(RNN):
    """activation(inputs · kernel + state · recurrent_kernel + bias), step by step. See `RNN`."""

    def __init__(
        self,
        units: Any,
        activation: Any = "tanh",
        use_bias: Any = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: Any = 0.0,
        recurrent_dropout: Any = 0.0,
        return_sequences: Any = False,
        return_state: Any = False,
        go_backwards: Any = False,
        stateful: Any = False,
        unroll: Any = False,
        **kwargs: Any,
    ) -> None:
        cell = SimpleRNNCell(
            units=units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            dtype=kwargs.get("dtype"),
        )
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll,
            activity_regularizer=regularizers.get(activity_regularizer), **kwargs,
        )  # fmt: skip

    def call(
        self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None
    ) -> Any:
        """The outputs."""
        return super().call(inputs, mask, training, initial_state)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer with the arguments that `get_config` gave."""
        return cls(**config)


class GRU(RNN):
    """The gated recurrent unit along sequences. See `RNN`."""

    def __init__(
        self,
        units: Any,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        use_bias: Any = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: Any = 0.0,
        recurrent_dropout: Any = 0.0,
        implementation: Any = 1,
        return_sequences: Any = False,
        return_state: Any = False,
        go_backwards: Any = False,
        stateful: Any = False,
        unroll: Any = False,
        reset_after: Any = False,
        **kwargs: Any,
    ) -> None:
        cell = GRUCell(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            implementation=implementation,
            reset_after=reset_after,
            dtype=kwargs.get("dtype"),
        )
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll,
            activity_regularizer=regularizers.get(activity_regularizer), **kwargs,
        )  # fmt: skip

    def call(
        self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None
    ) -> Any:
        """The outputs."""
        return super().call(inputs, mask, training, initial_state)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer with the arguments that `get_config` gave."""
        return cls(**config)


class LSTM(RNN):
    """Long short-term memory along sequences. See `RNN`."""

    def __init__(
        self,
        units: Any,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        use_bias: Any = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: Any = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: Any = 0.0,
        recurrent_dropout: Any = 0.0,
        implementation: Any = 1,
        return_sequences: Any = False,
        return_state: Any = False,
        go_backwards: Any = False,
        stateful: Any = False,
        unroll: Any = False,
        **kwargs: Any,
    ) -> None:
        cell = LSTMCell(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            implementation=implementation,
            dtype=kwargs.get("dtype"),
        )
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll,
            activity_regularizer=regularizers.get(activity_regularizer), **kwargs,
        )  # fmt: skip

    def call(
        self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None
    ) -> Any:
        """The outputs."""
        return super().call(inputs, mask, training, initial_state)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer with the arguments that `get_config` gave."""
        return cls(**config)


class Wrapper(Layer):
    """What has another layer inside."""

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Build the layer inside."""
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """The layer inside, and the arguments."""
        return {**super().get_config(), "layer": self.layer}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """A layer with the arguments that `get_config` gave."""
        return cls(**config)


class TimeDistributed(Wrapper):
    """A layer on each step of sequences."""

    def build(self, input_shape: Any) -> None:
        """Build the layer for one step."""
        dims = tf.TensorShape(input_shape).as_list()
        super().build(tf.TensorShape([dims[0], *dims[2:]]))

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """The outputs of all steps."""
        from ..engine.calls import argument_names

        given = {"training": training} if "training" in argument_names(self.layer.call) else {}
        dims = inputs.shape.as_list()
        flat = tf.reshape(inputs, tf.concat([[-1], tf.shape(inputs)[2:]], 0))
        flat.set_shape([None, *dims[2:]])
        outputs = self.layer.call(flat, **given)
        whole = tf.concat([tf.shape(inputs)[:2], tf.shape(outputs)[1:]], 0)
        found = tf.reshape(outputs, whole)
        found.set_shape([*dims[:2], *outputs.shape.as_list()[1:]])
        return found


class Bidirectional(Wrapper):
    """A recurrent layer forwards, and a copy of it backwards.

    `merge_mode` is "concat", "sum", "mul", "ave", or None for a list of both.
    """

    def __init__(
        self, layer: Any, merge_mode: Any = "concat", weights: Any = None,
        backward_layer: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if merge_mode not in ("sum", "mul", "ave", "concat", None):
            raise ValueError(
                "Invalid merge mode. Merge mode should be one of "
                '{"sum", "mul", "ave", "concat", None}'
            )
        super().__init__(layer, weights=weights, **kwargs)
        self.merge_mode = merge_mode
        config = layer.get_config()
        self.forward_layer = layer
        layer._name = "forward_" + layer.name
        if backward_layer is None:
            config["go_backwards"] = not config.get("go_backwards", False)
            config["name"] = "backward_" + config["name"]
            backward_layer = type(layer).from_config(config)
        self.backward_layer = backward_layer
        self.supports_masking = True

    @property
    def _checkpoint_dependencies(self) -> list[tuple[str, Any]]:
        """As in TensorFlow's checkpoints: both layers, also in a list, and no `layer`."""
        named = {**dict(super()._checkpoint_dependencies), "_layers": self._layers}
        return [(name, value) for name, value in named.items() if name != "layer"]

    def build(self, input_shape: Any) -> None:
        """Build both layers."""
        for each in (self.forward_layer, self.backward_layer):
            with tf.name_scope(each.name):
                each.build(input_shape)
        self.built = True

    def call(
        self, inputs: Any, training: Any = None, mask: Any = None, initial_state: Any = None,
        constants: Any = None,
    ) -> Any:  # fmt: skip
        """The outputs of both directions."""
        states: list[Any] = [None, None]
        if initial_state is not None:
            half = len(initial_state) // 2
            states = [initial_state[:half], initial_state[half:]]
        found, last = [], []
        for each, state in zip((self.forward_layer, self.backward_layer), states, strict=True):
            outputs = each.call(inputs, mask=mask, training=training, initial_state=state)
            if each.return_state:
                outputs, rest = outputs[0], outputs[1:]
                last += rest
            found.append(outputs)
        if self.forward_layer.return_sequences:
            found[1] = tf.reverse(found[1], [1])
        merge = {
            "concat": lambda a, b: tf.concat([a, b], -1),
            "sum": lambda a, b: a + b,
            "ave": lambda a, b: (a + b) / 2,
            "mul": lambda a, b: a * b,
            None: lambda a, b: [a, b],
        }[self.merge_mode]
        merged = merge(*found)
        if not last:
            return merged
        return [*(merged if isinstance(merged, list) else [merged]), *last]

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        """The inputs' mask where all outputs come back."""
        return mask if self.forward_layer.return_sequences else None

    def reset_states(self) -> None:
        """Nothing to reset: states are not kept."""
