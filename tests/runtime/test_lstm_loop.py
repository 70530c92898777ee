"""Loops that are LSTMs run as one sequence, with the values and gradients of round by round."""

import itertools

import numpy as np
import pytest

import scopeflow as tf

BATCH, STEPS, DEPTH, UNITS = 3, 6, 4, 5


def values(*dims, seed=0):
    return np.random.RandomState(seed).uniform(-1, 1, dims)


def variable(name, *dims):
    return tf.get_variable(
        name, dims, tf.float64, initializer=lambda *_, **__: tf.constant(values(*dims))
    )


def cell(x, c, h, order="ijfo", state_first=False, forget_bias=1.0, bias_add=False):
    """An LSTM's step in TensorFlow 1's ops, the gates in any order."""
    kernel = variable("kernel", DEPTH + UNITS, 4 * UNITS)
    bias = variable("bias", 4 * UNITS)
    product = tf.matmul(tf.concat([h, x] if state_first else [x, h], 1), kernel)
    product = tf.nn.bias_add(product, bias) if bias_add else product + bias
    gates = dict(zip(order, tf.split(product, 4, axis=1), strict=True))
    f = gates["f"] + forget_bias if forget_bias else gates["f"]
    c = c * tf.sigmoid(f) + tf.sigmoid(gates["i"]) * tf.tanh(gates["j"])
    return c, tf.tanh(c) * tf.sigmoid(gates["o"])


def loop(x, limit=STEPS, start=0, **options):
    """The outputs and the last state, by a tf.while_loop."""
    steps = tf.TensorArray(tf.float64, STEPS).unstack(tf.transpose(x, [1, 0, 2]))
    outputs = tf.TensorArray(tf.float64, STEPS, element_shape=[BATCH, UNITS])

    def step(time, h, c, outputs):
        c, h = cell(steps.read(time), c, h, **options)
        return time + 1, h, c, outputs.write(time, h)

    zeros = tf.zeros([tf.shape(x)[0], UNITS], tf.float64) + 0.25
    zeros.set_shape([None, UNITS])
    time, h, c, outputs = tf.while_loop(
        lambda time, *_: time < limit, step, [tf.constant(start), zeros, 2 * zeros, outputs]
    )
    return outputs.stack(), h, c, time


class Cell(tf.nn.rnn_cell.RNNCell):
    """A cell as programs wrote their own."""

    state_size = tf.nn.rnn_cell.LSTMStateTuple(UNITS, UNITS)
    output_size = UNITS

    def __call__(self, inputs, state, scope=None):
        with tf.variable_scope(scope or "cell"):
            c, h = cell(inputs, *state)
        return h, tf.nn.rnn_cell.LSTMStateTuple(c, h)


def both_ways(build, feed, runs=1):
    """What the results and gradients are op by op, and as one sequence; and that program's text."""
    found = []
    for fuse in (False, True):
        with tf.Graph().as_default(), tf.options(fuse=fuse), tf.Session() as session:
            x = tf.placeholder(tf.float64, [None, STEPS, DEPTH])
            results = build(x)
            loss = sum(
                tf.reduce_sum(tf.sin(r) * (i + 1))
                for i, r in enumerate(results)
                if r.dtype.is_floating
            )
            fetches = [*results, *tf.gradients(loss, [x, *tf.trainable_variables()])]
            session.run(tf.global_variables_initializer())
            for _ in range(runs):
                got = session.run(fetches, {x: feed})
            found.append(got)
            text = session.program(fetches, [x]).source
    return *found, text


def assert_same(found, expected):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"order": "ifjo"},
        {"order": "ofij", "forget_bias": 0.0},
        {"state_first": True, "bias_add": True},
        {"limit": 4},
        {"start": 2},
        {"limit": 0},
    ],
)
def test_a_loop_that_is_an_lstm(options):
    plain, fused, text = both_ways(lambda x: loop(x, **options), values(BATCH, STEPS, DEPTH))
    assert "fused.lstm_steps(" in text and "while True" not in text
    assert_same(fused, plain)


def test_each_order_of_the_gates():
    x = values(BATCH, STEPS, DEPTH)
    found = set()
    for order in map("".join, itertools.permutations("ijfo")):
        _, fused, text = both_ways(lambda x, order=order: loop(x, order=order), x)
        assert "fused.lstm_steps(" in text
        found.add(round(float(fused[0].sum()), 9))
    assert len(found) == 24


def test_later_runs_are_replayed_alike():
    plain, fused, _ = both_ways(loop, values(BATCH, STEPS, DEPTH), runs=4)
    assert_same(fused, plain)


@pytest.mark.parametrize("lengths", [None, [6, 2, 4], [0, 6, 1]])
def test_dynamic_rnn_of_a_cell_of_ones_own(lengths):
    def build(x):
        outputs, state = tf.nn.dynamic_rnn(
            Cell(), x, None if lengths is None else tf.constant(lengths), dtype=tf.float64
        )
        return [outputs, *state]

    plain, fused, text = both_ways(build, values(BATCH, STEPS, DEPTH))
    assert "fused.lstm_steps(" in text and "while True" not in text
    assert_same(fused, plain)


def test_bidirectional_dynamic_rnn_of_cells_of_ones_own():
    def build(x):
        lengths = tf.constant([6, 2, 4])
        outputs, _ = tf.nn.bidirectional_dynamic_rnn(Cell(), Cell(), x, lengths, dtype=tf.float64)
        return outputs

    plain, fused, text = both_ways(build, values(BATCH, STEPS, DEPTH))
    assert text.count("fused.lstm_steps(") == 2
    assert_same(fused, plain)


def test_lengths_may_be_fed():
    feed = values(BATCH, STEPS, DEPTH)
    found = []
    for fuse in (False, True):
        with tf.Graph().as_default(), tf.options(fuse=fuse), tf.Session() as session:
            x = tf.placeholder(tf.float64, [None, STEPS, DEPTH])
            lengths = tf.placeholder(tf.int32, [None])
            outputs, _ = tf.nn.dynamic_rnn(Cell(), x, lengths, dtype=tf.float64)
            session.run(tf.global_variables_initializer())
            found += [session.run(outputs, {x: feed, lengths: n}) for n in ([1, 2, 3], [6, 0, 6])]
    assert_same(found[2:], found[:2])


def other(change):
    """A loop that is not an LSTM, by one thing."""

    def build(x):
        steps = tf.TensorArray(tf.float64, STEPS).unstack(tf.transpose(x, [1, 0, 2]))
        seen = []

        def step(time, c, h):
            x_t = steps.read(STEPS - 1 - time if change == "backwards" else time)
            new_c, new_h = cell(x_t, c, h)
            if change == "clipped":
                new_c = tf.clip_by_value(new_c, -0.1, 0.1)
            if change == "residual":
                new_h += h
            if change == "two steps":
                return time + 2, new_c, new_h
            if change == "swapped":
                return time + 1, new_h, new_c
            seen.append(new_h)
            return time + 1, new_c, new_h

        zeros = tf.fill([tf.shape(x)[0], UNITS], tf.constant(0.25, tf.float64))
        zeros.set_shape([None, UNITS])
        condition = {
            "by value": lambda time, c, h: (time < STEPS) & (tf.reduce_sum(c) < 1e6),
        }.get(change, lambda time, *_: time < STEPS)
        return tf.while_loop(condition, step, [0, zeros, zeros])[1:]

    return build


@pytest.mark.parametrize(
    "change", ["backwards", "clipped", "residual", "two steps", "swapped", "by value"]
)
def test_what_is_not_an_lstm_is_left_alone(change):
    plain, fused, text = both_ways(other(change), values(BATCH, STEPS, DEPTH))
    assert "lstm_steps" not in text
    assert_same(fused, plain)


def test_second_derivatives_run_round_by_round():
    found = []
    for fuse in (False, True):
        with tf.Graph().as_default(), tf.options(fuse=fuse), tf.Session() as session:
            x = tf.placeholder(tf.float64, [None, STEPS, DEPTH])
            first = tf.gradients(tf.reduce_sum(tf.sin(loop(x)[0])), x)[0]
            second = tf.gradients(tf.reduce_sum(tf.square(first)), x)[0]
            session.run(tf.global_variables_initializer())
            found.append(session.run(second, {x: values(BATCH, STEPS, DEPTH)}))
            assert "lstm_steps" not in session.program([second], [x]).source
    assert_same(found[1:], found[:1])


def test_reading_beyond_the_array_is_told():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(values(BATCH, STEPS, DEPTH))
        outputs = loop(x, limit=STEPS + 2)[0]
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.OpError, match="array size is: 6"):
            session.run(outputs)
