"""Recurrent networks whose training steps are measured, also by hand in PyTorch.

Imported by workloads.py; runs under TensorFlow's interpreter too.
"""

import numpy as np

BATCH, STEPS, UNITS = 32, 50, 128


def _values():
    return np.random.RandomState(0).randn(BATCH, STEPS, UNITS).astype("f")


def _trained(tf, per_call, x, last):
    """The seconds of a step of Adam on the last outputs."""
    loss = tf.reduce_mean(tf.square(last))
    train = tf.train.AdamOptimizer(1e-3).minimize(loss)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    values = _values()
    return per_call(lambda: session.run([train, loss], {x: values}), 20)


def _explicit_lstm(tf, x):
    """The last outputs of an LSTM, as programs wrote it with tf.while_loop."""
    kernel = tf.get_variable("kernel", [2 * UNITS, 4 * UNITS])
    bias = tf.get_variable("bias", [4 * UNITS], initializer=tf.zeros_initializer())
    steps = tf.TensorArray(tf.float32, STEPS).unstack(tf.transpose(x, [1, 0, 2]))

    def step(time, c, h):
        joined = tf.matmul(tf.concat([steps.read(time), h], 1), kernel) + bias
        i, j, f, o = tf.split(joined, 4, axis=1)
        c = c * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
        return time + 1, c, tf.tanh(c) * tf.sigmoid(o)

    zeros = tf.zeros([BATCH, UNITS])
    _, _, h = tf.while_loop(lambda time, c, h: time < STEPS, step, [0, zeros, zeros])
    return h


def register(workload, per_call):
    """Add the workloads."""

    def by_hand(torch):
        model = torch.nn.LSTM(UNITS, UNITS, batch_first=True)
        optimizer = torch.optim.Adam(model.parameters(), 1e-3)
        values = _values()

        def step():
            loss = model(torch.from_numpy(values))[0][:, -1].square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.item()

        return per_call(step, 20)

    @workload("an LSTM by dynamic_rnn, 50 steps of 128 units, batch of 32, a step of Adam", by_hand)
    def lstm_dynamic(tf):
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, [BATCH, STEPS, UNITS])
            cell = tf.nn.rnn_cell.LSTMCell(UNITS)
            outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
            return _trained(tf, per_call, x, outputs[:, -1])

    @workload("the same LSTM by an explicit while_loop", by_hand)
    def lstm_loop(tf):
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, [BATCH, STEPS, UNITS])
            return _trained(tf, per_call, x, _explicit_lstm(tf, x))
