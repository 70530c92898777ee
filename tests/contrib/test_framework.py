"""`tf.contrib.framework`. What is expected was tried in TensorFlow 1.15.5."""

import numpy as np
import pytest

import scopeflow as tf

framework = tf.contrib.framework
arg_scope = framework.arg_scope


@framework.add_arg_scope
def first(x, times=2, plus=0):
    return x * times + plus


@framework.add_arg_scope
def second(x, times=2, *, note=None):
    return (x * times, note)


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def test_defaults_nest():
    assert first(1) == 2
    with arg_scope([first, second], times=3) as outer:
        assert first(1) == 3
        assert first(1, times=4) == 4
        with arg_scope([first], plus=1) as both:
            assert (first(1), second(1)) == (4, (3, None))
            with arg_scope(outer):
                assert first(1) == 3
        assert first(1) == 3
    with arg_scope(both):
        assert first(1) == 4
    assert framework.current_arg_scope() == {}


def test_defaults_are_undone_after_an_error():
    with pytest.raises(KeyError), arg_scope([first], times=3):
        raise KeyError
    assert first(1) == 2


def test_a_positional_argument_clashes_with_a_default():
    with arg_scope([first], times=3), pytest.raises(TypeError, match="times"):
        first(1, 5)


def test_wrong_scopes():
    with pytest.raises(ValueError, match="is not decorated with @add_arg_scope"), arg_scope([len]):
        pass
    with pytest.raises(TypeError, match="must either be a list"), arg_scope(first):
        pass
    with pytest.raises(ValueError, match="kwargs must be empty"), arg_scope({}, x=1):
        pass
    assert framework.has_arg_scope(first)
    assert not framework.has_arg_scope(len)
    assert framework.arg_scoped_arguments(first) == ("times", "plus")


def names(variables):
    return [variable.op.name for variable in variables]


def make():
    for name in ("a/w", "a/b", "c/w", "w"):
        framework.model_variable(name, [2], initializer=tf.zeros_initializer())
    framework.variable("other", [2])
    return framework.local_variable(tf.zeros([]), name="local")


def test_variables_by_name():
    make()
    assert names(framework.get_variables("a")) == ["a/w", "a/b"]
    assert names(framework.get_variables(suffix="w")) == ["a/w", "c/w", "w"]
    assert names(framework.get_variables_by_suffix("w", "c")) == ["c/w"]
    assert names(framework.get_variables_by_name("w")) == ["a/w", "c/w", "w"]
    assert names(framework.get_model_variables()) == ["a/w", "a/b", "c/w", "w"]
    assert names(framework.get_local_variables()) == ["local"]
    assert names(framework.get_trainable_variables("other")) == ["other"]
    assert framework.get_unique_variable("a/b").op.name == "a/b"
    with pytest.raises(ValueError, match="does not uniquely identify"):
        framework.get_unique_variable("a")
    with pytest.raises(ValueError, match="Couldn't find variable z"):
        framework.get_unique_variable("z")
    kept = framework.filter_variables(tf.global_variables(), ["w$"], ["^a"])
    assert names(kept) == ["c/w", "w"]


def test_variables_to_restore():
    make()
    assert names(framework.get_variables_to_restore()) == ["a/w", "a/b", "c/w", "w", "other"]
    assert names(framework.get_variables_to_restore(include=["a", "c"])) == ["a/w", "a/b", "c/w"]
    assert names(framework.get_variables_to_restore(exclude=["a", "w"])) == ["c/w", "other"]
    with pytest.raises(ValueError, match="include is provided but is not a list"):
        framework.get_variables_to_restore(include="a")


def test_values_are_assigned():
    make()
    op, feeds = framework.assign_from_values({"a/w": [1.0, 2.0], "c/w": np.ones(2)})
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(op, feeds)
        assert sess.run("a/w:0").tolist() == [1.0, 2.0]
        framework.assign_from_values_fn({"w": [5.0, 6.0]})(sess)
        assert sess.run("w:0").tolist() == [5.0, 6.0]


def test_checkpoints(tmp_path):
    make()
    path = str(tmp_path / "model")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        framework.assign_from_values_fn({"w": [5.0, 6.0], "a/w": [1.0, 2.0]})(sess)
        tf.train.Saver(framework.get_model_variables()).save(sess, path)
    assert ("a/w", [2]) in framework.list_variables(path)
    assert framework.load_variable(path, "w").tolist() == [5.0, 6.0]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        framework.assign_from_checkpoint_fn(path, {"a/w": framework.get_unique_variable("c/w")})(
            sess
        )
        assert sess.run("c/w:0").tolist() == [1.0, 2.0]
        everything = tf.global_variables()
        framework.assign_from_checkpoint_fn(path, everything, ignore_missing_vars=True)(sess)
        op, feeds = framework.assign_from_checkpoint(path, framework.get_variables("w"))
        sess.run(op, feeds)
        assert sess.run("w:0").tolist() == [5.0, 6.0]
    with pytest.raises(ValueError, match=r"Checkpoint is missing variable \[other\]"):
        framework.assign_from_checkpoint(path, everything)
    with pytest.raises(ValueError, match="var_list cannot be empty"):
        framework.assign_from_checkpoint_fn(path, [])


def test_shapes():
    x = tf.placeholder(tf.float32, [None, 3])
    assert framework.with_shape([2, 3], x).shape.as_list() == [2, 3]
    with pytest.raises(ValueError, match="Invalid shape for tensor"):
        framework.with_shape([2, 4], x)
    with pytest.raises(ValueError, match="Expected scalar shape"):
        framework.assert_scalar(x)
    with tf.Session() as sess:
        same = framework.with_same_shape(tf.placeholder_with_default(tf.ones([2, 3]), [None, 3]), x)
        assert sess.run(same, {x: np.ones([2, 3])}).shape == (2, 3)
        with pytest.raises(tf.errors.InvalidArgumentError):
            sess.run(same, {x: np.ones([1, 3])})


def test_conditions_known_while_building():
    assert framework.smart_cond(True, lambda: 1, lambda: 2) == 1
    assert framework.smart_cond(tf.constant(False), lambda: 1, lambda: 2) == 2
    told = tf.placeholder(tf.bool, [])
    chosen = framework.smart_cond(told, lambda: tf.constant(1), lambda: tf.constant(2))
    with tf.Session() as sess:
        assert sess.run(chosen, {told: True}) == 1


def test_names():
    assert framework.strip_name_scope("a/b/c", "a") == "b/c"
    assert framework.prepend_name_scope("^b", "a") == "^a/b"
    with tf.name_scope("s"):
        assert framework.get_name_scope() == "s"


def test_deprecation_is_logged_once(caplog):
    @framework.deprecated("2030-01-01", "Use another.")
    def old():
        return 3

    tf.logging.set_verbosity(tf.logging.WARN)
    assert (old(), old(), old.__name__) == (3, 3, "old")


def test_nest():
    nest = framework.nest
    assert nest.is_sequence([1])
    assert nest.flatten_up_to([0, 0], [[1, 2], 3]) == [[1, 2], 3]
    assert nest.map_structure_up_to([0, [0]], lambda x: x, [1, [[2]]]) == [1, [[2]]]
    assert nest.flatten_dict_items({(4, 5): (6, 8)}) == {4: 6, 5: 8}
    with pytest.raises(TypeError, match="input must also be a sequence"):
        nest.assert_shallow_structure([1], 2)


def test_the_device_chooser_goes_round():
    choose = framework.VariableDeviceChooser(num_tasks=2)
    assert [choose(None) for _ in range(3)] == [
        "/job:ps/task:0/device:CPU:0", "/job:ps/task:1/device:CPU:0", "/job:ps/task:0/device:CPU:0",
    ]  # fmt: skip
