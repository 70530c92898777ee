"""Reads scopeflow's checkpoints with real TensorFlow, and notes what it found.

    PYTHON_WITH_TENSORFLOW tests/oracle/read_checkpoints.py

reads all of tests/checkpoint/fixtures/ours (see tests/checkpoint/written.py), with TensorFlow's
reader, with the op that restores, and with a tf.train.Saver, and adds the values, in hexadecimal,
to `read.json` there under TensorFlow's version.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow

tf = tensorflow.compat.v1
TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = os.path.join(TESTS, "checkpoint", "fixtures", "ours")


def written(value):
    """The bytes in hexadecimal."""
    value = np.asarray(value, object if isinstance(value, bytes) else None)
    if value.dtype.kind == "O":
        return [item.hex() for item in value.ravel()]
    return value.tobytes().hex()


def read(prefix):
    """Each tensor's dtype, shape and bytes."""
    reader = tf.train.NewCheckpointReader(prefix)
    shapes, types = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    names = sorted(shapes)
    with tf.Graph().as_default(), tf.Session() as session:
        restored = tf.raw_ops.RestoreV2(
            prefix=prefix, tensor_names=names, shape_and_slices=[""] * len(names),
            dtypes=[types[name] for name in names],
        )  # fmt: skip
        values = session.run(restored)
    found = {}
    for name, value in zip(names, values):
        found[name] = [types[name].name, shapes[name], written(value)]
        try:
            own = written(reader.get_tensor(name))
        except Exception as error:  # the reader lacks some types that the op has
            print(name, error)
        else:
            assert own == found[name][2], name
    return found


def restored(folder):
    """The variables of the newest checkpoint, in a graph that a program would build."""
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.variable_scope("fc1"):
            tf.get_variable("weights", [4, 3])
            tf.get_variable("biases", [3])
        with tf.variable_scope("table", partitioner=tf.fixed_size_partitioner(2)):
            tf.get_variable("rows", [10, 2], use_resource=False)
        tf.train.get_or_create_global_step()
        tf.train.Saver().restore(session, tf.train.latest_checkpoint(folder))
        return {v.op.name: written(session.run(v)) for v in tf.global_variables()}


def main():
    tf.disable_eager_execution()
    path = os.path.join(OURS, "read.json")
    known = {}
    if os.path.exists(path):
        with open(path) as file:
            known = json.load(file)
    prefixes = sorted(f[: -len(".index")] for f in os.listdir(OURS) if f.endswith(".index"))
    found = {prefix: read(os.path.join(OURS, prefix)) for prefix in prefixes}
    known[tensorflow.__version__] = {"read": found, "restored": restored(OURS)}
    with open(path, "w") as file:
        json.dump(known, file, separators=(",", ":"), sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    tf.logging.set_verbosity("ERROR")
    main()
