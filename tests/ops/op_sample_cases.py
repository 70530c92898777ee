"""Each op type by itself: what a sample's op gives, for TensorFlow and scopeflow alike.

A sample (see `op_samples.json.gz`) has an op type, its inputs and its attributes. Its outcomes are
the values, the static shapes for three kinds of placeholders, the gradients, and what comes of bad
inputs. tests/oracle/record_op_samples.py records TensorFlow's.
"""

import numpy as np

FLOATING = ("float16", "bfloat16", "float32", "float64")


def array(item):
    """The numpy array of a sample's input or of a recorded output."""
    shape, name = item["shape"], item["dtype"]
    if name == "string":
        found = np.empty(shape, object)
        found.ravel()[:] = [text.encode("latin-1") for text in item["data"]]
        return found
    if name.startswith("complex"):
        return np.array([complex(*pair) for pair in item["data"]], name).reshape(shape)
    data = [float(x) if isinstance(x, str) else x for x in item["data"]]
    return np.array(data, "float32" if name == "bfloat16" else name).reshape(shape)


def plain(value):
    """The value as JSON."""
    value = np.asarray(value)
    name = value.dtype.name
    if value.dtype.kind in "OS":
        data = [x.decode("latin-1") for x in value.astype(object).ravel().tolist()]
        name = "string"
    elif value.dtype.kind == "c":
        data = [[x.real, x.imag] for x in value.ravel().tolist()]
    elif value.dtype.kind in "fV":
        numbers = value.astype(np.float64).ravel().tolist()
        data = [float(f"{x:.9g}") if np.isfinite(x) else str(x) for x in numbers]
    else:
        data = value.ravel().tolist()
    return {"dtype": name, "shape": list(value.shape), "data": data}


def attribute(tf, value):
    """An attribute as the op's function takes it."""
    if isinstance(value, dict):
        if "dtype" in value:
            return tf.as_dtype(value["dtype"])
        if "bytes" in value:
            return value["bytes"].encode("latin-1")
        return tf.TensorShape(value["shape"])
    return [attribute(tf, item) for item in value] if isinstance(value, list) else value


def leaves(sample):
    """(name, place in a list or None, item) for each input."""
    for name, item in sorted(sample["inputs"].items()):
        if isinstance(item, list):
            for i, part in enumerate(item):
                yield name, i, part
        else:
            yield name, None, item


def call(tf, op_type, arguments):
    """The op's outputs, its arguments under the names of TensorFlow's op definitions."""
    if tf.__name__ == "scopeflow":
        from scopeflow.core.op import registry

        return registry[op_type].function(**arguments)
    from tensorflow.python.framework import op_def_registry
    from tensorflow.python.framework.op_def_library import OpDefLibrary

    library = OpDefLibrary()
    library.add_op(op_def_registry.get_registered_ops()[op_type])
    return library.apply_op(op_type, **arguments)


def build(tf, sample, kind, changes=()):
    """(the op's outputs, placeholders, feeds); the inputs in `sample["fixed"]` are constants.

    `kind` is what the placeholders know: "full", "sizes" (None for each size), or "nothing".
    """
    changes = dict(changes)
    arguments, places, feeds = {}, [], {}
    for at, (name, i, item) in enumerate(leaves(sample)):
        value, dtype = array(item), item["dtype"]
        if at in changes:
            value, dtype = changes[at](value, dtype)
        if kind != "nothing" and name in sample["fixed"]:
            tensor = tf.constant(value, tf.as_dtype(dtype))
        else:
            shape = {"full": value.shape, "sizes": [None] * value.ndim, "nothing": None}[kind]
            tensor = tf.placeholder(tf.as_dtype(dtype), shape)
            feeds[tensor] = value
        places.append(tensor)
        if i is None:
            arguments[name] = tensor
        else:
            arguments.setdefault(name, []).append(tensor)
    attributes = {key: attribute(tf, value) for key, value in sample["attrs"].items()}
    found = call(tf, sample["op"], dict(arguments, **attributes))
    if isinstance(found, tf.Operation):
        return [], places, feeds
    outputs = []
    for item in found if isinstance(found, (list, tuple)) else [found]:
        outputs += item if isinstance(item, (list, tuple)) else [item]
    return outputs, places, feeds


def dims(tensor):
    """The static shape as a list; None where the rank is unknown."""
    return None if tensor.shape.ndims is None else tensor.shape.as_list()


def outcome(compute):
    """What `compute(say)` returns, or the error's class and whether `say()` was called before."""
    running = []
    try:
        return compute(lambda: running.append(True))
    except Exception as error:
        return {"error": type(error).__name__, "when": "running" if running else "building"}


def values(tf, sample, kind="full", changes=()):
    def compute(say):
        with tf.Graph().as_default(), tf.Session() as session:
            outputs, _, feeds = build(tf, sample, kind, changes)
            say()
            return [plain(value) for value in session.run(outputs, feeds)]

    return outcome(compute)


def shapes(tf, sample, kind):
    def compute(say):
        with tf.Graph().as_default():
            return [dims(output) for output in build(tf, sample, kind)[0]]

    return outcome(compute)


def gradients(tf, sample):
    """The gradients of a weighted sum of all floating outputs, by the floating inputs."""

    def compute(say):
        with tf.Graph().as_default(), tf.Session() as session:
            outputs, places, feeds = build(tf, sample, "full")
            chosen = [t for t in places if t.dtype.name in FLOATING]
            sums = []
            for output in outputs:
                if output.dtype.name in FLOATING:
                    size = int(np.prod(session.run(tf.shape(output), feeds)))
                    weights = np.reshape(1 + 0.5 * np.sin(np.arange(size)), [-1])
                    flat = tf.reshape(output, [-1])
                    sums.append(tf.reduce_sum(tf.cast(flat, tf.float64) * weights))
            if not chosen or not sums:
                return None
            found = tf.gradients(tf.add_n(sums), chosen)
            say()
            there = [tf.convert_to_tensor(g) for g in found if g is not None]
            got = iter(session.run(there, feeds))
            return [None if g is None else plain(next(got)) for g in found]

    return outcome(compute)


# What may be wrong with an input.


def other_dtype(value, dtype):
    if dtype == "string":
        return np.zeros(value.shape, np.float32), "float32"
    found = np.empty(value.shape, object)
    found[...] = b"a"
    return found, "string"


def more_rank(value, dtype):
    return value[None], dtype


def less_rank(value, dtype):
    return (value[0] if value.ndim and value.shape[0] else value.ravel()), dtype


def longer(value, dtype):
    return (np.concatenate([value, value[..., -1:]], -1) if value.ndim else value), dtype


WRONG = {"dtype": other_dtype, "more": more_rank, "less": less_rank, "longer": longer}


def bad(tf, sample):
    """WRONG of INPUT, KIND -> the error, or the shapes of the outputs where there is none."""
    found = {}
    for at, _ in enumerate(leaves(sample)):
        for wrong in sorted(WRONG):
            for kind in ("full", "nothing"):
                got = values(tf, sample, kind, {at: WRONG[wrong]})
                if isinstance(got, list):
                    got = [item["shape"] for item in got]
                found[f"{wrong} of {at}, {kind}"] = got
    return found


PARTS = {
    "values": values,
    "full": lambda tf, sample: shapes(tf, sample, "full"),
    "sizes": lambda tf, sample: shapes(tf, sample, "sizes"),
    "nothing": lambda tf, sample: shapes(tf, sample, "nothing"),
    "gradients": gradients,
    "bad": bad,
}
