"""`tf.layers.Layer`, subclassed by users. What is expected was tried in TensorFlow 1.15.5."""

import copy

import numpy as np
import pytest

import scopeflow as tf


class Scale(tf.layers.Layer):
    def build(self, input_shape):
        self.w = self.add_variable("w", [int(input_shape[-1]), 2])
        self.v = self.add_weight("v", shape=[2], trainable=False)
        super().build(input_shape)

    def call(self, inputs, scale=2.0):
        self.add_loss(tf.reduce_sum(inputs), inputs=inputs)
        self.add_loss(tf.reduce_sum(self.w))
        self.add_update(tf.assign(self.v, [1.0, 2.0]))
        self.add_update(tf.assign(self.v, [1.0, 2.0] + inputs[0, :2]), inputs=inputs)
        return tf.matmul(inputs, self.w) * scale


class Pass(tf.layers.Layer):
    def call(self, inputs):
        return inputs


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def x():
    return tf.placeholder(tf.float32, [None, 4], name="x")


def names(values):
    return [value.name for value in values]


def test_a_layer_knows_what_it_owns():
    layer, inputs = Scale(), x()
    assert (layer.name, layer.dtype, layer.built) == ("scale_1", None, False)
    assert layer(inputs).name == "scale/mul:0"
    assert names(layer.variables) == ["scale/w:0", "scale/v:0"]
    assert names(layer.trainable_weights) == ["scale/w:0"] == names(tf.trainable_variables())
    assert names(layer.non_trainable_variables) == ["scale/v:0"]
    assert names(layer.losses) == ["scale/Sum:0", "scale/Sum_1:0"]
    assert tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES) == layer.losses
    assert names(layer.updates) == ["scale/Assign", "scale/Assign_1"]
    assert tf.get_collection(tf.GraphKeys.UPDATE_OPS) == layer.updates
    assert layer.get_updates_for(inputs) == layer.updates[1:]
    assert layer.get_updates_for(None) == layer.updates[:1]
    assert layer.get_losses_for(inputs) == layer.losses[:1]
    assert (layer.count_params(), layer.dtype, layer.scope_name) == (10, "float32", "scale")


def test_a_second_call_shares_the_variables_and_the_name_scope():
    layer, inputs = Scale(), x()
    layer(inputs)
    with tf.variable_scope("elsewhere"):
        assert layer.apply(inputs, scale=3.0).name == "scale/mul_1:0"
    assert len(tf.global_variables()) == 2


def test_scopes():
    inputs = x()
    with tf.variable_scope("outer") as outer:
        Scale(name="own")(inputs)
    Scale()(inputs, scope="other")
    Scale(_scope="third")(inputs)
    Scale(_scope=outer, name="unused")(inputs)
    assert names(tf.trainable_variables()) == [
        "outer/own/w:0", "other/w:0", "third/w:0", "outer/w:0",
    ]  # fmt: skip
    Scale(_scope="third", _reuse=True)(inputs)
    with tf.variable_scope("outer", reuse=True):
        Scale(name="own")(inputs)
    assert len(tf.trainable_variables()) == 4
    with pytest.raises(ValueError, match="own/w already exists"), tf.variable_scope("outer"):
        Scale(name="own")(inputs)
    with pytest.raises(ValueError, match="new/w does not exist"):
        Scale(name="new", _reuse=True)(inputs)


def test_variables_come_through_the_scope():
    asked = []

    def getter(getter, name, *args, **kwargs):
        asked.append((name, sorted(kwargs)))
        return getter(name, *args, **kwargs)

    with tf.variable_scope(
        "g",
        custom_getter=getter,
        initializer=tf.zeros_initializer(),
        partitioner=tf.fixed_size_partitioner(2),
        regularizer=tf.contrib.layers.l2_regularizer(0.1),
    ):
        layer = Scale()
        layer.build(tf.TensorShape([None, 4]))
    assert [name for name, _ in asked] == ["g/scale/w", "g/scale/v"]
    assert "partitioner" in asked[0][1]
    assert len(tf.trainable_variables()) == 2
    assert len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) == 4
    assert layer.losses == []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert not sess.run(layer.w.as_tensor()).any()


def test_the_scope_is_handed_to_a_call_that_takes_it():
    class Inner(tf.layers.Layer):
        def call(self, inputs, scope=None):
            assert isinstance(scope, tf.VariableScope)
            with tf.variable_scope("q"):
                return inputs * tf.get_variable("w", [4])

    layer = Inner(name="i")
    layer(x())
    assert layer(x()).name == "i/q_1/mul:0"
    assert names(tf.global_variables()) == ["i/q/w:0"]


def test_variables_by_kind():
    class Kinds(tf.layers.Layer):
        def build(self, shape):
            self.w = self.add_weight(
                "w", [], initializer=tf.ones_initializer, regularizer=lambda v: v * 2.0
            )
            self.i = self.add_weight("i", [2], dtype=tf.int32, trainable=False)

        def call(self, inputs):
            return inputs * self.w

    layer = Kinds(trainable=False)
    layer(x())
    assert (layer.built, tf.trainable_variables(), layer.trainable_weights) == (True, [], [])
    assert names(layer.non_trainable_weights) == ["kinds/w:0", "kinds/i:0"]
    assert names(layer.losses) == ["w/Regularizer/mul:0"]
    in_graph = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert names(in_graph) == ["kinds/w/Regularizer/mul:0"]


def test_structures_go_in_and_out():
    inputs = x()
    assert Pass()([inputs, inputs]) == [inputs, inputs]
    assert Pass()({"a": inputs})["a"] is inputs
    assert Pass()(np.zeros([2], np.float64)).dtype == tf.float64


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"ndim": 3}, "expected ndim=3, found ndim=2. Full shape received: [None, 4]"),
        ({"max_ndim": 1}, "expected max_ndim=1, found ndim=2"),
        ({"min_ndim": 3}, "expected min_ndim=3, found ndim=2"),
        ({"axes": {-1: 3}}, "expected axis -1 of input shape to have value 3 but received"),
        ({"shape": (None, 3)}, "found shape=[None, 4]"),
        ({"dtype": "int32"}, "expected dtype=int32"),
    ],
)
def test_inputs_are_checked(spec, text):
    layer = Pass(name="p")
    layer.input_spec = tf.layers.InputSpec(**spec)
    with pytest.raises(ValueError, match="Input 0 of layer p is incompatible") as caught:
        layer(x())
    assert text in str(caught.value)


def test_wrong_use():
    with pytest.raises(ValueError, match='layer "pass_1" has not been used yet'):
        _ = Pass().scope_name
    with pytest.raises(AttributeError, match="is not connected, no input to return"):
        _ = Pass().input
    with pytest.raises(ValueError, match="the layer isn't built"):
        Pass().count_params()
    with pytest.raises(TypeError, match="Keyword argument not understood"):
        Pass(size=3)
    with pytest.raises(TypeError, match="input_spec must be an instance of InputSpec"):
        Pass().input_spec = 5

    class Nothing(tf.layers.Layer):
        def call(self, inputs):
            return None

    with pytest.raises(ValueError, match=r"not None \(layer: nothing_1\)"):
        Nothing()(x())


def test_names_of_classes():
    class MyHTTPLayer2D(Pass):
        pass

    class _Own(Pass):
        pass

    assert [MyHTTPLayer2D().name, MyHTTPLayer2D().name] == [
        "my_http_layer2d_1",
        "my_http_layer2d_2",
    ]
    assert _Own().name == "private__own_1"
    assert Pass(name="a/b").name == "a/b"


def test_a_copy_shares_the_scope():
    layer = Scale(name="one")
    layer(x())
    other = copy.deepcopy(Pass(name="p"))
    assert other.name == "p"
    assert layer.scope_name == "one"


def test_weights_in_and_out():
    layer = Scale()
    layer(x())
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        layer.set_weights([np.full([4, 2], 3.0), np.zeros(2)])
        assert layer.get_weights()[0].tolist() == [[3.0, 3.0]] * 4


def test_attributes_may_be_set_before_the_layer_begins():
    class Cell(tf.nn.rnn_cell.RNNCell):
        def __init__(self, units):
            self.trainable = False
            self.inner = [tf.layers.Dense(units)]
            self.units = units

        state_size = output_size = property(lambda self: self.units)

        def __call__(self, inputs, state, scope=None):
            return (self.inner[0](inputs) + state,) * 2

    with tf.Graph().as_default():
        cell = Cell(4)
        assert not cell.trainable
        outputs, _ = tf.nn.dynamic_rnn(cell, tf.ones([2, 3, 5]), dtype=tf.float32)
        assert outputs.shape.as_list() == [2, 3, 4]
