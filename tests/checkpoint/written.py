"""Checkpoints that scopeflow writes, for TensorFlow to read.

    python tests/checkpoint/written.py

fills fixtures/ours; then tests/oracle/read_checkpoints.py, run by TensorFlow, notes beside them
what it read. The test sees that the same files are written today.
"""

import os
import sys

import numpy as np

import scopeflow as tf

NUMBERS = (
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
    "complex64 complex128"
).split()


def save(prefix, tensors, slices=None):
    """Write a dict of tensors with the op itself."""
    names, values = zip(*tensors)
    tf.Session().run(
        tf.raw_ops.SaveV2(
            prefix=prefix, tensor_names=list(names), tensors=list(values),
            shape_and_slices=slices or [""] * len(names),
        )
    )  # fmt: skip


def dtypes(folder):
    """Every dtype, as a matrix, a scalar and an empty tensor."""
    tensors = []
    for name in NUMBERS:
        sign = 1 if name.startswith("u") else -1
        value = tf.cast(tf.constant([[0, 1, 2], [100, 3, 127]]) * sign, name)
        tensors += [(name + "/matrix", value), (name + "/scalar", value[1, 1])]
        tensors += [(name + "/empty", tf.cast(tf.zeros([0, 3]), name))]
    text = tf.constant([[b"a", b""], [b"\x00\xff", b"x" * 300]])
    tensors += [("string/matrix", text), ("string/scalar", tf.constant("a"))]
    tensors += [("string/empty", tf.constant(np.zeros([2, 0], object), tf.string))]
    tensors += [("bool/vector", tf.constant([True, False, True])), ("bool/scalar", True)]
    save(os.path.join(folder, "dtypes"), tensors)


def slices(folder):
    """Slices in both axes, at large offsets, and of strings."""
    save(
        os.path.join(folder, "slices"),
        [
            ("grid", tf.fill([2, 2], 1)), ("grid", tf.fill([2, 1], 2)),
            ("grid", tf.fill([1, 2], 3)), ("grid", tf.fill([1, 1], 4)),
            ("long", tf.fill([9000], False)), ("long", tf.fill([401], True)),
            ("whole", tf.constant([1.0, 2.0])), ("with/ü/and:0", tf.constant([1.0])),
            ("with/ü/and:0", tf.constant([2.0])),
        ],
        [
            "3 3 0,2:0,2", "3 3 0,2:2,1", "3 3 2,1:0,2", "3 3 2,1:2,1",
            "9401 0,9000", "9401 9000,401", "2 -", "2 0,1", "2 1,1",
        ],
    )  # fmt: skip


def model(folder):
    """What a program saves: a model with slots, a partitioned and a resource variable."""
    values = np.arange(12, dtype=np.float32).reshape(4, 3)
    with tf.variable_scope("fc1"):
        weights = tf.get_variable("weights", initializer=values)
        tf.get_variable("biases", initializer=np.zeros(3, np.float32), use_resource=True)
    with tf.variable_scope("table", partitioner=tf.fixed_size_partitioner(3)):
        tf.get_variable("rows", [10, 2], initializer=tf.ones_initializer())
    step = tf.train.get_or_create_global_step()
    train = tf.train.MomentumOptimizer(0.5, 0.5).minimize(tf.reduce_sum(weights), global_step=step)
    saver = tf.train.Saver(save_relative_paths=True)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            session.run(train)
            saver.save(session, os.path.join(folder, "model"), step, write_meta_graph=False)


def write_all(folder):
    """All of them."""
    for step in (dtypes, slices, model):
        with tf.Graph().as_default():
            step(folder)


if __name__ == "__main__":
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "ours")
    os.makedirs(place, exist_ok=True)
    write_all(*sys.argv[1:] or [place])
