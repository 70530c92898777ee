"""Writes checkpoints with real TensorFlow, for tests/checkpoint.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_checkpoints.py tf1
    PYTHON_WITH_TENSORFLOW_2.21 tests/oracle/record_checkpoints.py tf2

Each call fills tests/checkpoint/fixtures/tf1 (tf2). `recorded.json` there says what TensorFlow's
own reader found: of each tensor the dtype, the shape and the bytes in hexadecimal. TensorFlow is
no dependency of the project or of its tests: they read these files.
"""

import gzip
import json
import os
import shutil
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow

tf = tensorflow.compat.v1
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "checkpoint", "fixtures")
VERSIONS = {"tf1": "1.15.5", "tf2": "2.21.0"}
NUMBERS = (
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
    "complex64 complex128"
).split()
QUANTIZED = "qint8 quint8 qint32 qint16 quint16".split()


def save(prefix, tensors, slices=None):
    """Write tensors (a list of name and tensor) with the op itself."""
    names, values = zip(*tensors)
    with tf.Session() as session:
        slices = slices or [""] * len(names)
        session.run(tf.raw_ops.SaveV2(
            prefix=prefix, tensor_names=names, shape_and_slices=slices, tensors=values
        ))  # fmt: skip


def dtypes(folder):
    """Every dtype, as a matrix, a scalar and an empty tensor."""
    tensors = []
    for name in NUMBERS:
        sign = 1 if name.startswith("u") else -1
        value = tf.cast(tf.constant([[0, 1, 2], [100, 3, 127]]) * sign, name)
        if name.startswith("complex"):
            value += tf.constant(1j, name)
        tensors += [(name + "/matrix", value), (name + "/scalar", value[1, 1])]
        tensors += [(name + "/empty", tf.cast(tf.zeros([0, 3]), name))]
    for name in QUANTIZED:
        plain = {"qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16"}
        value = tf.cast(tf.constant([1, 2, 100]), plain.get(name, "int32"))
        value = tf.bitcast(value, name)
        tensors += [(name + "/vector", value)]
    text = tf.constant([[b"a", b""], [b"\x00\xff", b"x" * 300]])
    tensors += [("string/matrix", text), ("string/scalar", text[0, 0])]
    tensors += [("string/empty", tf.zeros([2, 0], tf.string))]
    bools = tf.constant([True, False, True])
    tensors += [("bool/vector", bools), ("bool/scalar", bools[0])]
    save(os.path.join(folder, "dtypes"), tensors)


def saver(folder):
    """A model of layers, optimizer slots and partitioned variables, in two versions."""
    values = np.arange(12, dtype=np.float32).reshape(4, 3)
    with tf.variable_scope("fc1"):
        weights = tf.get_variable("weights", initializer=values)
        tf.get_variable("biases", initializer=np.zeros(3, np.float32))
    with tf.variable_scope("table", partitioner=tf.fixed_size_partitioner(3)):
        tf.get_variable("rows", [10, 2], initializer=tf.ones_initializer(), use_resource=False)
    with tf.variable_scope("table", partitioner=tf.fixed_size_partitioner(2, axis=1)):
        tf.get_variable("columns", [2, 5], initializer=tf.ones_initializer(), use_resource=False)
    step = tf.train.get_or_create_global_step()
    loss = tf.reduce_sum(tf.square(weights))
    train = tf.train.AdamOptimizer(0.1).minimize(loss, global_step=step)
    keeper = tf.train.Saver(save_relative_paths=True)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            session.run(train)
            keeper.save(session, os.path.join(folder, "model"), step, write_meta_graph=False)


def sharded(folder):
    """Two data files."""
    with tf.device("/cpu:0"):
        tf.get_variable("on0", initializer=np.arange(5.0))
    with tf.device("/cpu:1"):
        tf.get_variable("on1", initializer=np.arange(7))
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as session:
        session.run(tf.global_variables_initializer())
        keeper = tf.train.Saver(sharded=True)
        keeper.save(
            session, os.path.join(folder, "sharded"), write_meta_graph=False, write_state=False
        )


def slices(folder):
    """Slices at large and small offsets, and in both axes."""
    save(
        os.path.join(folder, "slices"),
        [
            ("grid", tf.fill([2, 2], 1)), ("grid", tf.fill([2, 1], 2)),
            ("grid", tf.fill([1, 2], 3)), ("grid", tf.fill([1, 1], 4)),
            ("words", tf.constant(["a", "b"])), ("words", tf.constant(["c"])),
            ("long", tf.zeros([9000], tf.bool)), ("long", tf.ones([401], tf.bool)),
            ("with/ü/and:0", tf.constant([1.0])), ("with/ü/and:0", tf.constant([2.0])),
        ],
        [
            "3 3 0,2:0,2", "3 3 0,2:2,1", "3 3 2,1:0,2", "3 3 2,1:2,1", "3 0,2", "3 2,1",
            "9401 0,9000", "9401 9000,401", "2 0,1", "2 1,1",
        ],
    )  # fmt: skip
    # Not all of the tensor, which is fine as long as nobody asks for all of it.
    save(
        os.path.join(folder, "incomplete"),
        [("far", tf.ones([2, 1]))] * 2,
        ["3000000000 400 2000000000,2:70,1", "3000000000 400 1000000,2:199,1"],
    )


def many(folder):
    """An index of several blocks, compressed afterwards to be small."""
    names = [f"scope_{i // 100}/layer_{i}/weights" for i in range(6000)]
    value = tf.constant(1, tf.int8)
    save(os.path.join(folder, "many"), [(name, value) for name in names])
    for ending in ("index", "data-00000-of-00001"):
        path = os.path.join(folder, "many." + ending)
        with open(path, "rb") as file, gzip.GzipFile(path + ".gz", "wb", mtime=0) as packed:
            packed.write(file.read())
        os.remove(path)


def first(folder):
    """A V1 checkpoint."""
    tf.get_variable("v", initializer=1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        keeper = tf.train.Saver(write_version=tf.train.SaverDef.V1)
        keeper.save(session, os.path.join(folder, "v1"), write_meta_graph=False, write_state=False)


def first_dtypes(folder):
    """All that the V1 format has, and slices."""
    names = set(NUMBERS) - {"bfloat16", "uint32", "uint64"}
    tensors = [(name, tf.cast(tf.constant([[0, 1, 127]]), name)) for name in sorted(names)]
    tensors += [
        (name, tf.bitcast(tf.constant([1, 2, 100], plain), name))
        for name, plain in (("qint8", "int8"), ("quint8", "uint8"), ("qint32", "int32"))
    ]
    tensors += [("string", tf.constant([b"a", b"", b"x" * 300])), ("bool", tf.constant(True))]
    tensors += [("empty", tf.zeros([0, 3])), ("negative", tf.constant([-1, -(2**31)]))]
    tensors += [("part", tf.constant([1.0, 2.0])), ("part", tf.constant([3.0]))]
    names, values = zip(*tensors)
    slices = [""] * (len(names) - 2) + ["3 0,2", "3 2,1"]
    with tf.Session() as session:
        session.run(tf.raw_ops.SaveSlices(
            filename=os.path.join(folder, "v1_dtypes"), tensor_names=names,
            shapes_and_slices=slices, data=values,
        ))  # fmt: skip


def objects(folder):
    """A checkpoint of objects, as TensorFlow 2 programs write it."""
    tensorflow.train.Checkpoint(
        w=tensorflow.Variable([[1.0, 2.0]]), step=tensorflow.Variable(3, dtype="int64")
    ).write(os.path.join(folder, "objects"))
    tensorflow.train.Checkpoint(
        layer=tensorflow.Module(),
        kernel=tensorflow.Variable([[1.0, 2.0]], name="dense/kernel"),
        step=tensorflow.Variable(3, dtype="int64", name="global_step"),
    ).write(os.path.join(folder, "named"))


def recorded(folder):
    """What TensorFlow's reader says of all of them."""
    found = {}
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".index") and not file.startswith("v1"):
            continue
        prefix = file.replace(".index", "")
        reader = tf.train.NewCheckpointReader(os.path.join(folder, prefix))
        shapes, types = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
        tensors = {}
        for name in sorted(shapes):
            entry = tensors[name] = [types[name].name, shapes[name]]
            if prefix == "incomplete":
                continue
            try:
                value = reader.get_tensor(name)
                value = np.asarray(value, object if isinstance(value, bytes) else None)
            except Exception as error:  # the reader lacks some types that the op can write
                print(f"{name}: {error}")
                continue
            if value.dtype.kind == "O":
                entry.append([item.hex() for item in value.ravel()])
            else:
                entry.append(value.tobytes().hex())
        found[prefix] = {
            "tensors": tensors, "debug_string": reader.debug_string().decode("latin-1")
        }  # fmt: skip
    version = tensorflow.__version__
    result = {"source": "TensorFlow " + version + ", by tests/oracle/record_checkpoints.py"}
    with open(os.path.join(folder, "recorded.json"), "w") as file:
        json.dump({**result, "checkpoints": found}, file, separators=(",", ":"))
        file.write("\n")


def main(name):
    """Write all checkpoints of a version."""
    assert tensorflow.__version__ == VERSIONS[name], tensorflow.__version__
    folder = os.path.join(FIXTURES, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    if name == "tf2":
        objects(folder)
    tf.disable_eager_execution()
    steps = [dtypes, saver, sharded, slices]
    for step in [*steps, many, first, first_dtypes] if name == "tf1" else steps:
        with tf.Graph().as_default():
            step(folder)
    recorded(folder)
    for file in os.listdir(folder):
        if ".tempstate" in file:
            os.remove(os.path.join(folder, file))


if __name__ == "__main__":
    tf.logging.set_verbosity("ERROR")
    main(sys.argv[1])
