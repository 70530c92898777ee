"""Optimizers of tf.contrib.opt, recorded by TensorFlow 1.15.5; run by it and by scopeflow."""

OPTIMIZERS = {
    "lazy_adam": lambda tf: tf.contrib.opt.LazyAdamOptimizer(0.1),
    "nadam": lambda tf: tf.contrib.opt.NadamOptimizer(0.1),
    "adam_w": lambda tf: tf.contrib.opt.AdamWOptimizer(0.02, 0.1),
    "momentum_w": lambda tf: tf.contrib.opt.MomentumWOptimizer(0.02, 0.1, 0.9, use_nesterov=True),
    "extended": lambda tf: tf.contrib.opt.extend_with_decoupled_weight_decay(
        tf.train.AdagradOptimizer
    )(0.05, learning_rate=0.1),
}


def cases():
    """(optimizer, how the variable is used, its kind) for each case."""
    for name in ("lazy_adam", "nadam", "adam_w", "momentum_w", "extended"):
        for how in ("dense", "sparse", "sparse_twice"):
            for kind in ("reference", "resource"):
                yield name, how, kind
    yield "adam_w", "some", "reference"
    yield "adam_w", "some_minimize", "reference"


def run(tf, name, how, kind):
    """The values of ten steps, and the variables' names."""
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        x = tf.get_variable(
            "x", initializer=tf.constant([[1.0, -2.0], [0.5, 0.3], [-1.0, 2.0]]),
            use_resource=kind == "resource",
        )  # fmt: skip
        y = tf.get_variable("y", initializer=tf.constant([0.7, -0.4]))
        if how.startswith("sparse"):
            rows = tf.gather(x, [2, 0, 2] if how == "sparse_twice" else [2, 0])
        else:
            rows = x
        # Gradients that do not depend on the variables: TensorFlow leaves open when they decay.
        slope = tf.placeholder(tf.float32, [2])
        loss = tf.reduce_sum(rows * slope) - 0.5 * tf.reduce_sum(y * slope)
        optimizer = OPTIMIZERS[name](tf)
        step = tf.train.get_or_create_global_step()
        if how == "some":
            pairs = optimizer.compute_gradients(loss)
            train = optimizer.apply_gradients(pairs, step, decay_var_list=[x])
        elif how == "some_minimize":
            train = optimizer.minimize(loss, step, decay_var_list=[x])
        else:
            train = optimizer.minimize(loss, step)
        found = []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for i in range(10):
                session.run(train, {slope: [0.3 * i - 1.0, 0.5 + i % 3]})
                found.append([value.tolist() for value in session.run([x, y])])
        return {
            "values": found,
            "variables": [v.op.name for v in tf.global_variables()],
            "slots": [optimizer.get_slot(x, s).op.name for s in optimizer.get_slot_names()],
        }
