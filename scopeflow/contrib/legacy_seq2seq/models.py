"""Encoders and decoders over lists of steps."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import scopeflow as tf


def rnn_decoder(
    decoder_inputs: list,
    initial_state: Any,
    cell: Any,
    loop_function: Callable | None = None,
    scope: Any = None,
) -> Any:
    """Run a cell over inputs, or over `loop_function(last output, step)`: (outputs, last state)."""
    with tf.variable_scope(scope or "rnn_decoder"):
        state, outputs, previous = initial_state, [], None
        for i, step in enumerate(decoder_inputs):
            if loop_function is not None and previous is not None:
                with tf.variable_scope("loop_function", reuse=True):
                    step = loop_function(previous, i)
            if i > 0:
                tf.get_variable_scope().reuse_variables()
            output, state = cell(step, state)
            outputs.append(output)
            previous = output
    return outputs, state


def basic_rnn_seq2seq(
    encoder_inputs: list, decoder_inputs: list, cell: Any, dtype: Any = tf.float32,
    scope: Any = None,
) -> Any:  # fmt: skip
    """A copy of the cell reads, the cell goes on from its last state: (outputs, last state)."""
    with tf.variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = tf.nn.static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(
    encoder_inputs: list,
    decoder_inputs: list,
    cell: Any,
    loop_function: Callable | None = None,
    dtype: Any = tf.float32,
    scope: Any = None,
) -> Any:
    """As basic_rnn_seq2seq, with the same variables for reading and writing."""
    with tf.variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        _, state = tf.nn.static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        tf.get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function, scope=scope)


def likeliest(embedding: Any, output_projection: Any, update: bool) -> Callable:
    """A loop function: the embedding of the likeliest symbol."""

    def embedded(previous: Any, _: int) -> Any:
        if output_projection is not None:
            previous = tf.nn.xw_plus_b(previous, *output_projection)
        found = tf.nn.embedding_lookup(embedding, tf.argmax(previous, 1))
        return found if update else tf.stop_gradient(found)

    return embedded


def check_projection(output_projection: Any, size: Any, num_symbols: int) -> None:
    """ValueError for a projection that does not lead from outputs to symbols."""
    if output_projection is None:
        return
    weights, biases = (tf.convert_to_tensor(part) for part in output_projection)
    if size is not None:
        weights.shape.assert_is_compatible_with([size, num_symbols])
    biases.shape.assert_is_compatible_with([num_symbols])


def embedding_rnn_decoder(
    decoder_inputs: list,
    initial_state: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> Any:
    """As rnn_decoder, over symbols: (outputs, last state).

    With `feed_previous` only the first symbol is read; the others are the likeliest of the outputs
    (behind `output_projection`, a pair of weights and biases), whose embeddings get gradients only
    with `update_embedding_for_previous`.
    """
    with tf.variable_scope(scope or "embedding_rnn_decoder"):
        check_projection(output_projection, None, num_symbols)
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
        loop = None
        if feed_previous:
            loop = likeliest(embedding, output_projection, update_embedding_for_previous)
        steps = [tf.nn.embedding_lookup(embedding, step) for step in decoder_inputs]
        return rnn_decoder(steps, initial_state, cell, loop)


def by_condition(feed_previous: Any, decode: Callable) -> Any:
    """`decode(feed_previous, update)` for a Python bool, for a tensor one of both in a condition.

    The second one reuses the variables. As in TensorFlow, the embeddings of what is fed back get
    gradients (`update`) only outside of a condition.
    """
    if isinstance(feed_previous, bool):
        return decode(feed_previous, True)
    made: dict[str, Any] = {}

    def flat(previous: bool) -> list:
        with tf.variable_scope(tf.get_variable_scope(), reuse=None if previous else True):
            outputs, state = decode(previous, False)
        made["count"], made["state"] = len(outputs), state
        return [*outputs, *tf.nest.flatten(state)]

    found = tf.cond(feed_previous, lambda: flat(True), lambda: flat(False))
    count = made["count"]
    return list(found[:count]), tf.nest.pack_sequence_as(made["state"], list(found[count:]))


def embedding_rnn_seq2seq(
    encoder_inputs: list,
    decoder_inputs: list,
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> Any:
    """As basic_rnn_seq2seq, over symbols: (outputs, last state).

    The outputs are logits of symbols, or with `output_projection` the cell's outputs.
    `feed_previous` as in embedding_rnn_decoder; it may be a tensor.
    """
    with tf.variable_scope(scope or "embedding_rnn_seq2seq") as entered:
        if dtype is not None:
            entered.set_dtype(dtype)
        else:
            dtype = entered.dtype
        reader = tf.contrib.rnn.EmbeddingWrapper(
            copy.deepcopy(cell), embedding_classes=num_encoder_symbols,
            embedding_size=embedding_size,
        )  # fmt: skip
        _, state = tf.nn.static_rnn(reader, encoder_inputs, dtype=dtype)
        if output_projection is None:
            cell = tf.contrib.rnn.OutputProjectionWrapper(cell, num_decoder_symbols)
        return by_condition(
            feed_previous,
            lambda previous, update: embedding_rnn_decoder(
                decoder_inputs, state, cell, num_decoder_symbols, embedding_size,
                output_projection=output_projection, feed_previous=previous,
                update_embedding_for_previous=update,
            ),
        )  # fmt: skip


def embedding_tied_rnn_seq2seq(
    encoder_inputs: list,
    decoder_inputs: list,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_decoder_symbols: int | None = None,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> Any:
    """As tied_rnn_seq2seq, over symbols with one embedding: (outputs, last state).

    Arguments as of embedding_rnn_seq2seq.
    """
    with tf.variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as entered:
        dtype = entered.dtype
        symbols = num_decoder_symbols or num_symbols
        check_projection(output_projection, None, symbols)
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size], dtype=dtype)
        reads = [tf.nn.embedding_lookup(embedding, step) for step in encoder_inputs]
        writes = [tf.nn.embedding_lookup(embedding, step) for step in decoder_inputs]
        if output_projection is None:
            cell = tf.contrib.rnn.OutputProjectionWrapper(cell, symbols)
        return by_condition(
            feed_previous,
            lambda previous, update: tied_rnn_seq2seq(
                reads, writes, cell, dtype=dtype,
                loop_function=likeliest(embedding, output_projection, update) if previous else None,
            ),
        )  # fmt: skip


def one2many_rnn_seq2seq(
    encoder_inputs: list,
    decoder_inputs_dict: dict,
    enc_cell: Any,
    dec_cells_dict: dict,
    num_encoder_symbols: int,
    num_decoder_symbols_dict: dict,
    embedding_size: int,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> Any:
    """One encoder and several decoders: dictionaries of outputs and of last states."""
    outputs, states = {}, {}
    with tf.variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as entered:
        reader = tf.contrib.rnn.EmbeddingWrapper(
            enc_cell, embedding_classes=num_encoder_symbols, embedding_size=embedding_size
        )
        _, state = tf.nn.static_rnn(reader, encoder_inputs, dtype=entered.dtype)
        for name, inputs in decoder_inputs_dict.items():
            symbols = num_decoder_symbols_dict[name]
            with tf.variable_scope(f"one2many_decoder_{name}"):
                cell = tf.contrib.rnn.OutputProjectionWrapper(dec_cells_dict[name], symbols)

                def decode(
                    previous: bool,
                    update: bool,
                    cell: Any = cell,
                    inputs: Any = inputs,
                    symbols: int = symbols,
                ) -> Any:
                    return embedding_rnn_decoder(
                        inputs, state, cell, symbols, embedding_size, feed_previous=previous,
                        update_embedding_for_previous=update,
                    )  # fmt: skip

                outputs[name], states[name] = by_condition(feed_previous, decode)
    return outputs, states
