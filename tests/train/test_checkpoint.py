"""tf.train.Checkpoint and CheckpointManager: objects by their names, in TensorFlow's files.

object_checkpoints/tf1-1 was written by TensorFlow 1.15.5, tf2-1 by 2.21, both by `program()` below
with `variable.load(arange + its number)`, then `checkpoint.save(prefix)`.
"""

import os
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.train.object_graph import ObjectGraph

RECORDED = Path(__file__).with_name("object_checkpoints")


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def program():
    v = tf.Variable([1.0, 2.0], name="vee")
    w = tf.get_variable("scope/w", [2, 2], use_resource=True)
    opt, mom = tf.train.AdamOptimizer(0.1), tf.train.MomentumOptimizer(0.1, 0.9)
    loss = tf.reduce_sum(v) + tf.reduce_sum(w * w)
    step = tf.train.get_or_create_global_step()
    opt.minimize(loss)
    mom.minimize(loss, var_list=[v])
    kept = {"v": v, "a/b": w, "opt": opt, "mom": mom, "step": step}
    checkpoint = tf.train.Checkpoint(**kept)
    checkpoint.lst = [v, {"k": w}]
    return checkpoint


def number(variable, offset):
    return np.arange(variable.shape.num_elements()).reshape(variable.shape.as_list()) + offset


@pytest.mark.parametrize("name", ["tf1-1", "tf2-1"])
def test_reads_what_tensorflow_wrote(name):
    checkpoint = program()
    variables = tf.global_variables()
    status = checkpoint.restore(str(RECORDED / name))
    with tf.Session() as session:
        status.assert_consumed().assert_existing_objects_matched().run_restore_ops(session)
        for offset, variable in enumerate(variables):
            np.testing.assert_allclose(session.run(variable), number(variable, offset))
        assert session.run(checkpoint.save_counter) == 1


@pytest.mark.parametrize("name", ["tf1-1", "tf2-1"])
def test_writes_the_keys_and_objects_that_tensorflow_wrote(name, tmp_path):
    checkpoint = program()
    checkpoint.restore(None)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = checkpoint.save(str(tmp_path / "c"), session)
    ours, theirs = (tf.train.NewCheckpointReader(p) for p in (path, str(RECORDED / name)))
    assert ours.get_variable_to_shape_map() == theirs.get_variable_to_shape_map()
    ours, theirs = (reader.object_graph() for reader in (ours, theirs))
    for mine, other in zip(ours.nodes, theirs.nodes, strict=True):
        names = [{c.local_name: c.node_id for c in node.children} for node in (mine, other)]
        assert names[0] == names[1]
        assert list(mine.attributes) == list(other.attributes)
        assert [str(s) for s in mine.slot_variables] == [str(s) for s in other.slot_variables]


def test_keras_models_optimizers_layers_cells_and_templates_have_tensorflows_keys():
    keras = tf.keras
    sequential = keras.Sequential(
        [keras.layers.Dense(2, input_shape=(3,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    )
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    sequential.compile(optimizer, "mse")
    sequential.train_on_batch(np.ones([1, 3]), np.ones([1, 1]))
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.GRUCell(2)])
    cell(tf.ones([1, 2]), cell.zero_state(1, tf.float32))
    template = tf.make_template("tm", lambda x: x * tf.get_variable("tv", []))
    template(1.0)
    scale = tf.train.experimental.DynamicLossScale()
    inner = tf.train.MomentumOptimizer(0.1, 0.9)
    scaled = tf.train.experimental.MixedPrecisionLossScaleOptimizer(inner, scale)
    v = tf.Variable(1.0)
    scaled.minimize(v * v, var_list=[v])
    table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, 0)
    both = keras.layers.Bidirectional(keras.layers.GRU(2))
    both(tf.ones([1, 2, 3]))
    checkpoint = tf.train.Checkpoint(
        seq=sequential, cell=cell, tmpl=template, mp=scaled, v=v, t=table, bi=both
    )
    keys = {value.key.replace("/.ATTRIBUTES/VARIABLE_VALUE", "") for value in values(checkpoint)}
    # As TensorFlow 1.15.5 has them.
    cells = [f"bi/{way}_layer/cell" for way in ("forward", "backward")]
    slots = [
        f"seq/layer_with_weights-{n}/{name}/.OPTIMIZER_SLOT/seq/optimizer/momentum"
        for n in (0, 1) for name in ("kernel", "bias")
    ]  # fmt: skip
    assert keys == {
        *(f"{each}/{name}" for each in cells for name in ("kernel", "recurrent_kernel", "bias")),
        "cell/cell-0/gates.Skernel", "cell/cell-0/gates.Sbias",
        "cell/cell-0/candidate.Skernel", "cell/cell-0/candidate.Sbias",
        "mp/loss_scale/current_loss_scale", "mp/loss_scale/good_steps",
        *(slot.partition("/.OPT")[0] for slot in slots), *slots,
        "seq/optimizer/iter", "seq/optimizer/decay", "seq/optimizer/learning_rate",
        "seq/optimizer/momentum", "t/.ATTRIBUTES/table", "tmpl/tv", "v",
        "v/.OPTIMIZER_SLOT/mp/base_optimizer/momentum",
    }  # fmt: skip


def values(checkpoint):
    return ObjectGraph(checkpoint).values()


def test_layers_are_found_by_their_place_whatever_the_variables_names_are(tmp_path):
    class Model(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.first = tf.keras.layers.Dense(2)
            self.more = [tf.keras.layers.Dense(2), tf.layers.Dense(1)]

        def call(self, x):
            for layer in (self.first, *self.more):
                x = layer(x)
            return x

    def run(scope, restore=None):
        with tf.Graph().as_default(), tf.variable_scope(scope), tf.Session() as session:
            model = Model()
            y = model(tf.ones([1, 2]))
            checkpoint = tf.train.Checkpoint(model=model)
            session.run(tf.global_variables_initializer())
            if restore is None:
                return checkpoint.write(str(tmp_path / "c"), session), session.run(y)
            checkpoint.restore(restore).expect_partial().run_restore_ops(session)
            return session.run(y)

    path, before = run("one")
    np.testing.assert_array_equal(run("two", path), before)


def test_a_table_is_saved(tmp_path):
    def made():
        return tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)

    with tf.Session() as session:
        table = made()
        session.run(table.insert(["a", "b"], [1, 2]))
        checkpoint = tf.train.Checkpoint(table=table)
        paths = [checkpoint.save(str(tmp_path / "t"), session) for _ in range(2)]
        count = len(session.graph.get_operations())
        checkpoint.save(str(tmp_path / "t"), session)
        assert len(session.graph.get_operations()) == count
    with tf.Graph().as_default(), tf.Session() as session:
        table = made()
        status = tf.train.Checkpoint(table=table).restore(paths[1])
        status.assert_consumed().run_restore_ops(session)
        assert session.run(table.lookup(tf.constant(["b", "c"]))).tolist() == [2, -1]


def test_what_is_assigned_after_restore_is_restored_too(tmp_path):
    first = tf.train.Checkpoint(v=tf.Variable(3.0), w=tf.Variable(4.0))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = first.save(str(tmp_path / "c"), session)
        assert path == str(tmp_path / "c-1") == tf.train.latest_checkpoint(str(tmp_path))
        later = tf.train.Checkpoint(v=tf.Variable(0.0))
        status = later.restore(path)
        with pytest.raises(AssertionError, match="Unresolved object in checkpoint.*w/"):
            status.assert_consumed()
        later.w = tf.Variable(0.0)
        status.assert_consumed().run_restore_ops(session)
        assert session.run([later.v, later.w, later.save_counter]) == [3.0, 4.0, 1]
        assert later.save(str(tmp_path / "c"), session).endswith("c-2")


def test_what_the_checkpoint_has_not_is_initialized(tmp_path):
    v, extra = tf.Variable(3.0), tf.Variable(7.0)
    with tf.Session() as session:
        session.run(v.initializer)
        path = tf.train.Checkpoint(v=v).write(str(tmp_path / "c"), session)
        session.run(v.assign(0.0))
        status = tf.train.Checkpoint(v=v, extra=extra).restore(path)
        with pytest.raises(AssertionError, match="not bound"):
            status.assert_existing_objects_matched()
        status.assert_nontrivial_match().initialize_or_restore(session)
        assert session.run([v, extra]) == [3.0, 7.0]
        other = tf.train.Checkpoint(x=v).restore(path)
        with pytest.raises(AssertionError, match="Nothing except the root"):
            other.assert_nontrivial_match()
        none = tf.train.Checkpoint(v=v).restore(None)
        with pytest.raises(AssertionError, match="save_path=None"):
            none.run_restore_ops(session)
        with pytest.raises(AssertionError, match="save_path=None"):
            none.assert_consumed()
        session.run(v.assign(0.0))
        none.initialize_or_restore(session)
        assert session.run(v) == 3.0


def test_an_earlier_restore_leaves_alone_what_a_later_one_restores(tmp_path):
    v, w = tf.Variable(1.0), tf.Variable(2.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        both = tf.train.Checkpoint(v=v, w=w).write(str(tmp_path / "both"), session)
        session.run(v.assign(42.0))
        one = tf.train.Checkpoint(v=v).write(str(tmp_path / "one"), session)
        earlier = tf.train.Checkpoint(v=v, w=w).restore(both)
        nothing = tf.train.Checkpoint(v=v).restore(None)
        later = tf.train.Checkpoint(v=v).restore(one)
        session.run([v.assign(0.0), w.assign(0.0)])
        later.run_restore_ops(session)
        earlier.initialize_or_restore(session)
        nothing.initialize_or_restore(session)
        assert session.run([v, w]) == [42.0, 2.0]


def test_restoring_again_adds_no_ops(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = checkpoint.save(str(tmp_path / "c"), session)
        checkpoint.restore(path).run_restore_ops(session)
        before = len(session.graph.get_operations())
        session.graph.finalize()
        checkpoint.restore(path).run_restore_ops(session)
        assert checkpoint.save(str(tmp_path / "c"), session).endswith("c-2")
        assert len(session.graph.get_operations()) == before


def test_a_savers_checkpoint_is_read_by_the_variables_names(tmp_path):
    v = tf.Variable(3.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        path = tf.train.Saver([v]).save(session, str(tmp_path / "named"))
        session.run(v.assign(0.0))
        status = tf.train.Checkpoint(other=v).restore(path)
        status.assert_consumed().assert_nontrivial_match().initialize_or_restore(session)
        assert session.run(v) == 3.0
        u = tf.Variable(1.0, name="u")
        status = tf.train.Checkpoint(u=u).restore(path)
        with pytest.raises(AssertionError, match="'v'"):
            status.assert_consumed()
        with pytest.raises(tf.errors.NotFoundError):
            status.run_restore_ops(session)


def test_what_cannot_be_saved_is_refused(tmp_path):
    v = tf.Variable([1.0, 2.0])
    parts = tf.get_variable("p", [4], partitioner=tf.fixed_size_partitioner(2))
    for value in (3, [v], parts, None):
        with pytest.raises(ValueError, match="expecting a trackable object"):
            tf.train.Checkpoint(v=value)
    checkpoint = tf.train.Checkpoint()
    checkpoint.named = {1: v}
    with tf.Session() as session, pytest.raises(ValueError, match="no string"):
        checkpoint.write(str(tmp_path / "c"), session)
    with pytest.raises(tf.errors.NotFoundError):
        tf.train.Checkpoint(v=v).restore(str(tmp_path / "none"))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = tf.train.Checkpoint(v=v).write(str(tmp_path / "c"), session)
        status = tf.train.Checkpoint(v=tf.Variable(1.0)).restore(path)
        with pytest.raises(tf.errors.InvalidArgumentError, match="shape"):
            status.run_restore_ops(session)


def test_manager_keeps_the_newest(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    directory = str(tmp_path)
    manager = tf.train.CheckpointManager(checkpoint, directory, 2)
    assert manager.latest_checkpoint is None and manager.checkpoints == []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            path = manager.save()
        assert path == manager.latest_checkpoint == tf.train.latest_checkpoint(directory)
        assert [os.path.basename(p) for p in manager.checkpoints] == ["ckpt-2", "ckpt-3"]
        assert manager.save(checkpoint_number=42).endswith("ckpt-42")
        again = tf.train.CheckpointManager(checkpoint, directory, 2)
        assert again.checkpoints == manager.checkpoints
        assert again.save().endswith("ckpt-5")
        everything = tf.train.CheckpointManager(checkpoint, directory, None, checkpoint_name="all")
        for _ in range(3):
            everything.save()
    found = sorted(name for name in os.listdir(directory) if name.endswith(".index"))
    assert found == [f"{name}.index" for name in ("all-6", "all-7", "all-8", "ckpt-42", "ckpt-5")]
    with pytest.raises(ValueError, match="positive integer"):
        tf.train.CheckpointManager(checkpoint, directory, 0)


def test_manager_preserves_one_every_few_hours(tmp_path, monkeypatch):
    from scopeflow.train import checkpoint_manager

    class Clock:
        now = 10000.0

        def time(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(checkpoint_manager, "time", clock)
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    manager = tf.train.CheckpointManager(checkpoint, str(tmp_path), 1, 1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(4):
            clock.now += 1800
            manager.save()
        # At 10000 + 1800·n; 3600 and more after the last one that stays (first: the beginning).
        names = sorted(name for name in os.listdir(tmp_path) if name.endswith(".index"))
        assert names == ["ckpt-2.index", "ckpt-4.index"]
        state = tf.train.get_checkpoint_state(str(tmp_path))
        assert state.last_preserved_timestamp == 13600
        clock.now = 5000.0  # behind: nothing that is there is deleted
        manager = tf.train.CheckpointManager(checkpoint, str(tmp_path), 1)
        assert manager.checkpoints == [] and manager.latest_checkpoint.endswith("ckpt-4")
