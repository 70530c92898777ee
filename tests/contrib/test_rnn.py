"""tf.contrib.rnn, against TensorFlow 1.15.5."""

import re

import numpy as np
import pytest

import scopeflow as tf

from . import rnn_cases
from .recorded import compare, recorded

c = tf.contrib.rnn
RECORDED = recorded("recorded_rnn.json")


@pytest.mark.parametrize("case", list(rnn_cases.cases()), ids="-".join)
def test_as_recorded(case):
    found = rnn_cases.run(tf, *case)
    compare(found, RECORDED["|".join(case)])


def test_dropout_of_the_candidate():
    with tf.Graph().as_default(), tf.Session() as session:
        cell = c.LayerNormBasicLSTMCell(64, dropout_keep_prob=0.5, dropout_prob_seed=1)
        _, state = cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
        session.run(tf.global_variables_initializer())
        first, second = session.run(state.c), session.run(state.c)
        assert not np.allclose(first, second)


def test_old_and_new_names_are_one():
    assert c.BasicLSTMCell is tf.nn.rnn_cell.BasicLSTMCell
    assert c.static_rnn is tf.nn.static_rnn
    assert issubclass(c.NASCell, c.LayerRNNCell) and issubclass(c.UGRNNCell, c.RNNCell)


def test_periods_and_phases():
    with tf.Graph().as_default(), tf.Session() as session:
        cell = c.PhasedLSTMCell(50, period_init_min=2.0, period_init_max=8.0)
        cell((tf.zeros([1, 1]), tf.zeros([1, 3])), cell.zero_state(1, tf.float32))
        session.run(tf.global_variables_initializer())
        period, phase = (
            session.run(next(v for v in tf.global_variables() if v.op.name.endswith(name)))
            for name in ("period", "phase")
        )
    assert (2 <= period).all() and (period <= 8).all()
    assert (phase >= 0).all() and (phase <= period).all()


def test_batch_sizes():
    with tf.Graph().as_default():
        known, open_ = tf.zeros([3, 2, 4]), tf.placeholder(tf.float32, [3, None, 4])
        assert c.best_effort_input_batch_size([open_, known]) == 2
        assert isinstance(c.best_effort_input_batch_size([open_]), tf.Tensor)
        with pytest.raises(ValueError, match="rank >= 2"):
            c.best_effort_input_batch_size([tf.zeros([3])])


def gru():
    return tf.nn.rnn_cell.GRUCell(3)


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (
            lambda: c.AttentionCellWrapper(gru(), 0), ValueError,
            "attn_length should be greater than zero, got 0",
        ),
        (
            lambda: c.AttentionCellWrapper(c.LSTMCell(3), 2, state_is_tuple=False), ValueError,
            "Cell returns tuple of states, but the flag state_is_tuple is not set",
        ),
        (
            lambda: c.OutputProjectionWrapper(gru(), 0), ValueError,
            "Parameter output_size must be > 0: 0.",
        ),
        (lambda: c.InputProjectionWrapper(3, 3), TypeError, "(3) is not an RNNCell"),
        (
            lambda: c.IntersectionRNNCell(3)(tf.zeros([2, 4]), tf.zeros([2, 3])), ValueError,
            "Must have input size == output size for Intersection RNN",
        ),
        (
            lambda: c.stack_bidirectional_rnn([gru()], [], [tf.zeros([2, 4])]), ValueError,
            "Must specify at least one cell for cells_bw.",
        ),
        (
            lambda: c.stack_bidirectional_dynamic_rnn([gru()], [gru(), gru()], tf.zeros([2, 3, 4])),
            ValueError, "must have the same depth: 1, 2",
        ),
        (lambda: c.ConvLSTMCell(2, [3, 3], 2, [2]), ValueError, "Invalid input_shape [3, 3]"),
        (
            lambda: c.LSTMBlockFusedCell(3)(tf.zeros([2, 3, 4])), ValueError,
            "Either initial_state or dtype needs to be specified",
        ),
        (lambda: c.GLSTMCell(3, number_of_groups=2), ValueError, "divisible by number_of_groups"),
        (lambda: c.GRUBlockCell(), ValueError, "num_units must be given"),
        (
            lambda: c.CoupledInputForgetGateLSTMCell(3, num_unit_shards=2), NotImplementedError,
            "CoupledInputForgetGateLSTMCell: kernels are not parted here",
        ),
    ],
)  # fmt: skip
def test_bad_arguments(build, error, text):
    with tf.Graph().as_default(), pytest.raises(error, match=re.escape(text)):
        build()
