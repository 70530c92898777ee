"""What a program that builds a graph leaves there: ops, variables, collections, values.

Runs under scopeflow and under TensorFlow 1.15.5 (see tests/oracle/record_layers.py).
"""

import numpy as np


def filler(shape, salt, positive=False):
    """Values that are the same everywhere, for a variable or an input."""
    count = int(np.prod(shape))
    values = np.sin(np.arange(count) * 1.7 + salt * 0.9 + 0.3) * 0.6
    return np.reshape(np.abs(values) + 0.5 if positive else values, shape)


def image(tf, *shape, name="x"):
    """An input with the usual values and an unknown batch size."""
    placeholder = tf.placeholder(tf.float32, [None, *shape[1:]], name=name)
    tf.add_to_collection("inputs", (placeholder, filler(shape, 1).astype(np.float32)))
    return placeholder


def _name(item):
    return getattr(item, "name", None) or str(item)


def _kept(name):
    parts = name.split("/")
    hidden = ("Initializer", "Assign", "read", "IsInitialized", "Read", "cond", "AssignAdd")
    return not any(part.startswith("cond_") or part in hidden for part in parts)


def _summary(value):
    value = np.asarray(value, np.float64).ravel()
    return [*value[:6], float(value.sum()), float(np.abs(value).sum())]


def observe(tf, program, ops=True):
    """A dict of what `program(tf)` made; its result (tensors) is run, twice, around the updates."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        result = program(tf)
        tensors = [result] if not isinstance(result, (list, tuple)) else list(result)
        found = {
            "results": [f"{_name(t)} {t.shape} {t.dtype.name}" for t in tensors],
            "variables": [f"{_name(v)} {v.shape}" for v in tf.global_variables()],
            "collections": {
                str(key): [_name(item) for item in graph.get_collection(key)]
                for key in sorted(map(str, graph.get_all_collection_keys()))
                if key not in ("inputs", "cond_context", "while_context", "variables")
                and not isinstance(key, tuple)
                and graph.get_collection(key)
            },
        }
        if ops:
            found["ops"] = [
                f"{op.name} {op.type}" for op in graph.get_operations() if _kept(op.name)
            ]
        feeds = dict(tf.get_collection("inputs"))
        try:
            found.update(_run(tf, graph, tensors, feeds))
        except (tf.errors.UnimplementedError, tf.errors.InvalidArgumentError) as error:
            found["failed"] = type(error).__name__  # TensorFlow lacks some kernels on CPUs
    return found


def _run(tf, graph, tensors, feeds):
    found = {}
    with tf.Session(graph=graph) as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        for index, variable in enumerate(tf.global_variables()):
            if variable.dtype.base_dtype == tf.float32:
                shape = variable.shape.as_list()
                positive = "variance" in variable.name or "gamma" in variable.name
                variable.load(filler(shape, index, positive).astype(np.float32), sess)
        found["values"] = [_summary(v) for v in sess.run(tensors, feeds)]
        updates = graph.get_collection(tf.GraphKeys.UPDATE_OPS)
        if updates:
            sess.run(updates, feeds)
            others = [v for v in tf.global_variables() if v not in tf.trainable_variables()]
            found["updated"] = [_summary(v) for v in sess.run(others)]
        floats = [t for t in tensors if t.dtype == tf.float32]
        trained = tf.trainable_variables()
        if floats and trained:
            total = sum(tf.reduce_sum(t * t) for t in floats)
            gradients = tf.gradients(total, trained)
            there = [g for g in gradients if g is not None]
            there = [tf.convert_to_tensor(g) for g in there]
            found["gradients"] = [_summary(v) for v in sess.run(there, feeds)]
    return found
