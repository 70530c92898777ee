"""A cell with attention to a memory."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .attention import AttentionMechanism
from .decoder import check_cell


class AttentionWrapperState(
    namedtuple(
        "AttentionWrapperState",
        (
            "cell_state", "attention", "time", "alignments", "alignment_history",
            "attention_state",
        ),
    )
):  # fmt: skip
    """The cell's state, what was attended to, the step, the alignments and their history."""

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """A copy with other parts; ValueError where a part's shape is another."""

        def fitting(old: Any, new: Any) -> Any:
            if isinstance(old, tf.Tensor) and isinstance(new, tf.Tensor):
                if not old.shape.is_compatible_with(new.shape):
                    raise ValueError(
                        f"Shapes are incompatible: expected {old.shape}, found {new.shape} "
                        f"({new.name})"
                    )
                new.set_shape(old.shape)
            return new

        flat = tf.nest.map_structure(fitting, self, self._replace(**kwargs))
        return flat


def _attended(mechanism: Any, query: Any, state: Any, layer: Any) -> Any:
    """(attention, alignments, next state) of one mechanism."""
    alignments, new_state = mechanism(query, state)
    context = tf.squeeze(tf.matmul(tf.expand_dims(alignments, 1), mechanism.values), [1])
    attention = context if layer is None else layer(tf.concat([query, context], 1))
    return attention, alignments, new_state


class AttentionWrapper(tf.nn.rnn_cell.RNNCell):
    """A cell whose inputs are joined with what it attended to, and which attends again.

    `attention_mechanism` is one or a list. The attention is the memory's mean by the alignments;
    with `attention_layer_size` (or `attention_layer`, a layer) it is a layer's output over the
    cell's output and that mean. `alignment_history` keeps the alignments of all steps;
    `output_attention` says whether the attention is the output, or the cell's output;
    `cell_input_fn(inputs, attention)` joins the inputs; `attention_fn(mechanism, cell_output,
    attention_state, attention_layer)` replaces the computation of the attention. ValueError for
    both kinds of layers, or not one for each mechanism.
    """

    def __init__(
        self,
        cell: Any,
        attention_mechanism: Any,
        attention_layer_size: Any = None,
        alignment_history: bool = False,
        cell_input_fn: Callable | None = None,
        output_attention: bool = True,
        initial_cell_state: Any = None,
        name: str | None = None,
        attention_layer: Any = None,
        attention_fn: Callable | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        check_cell(cell)
        self._is_multi = isinstance(attention_mechanism, list | tuple)
        self._mechanisms = tuple(attention_mechanism) if self._is_multi else (attention_mechanism,)
        for mechanism in self._mechanisms:
            if not isinstance(mechanism, AttentionMechanism):
                raise TypeError(
                    "attention_mechanism must be an AttentionMechanism or list of multiple "
                    f"AttentionMechanism instances, saw type: {type(mechanism).__name__}"
                )
        if cell_input_fn is not None and not callable(cell_input_fn):
            raise TypeError(
                f"cell_input_fn must be callable, saw type: {type(cell_input_fn).__name__}"
            )
        self._cell = cell
        self._cell_input_fn = cell_input_fn or (lambda x, attention: tf.concat([x, attention], -1))
        self._output_attention = output_attention
        self._keeps_history = alignment_history
        self._attention_fn = attention_fn or _attended
        self._layers, sizes = self._layers_of(attention_layer_size, attention_layer, dtype)
        self._attention_size = sum(sizes)
        self._initial = initial_cell_state
        if initial_cell_state is not None:
            with tf.name_scope(name, "AttentionWrapperInit"):
                last = tf.nest.flatten(initial_cell_state)[-1]
                batch = last.shape[0].value or tf.shape(last)[0]
                with tf.control_dependencies(self._batch_checks(batch)):
                    self._initial = tf.nest.map_structure(
                        lambda s: tf.identity(s, name="check_initial_cell_state"),
                        initial_cell_state,
                    )

    def _layers_of(self, size: Any, layer: Any, dtype: Any) -> tuple[Any, list]:
        if size is not None and layer is not None:
            raise ValueError("Only one of attention_layer_size and attention_layer should be set")
        values = [mechanism.values.shape[-1].value for mechanism in self._mechanisms]
        none = (None,) * len(values)
        if size is None and layer is None:
            return none, values
        given = size if layer is None else layer
        every = tuple(given) if isinstance(given, list | tuple) else (given,)
        if len(every) != len(values):
            raise ValueError(
                "If provided, attention_layer_size or attention_layer must contain exactly one "
                f"for each attention_mechanism: {len(every)} vs {len(values)}"
            )
        if layer is None:
            layers = tuple(
                tf.layers.Dense(units, name="attention_layer", use_bias=False, dtype=dtype)
                for units in every
            )
            return layers, list(every)
        depth = self._cell.output_size
        return every, [
            one.compute_output_shape(tf.TensorShape([None, depth + value]))[-1].value
            for one, value in zip(every, values, strict=True)
        ]

    def _batch_checks(self, batch: Any) -> list:
        return [
            tf.assert_equal(
                batch, mechanism.batch_size,
                message=f"When applying AttentionWrapper {self.name}: Non-matching batch sizes "
                "between the memory (encoder output) and the query (decoder output). Are you "
                "using the BeamSearchDecoder? You may need to tile your memory input via "
                "tf.contrib.seq2seq.tile_batch with multiple=beam_width.",
            )
            for mechanism in self._mechanisms
        ]  # fmt: skip

    def _single(self, parts: Any) -> Any:
        parts = tuple(parts)
        return parts if self._is_multi else parts[0]

    @property
    def output_size(self) -> Any:
        """The attention's size, or the cell's output size."""
        return self._attention_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> Any:
        """The sizes, as an AttentionWrapperState."""
        sizes = self._single(m.alignments_size for m in self._mechanisms)
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=tf.TensorShape([]),
            attention=self._attention_size,
            alignments=sizes,
            attention_state=self._single(m.state_size for m in self._mechanisms),
            alignment_history=sizes if self._keeps_history else (),
        )

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The initial state: the cell's, or the one that was given, and no attention."""
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            state = self._initial
            if state is None:
                state = self._cell.zero_state(batch_size, dtype)
            with tf.control_dependencies(self._batch_checks(batch_size)):
                state = tf.nest.map_structure(
                    lambda s: tf.identity(s, name="checked_cell_state"), state
                )
            alignments = [m.initial_alignments(batch_size, dtype) for m in self._mechanisms]
            return AttentionWrapperState(
                cell_state=state,
                time=tf.zeros([], tf.int32),
                attention=tf.zeros([batch_size, self._attention_size], dtype),
                alignments=self._single(alignments),
                attention_state=self._single(
                    m.initial_state(batch_size, dtype) for m in self._mechanisms
                ),
                alignment_history=self._single(
                    tf.TensorArray(dtype, size=0, dynamic_size=True, element_shape=a.shape)
                    if self._keeps_history
                    else ()
                    for a in alignments
                ),
            )

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state. TypeError for a state that is none of the wrapper's."""
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                "Expected state to be instance of AttentionWrapperState. Received type "
                f"{type(state)} instead."
            )
        output, cell_state = self._cell(
            self._cell_input_fn(inputs, state.attention), state.cell_state
        )
        batch = output.shape[0].value or tf.shape(output)[0]
        with tf.control_dependencies(self._batch_checks(batch)):
            output = tf.identity(output, name="checked_cell_output")
        olds, histories = state.attention_state, state.alignment_history
        if not self._is_multi:
            olds, histories = (olds,), (histories,)
        attentions, alignments, news, written = [], [], [], []
        for i, mechanism in enumerate(self._mechanisms):
            attention, aligned, new = self._attention_fn(
                mechanism, output, olds[i], self._layers[i]
            )
            attentions.append(attention)
            alignments.append(aligned)
            news.append(new)
            written.append(histories[i].write(state.time, aligned) if self._keeps_history else ())
        attention = tf.concat(attentions, 1)
        new_state = AttentionWrapperState(
            time=state.time + 1,
            cell_state=cell_state,
            attention=attention,
            attention_state=self._single(news),
            alignments=self._single(alignments),
            alignment_history=self._single(written),
        )
        return (attention if self._output_attention else output), new_state
