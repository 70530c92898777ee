"""Optimizers of tf.contrib.opt, recorded by TensorFlow 1.15.5; run by it and by scopeflow."""

OPTIMIZERS = {
    "lazy_adam": lambda tf: tf.contrib.opt.LazyAdamOptimizer(0.1),
    "nadam": lambda tf: tf.contrib.opt.NadamOptimizer(0.1),
    "adam_w": lambda tf: tf.contrib.opt.AdamWOptimizer(0.02, 0.1),
    "momentum_w": lambda tf: tf.contrib.opt.MomentumWOptimizer(0.02, 0.1, 0.9, use_nesterov=True),
    "extended": lambda tf: tf.contrib.opt.extend_with_decoupled_weight_decay(
        tf.train.AdagradOptimizer
    )(0.05, learning_rate=0.1),
    "adamax": lambda tf: tf.contrib.opt.AdaMaxOptimizer(0.1),
    "reg_adagrad": lambda tf: tf.contrib.opt.RegAdagradOptimizer(0.1),
    "add_sign": lambda tf: tf.contrib.opt.AddSignOptimizer(0.1, 1.2, sign_decay_fn=halved(tf)),
    "power_sign": lambda tf: tf.contrib.opt.PowerSignOptimizer(0.1, sign_decay_fn=halved(tf)),
    "lars": lambda tf: tf.contrib.opt.LARSOptimizer(
        2.0, weight_decay=0.1, eeta=0.02, epsilon=0.1, skip_list=["y"], use_nesterov=True
    ),
    "multitask": lambda tf: tf.contrib.opt.MultitaskOptimizerWrapper(
        tf.train.MomentumOptimizer(0.1, 0.9)
    ),
}

# Those that take what there is in the graph: the step, the variables x and y.
WITH_GRAPH = {
    "adam_gs": lambda tf, step, x, y: tf.contrib.opt.AdamGSOptimizer(step, 0.1),
    "lazy_adam_gs": lambda tf, step, x, y: tf.contrib.opt.LazyAdamGSOptimizer(step, 0.1),
    "clipping": lambda tf, step, x, y: tf.contrib.opt.VariableClippingOptimizer(
        tf.train.MomentumOptimizer(0.1, 0.9), {x: [1], y: [0]}, 1.5
    ),
    "clipping_all": lambda tf, step, x, y: tf.contrib.opt.VariableClippingOptimizer(
        tf.train.AdamOptimizer(0.1), {x: [0, 1]}, 2.5
    ),
}


def halved(tf):
    """A decay of signs: 1 at step 0, then less."""
    return lambda step: tf.pow(0.5, tf.cast(step, tf.float32))


def cases():
    """(optimizer, how the variable is used, its kind) for each case."""
    for name in ("lazy_adam", "nadam", "adam_w", "momentum_w", "extended"):
        for how in ("dense", "sparse", "sparse_twice"):
            for kind in ("reference", "resource"):
                yield name, how, kind
    for name in ("adamax", "reg_adagrad", "lars", "multitask", *WITH_GRAPH):
        for how in ("dense", "sparse", "sparse_twice"):
            for kind in ("reference", "resource"):
                yield name, how, kind
    for name in ("add_sign", "power_sign"):
        for kind in ("reference", "resource"):
            yield name, "dense", kind
    yield "multitask", "zeros", "reference"
    yield "reg_adagrad", "kept", "reference"
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
        step = tf.train.get_or_create_global_step()
        if name in WITH_GRAPH:
            optimizer = WITH_GRAPH[name](tf, step, x, y)
        else:
            optimizer = OPTIMIZERS[name](tf)
        if how == "kept":
            optimizer.minimize(loss)
            with optimizer.avoid_updating_slots():
                train = optimizer.minimize(loss, step)
        elif how == "some":
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
                values = [0.3 * i - 1.0, 0.5 + i % 3]
                session.run(train, {slope: [0.0, 0.0] if how == "zeros" and i > 3 else values})
                found.append([value.tolist() for value in session.run([x, y])])
            last = [
                value.tolist()
                for s in optimizer.get_slot_names()
                for value in session.run([optimizer.get_slot(x, s), optimizer.get_slot(y, s)])
            ]
        return {
            "values": found,
            "variables": [v.op.name for v in tf.global_variables()],
            "slots": [optimizer.get_slot(x, s).op.name for s in optimizer.get_slot_names()],
            "slot_values": last,
            "shapes": [v.shape.as_list() for v in tf.global_variables()],
        }
