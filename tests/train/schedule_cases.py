"""The programs that record_training.py runs under TensorFlow and test_schedules.py here."""

STEPS = [0, 1, 5, 7, 10, 15, 20, 33, 70]

# name: (does it make control flow?, the rate, given tf.train and the step)
SCHEDULES = {
    "exponential": (False, lambda t, g: t.exponential_decay(0.1, g, 10, 0.5)),
    "exponential_staircase": (False, lambda t, g: t.exponential_decay(0.1, g, 10, 0.5, True, "e")),
    "natural_exp": (False, lambda t, g: t.natural_exp_decay(0.1, g, 10, 0.5)),
    "natural_exp_staircase": (False, lambda t, g: t.natural_exp_decay(0.1, g, 10, 0.5, True)),
    "inverse_time": (False, lambda t, g: t.inverse_time_decay(0.1, g, 10, 0.5)),
    "inverse_time_staircase": (False, lambda t, g: t.inverse_time_decay(0.1, g, 10, 0.5, True)),
    "polynomial": (False, lambda t, g: t.polynomial_decay(0.1, g, 20)),
    "polynomial_power": (False, lambda t, g: t.polynomial_decay(0.1, g, 20, 0.01, power=2.0)),
    "polynomial_cycle": (True, lambda t, g: t.polynomial_decay(0.1, g, 20, 0.01, 0.5, True)),
    "piecewise": (True, lambda t, g: t.piecewise_constant(g, [5, 15, 33], [1.0, 0.5, 0.1, 0.2])),
    "piecewise_two": (True, lambda t, g: t.piecewise_constant(g, [7], [1.0, 0.5])),
    "cosine": (False, lambda t, g: t.cosine_decay(0.1, g, 30)),
    "cosine_alpha": (False, lambda t, g: t.cosine_decay(0.1, g, 30, alpha=0.2)),
    "restarts": (True, lambda t, g: t.cosine_decay_restarts(0.1, g, 10)),
    "restarts_even": (
        True,
        lambda t, g: t.cosine_decay_restarts(0.1, g, 12, t_mul=1.0, m_mul=0.8, alpha=0.1),
    ),
    "linear_cosine": (False, lambda t, g: t.linear_cosine_decay(0.1, g, 30)),
    "linear_cosine_periods": (
        False,
        lambda t, g: t.linear_cosine_decay(0.1, g, 30, num_periods=2, alpha=0.1, beta=0.01),
    ),
    "noisy_linear_cosine_at_variance_0": (
        False,
        lambda t, g: t.noisy_linear_cosine_decay(0.1, g, 30, initial_variance=0.0),
    ),
}


def cases():
    """[(name, dtype of the step)]."""
    return [(name, dtype) for name in SCHEDULES for dtype in ("int32", "int64")]


def run(tf, name, dtype):
    """The rate at some steps, its name and the ops that compute it."""
    branches, make = SCHEDULES[name]
    with tf.Graph().as_default() as graph:
        step = tf.placeholder(dtype, [], name="step")
        rate = make(tf.train, step)
        with tf.Session() as session:
            values = [float(session.run(rate, {step: n})) for n in STEPS]
        return {
            "values": values,
            "name": rate.name,
            "dtype": rate.dtype.name,
            "ops": None if branches else [[op.type, op.name] for op in graph.get_operations()],
        }
