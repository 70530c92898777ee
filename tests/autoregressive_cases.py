"""Two programs that produce a sequence step by step; TensorFlow 1.15.5 recorded their numbers.

A transformer decoder that keeps its keys and values in a cache which grows in a tf.while_loop, and
an attention decoder over tf.nn.raw_rnn. Both are trained for some steps, and then decode.
"""

import numpy as np

VOCABULARY, WIDTH, BATCH, LENGTH = 11, 8, 3, 6


def cases():
    """The names of the programs."""
    return [("growing_cache",), ("raw_rnn_attention",)]


def run(tf, name):
    """The losses of training, and what is decoded."""
    with tf.Graph().as_default():
        losses, decoded = globals()[name](tf)
    return {"losses": losses, "decoded": decoded}


def tokens():
    """Sequences that follow a rule: the next token is twice the last one plus one."""
    found = [np.array([1, 4, 7])]
    for _ in range(LENGTH):
        found.append((found[-1] * 2 + 1) % VOCABULARY)
    return np.stack(found, 1).astype(np.int32)


def _load(tf, session):
    session.run(tf.global_variables_initializer())
    for i, variable in enumerate(tf.trainable_variables()):
        shape = variable.shape.as_list()
        values = np.cos(np.arange(int(np.prod(shape))) * 0.7 + i).reshape(shape)
        variable.load((values * 0.3).astype(np.float32), session)


def _train(tf, loss, decoded, steps=25):
    train = tf.train.AdamOptimizer(0.02).minimize(loss)
    with tf.Session() as session:
        _load(tf, session)
        losses = [float(session.run([loss, train])[0]) for _ in range(steps)]
        return losses, session.run(decoded).tolist()


def _dense(tf, x, units, name):
    kernel = tf.get_variable(name, [x.shape[-1].value, units])
    return tf.tensordot(x, kernel, [[-1], [0]])


def growing_cache(tf):
    """A decoder layer with a cache of keys and values."""
    sequence = tf.constant(tokens())

    def layer(embedded, keys, values):
        with tf.variable_scope("layer", reuse=tf.AUTO_REUSE):
            query = _dense(tf, embedded, WIDTH, "query")
            keys = tf.concat([keys, _dense(tf, embedded, WIDTH, "key")], 1)
            values = tf.concat([values, _dense(tf, embedded, WIDTH, "value")], 1)
            scores = tf.matmul(query, keys, transpose_b=True) / WIDTH**0.5
            mixed = tf.matmul(tf.nn.softmax(scores), values)
            hidden = embedded + tf.nn.relu(_dense(tf, mixed, WIDTH, "out"))
            return _dense(tf, hidden, VOCABULARY, "logits"), keys, values

    with tf.variable_scope("embedding"):
        table = tf.get_variable("table", [VOCABULARY, WIDTH])
        places = tf.get_variable("places", [LENGTH, WIDTH])

    def embed(ids, place):
        return (tf.gather(table, ids) + places[place])[:, None]

    empty = tf.zeros([BATCH, 0, WIDTH])
    shapes = [
        tf.TensorShape([]),
        tf.TensorShape([BATCH]),
        tf.TensorShape([BATCH, None, WIDTH]),
        tf.TensorShape([BATCH, None, WIDTH]),
        tf.TensorShape([BATCH, None, VOCABULARY]),
    ]

    def decode(next_ids):
        def step(place, ids, keys, values, found):
            logits, keys, values = layer(embed(ids, place), keys, values)
            found = tf.concat([found, logits], 1)
            return place + 1, next_ids(place, logits), keys, values, found

        return tf.while_loop(
            lambda place, *_: place < LENGTH,
            step,
            [tf.constant(0), sequence[:, 0], empty, empty, tf.zeros([BATCH, 0, VOCABULARY])],
            shape_invariants=shapes,
        )[-1]

    taught = decode(lambda place, logits: sequence[:, place + 1])
    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=sequence[:, 1:], logits=taught)
    )
    free = decode(lambda place, logits: tf.cast(tf.argmax(logits[:, 0], -1), tf.int32))
    return _train(tf, loss, tf.argmax(free, -1))


def raw_rnn_attention(tf):
    """An LSTM that attends to an encoder's outputs, by tf.nn.raw_rnn."""
    sequence = tf.constant(tokens())
    table = tf.get_variable("table", [VOCABULARY, WIDTH])
    with tf.variable_scope("encoder"):
        memory, _ = tf.nn.dynamic_rnn(
            tf.nn.rnn_cell.GRUCell(WIDTH), tf.gather(table, sequence[:, :-1]), dtype=tf.float32
        )
    cell = tf.nn.rnn_cell.BasicLSTMCell(WIDTH)
    targets = tf.TensorArray(tf.int32, LENGTH + 1, clear_after_read=False).unstack(
        tf.transpose(sequence)
    )

    def project(output):
        with tf.variable_scope("project", reuse=tf.AUTO_REUSE):
            weights = tf.nn.softmax(tf.reduce_sum(memory * output[:, None], 2))
            context = tf.reduce_sum(memory * weights[:, :, None], 1)
            return _dense(tf, tf.concat([output, context], 1), VOCABULARY, "kernel")

    def decode(taught, scope):
        def loop(time, output, state, loop_state):
            if output is None:
                ids, logits = sequence[:, 0], tf.zeros([VOCABULARY])
                state = cell.zero_state(BATCH, tf.float32)
            else:
                logits = project(output)
                ids = tf.cast(tf.argmax(logits, -1), tf.int32)
                if taught:
                    ids = targets.read(time)
            finished = tf.fill([BATCH], time >= LENGTH)
            return finished, tf.gather(table, ids), state, logits, None

        emitted, _, _ = tf.nn.raw_rnn(cell, loop, scope=scope)
        return tf.transpose(emitted.stack(), [1, 0, 2])

    with tf.variable_scope("decoder") as scope:
        taught = decode(True, scope)
    with tf.variable_scope("decoder", reuse=True) as scope:
        free = decode(False, scope)
    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=sequence[:, 1:], logits=taught)
    )
    return _train(tf, loss, tf.argmax(free, -1))
