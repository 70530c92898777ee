"""Decoders that attend to what was read."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .models import by_condition, check_projection, likeliest


def _linear(inputs: list, size: int) -> Any:
    """[inputs…] · kernel + bias, with variables of the current scope."""
    rows, dtype = sum(part.shape[1].value for part in inputs), inputs[0].dtype
    kernel = tf.get_variable("kernel", [rows, size], dtype)
    joined = inputs[0] if len(inputs) == 1 else tf.concat(inputs, 1)
    bias = tf.get_variable("bias", [size], dtype, tf.zeros_initializer(dtype=dtype))
    return tf.nn.bias_add(tf.matmul(joined, kernel), bias)


class _Heads:
    """What some heads see of the attended states, by a query."""

    def __init__(self, states: Any, count: int) -> None:
        self.length = states.shape[1].value or tf.shape(states)[1]
        self.size = states.shape[2].value
        self.hidden = tf.reshape(states, [-1, self.length, 1, self.size])
        self.features, self.v = [], []
        for head in range(count):
            kernel = tf.get_variable(f"AttnW_{head}", [1, 1, self.size, self.size], states.dtype)
            self.features.append(tf.nn.conv2d(self.hidden, kernel, [1, 1, 1, 1], "SAME"))
            self.v.append(tf.get_variable(f"AttnV_{head}", [self.size], states.dtype))

    def __call__(self, query: Any) -> list:
        parts = tf.nest.flatten(query)
        query = parts[0] if len(parts) == 1 else tf.concat(parts, 1)
        found = []
        for head, (features, v) in enumerate(zip(self.features, self.v, strict=True)):
            with tf.variable_scope(f"Attention_{head}"):
                y = tf.reshape(_linear([query], self.size), [-1, 1, 1, self.size])
                scores = tf.reduce_sum(v * tf.tanh(features + y), [2, 3])
                weights = tf.reshape(tf.nn.softmax(scores), [-1, self.length, 1, 1])
                seen = tf.reduce_sum(weights * self.hidden, [1, 2])
                found.append(tf.reshape(seen, [-1, self.size]))
        return found


def attention_decoder(
    decoder_inputs: list,
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    output_size: int | None = None,
    num_heads: int = 1,
    loop_function: Callable | None = None,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Any:
    """As rnn_decoder, with attention to `attention_states`, [batch, length, size].

    The outputs have `output_size` columns, by default the cell's. With `initial_state_attention`
    the first step attends by the initial state, else to nothing. ValueError without inputs or
    heads, and for states of unknown size.
    """
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    if attention_states.shape[2].value is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {attention_states.shape}")
    output_size = cell.output_size if output_size is None else output_size
    with tf.variable_scope(scope or "attention_decoder", dtype=dtype) as entered:
        dtype = entered.dtype
        heads = _Heads(attention_states, num_heads)
        batch = tf.shape(decoder_inputs[0])[0]
        seen = [tf.zeros([batch, heads.size], dtype) for _ in range(num_heads)]
        for part in seen:
            part.set_shape([None, heads.size])
        state, outputs, previous = initial_state, [], None
        if initial_state_attention:
            seen = heads(initial_state)
        for i, step in enumerate(decoder_inputs):
            if i > 0:
                tf.get_variable_scope().reuse_variables()
            if loop_function is not None and previous is not None:
                with tf.variable_scope("loop_function", reuse=True):
                    step = loop_function(previous, i)
            depth = step.shape.with_rank(2)[1].value
            if depth is None:
                raise ValueError(f"Could not infer input size from input: {step.name}")
            output, state = cell(_linear([step, *seen], depth), state)
            again = True if i == 0 and initial_state_attention else None
            with tf.variable_scope(tf.get_variable_scope(), reuse=again):
                seen = heads(state)
            with tf.variable_scope("AttnOutputProjection"):
                output = _linear([output, *seen], output_size)
            previous = output
            outputs.append(output)
    return outputs, state


def embedding_attention_decoder(
    decoder_inputs: list,
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_size: int | None = None,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Any:
    """attention_decoder over symbols; see embedding_rnn_decoder for the arguments."""
    output_size = cell.output_size if output_size is None else output_size
    check_projection(output_projection, output_size, num_symbols)
    with tf.variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
        loop = None
        if feed_previous:
            loop = likeliest(embedding, output_projection, update_embedding_for_previous)
        return attention_decoder(
            [tf.nn.embedding_lookup(embedding, step) for step in decoder_inputs],
            initial_state, attention_states, cell, output_size=output_size, num_heads=num_heads,
            loop_function=loop, initial_state_attention=initial_state_attention,
        )  # fmt: skip


def embedding_attention_seq2seq(
    encoder_inputs: list,
    decoder_inputs: list,
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Any:
    """As embedding_rnn_seq2seq; the decoder attends to the outputs of all steps that were read."""
    with tf.variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as entered:
        reader = tf.contrib.rnn.EmbeddingWrapper(
            copy.deepcopy(cell), embedding_classes=num_encoder_symbols,
            embedding_size=embedding_size,
        )  # fmt: skip
        read, state = tf.nn.static_rnn(reader, encoder_inputs, dtype=entered.dtype)
        attended = tf.concat([tf.reshape(output, [-1, 1, cell.output_size]) for output in read], 1)
        output_size = None
        if output_projection is None:
            cell = tf.contrib.rnn.OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols
        return by_condition(
            feed_previous,
            lambda previous, update: embedding_attention_decoder(
                decoder_inputs, state, attended, cell, num_decoder_symbols, embedding_size,
                num_heads=num_heads, output_size=output_size, output_projection=output_projection,
                feed_previous=previous, update_embedding_for_previous=update,
                initial_state_attention=initial_state_attention,
            ),
        )  # fmt: skip
