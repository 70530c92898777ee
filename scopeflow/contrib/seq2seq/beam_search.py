"""Beam search: the likeliest sequences, several at a time."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import scopeflow as tf

from .attention_wrapper import AttentionWrapperState
from .decoder import Decoder, check_cell, check_layer, size_behind
from .helpers import embedder


class BeamSearchDecoderState(
    namedtuple(
        "BeamSearchDecoderState",
        ("cell_state", "log_probs", "finished", "lengths", "accumulated_attention_probs"),
    )
):
    """The beams: cells' states, log probabilities, whether they are finished, lengths."""


class BeamSearchDecoderOutput(
    namedtuple("BeamSearchDecoderOutput", ("scores", "predicted_ids", "parent_ids"))
):
    """A step's beams: scores, ids, and which beam each follows."""


class FinalBeamSearchDecoderOutput(
    namedtuple("FinalBeamSearchDecoderOutput", ("predicted_ids", "beam_search_decoder_output"))
):
    """The ids of the beams from the best to the worst, and the steps that they come from."""


def gather_tree(
    step_ids: Any, parent_ids: Any, max_sequence_lengths: Any, end_token: Any,
    name: str | None = None,
) -> Any:  # fmt: skip
    """The ids along each beam's path, [time, batch, beam]; `end_token` behind its end."""
    return tf.raw_ops.GatherTree(
        step_ids=step_ids, parent_ids=parent_ids, max_sequence_lengths=max_sequence_lengths,
        end_token=end_token, name=name or "GatherTree",
    )  # fmt: skip


def _picked(tensor: Any, beams: Any) -> Any:
    """The beams' rows of [batch, beam, …]."""
    found = tf.batch_gather(tensor, beams)
    found.set_shape(tensor.shape)
    return found


def _attention_probabilities(state: Any, weight: Any) -> Any:
    """The alignments of all mechanisms joined; () without a coverage penalty."""
    if tf.get_static_value(tf.convert_to_tensor(weight)) == 0:
        return ()
    found = [part.alignments for part in _wrapper_states(state)]
    if not found:
        raise ValueError(
            "coverage_penalty_weight must be 0.0 when cell is not an AttentionWrapper."
        )
    flat = tf.nest.flatten(found)
    return flat[0] if len(flat) == 1 else tf.concat(flat, -1)


def _wrapper_states(state: Any) -> list:
    if isinstance(state, AttentionWrapperState):
        return [state]
    if isinstance(state, list | tuple):
        return [found for part in state for found in _wrapper_states(part)]
    return []


class BeamSearchDecoder(Decoder):
    """Keeps the `beam_width` likeliest sequences of each example.

    `embedding` is a function of ids, or the parameter of tf.nn.embedding_lookup; `initial_state`
    is of batch * beam_width sequences (tf.contrib.seq2seq.tile_batch); `output_layer` is put over
    the cell's outputs. The scores are log probabilities over ((5 + length) / 6) ** the length
    penalty, plus the coverage penalty (https://arxiv.org/abs/1609.08144). With
    `reorder_tensor_arrays` the TensorArrays in the final state (alignments' histories) follow the
    beams' paths. The decoder does not take `impute_finished`. Errors as of GreedyEmbeddingHelper
    and BasicDecoder.
    """

    def __init__(
        self,
        cell: Any,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        initial_state: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
    ) -> None:
        check_cell(cell)
        check_layer(output_layer)
        self._cell = cell
        self._output_layer = output_layer
        self._reorders = reorder_tensor_arrays
        self._embed = embedding if callable(embedding) else embedder(embedding)
        self._start_tokens = tf.convert_to_tensor(start_tokens, tf.int32, name="start_tokens")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._end_token = tf.convert_to_tensor(end_token, tf.int32, name="end_token")
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = tf.size(start_tokens)
        self._beam_width = beam_width
        self._length_weight = length_penalty_weight
        self._coverage_weight = coverage_penalty_weight
        self._rows = self._start_tokens.shape[0].value
        self._initial_state = tf.nest.map_structure(self._split, initial_state)
        tokens = tf.tile(tf.expand_dims(self._start_tokens, 1), [1, beam_width])
        self._start_inputs = self._embed(tokens)
        self._finished = tf.one_hot(
            tf.zeros([self._batch_size], tf.int32), depth=beam_width, on_value=False,
            off_value=True, dtype=tf.bool,
        )  # fmt: skip

    @property
    def batch_size(self) -> Any:
        """The number of examples."""
        return self._batch_size

    @property
    def tracks_own_finished(self) -> bool:
        """Beams change places, and what is finished with them."""
        return True

    @property
    def output_size(self) -> Any:
        """The width of the beam, for each part."""
        shape = tf.TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(shape, shape, shape)

    @property
    def output_dtype(self) -> Any:
        """The first state's dtype, and int32."""
        dtype = tf.nest.flatten(self._initial_state)[0].dtype
        return BeamSearchDecoderOutput(dtype, tf.int32, tf.int32)

    def _split(self, tensor: Any) -> Any:
        """[batch * beam, …] as [batch, beam, …]; scalars and arrays as they are."""
        if isinstance(tensor, tf.TensorArray) or tensor.shape.ndims == 0:
            return tensor
        if tensor.shape.ndims is None:
            raise ValueError(f"Expected tensor ({tensor}) to have known rank, but rank is unknown")
        shape = [self._batch_size, self._beam_width]
        split = tf.reshape(tensor, tf.concat([shape, tf.shape(tensor)[1:]], 0))
        split.set_shape([self._rows, self._beam_width, *tensor.shape.as_list()[1:]])
        return split

    def _merged(self, tensor: Any) -> Any:
        """[batch, beam, …] as [batch * beam, …]."""
        if isinstance(tensor, tf.TensorArray) or tensor.shape.ndims == 0:
            return tensor
        rows = self._batch_size * self._beam_width
        merged = tf.reshape(tensor, tf.concat([[rows], tf.shape(tensor)[2:]], 0))
        static = None if self._rows is None else self._rows * self._beam_width
        merged.set_shape([static, *tensor.shape.as_list()[2:]])
        return merged

    def initialize(self, name: str | None = None) -> Any:
        """One beam of each example begins; the others are finished."""
        dtype = tf.nest.flatten(self._initial_state)[0].dtype
        log_probs = tf.one_hot(
            tf.zeros([self._batch_size], tf.int32), depth=self._beam_width,
            on_value=tf.constant(0.0, dtype), off_value=tf.constant(-float("inf"), dtype),
        )  # fmt: skip
        coverage = _attention_probabilities(self._initial_state, self._coverage_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_state,
            log_probs=log_probs,
            finished=self._finished,
            lengths=tf.zeros([self._batch_size, self._beam_width], tf.int64),
            accumulated_attention_probs=coverage
            if isinstance(coverage, tuple)
            else tf.zeros_like(coverage),
        )
        return self._finished, self._start_inputs, state

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """A step of the cell for all beams, and the best of what follows."""
        with tf.name_scope(name, "BeamSearchDecoderStep", [time, inputs]):
            outputs, cell_state = self._cell(
                tf.nest.map_structure(self._merged, inputs),
                tf.nest.map_structure(self._merged, state.cell_state),
            )
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            logits = self._split(outputs)
            logits.set_shape(
                [None, None, *tf.TensorShape(
                    size_behind(self._cell.output_size, self._output_layer)
                ).as_list()]
            )  # fmt: skip
            cell_state = tf.nest.map_structure(self._split, cell_state)
            output, new_state = self._best(logits, cell_state, state)
            following = tf.cond(
                tf.reduce_all(new_state.finished),
                lambda: self._start_inputs,
                lambda: self._embed(output.predicted_ids),
            )
            following.set_shape(self._start_inputs.shape)
        return output, new_state, following, new_state.finished

    def _best(self, logits: Any, cell_state: Any, state: BeamSearchDecoderState) -> Any:
        """(the step's output, the new state)."""
        width, dtype = self._beam_width, logits.dtype
        vocabulary = logits.shape[-1].value or tf.shape(logits)[-1]
        finished, going = state.finished, tf.logical_not(state.finished)
        # A finished beam goes on with the end token only, at no cost.
        ended = tf.one_hot(
            self._end_token,
            vocabulary,
            on_value=tf.constant(0.0, dtype),
            off_value=tf.constant(dtype.min, dtype),
        )
        steps = tf.where(
            tf.tile(finished[:, :, None], [1, 1, vocabulary]),
            tf.zeros_like(logits) + ended,
            tf.nn.log_softmax(logits),
        )
        totals = state.log_probs[:, :, None] + steps
        longer = tf.cast(tf.one_hot(self._end_token, vocabulary, on_value=0, off_value=1), tf.int64)
        lengths = state.lengths[:, :, None] + tf.cast(going, tf.int64)[:, :, None] * longer
        coverage = _attention_probabilities(cell_state, self._coverage_weight)
        if not isinstance(coverage, tuple):
            coverage = (
                state.accumulated_attention_probs
                + coverage * tf.cast(going, coverage.dtype)[:, :, None]
            )
        scores = self._scores(totals, lengths, coverage, finished)
        flat = tf.reshape(scores, [self._batch_size, -1])
        best, places = tf.nn.top_k(flat, k=width)
        best.set_shape([self._rows, width])
        beams = tf.cast(places // vocabulary, tf.int32, name="next_beam_parent_ids")
        words = tf.cast(tf.floormod(places, vocabulary), tf.int32, name="next_beam_word_ids")
        log_probs = tf.batch_gather(tf.reshape(totals, [self._batch_size, -1]), places)
        log_probs.set_shape([self._rows, width])
        was_finished = _picked(finished, beams)
        now_finished = tf.logical_or(
            was_finished, tf.equal(words, self._end_token), name="next_beam_finished"
        )
        new_lengths = _picked(state.lengths, beams) + tf.cast(
            tf.logical_not(was_finished), tf.int64
        )
        new_state = BeamSearchDecoderState(
            cell_state=tf.nest.map_structure(
                lambda part: (
                    part
                    if isinstance(part, tf.TensorArray) or part.shape.ndims == 0
                    else _picked(part, beams)
                ),
                cell_state,
            ),
            log_probs=log_probs,
            finished=now_finished,
            lengths=new_lengths,
            accumulated_attention_probs=()
            if isinstance(coverage, tuple)
            else _picked(coverage, beams),
        )
        return BeamSearchDecoderOutput(best, words, beams), new_state

    def _scores(self, totals: Any, lengths: Any, coverage: Any, finished: Any) -> Any:
        if tf.get_static_value(tf.convert_to_tensor(self._length_weight)) != 0:
            weight = tf.convert_to_tensor(self._length_weight, dtype=totals.dtype)
            totals /= ((5.0 + tf.cast(lengths, totals.dtype)) / 6.0) ** weight
        if isinstance(coverage, tuple):
            return totals
        weight = tf.convert_to_tensor(self._coverage_weight, dtype=totals.dtype)
        # The places that a finished sequence did not look at; unfinished ones still may.
        penalty = tf.reduce_sum(tf.log(tf.minimum(coverage, 1.0)), 2)
        penalty *= tf.cast(finished, penalty.dtype)
        return totals + (weight * penalty)[:, :, None]

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """The beams' paths, and the last state with histories along them."""
        longest = tf.cast(tf.reduce_max(final_state.lengths, axis=1), tf.int32)
        ids = gather_tree(
            outputs.predicted_ids, outputs.parent_ids, max_sequence_lengths=longest,
            end_token=self._end_token,
        )  # fmt: skip
        if self._reorders:
            final_state = final_state._replace(
                cell_state=tf.nest.map_structure(
                    lambda part: self._sorted(part, outputs.parent_ids, final_state.lengths),
                    final_state.cell_state,
                )
            )
        return FinalBeamSearchDecoderOutput(ids, outputs), final_state

    def _sorted(self, array: Any, parents: Any, lengths: Any) -> Any:
        """A TensorArray of [batch * beam, …] along the beams' paths; else what it is."""
        if not isinstance(array, tf.TensorArray):
            return array
        with tf.name_scope("sorted"):
            return self._along_paths(array, array.stack(), parents, lengths)

    def _along_paths(self, array: Any, stacked: Any, parents: Any, lengths: Any) -> Any:
        if stacked.shape.ndims is None or not self._is_sorted(stacked.shape.as_list()[1:]):
            return array
        steps = tf.shape(parents)[0]
        width = self._beam_width
        shape = tf.concat([[steps, self._batch_size, width], tf.shape(stacked)[2:]], 0)
        split = tf.reshape(stacked, shape)
        places = tf.tile(tf.range(width)[None, None], tf.stack([steps, self._batch_size, 1]))
        longest = tf.cast(tf.reduce_max(lengths, axis=1), tf.int32)
        paths = gather_tree(places, parents, longest, end_token=width + 1)
        within = tf.transpose(tf.sequence_mask(lengths, maxlen=steps), [2, 0, 1])
        paths = tf.where(within, paths, places)
        ordered = tf.batch_gather(split, paths)
        merged = tf.reshape(ordered, tf.shape(stacked))
        merged.set_shape(stacked.shape)
        return tf.TensorArray(
            array.dtype, size=steps, dynamic_size=True, element_shape=stacked.shape[1:],
        ).unstack(merged)  # fmt: skip

    def _is_sorted(self, shape: list) -> bool:
        """Whether TensorFlow sorts an array of elements of a shape.

        It does not where all is known of [batch * beam, time], which it takes for something else.
        """
        if not shape:
            return False
        batch, width = self._rows, self._beam_width
        if batch is None or shape[0] is None:
            return True
        second = shape[1] if len(shape) > 1 else None
        odd = second is not None and (shape[0] != batch or second != width)
        return shape[0] == batch * width and not odd
