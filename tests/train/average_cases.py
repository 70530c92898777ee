"""The programs that record_training.py runs under TensorFlow and test_moving_averages.py here."""

# name: (arguments of ExponentialMovingAverage, the dtype, whether in a variable scope)
AVERAGES = {
    "plain": ({}, "float32", False),
    "named": ({"name": "avg"}, "float32", False),
    "zero_debias": ({"zero_debias": True}, "float32", False),
    "zero_debias_in_scope": ({"zero_debias": True}, "float32", True),
    "num_updates": ({"num_updates": "count"}, "float32", False),
    "float64": ({"zero_debias": True}, "float64", False),
}


def cases():
    """[(name,)]."""
    return [(name,) for name in AVERAGES]


def run(tf, name):
    """Means of a variable and of a tensor over five updates."""
    arguments, dtype, scoped = AVERAGES[name]
    with tf.Graph().as_default():
        v = tf.get_variable("v", initializer=tf.constant([1.0, -2.0], dtype))
        other = tf.get_variable("other", initializer=tf.constant(0), trainable=False)
        with tf.name_scope("outer"):
            t = tf.multiply(v, 2.0, name="t")
        if "num_updates" in arguments:
            arguments = dict(arguments, num_updates=other)
        average = tf.train.ExponentialMovingAverage(0.9, **arguments)
        before = [average.average_name(v), average.average_name(t)]
        if scoped:
            with tf.variable_scope("sc"):
                update = average.apply([v, t])
        else:
            update = average.apply([v, t])
        step = [v.assign(v * 1.5 + 1.0), other.assign_add(1)]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            values = []
            for _ in range(5):
                session.run(step)
                session.run(update)
                values.append(
                    [x.tolist() for x in session.run([average.average(v), average.average(t)])]
                )
        return {
            "values": values,
            "names_before": before,
            "names": [average.average_name(v), average.average_name(t)],
            "variables": sorted(x.op.name for x in tf.global_variables()),
            "averaged": [x.op.name for x in tf.moving_average_variables()],
            "trainable": [x.op.name for x in tf.trainable_variables()],
            "restored": {k: x.op.name for k, x in average.variables_to_restore().items()},
            "update": update.name,
        }
