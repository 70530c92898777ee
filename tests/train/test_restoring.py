"""Restoring into graphs that differ, initial values from checkpoints, savers of other kinds."""

import os
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def saved(folder, **values):
    """A checkpoint with these variables."""
    with tf.Graph().as_default(), tf.Session() as session:
        for name, value in values.items():
            tf.get_variable(name.replace("__", "/"), initializer=np.array(value))
        session.run(tf.global_variables_initializer())
        return tf.train.Saver().save(session, str(folder / "m"), write_meta_graph=False)


def restore_error(path, kind):
    with tf.Session() as session, pytest.raises(kind) as caught:
        tf.train.Saver().restore(session, path)
    return caught.value


def test_all_that_differs_is_told_at_once(tmp_path):
    path = saved(
        tmp_path, fc1__weights=[1.0, 2.0], fc2__bias=[[1.0]], fc3__bias=[1], same=1.0, other=[3]
    )
    tf.get_variable("net/fc1/weights", [2], tf.float64)
    tf.get_variable("gone", [3, 4], tf.int32)
    tf.get_variable("fc2/bias", [2, 1], tf.float64)
    tf.get_variable("fc3/bias", [1], tf.float32, use_resource=True)
    tf.get_variable("same", [], tf.float64)
    error = restore_error(path, tf.errors.NotFoundError)
    assert error.message.splitlines() == [
        "Restoring from checkpoint failed. This is most likely due to a mismatch between the "
        "current graph and the graph from the checkpoint.",
        "Key gone not found in checkpoint",
        f"The graph's variables and those in {path} differ.",
        "Not in the checkpoint (2):",
        "  gone  (3, 4) int32",
        "  net/fc1/weights  (2,) float64  (near: fc1/weights)",
        "Of another shape or dtype (2):",
        "  fc2/bias  in the graph (2, 1) float64, in the checkpoint [1, 1] float64",
        "  fc3/bias  in the graph (1,) float32, in the checkpoint [1] int64",
        "In the checkpoint only (2):",
        "  fc1/weights  [2] float64",
        "  other  [1] int64",
        "To restore only what is there, or under other names: tf.train.Saver({name in the "
        "checkpoint: variable, …}).",
    ]
    assert error.op.type == "RestoreV2"


def test_a_failed_restore_changes_nothing(tmp_path):
    path = saved(tmp_path, a=1.0, b=[2.0])
    a = tf.get_variable("a", initializer=np.array(5.0))
    tf.get_variable("b", initializer=np.array([6.0, 7.0]), use_resource=True)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="Assign requires shapes of both"):
            tf.train.Saver().restore(session, path)
        assert session.run(a) == 5.0


def test_other_partitions(tmp_path):
    path = saved(tmp_path, rows=np.arange(10.0).reshape(5, 2))
    with tf.variable_scope("", partitioner=tf.fixed_size_partitioner(3)):
        rows = tf.get_variable("rows", [5, 2], tf.float64)
    with tf.Session() as session:
        tf.train.Saver().restore(session, path)
        assert session.run(rows.as_tensor()).tolist() == np.arange(10.0).reshape(5, 2).tolist()
    with tf.Graph().as_default():
        with tf.variable_scope("", partitioner=tf.fixed_size_partitioner(2)):
            tf.get_variable("rows", [4, 2], tf.float64)
        error = restore_error(path, tf.errors.InvalidArgumentError)
        assert "rows  in the graph (4, 2) float64, in the checkpoint [5, 2]" in error.message


def test_damaged_data(tmp_path):
    path = saved(tmp_path, a=[1.0, 2.0])
    data = tmp_path / "m.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:-1] + b"x")
    tf.get_variable("a", [2], tf.float64)
    assert "does not fit its checksum" in str(restore_error(path, tf.errors.DataLossError))


def test_every_dtype(tmp_path):
    names = "float16 bfloat16 float64 uint8 int8 uint16 int16 int64 bool complex64 complex128"
    made = {
        name: tf.get_variable(name, initializer=tf.cast(tf.constant([0, 1, 3]), name))
        for name in names.split()
    }
    made["string"] = tf.get_variable("string", initializer=tf.constant([b"a", b"\x00b", b""]))
    made["empty"] = tf.get_variable("empty", [0, 3])
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(made)
        path = saver.save(session, str(tmp_path / "m"), write_meta_graph=False)
    with tf.Session() as session:
        saver.restore(session, path)
        after = session.run(made)
    for name, value in before.items():
        assert after[name].dtype == value.dtype and after[name].tolist() == value.tolist(), name


def test_meta_graphs(tmp_path):
    v = tf.get_variable("v", initializer=np.array([1.0, 2.0]))
    tf.identity(v * 2.0, name="twice")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        path = saver.save(session, str(tmp_path / "m"), 5)
    assert os.path.exists(path + ".meta")
    with tf.Graph().as_default(), tf.Session() as session:
        again = tf.train.import_meta_graph(path + ".meta")
        again.restore(session, path)
        assert session.run("twice:0").tolist() == [2.0, 4.0]
    with tf.Graph().as_default(), tf.Session() as session:
        again = tf.train.import_meta_graph(path + ".meta", import_scope="net")
        again.restore(session, path)
        assert session.run("net/twice:0").tolist() == [2.0, 4.0]
        assert again.to_proto("net") == saver.to_proto()
        assert again.to_proto("elsewhere") is None
    tf.train.remove_checkpoint(path)
    assert os.listdir(tmp_path) == ["checkpoint"]


def test_saveable_objects(tmp_path):
    from scopeflow.train.saveable import SaveableObject, SaveSpec

    store = tf.get_variable("store", initializer=np.array(3), collections=[])

    class Doubled(SaveableObject):
        def __init__(self):
            super().__init__(store, [SaveSpec(store * 2, "", "doubled")], "doubled")

        def restore(self, restored_tensors, restored_shapes):
            return store.assign(restored_tensors[0] // 2)

    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, Doubled())
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(store.initializer)
        path = saver.save(session, str(tmp_path / "m"), write_meta_graph=False)
        assert tf.train.list_variables(path) == [("doubled", [])]
        session.run(store.assign(8))
        saver.restore(session, path)
        assert session.run(store) == 3


def test_checkpoints_of_an_earlier_process(tmp_path):
    v = tf.get_variable("v", initializer=1.0)
    with tf.Session() as session:
        session.run(v.initializer)
        first = tf.train.Saver(max_to_keep=2)
        for step in (1, 2):
            first.save(session, str(tmp_path / "m"), step, write_meta_graph=False)
        state = tf.train.get_checkpoint_state(str(tmp_path))
        second = tf.train.Saver(max_to_keep=2)
        paths = list(state.all_model_checkpoint_paths)
        second.recover_last_checkpoints([*paths, str(tmp_path / "gone")])
        assert second.last_checkpoints == paths
        second.save(session, str(tmp_path / "m"), 3, write_meta_graph=False)
    assert not tf.train.checkpoint_exists(paths[0]) and tf.train.checkpoint_exists(paths[1])
    assert len(tf.train.get_checkpoint_mtimes([*paths, second.last_checkpoints[-1]])) == 2
    assert list(tf.train.checkpoints_iterator(str(tmp_path), timeout=0)) == [
        second.last_checkpoints[-1]
    ]


def test_state_files(tmp_path):
    folder = str(tmp_path)
    tf.train.update_checkpoint_state(folder, "m-2", ["m-1"], "other", [1.0], 2.5)
    state = tf.train.get_checkpoint_state(folder, "other")
    assert state.model_checkpoint_path == f"{folder}/m-2"
    assert list(state.all_model_checkpoint_paths) == [f"{folder}/m-1", f"{folder}/m-2"]
    assert state.last_preserved_timestamp == 2.5
    with pytest.raises(ValueError, match="timestamps, if provided, must match"):
        tf.train.generate_checkpoint_state_proto(folder, "m", ["m"], [1.0, 2.0])
    with pytest.raises(RuntimeError, match="conflicts with path used for checkpoint state"):
        tf.train.update_checkpoint_state(folder, f"{folder}/checkpoint")


# Initial values. What TensorFlow 1.15.5 said stands in the texts.


def start(path, mapping):
    tf.train.init_from_checkpoint(path, mapping)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return {v.op.name: session.run(v).tolist() for v in tf.global_variables()}


def test_initial_values_by_name_variable_and_scope(tmp_path):
    path = saved(tmp_path, old__a=[1.0, 2.0], old__b__c=[[3]], top=4.0)
    with tf.variable_scope("new"):
        a = tf.get_variable("a", [2], tf.float64)
        c = tf.get_variable("b/c", [1, 1], tf.int64, use_resource=True)
    top = tf.Variable(np.array(0.0), name="top")
    first = len(tf.get_default_graph().get_operations())
    found = start(str(tmp_path), {"old/": "new/", "top": top})
    assert found == {"new/a": [1.0, 2.0], "new/b/c": [[3]], "top": 4.0}
    names = [op.name for op in tf.get_default_graph().get_operations()[first:]]
    assert names[3:5] == ["checkpoint_initializer", "Assign"]
    assert a.initial_value.name == "checkpoint_initializer:0"
    assert c.initializer.type == "AssignVariableOp"
    for mapping in ({"old/a": "new/a"}, {"old/a": a}, {b"old/a".decode(): a}):
        assert start(path, mapping)["new/a"] == [1.0, 2.0]


def test_initial_values_of_partitioned_variables(tmp_path):
    value = np.arange(10.0).reshape(5, 2)
    path = saved(tmp_path, p__x=value)
    with tf.variable_scope("q", partitioner=tf.fixed_size_partitioner(2)):
        x = tf.get_variable("x", [5, 2], tf.float64)
    for target in (x, list(x), "q/x"):
        assert start(path, {"p/x": target})["q/x/part_1"] == value[3:].tolist()
    assert start(path, {"p/": "q/"})["q/x/part_0"] == value[:3].tolist()


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"old": "new"}, "Assignment map with scope only name  should map to scope only old. "),
        ({"old/a": "new/"}, "Assignment map with scope only name new should map to scope only old"),
        ({"old/a": "nwe"}, "Near ones: new"),
        ({"old/z": "new/a"}, "Tensor old/z is not found in .* checkpoint\nNear ones in it: old/a"),
        ({"nope/": "new/"}, "Tensor nope/a .a in nope/. is not found in .* checkpoint"),
        ({"top": "new/a"}, r"Shape of variable new/a:0 .\(2,\). doesn't match with shape of ten"),
        ({"old/a": []}, "parts of one partitioned variable"),
    ],
)
def test_initial_values_that_are_not_there(tmp_path, mapping, message):
    path = saved(tmp_path, old__a=[1.0, 2.0], top=4.0)
    tf.get_variable("new/a", [2], tf.float64)
    tf.get_variable("new", [2], tf.float64) if "nwe" in mapping.values() else None
    with pytest.raises(ValueError, match=message):
        tf.train.init_from_checkpoint(path, mapping)


def test_restored_values_are_not_copied_unless_somebody_else_knows_them(tmp_path):
    path = saved(tmp_path, a=[1.0, 2.0], b=[3.0])
    a = tf.get_variable("a", [2], tf.float64)
    tf.get_variable("b", [1], tf.float64, use_resource=True)
    saver = tf.train.Saver()
    restored = tf.get_default_graph().get_tensor_by_name("save/RestoreV2:0")
    with tf.Session() as session:
        assert session.program("save/restore_all").source.count("keep=True") == 2
        assert session.program([restored, "save/restore_all"]).source.count("keep=True") == 1
        value, _ = session.run([restored, "save/restore_all"], {"save/Const:0": path})
        value += 1
        assert session.run(a).tolist() == [1.0, 2.0]
        restore = tf.get_default_graph().get_operation_by_name("save/restore_all")
        twice = tf.group(tf.assign(a, restored), restore)
        assert session.program(twice).source.count("keep=True") == 1
        saver.restore(session, path)


def test_checkpoints_of_objects_by_the_variables_names():
    path = str(Path(__file__).parents[1] / "checkpoint" / "fixtures" / "tf2" / "named")
    kernel = tf.get_variable("dense/kernel", [1, 2])
    step = tf.train.get_or_create_global_step()
    with tf.Session() as session:
        tf.train.Saver().restore(session, path)
        assert session.run(kernel).tolist() == [[1.0, 2.0]]
        assert session.run(step) == 3
    tf.get_variable("other", [1])
    error = restore_error(path, tf.errors.NotFoundError)
    assert "Not in the checkpoint (3)" in error.message


def test_waiting_for_checkpoints(tmp_path):
    wait = tf.contrib.training.wait_for_new_checkpoint
    assert wait(str(tmp_path), timeout=0) is None
    path = saved(tmp_path, a=1.0)
    assert wait(str(tmp_path)) == path
    assert wait(str(tmp_path), path, seconds_to_sleep=0.01, timeout=0.02) is None
    asked = []
    found = tf.contrib.training.checkpoints_iterator(
        str(tmp_path), timeout=0, timeout_fn=lambda: asked.append(1) or len(asked) == 3
    )
    assert list(found) == [path] and len(asked) == 3
