"""What tf.train.Saver does, as cases that run under TensorFlow and under scopeflow.

`run(tf, name)` gives what can be compared: ops, files, the state file, errors.
"""

import os
import re
import shutil
import tempfile

import numpy as np


def variables(tf):
    tf.get_variable("a/w", initializer=np.arange(6, dtype=np.float32).reshape(2, 3))
    tf.get_variable("r", initializer=np.arange(2), use_resource=True)
    with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(2)):
        tf.get_variable("x", [5, 2], initializer=tf.ones_initializer())


def ops(tf, **options):
    """The ops of a saver: name, type, inputs, control inputs, shapes, constants."""
    variables(tf)
    first = len(tf.get_default_graph().get_operations())
    saver = tf.train.Saver(**options)
    found = []
    for op in tf.get_default_graph().get_operations()[first:]:
        line = [
            op.name, op.type, [t.name for t in op.inputs],
            sorted(c.name for c in op.control_inputs if op.type != "Const"),
            [str(t.shape) for t in op.outputs],
        ]  # fmt: skip
        if op.type == "Assign":
            line.append(op.get_attr("validate_shape"))
        found.append(line)
    message = saver.as_saver_def()
    fields = (
        "filename_tensor_name save_tensor_name restore_op_name max_to_keep sharded "
        "keep_checkpoint_every_n_hours version"
    ).split()
    return [found, [getattr(message, field) for field in fields]]


def lists(tf, which):
    """The names that are saved for each form of var_list."""
    v = tf.get_variable("v", [2])
    r = tf.get_variable("r", [2], use_resource=True)
    w = tf.Variable(1.0, name="w")
    with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(2)):
        p = tf.get_variable("x", [5, 2])
    forms = {
        "list": [w, v], "tuple": (v, r), "dict": {"one": v, "two": r}, "parts": [p],
        "whole": {"q": p}, "listed": {"q": list(p)}, "some": list(p), "one": list(p)[:1],
        "twice": [v, v], "empty": [], "number": [3], "tensor": [tf.constant(1.0)],
        "dictnumber": {"a": 3}, "single": v, "read": [v.value()], "ref": [v.op.outputs[0]],
        "keys": {v: "a"}, "mixed": {"q": [v, w]}, "same": {"a": v, "b": v},
    }  # fmt: skip
    tf.train.Saver(forms[which], name="s")
    graph = tf.get_default_graph()
    save = next(op for op in graph.get_operations() if op.type == "SaveV2")
    const = [[item.decode() for item in constant(tf, t)] for t in save.inputs[1:3]]
    return [*const, [t.name for t in save.inputs[3:]]]


def constant(tf, tensor):
    with tf.Session() as session:
        return session.run(tensor).tolist()


def history(tf, folder, **options):
    """Which checkpoints are kept."""
    step = tf.train.get_or_create_global_step()
    saver = tf.train.Saver(**options)
    found = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for number in range(4):
            session.run(step.assign(number))
            path = saver.save(
                session, os.path.join(folder, "m.ckpt"), global_step=step, write_meta_graph=False
            )
            found.append(os.path.relpath(path, folder))
    return [found, *left(folder), [os.path.relpath(p, folder) for p in saver.last_checkpoints]]


def left(folder):
    state = os.path.join(folder, "checkpoint")
    lines = []
    if os.path.exists(state):
        with open(state) as file:
            lines = file.read().splitlines()
    lines = [re.sub(r": [\d.]+$", ": TIME", line) for line in lines]
    files = sorted(name for name in os.listdir(folder) if "tempstate" not in name)
    return [files, [line.replace(folder, "FOLDER") for line in lines]]


def saving(tf, folder, which):
    """Calls of save, right and wrong."""
    tf.get_variable("v", [2], initializer=tf.zeros_initializer())
    saver = tf.train.Saver(defer_build=which == "deferred")
    path = os.path.join(folder, "m")
    with tf.Session() as session:
        if which != "uninitialized":
            session.run(tf.global_variables_initializer())
        calls = {
            "plain": lambda: saver.save(session, path, write_meta_graph=False),
            "number": lambda: saver.save(session, path, 7, write_meta_graph=False),
            "nostate": lambda: saver.save(session, path, write_meta_graph=False, write_state=False),
            "latest": lambda: saver.save(
                session, path, latest_filename="other", write_meta_graph=False
            ),
            "components": lambda: saver.save(session, path, latest_filename="a/b"),
            "collides": lambda: saver.save(session, os.path.join(folder, "checkpoint")),
            "nofolder": lambda: saver.save(session, os.path.join(folder, "no", "such", "m")),
            "onefolder": lambda: saver.save(
                session, os.path.join(folder, "no", "m"), write_meta_graph=False
            ),
            "nosession": lambda: saver.save(None, path),
            "deferred": lambda: saver.save(session, path),
            "uninitialized": lambda: saver.save(session, path),
        }
        result = calls[which]()
    return [os.path.relpath(result, folder), *left(folder)]


def restoring(tf, folder, which):
    """Calls of restore, right and wrong."""
    tf.get_variable("a", initializer=np.array([1.0, 2.0], np.float32))
    tf.get_variable("b", initializer=np.array([[3, 4]], np.int32))
    path = os.path.join(folder, "m")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, path, write_meta_graph=False)
    with tf.Graph().as_default():
        shape, dtype = ([2], tf.float32) if which != "shape" else ([3], tf.float32)
        a = tf.get_variable("a" if which != "name" else "c", shape, dtype)
        b = tf.get_variable(
            "b", [1, 2] if which != "reshape" else [2], tf.int32 if which != "dtype" else tf.int64
        )
        saver = tf.train.Saver(reshape=which == "reshape")
        with tf.Session() as session:
            place = {"none": None, "missing": path + "x", "folder": folder}.get(which, path)
            saver.restore(session, place)
            return [value.tolist() for value in session.run([a, b])]


def making(tf, which):
    """The constructor's own errors."""
    v = tf.get_variable("v", [2]) if which != "nothing" and which != "empty" else None
    made = {
        "nothing": lambda: tf.train.Saver(),
        "empty": lambda: tf.train.Saver(allow_empty=True).save(
            tf.Session(), "x", write_meta_graph=False
        ),
        "deferlist": lambda: tf.train.Saver([v], defer_build=True),
        "build": lambda: tf.train.Saver().build(),
    }
    return made[which]()


CASES = {
    "ops": lambda tf, folder: ops(tf),
    "ops sharded": lambda tf, folder: ops(tf, sharded=True),
    "ops sequential": lambda tf, folder: ops(tf, restore_sequentially=True, reshape=True),
    "ops named": lambda tf, folder: ops(tf, name="keep", filename="f", max_to_keep=2),
    "ops first": lambda tf, folder: ops(tf, write_version=tf.train.SaverDef.V1, reshape=True),
    "ops first sharded": lambda tf, folder: ops(
        tf, write_version=tf.train.SaverDef.V1, sharded=True
    ),
    "history first": lambda tf, folder: history(
        tf, folder, write_version=tf.train.SaverDef.V1, max_to_keep=2
    ),
    "history first sharded": lambda tf, folder: history(
        tf, folder, write_version=tf.train.SaverDef.V1, max_to_keep=2, sharded=True
    ),
    "history": lambda tf, folder: history(tf, folder),
    "history 2": lambda tf, folder: history(tf, folder, max_to_keep=2),
    "history all": lambda tf, folder: history(tf, folder, max_to_keep=0),
    "history none": lambda tf, folder: history(tf, folder, max_to_keep=None),
    "history padded": lambda tf, folder: history(tf, folder, pad_step_number=True),
    "history relative": lambda tf, folder: history(tf, folder, save_relative_paths=True),
    "history hours": lambda tf, folder: history(
        tf, folder, max_to_keep=1, keep_checkpoint_every_n_hours=1e-9
    ),
    "history sharded": lambda tf, folder: history(tf, folder, sharded=True, max_to_keep=1),
}
for name in (
    "list tuple dict parts whole listed some one twice empty number tensor dictnumber single read "
    "ref keys mixed same"
).split():
    CASES["lists " + name] = lambda tf, folder, name=name: lists(tf, name)
for name in (
    "plain number nostate latest components collides nofolder onefolder nosession deferred "
    "uninitialized"
).split():
    CASES["saving " + name] = lambda tf, folder, name=name: saving(tf, folder, name)
for name in "same name shape dtype reshape none missing folder".split():
    CASES["restoring " + name] = lambda tf, folder, name=name: restoring(tf, folder, name)
for name in "nothing empty deferlist build".split():
    CASES["making " + name] = lambda tf, folder, name=name: making(tf, name)


def cases():
    return [(name,) for name in CASES]


def run(tf, name):
    """The result, or the error's class and first line."""
    folder = tempfile.mkdtemp()
    try:
        with tf.Graph().as_default():
            try:
                return ["result", CASES[name](tf, folder)]
            except Exception as error:
                line = str(error).strip().splitlines()[0]
                line = re.sub(r"tempstate\d+", "tempstateN", line.replace(folder, "FOLDER"))
                line = re.sub(r"_temp_\w+", "_temp_N", line)
                return [type(error).__name__, line]
    finally:
        shutil.rmtree(folder)
