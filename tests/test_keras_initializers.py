"""tf.keras.initializers and tf.keras.regularizers. Configs, names, texts: TensorFlow 1.15.5."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow import keras

init = keras.initializers
reg = keras.regularizers


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def value(graph, name):
    return graph.get_operation_by_name(name).attrs["value"]


# Initializers.

CONFIGS = {
    "Constant constant": {"value": 0, "dtype": "float32"},
    "Identity identity": {"gain": 1.0, "dtype": "float32"},
    "Initializer": {},
    "Ones ones one": {"dtype": "float32"},
    "Orthogonal orthogonal": {"gain": 1.0, "seed": None, "dtype": "float32"},
    "RandomNormal random_normal normal": {
        "mean": 0.0, "stddev": 0.05, "seed": None, "dtype": "float32",
    },
    "RandomUniform random_uniform uniform": {
        "minval": -0.05, "maxval": 0.05, "seed": None, "dtype": "float32",
    },
    "TruncatedNormal truncated_normal": {
        "mean": 0.0, "stddev": 0.05, "seed": None, "dtype": "float32",
    },
    "VarianceScaling": {
        "scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal", "seed": None,
        "dtype": "float32",
    },
    "Zeros zeros zero": {"dtype": "float32"},
    "glorot_normal GlorotNormal": {"seed": None, "dtype": "float32"},
    "glorot_uniform GlorotUniform": {"seed": None, "dtype": "float32"},
    "he_normal": {
        "scale": 2.0, "mode": "fan_in", "distribution": "truncated_normal", "seed": None,
        "dtype": "float32",
    },
    "he_uniform": {
        "scale": 2.0, "mode": "fan_in", "distribution": "uniform", "seed": None,
        "dtype": "float32",
    },
    "lecun_normal": {
        "scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal", "seed": None,
        "dtype": "float32",
    },
    "lecun_uniform": {
        "scale": 1.0, "mode": "fan_in", "distribution": "uniform", "seed": None,
        "dtype": "float32",
    },
}  # fmt: skip
EACH = [(name, config) for names, config in CONFIGS.items() for name in names.split()]


@pytest.mark.parametrize("name, config", EACH)
def test_defaults_and_round_trips(name, config):
    made = init.get(name)
    assert made.get_config() == config
    again = type(made).from_config(config)
    assert type(again) is type(made) and again.get_config() == config
    saved = init.serialize(made)
    assert saved == {"class_name": type(made).__name__, "config": config}
    for back in (init.deserialize(saved), init.get(saved)):
        assert type(back) is type(made) and back.get_config() == config
    if name not in ("one", "zero", "GlorotNormal", "GlorotUniform"):
        assert getattr(init, name)().get_config() == config


def test_names():
    names = {name for names in CONFIGS for name in names.split()}
    names -= {"one", "zero", "GlorotNormal", "GlorotUniform"}
    assert set(init.__all__) == names | {"get", "serialize", "deserialize"}
    assert init.normal is init.random_normal is init.RandomNormal
    for name in ("constant", "identity", "ones", "orthogonal", "zeros", "glorot_normal",
                 "glorot_uniform", "he_normal", "he_uniform", "lecun_normal"):  # fmt: skip
        assert getattr(init, name) is getattr(tf.initializers, name)
    assert init.VarianceScaling is tf.initializers.variance_scaling
    assert issubclass(init.RandomUniform, tf.initializers.random_uniform)
    assert issubclass(init.TruncatedNormal, init.Initializer)


def test_graphs_and_values(graph):
    tf.get_variable("s/u", [3, 2], initializer=init.uniform())
    assert value(graph, "s/u/Initializer/random_uniform/min") == np.float32(-0.05)
    assert value(graph, "s/u/Initializer/random_uniform/max") == np.float32(0.05)
    tf.get_variable("s/n", [3, 2], initializer=init.RandomNormal)
    assert value(graph, "s/n/Initializer/random_normal/stddev") == np.float32(0.05)
    found = run(init.truncated_normal(seed=1, dtype=tf.float64)([50_000]))
    assert found.dtype == np.float64 and np.abs(found).max() <= 0.1
    assert found.std() == pytest.approx(0.05 * 0.8796, rel=0.02)
    assert init.RandomUniform(0, 1, 2, tf.float64).get_config() == {
        "minval": 0, "maxval": 1, "seed": 2, "dtype": "float64",
    }  # fmt: skip


def test_dtypes():
    with pytest.raises(ValueError, match="Expected floating point type, got <dtype: 'int32'>."):
        init.RandomNormal(dtype=tf.int32)
    with pytest.raises(TypeError, match=r"Expected int32, got -0.05 of type 'float' instead."):
        init.RandomUniform(dtype=tf.int32)([2])


class Mine(init.Initializer):
    def __init__(self, a=1):
        self.a = a

    def __call__(self, shape, dtype=None, partition_info=None):
        return tf.fill(shape, tf.cast(self.a, dtype))

    def get_config(self):
        return {"a": self.a}


class Nested(Mine):
    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(init.deserialize(config["a"], custom_objects))


def function(shape, dtype=None):
    return tf.ones(shape, dtype)


def test_own_initializers():
    saved = init.serialize(Mine(3))
    assert saved == {"class_name": "Mine", "config": {"a": 3}}
    assert init.deserialize(saved, custom_objects={"Mine": Mine}).a == 3
    assert init.deserialize("Mine", {"Mine": Mine}).a == 1
    assert init.deserialize("function", {"function": function}) is function
    assert init.serialize(function) == "function"
    nested = {"class_name": "Nested", "config": {"a": saved}}
    made = init.deserialize(nested, {"Mine": Mine, "Nested": Nested})
    assert made.a.a == 3
    v = tf.get_variable("v", [2], initializer=init.get(Mine(3)))
    assert run(v).tolist() == [3, 3]


def test_get_and_deserialize():
    assert init.get(None) is init.deserialize(None) is init.serialize(None) is None
    assert init.get(len) is len
    assert init.get(init.Zeros) is init.Zeros
    assert init.get("he_normal").scale == 2.0
    assert init.deserialize("he_normal") is init.he_normal
    assert init.deserialize({"class_name": "he_normal", "config": {"seed": 3}}).seed == 3
    assert init.deserialize({"class_name": "uniform", "config": {"seed": 3}}).maxval == 0.05
    assert init.get({"class_name": "zeros", "config": {}, "more": 1}).get_config()
    assert init.serialize(tf.random_normal_initializer(seed=4)) == {
        "class_name": "RandomNormal",
        "config": {"mean": 0.0, "stddev": 1.0, "seed": 4, "dtype": "float32"},
    }


def test_errors_of_initializers():
    for find in (init.get, init.deserialize):
        with pytest.raises(ValueError, match=r"^Unknown initializer:foo\nThe names are: Constant"):
            find("foo")
        with pytest.raises(ValueError, match=r"^Unknown initializer: Foo\n"):
            find({"class_name": "Foo", "config": {}})
        with pytest.raises(ValueError, match=r"^Improper config format: {'class_name': 'ones'}"):
            find({"class_name": "ones"})
        with pytest.raises(TypeError, match="unexpected keyword argument 'foo'"):
            find({"class_name": "Zeros", "config": {"foo": 1}})
    for name in ("variance_scaling", "UniformUnitScaling", "zeros_initializer", "HeNormal"):
        with pytest.raises(ValueError, match=f"Unknown initializer:{name}"):
            init.get(name)
    for bad in (3, b"zeros"):
        with pytest.raises(ValueError) as caught:
            init.get(bad)
        assert str(caught.value) == f"Could not interpret initializer identifier: {bad}"
    with pytest.raises(ValueError) as caught:
        init.serialize(3)
    assert caught.value.args == ("Cannot serialize", 3)


# Regularizers.


def nodes(graph, below=""):
    return [
        " ".join([o.name, o.type, *(i.name for i in o.inputs)]).replace(below, "")
        for o in graph.get_operations()
        if o.name.startswith(below)
    ]


L1 = ["Abs Abs x/read:0", "Const Const", "Sum Sum Abs:0 Const:0", "mul/x Const",
      "mul Mul mul/x:0 Sum:0", "add/x Const", "add AddV2 add/x:0 mul:0"]  # fmt: skip
SQUARES = ["Square Square x/read:0", "Const_1 Const", "Sum_1 Sum Square:0 Const_1:0",
           "mul_1/x Const", "mul_1 Mul mul_1/x:0 Sum_1:0", "add_1 AddV2 add:0 mul_1:0"]  # fmt: skip
L2 = ["Square Square x/read:0", *(line.replace("Abs", "Square") for line in L1[1:])]


@pytest.mark.parametrize(
    "made, expected, penalty",
    [
        (reg.l1(0.5), L1, 1.5),
        (reg.l2(0.5), L2, 2.5),
        (reg.l1_l2(0.5, 0.25), L1 + SQUARES, 2.75),
        (reg.l1_l2(l1=0.0, l2=0.5), L2, 2.5),
        (reg.L1L2(), ["Const Const"], 0),
        (reg.l1_l2(0.0, 0.0), ["Const Const"], 0),
    ],
)
def test_graph_of_regularizers(graph, made, expected, penalty):
    start = tf.constant_initializer([-1.0, 2.0])
    tf.get_variable("x", [2], initializer=start, regularizer=made)
    found = nodes(graph, "x/Regularizer/")
    assert found == expected
    (loss,) = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert loss.op.name == f"x/Regularizer/{expected[-1].split()[0]}"
    assert run(loss) == penalty


def test_penalty_of_float64():
    assert reg.l1()(tf.ones([2], tf.float64)).dtype is tf.float64


def test_configs_of_regularizers():
    kept = float(np.float32(0.01))
    assert reg.l1().get_config() == {"l1": kept, "l2": 0.0}
    assert reg.l2().get_config() == {"l1": 0.0, "l2": kept}
    assert reg.l1_l2().get_config() == reg.get("l1_l2").get_config() == {"l1": kept, "l2": kept}
    assert reg.L1L2().get_config() == reg.get("L1L2").get_config() == {"l1": 0.0, "l2": 0.0}
    saved = reg.serialize(reg.l1(0.5))
    assert saved == {"class_name": "L1L2", "config": {"l1": 0.5, "l2": 0.0}}
    assert reg.deserialize(saved).get_config() == reg.get(saved).get_config() == saved["config"]
    assert reg.L1L2.from_config({"l1": 0.5}).get_config() == {"l1": 0.5, "l2": 0.0}
    assert reg.get({"class_name": "l1", "config": {"l": 0.5}}).l1 == 0.5
    assert reg.deserialize("l1") is reg.l1


def test_get_of_regularizers():
    made = reg.l1(0.5)
    assert reg.get(made) is made
    assert reg.get(len) is len
    assert reg.get(None) is reg.serialize(None) is None
    assert reg.Regularizer()(1) == 0.0
    with pytest.raises(ValueError, match="^Unknown regularizer:foo\n"):
        reg.get("foo")
    with pytest.raises(ValueError, match="^Unknown regularizer: foo\n"):
        reg.get({"class_name": "foo", "config": {}})
    with pytest.raises(ValueError) as caught:
        reg.get(3)
    assert caught.value.args == ("Could not interpret regularizer identifier:", 3)


def test_the_rest_of_keras():
    with pytest.raises(AttributeError, match="tf.keras.applications is TensorFlow's"):
        keras.applications  # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute 'lairs'"):
        keras.lairs  # noqa: B018
    assert not hasattr(keras, "__wrapped__")
