"""Averaging and external optimizers, recorded by TensorFlow 1.15.5; run by it and by scopeflow."""

import os
import tempfile

SCIPY = {
    "default": {},
    "few_steps": {"options": {"maxiter": 3}},
    "bounds": {"bounds": True},
    "constraints": {"method": "SLSQP", "equality": True, "inequality": True},
    "cg": {"method": "CG", "options": {"maxiter": 2}},
    "bfgs": {"method": "BFGS", "some": True},
    "simplex": {"method": "Nelder-Mead", "options": {"maxiter": 4}},
}
SAVED = ("all", "list", "dict", "other_names", "none_of_them", "without_mean", "without_variable")


def cases():
    """(what, which, kind) for each case."""
    for which in ("plain", "at_once", "counted"):
        for kind in ("reference", "resource"):
            yield "average", which, kind
    for which in SAVED:
        yield "saver", which, "reference"
    for which in SCIPY:
        yield "scipy", which, "reference"
    for which in ("plain", "constraints", "bounds", "float64"):
        yield "external", which, "reference"


def run(tf, what, which, kind):
    """What the case gives."""
    with tf.Graph().as_default():
        return {"average": _average, "saver": _saver, "scipy": _scipy, "external": _external}[what](
            tf, which, kind == "resource"
        )


def _averaged(tf, resource=False, **options):
    x = tf.get_variable("x", initializer=tf.constant([1.0, 2.0]), use_resource=resource)
    parts = tf.get_variable(
        "w", [4], initializer=tf.ones_initializer(), use_resource=resource,
        partitioner=tf.fixed_size_partitioner(2),
    )  # fmt: skip
    inner = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer = tf.contrib.opt.MovingAverageOptimizer(inner, **options)
    step = tf.train.get_or_create_global_step()
    loss = tf.reduce_sum(x * x) + tf.reduce_sum(parts.as_tensor() ** 2)
    return x, parts, optimizer, optimizer.minimize(loss, step)


def _average(tf, which, resource):
    options = {
        "plain": {"average_decay": 0.5},
        "at_once": {"average_decay": 0.5},
        "counted": {"num_updates": 3},
    }[which]
    x, _, _, train = _averaged(tf, resource, **options)
    if which == "at_once":  # the order of its updates is open: only what is built
        y = tf.contrib.opt.MovingAverageOptimizer(
            tf.train.GradientDescentOptimizer(0.1), sequential_update=False
        )
        again = y.minimize(tf.reduce_sum(x * x), var_list=[x], name="again")
        return {"name": again.name, "inputs": sorted(op.name for op in again.control_inputs)}
    variables = tf.global_variables()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = []
        for _ in range(3):
            session.run(train)
            values.append([value.tolist() for value in session.run(variables)])
    return {
        "values": values,
        "variables": [v.op.name for v in variables],
        "slices": [v._save_slice_info and v._save_slice_info.full_name for v in variables],
        "means": [v.op.name for v in tf.moving_average_variables()],
        "name": train.name,
    }


def _saver(tf, which, resource):
    x, parts, optimizer, train = _averaged(tf, resource, average_decay=0.5)
    mean = next(v for v in tf.global_variables() if v.op.name == "x/ExponentialMovingAverage")
    var_list = {
        "all": None,
        "list": [x, mean],
        "dict": {"x": x, "x/ExponentialMovingAverage": mean, "w": parts},
        "other_names": {"a": x, "b": mean},
        "none_of_them": [tf.train.get_global_step()],
        "without_mean": [x, parts],
        "without_variable": [mean],
    }[which]
    try:
        saver = optimizer.swapping_saver(var_list, name="swap", max_to_keep=2)
    except ValueError as error:
        return {"error": str(error)[:50]}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        session.run(train)
        before = [value.tolist() for value in session.run(tf.global_variables())]
        path = saver.save(session, os.path.join(tempfile.mkdtemp(), "model"))
        session.run([tf.assign(v, tf.zeros_like(v)) for v in tf.global_variables()])
        saver.restore(session, path)
        after = [value.tolist() for value in session.run(tf.global_variables())]
    reader = tf.train.load_checkpoint(path)
    names = sorted(reader.get_variable_to_shape_map())
    return {
        "file": {name: reader.get_tensor(name).tolist() for name in names},
        "before": before,
        "after": after,
        "filename": saver.saver_def.filename_tensor_name,
    }


def _problem(tf, dtype):
    x = tf.get_variable("x", initializer=tf.constant([[1.0, 2.0], [-1.0, 0.5]], dtype))
    y = tf.get_variable("y", initializer=tf.constant(3.0, dtype))
    p = tf.placeholder_with_default(tf.constant(0.5, dtype), [])
    return x, y, p, tf.reduce_sum((x - p) ** 2) + (y - 1) ** 2 * (y + p) ** 2


def _scipy(tf, which, _):
    options = dict(SCIPY[which])
    x, y, p, loss = _problem(tf, tf.float32)
    if options.pop("bounds", False):
        options["var_to_bounds"] = {y: (2, 4), x: (0, [[0.1], [0.4]])}
    if options.pop("equality", False):
        options["equalities"] = [tf.reduce_sum(x) - 1.0]
    if options.pop("inequality", False):
        options["inequalities"] = [y - 2.0]
    if options.pop("some", False):
        options["var_list"] = [x]
    losses, steps = [], []
    optimizer = tf.contrib.opt.ScipyOptimizerInterface(loss, **options)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        optimizer.minimize(
            session, feed_dict={p: 0.25}, fetches=[p, loss],
            loss_callback=lambda *values: losses.append([float(value) for value in values]),
            step_callback=lambda vector: steps.append(vector.tolist()),
        )  # fmt: skip
        # Versions of SciPy take other ways, but they begin and end alike.
        found = [value.tolist() for value in session.run([x, y])]
    return {"found": found, "losses": losses[:2], "steps": steps[:1] if which == "cg" else []}


def _external(tf, which, _):
    dtype = tf.float64 if which == "float64" else tf.float32
    x, y, _, loss = _problem(tf, dtype)
    options = {"depth": 3}
    if which == "constraints":
        options.update(equalities=[tf.reduce_sum(x) - 1.0], inequalities=[y - 2.0, x[0, 0]])
    if which == "bounds":
        options["var_to_bounds"] = {x: ([0, -1], 2)}
    given = {}

    class Descent(tf.contrib.opt.ExternalOptimizerInterface):
        def _minimize(self, initial_val, loss_grad_func, step_callback, packed_bounds, **others):
            given.update({k: v for k, v in others.items() if not k.endswith("funcs")})
            given["bounds"] = packed_bounds and [[float(b) for b in pair] for pair in packed_bounds]
            vector = initial_val
            for _ in range(2):
                value, slope = loss_grad_func(vector)
                vector = vector - 0.01 * slope
                step_callback(vector)
            given["dtypes"] = [str(value.dtype), str(slope.dtype), str(initial_val.dtype)]
            for name in ("equality", "inequality"):
                given[name] = [
                    [float(value(vector)[0]), slope(vector)[0].tolist()]
                    for value, slope in zip(others[f"{name}_funcs"], others[f"{name}_grad_funcs"])
                ]
            return vector

    before = len(tf.get_default_graph().get_operations())
    optimizer = Descent(loss, **options)
    names = [op.name for op in tf.get_default_graph().get_operations()[before:]]
    losses, meanwhile = [], []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with session.as_default():
            optimizer.minimize(
                fetches=[loss], loss_callback=lambda value: losses.append(float(value)),
                step_callback=lambda vector: meanwhile.append(float(session.run(y))),
            )  # fmt: skip
        found = [value.tolist() for value in session.run([x, y])]
    infinite = str(given["bounds"]).replace("inf", "infinity")
    return {
        **given, "bounds": infinite, "losses": losses, "meanwhile": meanwhile, "found": found,
        "names": [name for name in names if not name.startswith("gradients")],
    }  # fmt: skip
