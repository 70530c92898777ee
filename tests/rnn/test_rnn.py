"""tf.nn.rnn_cell and what runs cells, against TensorFlow 1.15.5."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf

from . import rnn_cases

RECORDED = json.loads(Path(__file__).with_name("recorded_rnn.json").read_text())["cases"]
cells = tf.nn.rnn_cell


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


def x(*shape):
    return tf.placeholder(tf.float32, shape or [2, 3, 4], name="x")


def names():
    return {v.op.name: v.shape.as_list() for v in tf.global_variables()}


@pytest.mark.parametrize("case", list(rnn_cases.cases()), ids="-".join)
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "steps"])
def test_as_recorded(case, whole, monkeypatch):
    if not whole:
        if case[0] == "static":
            pytest.skip("static_rnn is always step by step")
        monkeypatch.setattr(tf.nn.rnn_cell.RNNCell, "_runs_whole", lambda self: False)
        for kind in vars(cells).values():
            if isinstance(kind, type) and issubclass(kind, cells.RNNCell):
                monkeypatch.setattr(kind, "_runs_whole", lambda self: False)
    found, wanted = rnn_cases.run(tf, *case), RECORDED["|".join(case)]
    assert found["variables"] == wanted["variables"]
    for key in ("outputs", "state", "gradients"):
        assert len(found[key]) == len(wanted[key])
        for a, b in zip(found[key], wanted[key], strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)


def test_the_usual_cells_run_whole():
    for make in (
        cells.BasicLSTMCell, cells.LSTMCell, cells.GRUCell, cells.BasicRNNCell,
    ):  # fmt: skip
        with tf.Graph().as_default() as graph:
            stacked = cells.MultiRNNCell(
                [cells.DropoutWrapper(make(5), output_keep_prob=0.5), make(5)]
            )
            tf.nn.dynamic_rnn(stacked, x(), sequence_length=[1, 2], dtype=tf.float32)
            assert not any(op.type == "While" for op in graph.get_operations())


def test_names_of_results():
    outputs, state = tf.nn.dynamic_rnn(cells.BasicLSTMCell(5), x(), dtype=tf.float32)
    assert outputs.name == "rnn/transpose_1:0" and outputs.shape.as_list() == [2, 3, 5]
    assert (state.c.name, state.h.name) == ("rnn/while/Exit_3:0", "rnn/while/Exit_4:0")
    outputs, state = tf.nn.dynamic_rnn(
        cells.GRUCell(5), x(), dtype=tf.float32, time_major=True, scope="g"
    )
    assert outputs.name == "g/TensorArrayStack/TensorArrayGatherV3:0"
    assert state.name == "g/while/Exit_3:0" and state.shape.as_list() == [3, 5]
    assert names() == {
        "rnn/basic_lstm_cell/kernel": [9, 20], "rnn/basic_lstm_cell/bias": [20],
        "g/gru_cell/gates/kernel": [9, 10], "g/gru_cell/gates/bias": [10],
        "g/gru_cell/candidate/kernel": [9, 5], "g/gru_cell/candidate/bias": [5],
    }  # fmt: skip


def test_names_of_steps():
    outputs, state = tf.nn.static_rnn(
        cells.BasicLSTMCell(5), tf.unstack(x(), axis=1), dtype=tf.float32
    )
    assert [o.name for o in outputs] == [f"rnn/basic_lstm_cell/Mul_{i}:0" for i in (2, 5, 8)]
    assert state.c.name == "rnn/basic_lstm_cell/Add_5:0"
    outputs, state = tf.nn.static_rnn(
        cells.BasicLSTMCell(5), tf.unstack(x(), axis=1), dtype=tf.float32, sequence_length=[1, 2],
        scope="s",
    )  # fmt: skip
    assert outputs[1].name == "s/cond_1/Merge:0" and state.h.name == "s/cond_2/Merge_2:0"
    forward, backward = cells.GRUCell(2), cells.GRUCell(2)
    outputs, _ = tf.nn.bidirectional_dynamic_rnn(forward, backward, x(), dtype=tf.float32)
    assert outputs[0].name == "bidirectional_rnn/fw/fw/transpose_1:0"
    assert outputs[1].name == "ReverseV2:0"
    assert "bidirectional_rnn/bw/gru_cell/gates/kernel" in names()


def test_stacked_names():
    stacked = cells.MultiRNNCell(
        [cells.LSTMCell(5, use_peepholes=True, num_proj=3), cells.GRUCell(6)]
    )
    _, state = tf.nn.dynamic_rnn(stacked, x(), dtype=tf.float32)
    assert [s.shape.as_list() for s in tf.nest.flatten(state)] == [[2, 5], [2, 3], [2, 6]]
    assert isinstance(state, tuple) and isinstance(state[0], cells.LSTMStateTuple)
    assert list(names())[:6] == [
        "rnn/multi_rnn_cell/cell_0/lstm_cell/" + name
        for name in ("kernel", "bias", "w_f_diag", "w_i_diag", "w_o_diag", "projection/kernel")
    ]
    assert len(stacked.trainable_weights) == len(stacked.variables) == 10


def test_reuse():
    cell = cells.GRUCell(3)
    a, b = (cell(tf.zeros([2, 4]), tf.zeros([2, 3]))[0].name for _ in range(2))
    assert (a, b) == ("gru_cell/add:0", "gru_cell/add_1:0") and len(names()) == 4
    tf.nn.dynamic_rnn(cells.GRUCell(5), x(), dtype=tf.float32)
    with pytest.raises(ValueError, match="rnn/gru_cell/gates/kernel already exists"):
        tf.nn.dynamic_rnn(cells.GRUCell(5), x(), dtype=tf.float32)
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        tf.nn.dynamic_rnn(cells.GRUCell(5), x(), dtype=tf.float32)
    assert len(names()) == 8


def test_zero_states():
    state = cells.LSTMCell(4, num_proj=2).zero_state(3, tf.float32)
    assert [s.shape.as_list() for s in state] == [[3, 4], [3, 2]]
    assert state.c.name == "LSTMCellZeroState/zeros:0"
    both = cells.MultiRNNCell([cells.GRUCell(2), cells.BasicLSTMCell(3)])
    state = both.zero_state(tf.placeholder(tf.int32, []), tf.float32)
    assert state[1].h.name == "MultiRNNCellZeroState/BasicLSTMCellZeroState/zeros_1:0"
    assert state[1].h.shape.as_list() == [None, 3]
    assert cells.BasicLSTMCell(4, state_is_tuple=False).state_size == 8


class Own(cells.RNNCell):
    """A user's cell, with a variable made in `call`."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    @property
    def state_size(self):
        return self.units

    @property
    def output_size(self):
        return self.units

    def call(self, inputs, state):
        w = tf.get_variable("w", [inputs.shape[-1].value + self.units, self.units])
        output = tf.matmul(tf.concat([inputs, state], 1), w)
        return output, output


class Old(cells.RNNCell):
    """A cell as they were written before TensorFlow 1.1."""

    def __init__(self, units):
        self.units = units

    state_size = output_size = property(lambda self: self.units)

    def __call__(self, inputs, state, scope=None):
        with tf.variable_scope(scope or type(self).__name__):
            w = tf.get_variable("w", [inputs.shape[-1].value + self.units, self.units])
            output = tf.matmul(tf.concat([inputs, state], 1), w)
            return output, output


def test_own_cells():
    cell = Own(4)
    tf.nn.dynamic_rnn(cell, x(), dtype=tf.float32)
    tf.nn.dynamic_rnn(Old(4), x(), dtype=tf.float32)
    assert names() == {"rnn/own/w": [8, 4], "rnn/Old/w": [8, 4]}
    assert [v.op.name for v in cell.trainable_variables] == ["rnn/own/w"]


def test_dropout():
    ones = tf.ones([50, 20, 4])
    cell = cells.DropoutWrapper(cells.GRUCell(8), input_keep_prob=0.5, output_keep_prob=0.5, seed=3)
    outputs, _ = tf.nn.dynamic_rnn(cell, ones, dtype=tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run(outputs)
    assert 0.45 < (found == 0).mean() < 0.55
    assert not (found[:, 0] == found[:, 1]).all()


def test_variational_dropout_drops_the_same_each_step():
    cell = cells.DropoutWrapper(
        cells.GRUCell(8), input_keep_prob=0.5, output_keep_prob=0.5, state_keep_prob=0.5,
        variational_recurrent=True, input_size=4, dtype=tf.float32,
    )  # fmt: skip
    outputs, _ = tf.nn.dynamic_rnn(cell, tf.ones([5, 6, 4]), dtype=tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        zero = session.run(outputs) == 0
    assert (zero == zero[:1, :1]).all()


def test_raw_rnn_equals_dynamic_rnn():
    inputs = tf.constant(rnn_cases.data(3, 5, 4))
    lengths = tf.constant([2, 5, 3])
    rows = tf.TensorArray(tf.float32, 5, clear_after_read=False).unstack(
        tf.transpose(inputs, [1, 0, 2])
    )
    cell = cells.LSTMCell(3)

    def loop(time, output, state, loop_state):
        finished = time >= lengths
        next_input = tf.cond(
            tf.reduce_all(finished),
            lambda: tf.zeros([3, 4]),
            lambda: rows.read(tf.minimum(time, 4)),
        )
        return (
            finished,
            next_input,
            cell.zero_state(3, tf.float32) if output is None else state,
            output,
            None,
        )

    with tf.variable_scope("a"):
        emitted, state, nothing = tf.nn.raw_rnn(cell, loop)
    outputs = tf.transpose(emitted.stack(), [1, 0, 2])
    assert nothing is None
    with tf.variable_scope("a", reuse=True):
        wanted, wanted_state = tf.nn.dynamic_rnn(
            cells.LSTMCell(3), inputs, sequence_length=lengths, dtype=tf.float32
        )
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run([outputs, state, wanted, wanted_state])
    np.testing.assert_allclose(found[0], found[2], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found[1], found[3], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (
            lambda: tf.nn.dynamic_rnn(3, x(), dtype=tf.float32),
            TypeError,
            "The argument 'cell' (3) is not an RNNCell: 'output_size' property is missing",
        ),
        (
            lambda: tf.nn.dynamic_rnn(cells.GRUCell(4), x()),
            ValueError,
            "If there is no initial_state, you must give a dtype.",
        ),
        (
            lambda: tf.nn.dynamic_rnn(cells.GRUCell(4), x(2, 3, None), dtype=tf.float32),
            ValueError,
            "Input size (depth of inputs) must be accessible via shape inference",
        ),
        (
            lambda: tf.nn.dynamic_rnn(
                cells.GRUCell(4), x(), sequence_length=tf.zeros([2, 1], tf.int32), dtype=tf.float32
            ),
            ValueError,
            "sequence_length must be a vector of length batch_size, but saw shape: (2, 1)",
        ),
        (
            lambda: cells.BasicLSTMCell(3)(tf.zeros([2, 4]), tf.zeros([2, 3])),
            TypeError,
            "is a pair (c, h)",
        ),
        (lambda: cells.MultiRNNCell([]), ValueError, "at least one cell"),
        (
            lambda: cells.DropoutWrapper(cells.GRUCell(2), input_keep_prob=1.5),
            ValueError,
            "Parameter input_keep_prob must be between 0 and 1: 1.5",
        ),
        (
            lambda: tf.nn.static_rnn(cells.GRUCell(2), tf.zeros([2, 2]), dtype=tf.float32),
            TypeError,
            "inputs must be a sequence",
        ),
        (lambda: tf.nn.raw_rnn(cells.GRUCell(2), 3), TypeError, "loop_fn must be a callable"),
    ],
)
def test_bad_arguments(build, error, text):
    with pytest.raises(error, match=re.escape(text)):
        build()


@pytest.mark.parametrize("lengths", [None, [0, 0]])
def test_no_steps(lengths):
    with tf.Graph().as_default(), tf.Session() as session:
        cell, start = tf.nn.rnn_cell.LSTMCell(3), tf.ones([2, 3])
        outputs, state = tf.nn.dynamic_rnn(
            cell, tf.placeholder_with_default(np.zeros([2, 0, 4], np.float32), [2, None, 4]),
            lengths, tf.nn.rnn_cell.LSTMStateTuple(start, start),
        )  # fmt: skip
        session.run(tf.global_variables_initializer())
        outputs, state = session.run([outputs, state])
    assert outputs.shape == (2, 0, 3) and state.c.tolist() == state.h.tolist() == [[1] * 3] * 2


@pytest.mark.parametrize(
    ("batch_size", "dims"),
    [
        (lambda: 4, [4, 3]),
        (lambda: [4], [4, 3]),
        (lambda: (2, 4), [2, 4, 3]),
        (lambda: tf.TensorShape([4]), [4, 3]),
        (lambda: tf.Dimension(4), [4, 3]),
        (lambda: tf.constant(4), [4, 3]),
        (lambda: tf.constant([4]), [4, 3]),
        (lambda: tf.constant([2, 4]), [2, 4, 3]),
    ],
)
def test_batch_sizes_of_a_zero_state(batch_size, dims):
    """As TensorFlow 1.15.5 takes them."""
    with tf.Graph().as_default(), tf.Session() as session:
        state = tf.nn.rnn_cell.GRUCell(3).zero_state(batch_size(), tf.float32)
        assert state.shape.as_list() == dims
        assert session.run(state).shape == tuple(dims)
