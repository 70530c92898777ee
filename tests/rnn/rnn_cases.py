"""Recurrent networks whose numbers TensorFlow 1.15.5 recorded; run by it and by scopeflow."""

import numpy as np

UNITS = 3


def cells(tf):
    """Name -> a function that makes the cell."""
    c = tf.nn.rnn_cell
    return {
        "basic_rnn": lambda: c.BasicRNNCell(UNITS),
        "relu_rnn": lambda: c.BasicRNNCell(UNITS, activation=tf.nn.relu),
        "gru": lambda: c.GRUCell(UNITS),
        "sigmoid_gru": lambda: c.GRUCell(UNITS, activation=tf.sigmoid),
        "basic_lstm": lambda: c.BasicLSTMCell(UNITS),
        "basic_lstm_forget": lambda: c.BasicLSTMCell(UNITS, forget_bias=0.0),
        "basic_lstm_no_tuple": lambda: c.BasicLSTMCell(UNITS, state_is_tuple=False),
        "lstm": lambda: c.LSTMCell(UNITS),
        "lstm_peepholes": lambda: c.LSTMCell(
            UNITS, use_peepholes=True, cell_clip=0.4, num_proj=2, proj_clip=0.3
        ),
        "multi": lambda: c.MultiRNNCell([c.BasicLSTMCell(2), c.GRUCell(UNITS)]),
        "multi_mixed": lambda: c.MultiRNNCell([c.LSTMCell(2, use_peepholes=True), c.GRUCell(3)]),
        "residual": lambda: c.ResidualWrapper(c.GRUCell(4)),
        "dropout_all": lambda: c.DropoutWrapper(c.BasicLSTMCell(UNITS), 1.0, 1.0, 1.0),
    }


LENGTHS = {"full": None, "lengths": [2, 5, 0]}


def data(*shape, seed=0):
    """The same numbers everywhere."""
    count = int(np.prod(shape))
    return np.sin(np.arange(count) * 1.7 + seed).reshape(shape).astype(np.float32)


def _variables(tf):
    return tf.global_variables()


def _load(tf, session):
    for i, variable in enumerate(_variables(tf)):
        variable.load(data(*variable.shape.as_list(), seed=i) * 0.5, session)


def _numbers(tf, outputs, state, inputs):
    flat = list(outputs) if isinstance(outputs, list) else [outputs]
    states = _flatten(state)
    loss = sum(tf.reduce_sum(o * o) for o in flat) + sum(tf.reduce_sum(s) for s in states)
    gradients = tf.gradients(loss, [inputs] + _variables(tf))
    with tf.Session() as session:
        _load(tf, session)
        found = session.run(
            {"outputs": flat, "state": states, "gradients": gradients},
            {inputs: data(3, 5, 4, seed=9)},
        )
    found = {key: [np.asarray(v).tolist() for v in value] for key, value in found.items()}
    found["variables"] = [v.op.name for v in _variables(tf)]
    return found


def _flatten(state):
    if isinstance(state, (list, tuple)):
        return [leaf for part in state for leaf in _flatten(part)]
    return [state]


NAMES = (
    "basic_rnn", "relu_rnn", "gru", "sigmoid_gru", "basic_lstm", "basic_lstm_forget",
    "basic_lstm_no_tuple", "lstm", "lstm_peepholes", "multi", "multi_mixed", "residual",
    "dropout_all",
)  # fmt: skip


def cases():
    """(how it is run, cell, lengths) for each case."""
    for lengths in LENGTHS:
        for name in NAMES:
            yield "dynamic", name, lengths
        for name in ("basic_lstm", "gru", "multi"):
            yield "static", name, lengths
            yield "bidirectional", name, lengths


def run(tf, how, name, lengths):
    """The outputs, the last state, gradients and variable names of a case."""
    make, sizes = cells(tf)[name], LENGTHS[lengths]
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [3, 5, 4])
        if how == "static":
            outputs, state = tf.nn.static_rnn(
                make(), tf.unstack(x, axis=1), sequence_length=sizes, dtype=tf.float32
            )
        elif how == "bidirectional":
            outputs, state = tf.nn.bidirectional_dynamic_rnn(
                make(), make(), x, sequence_length=sizes, dtype=tf.float32
            )
            outputs = list(outputs)
        else:
            outputs, state = tf.nn.dynamic_rnn(make(), x, sequence_length=sizes, dtype=tf.float32)
        return _numbers(tf, outputs, state, x)
