"""tf.Module, as TensorFlow 1.15.5 has it."""

import pytest

import scopeflow as tf


class Inner(tf.Module):
    def __init__(self, name=None):
        super().__init__(name)
        self.v = tf.Variable(3.0)


class MyDenseLayer(tf.Module):
    def __init__(self):
        super().__init__()
        with self.name_scope:
            self.w = tf.Variable(1.0, name="w")
        self.b = tf.Variable(2.0, trainable=False)
        self.sub = [Inner(), {"a": Inner("foo")}]

    @tf.Module.with_name_scope
    def __call__(self, x):
        return tf.add(x * self.w, 1.0, name="out")


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def test_names_variables_and_submodules():
    module = MyDenseLayer()
    assert module.name == "my_dense_layer"
    names = [v.name for v in module.variables]
    assert names == ["Variable:0", "my_dense_layer/w:0", "Variable_1:0", "Variable_2:0"]
    assert [v.name for v in module.trainable_variables] == names[1:]
    assert [m.name for m in module.submodules] == ["inner", "foo"]
    assert [module(x).name for x in (1.0, 2.0)] == [
        "my_dense_layer/out:0",
        "my_dense_layer/out_1:0",
    ]
    assert MyDenseLayer().w.name == "my_dense_layer_1/w:0"
    with module.name_scope as scope:
        assert scope == "my_dense_layer/"
    assert tf.Module().name == "module"


@pytest.mark.parametrize("name", ["3x", "a/b", ""])
def test_a_name_is_an_identifier(name):
    with pytest.raises(ValueError, match="not a valid module name"):
        tf.Module(name)


def test_a_layer_belongs_to_the_module():
    module = tf.Module()
    module.dense = tf.keras.layers.Dense(2)
    module.dense(tf.ones([1, 3]))
    assert len(module.variables) == 2 and module.submodules == (module.dense,)


def test_checkpoints_save_what_the_attributes_hold(tmp_path):
    with tf.Session() as session:
        checkpoint = tf.train.Checkpoint(m=MyDenseLayer())
        session.run(tf.global_variables_initializer())
        path = checkpoint.write(str(tmp_path / "c"), session)
    keys = sorted(tf.train.NewCheckpointReader(path).get_variable_to_shape_map())
    found = [key.partition("/.ATT")[0] for key in keys[1:]]
    assert found == ["m/b", "m/sub/0/v", "m/sub/1/a/v", "m/w"]
