"""tf.contrib.legacy_seq2seq and crf, recorded by TensorFlow 1.15.5; run by it and by scopeflow."""

import numpy as np

SYMBOLS = 6


def data(*shape, seed=0):
    """The same numbers everywhere."""
    count = int(np.prod(shape))
    return np.sin(np.arange(count) * 1.7 + seed).reshape(shape).astype(np.float32)


def cases():
    """(what is run, which) for each case."""
    for name in ("rnn_decoder", "basic", "tied", "attention", "attention_heads"):
        yield "steps", name
    for name in MODELS:
        for how in ("given", "previous", "either", "projected"):
            yield "symbols", f"{name}_{how}"
    yield "many", "two"
    for name in ("average", "sum", "example", "example_sum", "buckets", "buckets_example"):
        yield "losses", name
    for name in ("likelihood", "own", "parts", "multitag", "decode", "decode_one", "viterbi",
                 "short"):  # fmt: skip
        yield "crf", name


MODELS = ("rnn", "tied", "attention")


def run(tf, how, name):
    """What a case computes."""
    with tf.Graph().as_default():
        return globals()["_" + how](tf, name)


def _flatten(value):
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in _flatten(part)]
    return [value]


def _numbers(tf, outputs, follow=True):
    outputs = _flatten(outputs)
    gradients = []
    if follow:
        loss = sum(tf.reduce_sum(tf.square(part)) for part in outputs)
        gradients = [
            tf.zeros([]) if g is None else tf.convert_to_tensor(g)
            for g in tf.gradients(loss, tf.trainable_variables())
        ]
    variables = tf.global_variables()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i, variable in enumerate(variables):
            variable.load(data(*variable.shape.as_list(), seed=i) * 0.8, session)
        found = session.run({"outputs": outputs, "gradients": gradients})
    found = {key: [np.asarray(v).tolist() for v in value] for key, value in found.items()}
    found["variables"] = [[v.op.name, v.shape.as_list()] for v in variables]
    return found


def _steps(tf, name):
    s = tf.contrib.legacy_seq2seq
    cell = tf.nn.rnn_cell.GRUCell(3)
    reads = [tf.constant(data(2, 3, seed=i)) for i in range(4)]
    writes = [tf.constant(data(2, 3, seed=9 + i)) for i in range(3)]
    state = tf.constant(data(2, 3, seed=5))
    if name == "rnn_decoder":
        return _numbers(tf, s.rnn_decoder(writes, state, cell, lambda last, i: last * i))
    if name == "basic":
        return _numbers(tf, s.basic_rnn_seq2seq(reads, writes, cell))
    if name == "tied":
        return _numbers(tf, s.tied_rnn_seq2seq(reads, writes, cell, scope="mine"))
    seen = tf.stack(reads, 1)
    if name == "attention":
        return _numbers(tf, s.attention_decoder(writes, state, seen, cell))
    return _numbers(
        tf,
        s.attention_decoder(
            writes, (state, state), seen, tf.nn.rnn_cell.LSTMCell(3), output_size=5, num_heads=2,
            initial_state_attention=True, scope="heads",
        ),
    )  # fmt: skip


def _symbols(tf, name):
    s = tf.contrib.legacy_seq2seq
    model, how = name.split("_")
    cell = tf.nn.rnn_cell.GRUCell(3)
    reads = [tf.constant([1, 2]), tf.constant([5, 0]), tf.constant([3, 3])]
    writes = [tf.constant([0, 0]), tf.constant([4, 1]), tf.constant([2, 2])]
    options = {"feed_previous": how == "previous"}
    if how == "either":
        options["feed_previous"] = tf.constant(True)
    if how == "projected":
        options["feed_previous"] = True
        options["output_projection"] = (
            tf.get_variable("w", [3, SYMBOLS]), tf.get_variable("b", [SYMBOLS]),
        )  # fmt: skip
    if model == "tied":
        found = s.embedding_tied_rnn_seq2seq(reads, writes, cell, SYMBOLS, 4, **options)
    elif model == "rnn":
        found = s.embedding_rnn_seq2seq(reads, writes, cell, SYMBOLS, SYMBOLS, 4, **options)
    else:
        found = s.embedding_attention_seq2seq(
            reads, writes, cell, SYMBOLS, SYMBOLS, 4, num_heads=2, **options
        )
    return _numbers(tf, found)


def _many(tf, name):
    gru = tf.nn.rnn_cell.GRUCell
    steps = [tf.constant([1, 2]), tf.constant([5, 0])]
    return _numbers(
        tf,
        tf.contrib.legacy_seq2seq.one2many_rnn_seq2seq(
            steps, {"a": steps, "b": steps[:1]}, gru(3), {"a": gru(3), "b": gru(3)}, SYMBOLS,
            {"a": SYMBOLS, "b": 7}, 4,
        ),
    )  # fmt: skip


def _losses(tf, name):
    s = tf.contrib.legacy_seq2seq
    logits = [tf.constant(data(2, 4, seed=i)) for i in range(3)]
    targets = [tf.constant([i, 3 - i]) for i in range(3)]
    weights = [tf.constant([1.0, 1.0]), tf.constant([0.5, 1.0]), tf.constant([0.0, 2.0])]
    if name == "average":
        found = s.sequence_loss(logits, targets, weights)
    elif name == "sum":
        found = s.sequence_loss(
            logits, targets, weights, average_across_timesteps=False, average_across_batch=False
        )
    elif name.startswith("example"):
        found = s.sequence_loss_by_example(
            logits, targets, weights, average_across_timesteps=name == "example"
        )
    else:

        def model(reads, writes):
            cell = tf.nn.rnn_cell.GRUCell(3)
            return s.embedding_rnn_seq2seq(reads, writes, cell, SYMBOLS, SYMBOLS, 4)

        found = s.model_with_buckets(
            targets, targets, targets, weights, [(1, 2), (3, 3)], model,
            per_example_loss=name.endswith("example"),
        )  # fmt: skip
    return _numbers(tf, found)


def _crf(tf, name):
    c = tf.contrib.crf
    inputs = tf.get_variable("inputs", [3, 5, 4])
    tags = tf.constant([[0, 1, 2, 3, 0], [1, 1, 3, 2, 2], [3, 0, 0, 0, 0]])
    lengths = tf.constant([5, 3, 0])
    transitions = tf.get_variable("own", [4, 4])
    if name == "likelihood":
        return _numbers(tf, c.crf_log_likelihood(inputs, tags, lengths, transitions)[0])
    if name == "own":
        with tf.variable_scope("crf"):
            return _numbers(tf, c.crf_log_likelihood(inputs, tags, lengths))
    if name == "parts":
        return _numbers(
            tf,
            [
                c.crf_unary_score(tags, lengths, inputs),
                c.crf_binary_score(tags, lengths, transitions),
                c.crf_sequence_score(inputs, tags, lengths, transitions),
                c.crf_log_norm(inputs, lengths, transitions),
            ],
        )
    if name == "multitag":
        bitmap = tf.constant(data(3, 5, 4) > -0.6)
        return _numbers(
            tf, c.crf_multitag_sequence_score(inputs, bitmap, lengths, transitions), False
        )
    if name == "short":
        return _numbers(
            tf, c.crf_log_likelihood(inputs[:, :1], tags[:, :1], [1, 1, 0], transitions)[0]
        )
    if name == "viterbi":
        path, score = c.viterbi_decode(data(5, 4), data(4, 4, seed=1))
        return {"path": [int(tag) for tag in path], "score": float(score)}
    if name == "decode":
        return _numbers(tf, c.crf_decode(inputs, transitions, lengths), False)
    return _numbers(tf, c.crf_decode(inputs[:, :1], transitions, [1, 1, 0]), False)
