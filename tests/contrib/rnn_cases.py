"""Cells of tf.contrib.rnn whose numbers TensorFlow 1.15.5 recorded; run by it and by scopeflow."""

import numpy as np

UNITS = 4


def cells(tf):
    """Name -> a function that makes the cell."""
    c = tf.contrib.rnn
    gru = tf.nn.rnn_cell.GRUCell
    lstm = tf.nn.rnn_cell.LSTMCell
    return {
        "layer_norm": lambda: c.LayerNormBasicLSTMCell(UNITS),
        "layer_norm_gain": lambda: c.LayerNormBasicLSTMCell(
            UNITS, forget_bias=0.5, norm_gain=0.7, norm_shift=0.2
        ),
        "layer_norm_off": lambda: c.LayerNormBasicLSTMCell(UNITS, layer_norm=False),
        "nas": lambda: c.NASCell(UNITS),
        "nas_proj": lambda: c.NASCell(UNITS, num_proj=3, use_bias=True),
        "ugrnn": lambda: c.UGRNNCell(UNITS),
        "ugrnn_forget": lambda: c.UGRNNCell(UNITS, forget_bias=0.2, activation=tf.nn.relu),
        "intersection": lambda: c.IntersectionRNNCell(UNITS),
        "intersection_proj": lambda: c.IntersectionRNNCell(3, num_in_proj=3),
        "coupled": lambda: c.CoupledInputForgetGateLSTMCell(UNITS),
        "coupled_all": lambda: c.CoupledInputForgetGateLSTMCell(
            UNITS, use_peepholes=True, num_proj=3, proj_clip=0.3
        ),
        "coupled_norm": lambda: c.CoupledInputForgetGateLSTMCell(UNITS, layer_norm=True),
        "coupled_flat": lambda: c.CoupledInputForgetGateLSTMCell(UNITS, state_is_tuple=False),
        "glstm": lambda: c.GLSTMCell(UNITS, number_of_groups=2),
        "glstm_one": lambda: c.GLSTMCell(UNITS),
        "glstm_proj": lambda: c.GLSTMCell(UNITS, num_proj=2, number_of_groups=2),
        "attention": lambda: c.AttentionCellWrapper(gru(UNITS), 3),
        "attention_all": lambda: c.AttentionCellWrapper(
            lstm(UNITS), 2, attn_size=3, attn_vec_size=5, input_size=2
        ),
        "attention_flat": lambda: c.AttentionCellWrapper(gru(UNITS), 3, state_is_tuple=False),
        "output_projection": lambda: c.OutputProjectionWrapper(gru(UNITS), 2),
        "output_projection_relu": lambda: c.OutputProjectionWrapper(
            lstm(UNITS), 2, activation=tf.nn.relu
        ),
        "input_projection": lambda: c.InputProjectionWrapper(gru(UNITS), 3),
        "input_projection_tanh": lambda: c.InputProjectionWrapper(gru(UNITS), 3, tf.tanh),
        "highway": lambda: c.HighwayWrapper(gru(UNITS)),
        "highway_apart": lambda: c.HighwayWrapper(
            gru(UNITS), couple_carry_transform_gates=False, carry_bias_init=0.5
        ),
        "lstm_block": lambda: c.LSTMBlockCell(UNITS),
        "lstm_block_peephole": lambda: c.LSTMBlockCell(
            UNITS, forget_bias=0.3, cell_clip=0.3, use_peephole=True
        ),
        "gru_block": lambda: c.GRUBlockCell(UNITS),
        "gru_block_v2": lambda: c.GRUBlockCellV2(UNITS),
        "indrnn": lambda: c.IndRNNCell(UNITS),
        "indygru": lambda: c.IndyGRUCell(UNITS),
        "indylstm": lambda: c.IndyLSTMCell(UNITS),
        "sru": lambda: c.SRUCell(UNITS),
    }


def data(*shape, seed=0):
    """The same numbers everywhere."""
    count = int(np.prod(shape))
    return np.sin(np.arange(count) * 1.7 + seed).reshape(shape).astype(np.float32)


def fused(tf):
    """Name -> a function that makes the fused cell."""
    c = tf.contrib.rnn
    return {
        "lstm": lambda: c.LSTMBlockFusedCell(UNITS),
        "lstm_peephole": lambda: c.LSTMBlockFusedCell(
            UNITS, forget_bias=0.5, cell_clip=0.3, use_peephole=True
        ),
        "adaptor": lambda: c.FusedRNNCellAdaptor(tf.nn.rnn_cell.GRUCell(UNITS)),
        "adaptor_dynamic": lambda: c.FusedRNNCellAdaptor(tf.nn.rnn_cell.GRUCell(UNITS), True),
        "reversed": lambda: c.TimeReversedFusedRNN(c.LSTMBlockFusedCell(UNITS)),
    }


def phased(tf):
    """Name -> a function that makes the phased cell; a case with names for its variables."""
    c = tf.contrib.rnn.PhasedLSTMCell
    return {
        "plain": lambda: c(UNITS),
        "all": lambda: c(UNITS, use_peepholes=True, leak=0.01, ratio_on=0.2),
        "fixed": lambda: c(UNITS, trainable_ratio_on=False, period_init_max=2.0),
    }


CONV = {
    "conv_1d": ("Conv1DLSTMCell", [5, 2], {"output_channels": 3, "kernel_shape": [3]}),
    "conv_2d": ("Conv2DLSTMCell", [4, 3, 2], {"output_channels": 2, "kernel_shape": [3, 3]}),
    "conv_2d_skip": (
        "Conv2DLSTMCell", [4, 3, 2],
        {"output_channels": 2, "kernel_shape": [3, 1], "use_bias": False, "skip_connection": True,
         "forget_bias": 0.5},
    ),
    "conv_3d": (
        "Conv3DLSTMCell", [2, 3, 2, 1], {"output_channels": 2, "kernel_shape": [2, 2, 2]},
    ),
}  # fmt: skip

CELLS = (
    "layer_norm", "layer_norm_gain", "layer_norm_off", "nas", "nas_proj", "ugrnn",
    "ugrnn_forget", "intersection", "intersection_proj", "coupled", "coupled_all",
    "coupled_norm", "coupled_flat", "glstm", "glstm_one", "glstm_proj", "attention",
    "attention_all", "attention_flat", "output_projection", "output_projection_relu",
    "input_projection", "input_projection_tanh", "highway", "highway_apart", "lstm_block",
    "lstm_block_peephole", "gru_block", "gru_block_v2", "indrnn", "indygru", "indylstm",
    "sru",
)  # fmt: skip


CONSTANT = ("/bias", "/gamma", "/b_ru", "/b_c", "carry_b", "transform_b", "/ratio_on", "/biases")


def cases():
    """(how it is run, cell) for each case."""
    for name in CELLS:
        yield "dynamic", name
    for name in ("plain", "all", "fixed"):
        yield "phased", name
    for name in CONV:
        yield "conv", name
    for name in ("lstm", "lstm_peephole", "adaptor", "adaptor_dynamic", "reversed"):
        yield "fused", name
        yield "fused_lengths", name
    yield "embedding", "gru"
    for how in ("dynamic", "static", "dynamic_time_major"):
        yield "stack", how
    yield "other", "transposed"


def _flatten(value):
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in _flatten(part)]
    return [value]


def _numbers(tf, outputs, state, inputs, seeds=(0.5, 0.0)):
    outputs, states = _flatten(outputs), _flatten(state)
    loss = sum(tf.reduce_sum(o * o) for o in outputs) + sum(tf.reduce_sum(s) for s in states)
    variables = tf.global_variables()
    begin = [v.op.name for v in variables]
    gradients = [
        tf.zeros([]) if g is None else tf.convert_to_tensor(g)
        for g in tf.gradients(loss, inputs + tf.trainable_variables())
    ]
    scale, shift = seeds
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        initial = [
            float(v.sum()) if n.endswith(CONSTANT) and "basic_lstm_cell/bias" not in n else 0.0
            for n, v in zip(begin, session.run(variables))
        ]
        for i, variable in enumerate(variables):
            if "ratio" not in variable.op.name:
                values = data(*variable.shape.as_list(), seed=i) * scale + shift
                variable.load(values, session)
        feed = {x: data(*x.shape.as_list(), seed=9 + i) for i, x in enumerate(inputs)}
        found = session.run({"outputs": outputs, "state": states, "gradients": gradients}, feed)
    found = {key: [np.asarray(v).tolist() for v in value] for key, value in found.items()}
    found["variables"] = [[v.op.name, v.shape.as_list()] for v in variables]
    found["initial"] = initial
    return found


def run(tf, how, name):
    """The outputs, the last state, gradients and variables of a case."""
    with tf.Graph().as_default():
        return _RUN[how](tf, name)


def _dynamic(tf, name):
    x = tf.placeholder(tf.float32, [3, 5, 4])
    outputs, state = tf.nn.dynamic_rnn(
        cells(tf)[name](), x, sequence_length=[2, 5, 0], dtype=tf.float32
    )
    return _numbers(tf, outputs, state, [x])


def _phased(tf, name):
    x, times = tf.placeholder(tf.float32, [3, 5, 4]), tf.placeholder(tf.float32, [3, 5, 1])
    outputs, state = tf.nn.dynamic_rnn(phased(tf)[name](), (times * 2, x), dtype=tf.float32)
    return _numbers(tf, outputs, state, [times, x], (0.3, 0.9))


def _conv(tf, name):
    kind, shape, arguments = CONV[name]
    x = tf.placeholder(tf.float32, [2, 3, *shape])
    cell = getattr(tf.contrib.rnn, kind)(input_shape=shape, **arguments)
    if name.endswith("skip"):  # TensorFlow's state does not keep its shape there
        outputs, state = cell(x[:, 0], cell.zero_state(2, tf.float32))
    else:
        outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    return _numbers(tf, outputs, state, [x])


def _fused(tf, name, lengths=None):
    x = tf.placeholder(tf.float32, [5, 3, 4])
    outputs, state = fused(tf)[name]()(x, dtype=tf.float32, sequence_length=lengths)
    return _numbers(tf, outputs, state, [x])


def _embedding(tf, name):
    cell = tf.contrib.rnn.EmbeddingWrapper(tf.nn.rnn_cell.GRUCell(UNITS), 6, 3)
    steps = [tf.constant([[1], [2]]), tf.constant([[5], [0]])]
    outputs, state = tf.nn.static_rnn(cell, steps, dtype=tf.float32)
    return _numbers(tf, outputs, state, [])


def _stack(tf, how):
    gru = tf.nn.rnn_cell.GRUCell
    x = tf.placeholder(tf.float32, [3, 5, 4])
    forwards, backwards = [gru(2), gru(3)], [gru(2), gru(3)]
    c = tf.contrib.rnn
    if how == "static":
        found = c.stack_bidirectional_rnn(
            forwards, backwards, tf.unstack(x, axis=1), sequence_length=[2, 5, 1], dtype=tf.float32
        )
    else:
        major = how.endswith("major")
        found = c.stack_bidirectional_dynamic_rnn(
            forwards, backwards, tf.transpose(x, [1, 0, 2]) if major else x,
            sequence_length=[2, 5, 1], dtype=tf.float32, time_major=major,
        )  # fmt: skip
    return _numbers(tf, found[0], found[1:], [x])


def _other(tf, name):
    x = tf.placeholder(tf.float32, [3, 5, 4])
    return _numbers(tf, tf.contrib.rnn.transpose_batch_time(x), [], [x])


_RUN = {
    "dynamic": _dynamic,
    "phased": _phased,
    "conv": _conv,
    "fused": _fused,
    "fused_lengths": lambda tf, name: _fused(tf, name, [2, 5, 1]),
    "embedding": _embedding,
    "stack": _stack,
    "other": _other,
}
