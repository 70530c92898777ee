"""tf.contrib.seq2seq, whose numbers TensorFlow 1.15.5 recorded; run by it and by scopeflow."""

import numpy as np

VOCABULARY, DEPTH, UNITS, MEMORY = 7, 3, 4, 5


def data(*shape, seed=0):
    """The same numbers everywhere."""
    count = int(np.prod(shape))
    return np.sin(np.arange(count) * 1.7 + seed).reshape(shape).astype(np.float32)


def mechanisms(tf):
    """Name -> a function of a memory that makes the mechanism."""
    s, lengths = tf.contrib.seq2seq, [5, 3]

    def reversed_keys(keys, values):
        return keys * 0.5, values * 2.0

    return {
        "bahdanau": lambda m: s.BahdanauAttention(3, m),
        "bahdanau_norm": lambda m: s.BahdanauAttention(3, m, lengths, normalize=True),
        "bahdanau_hard": lambda m: s.BahdanauAttention(
            3, m, lengths, probability_fn=s.hardmax, custom_key_value_fn=reversed_keys
        ),
        "luong": lambda m: s.LuongAttention(UNITS, m, lengths),
        "luong_scale": lambda m: s.LuongAttention(UNITS, m, scale=True),
        "luong_mask": lambda m: s.LuongAttention(UNITS, m, lengths, score_mask_value=-1.0),
        "bahdanau_monotonic": lambda m: s.BahdanauMonotonicAttention(
            3, m, lengths, normalize=True, score_bias_init=-0.5
        ),
        "bahdanau_recursive": lambda m: s.BahdanauMonotonicAttention(3, m, mode="recursive"),
        "luong_monotonic": lambda m: s.LuongMonotonicAttention(UNITS, m, lengths, scale=True),
        "luong_hard": lambda m: s.LuongMonotonicAttention(UNITS, m, mode="hard"),
        "two": lambda m: [s.LuongAttention(UNITS, m), s.BahdanauAttention(3, m)],
    }


MECHANISMS = (
    "bahdanau", "bahdanau_norm", "bahdanau_hard", "luong", "luong_scale", "luong_mask",
    "bahdanau_monotonic", "bahdanau_recursive", "luong_monotonic", "luong_hard", "two",
)  # fmt: skip

WRAPPED = {
    "luong": {"attention_layer_size": 3, "alignment_history": True},
    "luong_scale": {"output_attention": False},
    "two": {"attention_layer_size": [2, 3]},
    "bahdanau_norm": {"alignment_history": True},
}


def cases():
    """(what is run, which) for each case."""
    for name in MECHANISMS:
        yield "train", name
    for name in ("plain", "impute", "major", "few", "layer"):
        yield "decode", name
    for name in ("greedy", "sample_cold", "inference", "custom", "scheduled_0", "scheduled_1",
                 "output_0", "output_1", "output_auxiliary"):  # fmt: skip
        yield "helper", name
    for name in ("plain", "length", "wide", "attention", "coverage", "unsorted", "multi",
                 "coverage_ends", "dynamic", "dynamic_unsorted"):  # fmt: skip
        yield "beam", name
    for name in LOSSES:
        yield "loss", name
    for name in ("tree", "tile", "hardmax", "cumprod", "monotonic"):
        yield "other", name
    yield "program", "translation"


def _flatten(value):
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in _flatten(part)]
    return [value.stack() if hasattr(value, "stack") else value]


def _numbers(tf, outputs, differentiate=()):
    """The outputs' values, gradients of the sum of `differentiate`, the variables."""
    outputs = _flatten(outputs)
    gradients = []
    if differentiate:
        loss = sum(tf.reduce_sum(part * part) for part in differentiate)
        gradients = [
            tf.zeros([]) if g is None else tf.convert_to_tensor(g)
            for g in tf.gradients(loss, tf.trainable_variables())
        ]
    variables = tf.global_variables()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i, variable in enumerate(variables):
            variable.load(data(*variable.shape.as_list(), seed=i) * 0.9, session)
        found = session.run({"outputs": outputs, "gradients": gradients})
    found = {key: [np.asarray(v).tolist() for v in value] for key, value in found.items()}
    found["variables"] = [[v.op.name, v.shape.as_list()] for v in variables]
    return found


def run(tf, how, name):
    """What a case computes."""
    with tf.Graph().as_default():
        return globals()["_" + how](tf, name)


def _inputs(tf, time=6, seed=3):
    return tf.constant(data(2, time, DEPTH, seed=seed))


def _memory(tf):
    return tf.constant(data(2, 5, MEMORY, seed=5))


def _train(tf, name):
    s = tf.contrib.seq2seq
    mechanism = mechanisms(tf)[name](_memory(tf))
    cell = s.AttentionWrapper(tf.nn.rnn_cell.LSTMCell(UNITS), mechanism, **WRAPPED.get(name, {}))
    decoder = s.BasicDecoder(
        cell, s.TrainingHelper(_inputs(tf), [6, 4]), cell.zero_state(2, tf.float32),
        tf.layers.Dense(VOCABULARY),
    )  # fmt: skip
    outputs, state, lengths = s.dynamic_decode(decoder)
    return _numbers(tf, [outputs, state, lengths], [outputs.rnn_output, state.attention])


def _decode(tf, name):
    s = tf.contrib.seq2seq
    cell = tf.nn.rnn_cell.GRUCell(UNITS)
    x = _inputs(tf)
    helper = s.TrainingHelper(
        tf.transpose(x, [1, 0, 2]) if name == "major" else x, [6, 4], time_major=name == "major"
    )
    layer = tf.layers.Dense(3, activation=tf.nn.relu) if name == "layer" else None
    decoder = s.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32), layer)
    outputs, state, lengths = s.dynamic_decode(
        decoder,
        output_time_major=name == "major",
        impute_finished=name == "impute",
        maximum_iterations=3 if name == "few" else None,
        scope="mine" if name == "layer" else None,
    )
    return _numbers(tf, [outputs, state, lengths], [outputs.rnn_output])


def _helper(tf, name):
    s = tf.contrib.seq2seq
    table = tf.get_variable("table", [VOCABULARY, DEPTH])
    cell, layer = tf.nn.rnn_cell.GRUCell(UNITS), tf.layers.Dense(VOCABULARY)
    x, lengths = _inputs(tf), [6, 4]

    def embedded(ids):
        return tf.nn.embedding_lookup(table, ids)

    def project(outputs):
        return outputs[:, :DEPTH]

    if name == "greedy":
        helper = s.GreedyEmbeddingHelper(table, [1, 2], 0)
    elif name == "sample_cold":
        helper = s.SampleEmbeddingHelper(embedded, [1, 2], 0, softmax_temperature=1e-4)
    elif name == "inference":
        layer = tf.layers.Dense(DEPTH)
        helper = s.InferenceHelper(
            lambda outputs: outputs * 2, [DEPTH], tf.float32, x[:, 0],
            lambda ids: tf.reduce_sum(ids, -1) > 1, lambda ids: ids - 0.1,
        )  # fmt: skip
    elif name == "custom":
        helper = s.CustomHelper(
            lambda: (tf.zeros([2], tf.bool), x[:, 0]),
            lambda time, outputs, state: tf.cast(tf.argmin(outputs, -1), tf.int32),
            lambda time, outputs, state, sample_ids: (
                tf.equal(time, [2, 3]), embedded(sample_ids) + state[:, :DEPTH], state,
            ),
        )  # fmt: skip
    elif name.startswith("scheduled"):
        layer = tf.layers.Dense(
            VOCABULARY, activation=lambda t: t * (1 if name.endswith("0") else 1e4)
        )
        helper = s.ScheduledEmbeddingTrainingHelper(x, lengths, table, float(name[-1]))
    elif name == "output_auxiliary":
        helper = s.ScheduledOutputTrainingHelper(
            x, lengths, 1.0, next_inputs_fn=project, auxiliary_inputs=_inputs(tf, seed=8)
        )
    else:
        helper = s.ScheduledOutputTrainingHelper(
            x, lengths, float(name[-1]), next_inputs_fn=project
        )
    decoder = s.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32), layer)
    outputs, state, lengths = s.dynamic_decode(decoder, maximum_iterations=8)
    return _numbers(tf, [outputs, state, lengths], [state])


def _beam(tf, name):
    s, width = tf.contrib.seq2seq, 6 if name == "wide" else 3
    table = tf.get_variable("table", [VOCABULARY, DEPTH])
    cell = tf.nn.rnn_cell.LSTMCell(UNITS)
    options = {
        "length": {"length_penalty_weight": 0.8},
        "coverage": {"coverage_penalty_weight": 0.3, "length_penalty_weight": 0.6},
        "coverage_ends": {"coverage_penalty_weight": 0.3},
        "unsorted": {"reorder_tensor_arrays": False},
        "dynamic_unsorted": {"reorder_tensor_arrays": False},
    }.get(name, {})
    if name == "multi":
        cell = tf.nn.rnn_cell.MultiRNNCell([cell, tf.nn.rnn_cell.GRUCell(UNITS)])
    if name not in ("plain", "length", "wide", "multi"):
        memory = _memory(tf)
        if name.startswith("dynamic"):
            memory = tf.placeholder_with_default(memory, [2, None, MEMORY])
        memory = s.tile_batch(memory, multiplier=width)
        cell = s.AttentionWrapper(
            cell, s.LuongAttention(UNITS, memory), attention_layer_size=3, alignment_history=True
        )
    initial = cell.zero_state(2 * width, tf.float32)
    decoder = s.BeamSearchDecoder(
        cell, table, [1, 2], 1 if name == "coverage_ends" else 0, initial, width,
        output_layer=tf.layers.Dense(VOCABULARY), **options
    )  # fmt: skip
    outputs, state, lengths = s.dynamic_decode(decoder, maximum_iterations=9)
    return _numbers(tf, [outputs, state, lengths])


LOSSES = {
    "average": {},
    "steps": {"average_across_batch": False},
    "batch": {"average_across_timesteps": False},
    "none": {"average_across_timesteps": False, "average_across_batch": False},
    "sums": {
        "average_across_timesteps": False, "average_across_batch": False,
        "sum_over_timesteps": True, "sum_over_batch": True,
    },
    "sum_steps": {
        "average_across_timesteps": False, "average_across_batch": False,
        "sum_over_timesteps": True,
    },
    "sum_batch": {
        "average_across_timesteps": False, "average_across_batch": False, "sum_over_batch": True,
    },
    "steps_sum_batch": {"average_across_batch": False, "sum_over_batch": True},
    "sum_steps_batch": {"average_across_timesteps": False, "sum_over_timesteps": True},
}  # fmt: skip


def _loss(tf, name):
    logits = tf.constant(data(2, 3, 4))
    targets = tf.constant([[1, 2, 3], [0, 0, 1]])
    weights = tf.constant([[1.0, 0.5, 2.0], [1.0, 0.0, 0.0]])
    loss = tf.contrib.seq2seq.sequence_loss(logits, targets, weights, **LOSSES[name])
    return _numbers(tf, [loss, tf.gradients(loss, logits)[0]])


def _other(tf, name):
    s = tf.contrib.seq2seq
    if name == "tree":
        steps = np.arange(24).reshape(4, 2, 3).astype(np.int32) % 7 + 1
        parents = (np.arange(24).reshape(4, 2, 3) * 2 % 3).astype(np.int32)
        return _numbers(
            tf, [s.gather_tree(steps, parents, [4, 2], 9), s.gather_tree(steps, parents, [3, 4], 5)]
        )
    if name == "tile":
        return _numbers(tf, s.tile_batch((tf.constant([1, 2]), _memory(tf)), 2))
    if name == "hardmax":
        return _numbers(tf, s.hardmax(tf.constant(data(2, 3, 4))))
    p, before = tf.nn.sigmoid(data(2, 5)), tf.nn.softmax(data(2, 5, seed=2))
    if name == "cumprod":
        values = s.safe_cumprod(p, axis=1, exclusive=True)
        return _numbers(tf, [values, tf.gradients(values, p)[0]])
    hard = tf.cast(p > 0.5, tf.float32)
    return _numbers(
        tf,
        [s.monotonic_attention(p, before, mode) for mode in ("recursive", "parallel")]
        + [s.monotonic_attention(hard, tf.one_hot([0, 2], 5), "hard")],
    )


def _program(tf, name):
    """A small translator, trained for some steps, then greedy and beam search."""
    s, rnn = tf.contrib.seq2seq, tf.contrib.rnn
    source = tf.placeholder(tf.int32, [4, None])
    source_lengths = tf.placeholder(tf.int32, [4])
    target_in, target_out = tf.placeholder(tf.int32, [4, None]), tf.placeholder(tf.int32, [4, None])
    target_lengths = tf.placeholder(tf.int32, [4])
    with tf.variable_scope("encoder"):
        table = tf.get_variable("embedding", [9, 6])
        outputs, states = tf.nn.bidirectional_dynamic_rnn(
            rnn.GRUCell(5), rnn.GRUCell(5), tf.nn.embedding_lookup(table, source),
            sequence_length=source_lengths, dtype=tf.float32,
        )  # fmt: skip
        memory, last = tf.concat(outputs, 2), tf.concat(states, 1)
    with tf.variable_scope("decoder"):
        target_table = tf.get_variable("embedding", [9, 6])
    layer = tf.layers.Dense(9, use_bias=False, name="output_projection")

    def decode(make, memory, lengths, last, batch, reuse, steps=None):
        with tf.variable_scope("attention", reuse=reuse):
            mechanism = s.BahdanauAttention(5, memory, lengths)
            cell = s.AttentionWrapper(
                rnn.MultiRNNCell([rnn.GRUCell(10)]), mechanism, attention_layer_size=7
            )
            state = cell.zero_state(batch, tf.float32).clone(cell_state=(last,))
            return s.dynamic_decode(
                make(cell, state), maximum_iterations=steps, scope="decode", swap_memory=True
            )

    helper = s.TrainingHelper(tf.nn.embedding_lookup(target_table, target_in), target_lengths)
    found, _, _ = decode(
        lambda cell, state: s.BasicDecoder(cell, helper, state, layer),
        memory, source_lengths, last, 4, False,
    )  # fmt: skip
    weights = tf.sequence_mask(target_lengths, dtype=tf.float32)
    loss = s.sequence_loss(found.rnn_output, target_out, weights)
    optimizer = tf.train.AdamOptimizer(0.05)
    gradients, variables = zip(*optimizer.compute_gradients(loss))
    clipped, norm = tf.clip_by_global_norm(gradients, 1.0)
    train = optimizer.apply_gradients(zip(clipped, variables))
    greedy = s.GreedyEmbeddingHelper(target_table, tf.fill([4], 1), 2)
    greedy, _, greedy_lengths = decode(
        lambda cell, state: s.BasicDecoder(cell, greedy, state, layer),
        memory, source_lengths, last, 4, True, 8,
    )  # fmt: skip
    tiled = [s.tile_batch(part, 3) for part in (memory, source_lengths, last)]
    beams, _, beam_lengths = decode(
        lambda cell, state: s.BeamSearchDecoder(
            cell, target_table, tf.fill([4], 1), 2, state, 3, layer, length_penalty_weight=0.6
        ),
        *tiled, 12, True, 8,
    )  # fmt: skip
    feed = {
        source: [[3, 4, 5, 6], [4, 5, 0, 0], [8, 3, 3, 0], [7, 7, 7, 7]],
        source_lengths: [4, 2, 3, 4],
        target_in: [[1, 6, 5, 4, 3], [1, 5, 4, 0, 0], [1, 3, 3, 8, 0], [1, 7, 7, 7, 7]],
        target_out: [[6, 5, 4, 3, 2], [5, 4, 2, 0, 0], [3, 3, 8, 2, 0], [7, 7, 7, 7, 2]],
        target_lengths: [5, 3, 4, 5],
    }
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        trained = tf.trainable_variables()
        for i, variable in enumerate(trained):
            variable.load(data(*variable.shape.as_list(), seed=i) * 0.4, session)
        losses = [session.run([train, loss, norm], feed)[1:] for _ in range(60)]
        last = session.run(
            [greedy.sample_id, greedy_lengths, beams.predicted_ids, beam_lengths,
             beams.beam_search_decoder_output.scores[:, -1]], feed,
        )  # fmt: skip
    return {
        "losses": np.asarray(losses)[::6].tolist(),
        "outputs": [np.asarray(v).tolist() for v in last],
        "variables": [[v.op.name, v.shape.as_list()] for v in trained],
    }
