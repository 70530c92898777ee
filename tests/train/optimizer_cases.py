"""The programs that record_optimizers.py runs under TensorFlow and test_optimizers.py here.

Plain enough for Python 3.7, which TensorFlow 1.15.5 needs.
"""

import importlib

import numpy as np

STEPS = 10

# name: how to make the optimizer, given the module and the global step
OPTIMIZERS = {
    "gradient_descent": lambda t, step: t.GradientDescentOptimizer(0.1),
    "proximal_gradient_descent": lambda t, step: t.ProximalGradientDescentOptimizer(0.1),
    "proximal_gradient_descent_l1": lambda t, step: t.ProximalGradientDescentOptimizer(
        0.1, l1_regularization_strength=0.6, l2_regularization_strength=0.2
    ),
    "momentum": lambda t, step: t.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda t, step: t.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda t, step: t.AdamOptimizer(0.1),
    "adam_options": lambda t, step: t.AdamOptimizer(0.1, 0.5, 0.8, 0.01, name="Mine"),
    "adagrad": lambda t, step: t.AdagradOptimizer(0.1),
    "adagrad_options": lambda t, step: t.AdagradOptimizer(0.3, initial_accumulator_value=1.0),
    "adagrad_da": lambda t, step: t.AdagradDAOptimizer(0.1, step),
    "adagrad_da_l1": lambda t, step: t.AdagradDAOptimizer(
        0.3, step, 0.5, l1_regularization_strength=0.15, l2_regularization_strength=0.1
    ),
    "proximal_adagrad": lambda t, step: t.ProximalAdagradOptimizer(0.1),
    "proximal_adagrad_l1": lambda t, step: t.ProximalAdagradOptimizer(
        0.2, 0.3, l1_regularization_strength=0.5, l2_regularization_strength=0.2
    ),
    "adadelta": lambda t, step: t.AdadeltaOptimizer(1.0),
    "adadelta_options": lambda t, step: t.AdadeltaOptimizer(2.0, rho=0.7, epsilon=0.01),
    "rmsprop": lambda t, step: t.RMSPropOptimizer(0.1),
    "rmsprop_options": lambda t, step: t.RMSPropOptimizer(0.1, 0.8, 0.5, 0.01),
    "rmsprop_centered": lambda t, step: t.RMSPropOptimizer(0.1, momentum=0.9, centered=True),
    "ftrl": lambda t, step: t.FtrlOptimizer(0.1),
    "ftrl_l1": lambda t, step: t.FtrlOptimizer(
        0.3, -0.4, 0.2, l1_regularization_strength=0.3, l2_regularization_strength=0.1
    ),
    "ftrl_shrinkage": lambda t, step: t.FtrlOptimizer(
        0.3, l2_shrinkage_regularization_strength=0.2, accum_name="acc", linear_name="lin"
    ),
}

# Optimizers of users: the functions of own_optimizers.
OWN = ("signed_momentum", "decayed_adam")

# These read the optimizer's hyperparameters as float32 and take no other variables.
FLOAT32_ONLY = ("proximal_gradient_descent", "proximal_adagrad")


def cases():
    """[(name, kind, dtype)] of everything that is recorded."""
    found = [(name, kind, "float32") for name in OPTIMIZERS for kind in ("dense", "sparse")]
    found += [
        (name, kind, "float64")
        for name in OPTIMIZERS
        for kind in ("dense", "sparse")
        if not name.startswith(FLOAT32_ONLY)
    ]
    found += [(name, kind, "float32") for name in OWN for kind in ("dense", "sparse")]
    found += [
        (name, kind, "float32")
        for name in OPTIMIZERS
        for kind in ("dense resource", "sparse resource")
    ]
    return found


def run(tf, name, kind, dtype):
    """Ten updates of one variable with given gradients: its values, its slots."""
    kind, _, resource = kind.partition(" ")
    random = np.random.RandomState(7)
    start = random.uniform(-1, 1, [5, 2]).astype(dtype)
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        w = tf.get_variable("scope/w", initializer=tf.constant(start), use_resource=bool(resource))
        if name in OWN:
            own = importlib.import_module(__name__.replace("optimizer_cases", "own_optimizers"))
            optimizer = getattr(own, name)(tf)
        else:
            optimizer = OPTIMIZERS[name](tf.train, step)
        rows = 5 if kind == "dense" else 4
        grad = tf.placeholder(dtype, [rows, 2])
        indices = tf.placeholder(tf.int32, [rows])
        fed = grad if kind == "dense" else tf.IndexedSlices(grad, indices, tf.constant([5, 2]))
        train = optimizer.apply_gradients([(fed, w)], global_step=step)
        slots = [(key, optimizer.get_slot(w, key)) for key in optimizer.get_slot_names()]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            begin = session.run([slot for _, slot in slots])
            values = []
            for _ in range(STEPS):
                # two of the four rows are often the same one
                feeds = {
                    grad: random.uniform(-1, 1, [rows, 2]).astype(dtype),
                    indices: random.randint(0, 3, [rows]),
                }
                session.run(train, feeds)
                values.append(session.run(w).tolist())
            end = session.run([slot for _, slot in slots])
            return {
                "values": values[-1:] if resource else values,
                "variables": [
                    [v.op.name, v.dtype.base_dtype.name, v.shape.as_list()]
                    for v in tf.global_variables()
                ],
                "optimizer_variables": [v.op.name for v in optimizer.variables()],
                "slots": [
                    [key, slot.op.name, before.tolist(), after.tolist()]
                    for (key, slot), before, after in zip(slots, begin, end)
                ],
                "train_op": train.name,
                "ops": None
                if name in OWN
                else [
                    [op.type, op.name]
                    for op in tf.get_default_graph().get_operations()
                    if op.name.startswith(optimizer.get_name())
                ],
                "global_step": int(session.run(step)),
            }
