"""What the recorded tests of op families share: a sample's outcome as plain JSON.

A family has a module `<family>_cases.py` with `SAMPLES`: label -> function(tf) that builds what is
fetched. tests/oracle/record_ops.py runs it under TensorFlow and writes `recorded_<family>.json`.
"""

import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def outcome(tf, build):
    """The value that a session gives for `build(tf)`, or the class of the error and when."""
    with tf.Graph().as_default():
        try:
            fetches = build(tf)
        except Exception as error:
            return {"error": type(error).__name__, "when": "building"}
        with tf.Session() as session:
            try:
                session.run(tf.get_collection("table_initializer"))
                return {"value": plain(session.run(fetches))}
            except Exception as error:
                return {"error": type(error).__name__, "when": "running"}


def plain(value):
    """Arrays as [dtype, nested list], bytes as text, sparse values and tuples as lists."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    found = listed(value.tolist())
    return [value.dtype.name, found]


def listed(value):
    """Nested lists with bytes as text and floats to seven digits."""
    if isinstance(value, list):
        return [listed(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return float(f"{value:.7g}") if isinstance(value, float) else value


def path(family):
    """Where the family's recorded outcomes are."""
    return os.path.join(HERE, f"recorded_{family}.json")


def load(family):
    """label -> outcome, as TensorFlow 1.15.5 gave it."""
    with open(path(family)) as file:
        return json.load(file)["cases"]


def alike(found, expected, tolerance=2e-6):
    """Whether two outcomes are the same, floats within what float32 allows."""
    if isinstance(found, list) and isinstance(expected, list):
        pairs = zip(found, expected, strict=False)
        return len(found) == len(expected) and all(alike(a, b, tolerance) for a, b in pairs)
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            alike(found[key], expected[key], tolerance) for key in found
        )
    if isinstance(found, float) and isinstance(expected, float):
        same = found == expected or (found != found and expected != expected)
        return same or abs(found - expected) <= tolerance * max(1.0, abs(expected))
    return found == expected


class Unknowing:
    """The module `tf` whose constants have no static shape."""

    def __init__(self, tf):
        self._tf = tf

    def __getattr__(self, name):
        return getattr(self._tf, name)

    def constant(self, value, dtype=None, shape=None):
        """A constant without a static shape, that other ops take for a fed value."""
        made = self._tf.constant(value, dtype, shape)
        return self._tf.placeholder_with_default(made, None)


def check(tf, build, expected, tolerance=2e-6):
    """Our outcome is TensorFlow's; static shapes hold; unknown shapes change nothing."""
    found = outcome(tf, build)
    assert alike(found, expected, tolerance), (found, expected)
    if "error" in expected:
        return
    for module in (tf, Unknowing(tf)):
        with tf.Graph().as_default(), tf.Session() as session:
            tensors = tf.nest.flatten(build(module), expand_composites=True)
            session.run(tf.get_collection("table_initializer"))
            values = session.run(tensors)
            for tensor, value in zip(tensors, values):
                if isinstance(tensor, tf.Tensor):
                    shape = getattr(value, "shape", ())
                    assert tensor.shape.is_compatible_with(shape), (tensor, shape)
    # The values are the same without static shapes.
    assert alike(outcome(Unknowing(tf), build), expected, tolerance)
