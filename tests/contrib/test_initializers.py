"""tf.contrib.layers' initializers. Graphs, constants and error texts: TensorFlow 1.15.5."""

import inspect
from types import SimpleNamespace

import numpy as np
import pytest

import scopeflow as tf
from scopeflow import contrib
from scopeflow.contrib import layers


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches):
    with tf.Session() as session:
        return session.run(fetches)


def value(graph, name):
    return graph.get_operation_by_name(name).attrs["value"]


def nodes(graph):
    return [(o.name, o.type) for o in graph.get_operations()]


PART = SimpleNamespace(full_shape=[40, 30], var_offset=[20, 0])

# Recorded: shape, the limit of the uniform distribution, the standard deviation of the normal one.
XAVIER = [
    ([3, 4], 0.9258201122283936, 0.6094493865966797),
    ([2, 3, 4, 5], 0.3333333432674408, 0.21942685544490814),
    ([7], 0.6546536684036255, 0.43094581365585327),
    ([], 1.7320507764816284, 1.140175461769104),
    ([0, 5], 1.095445156097412, 0.7211102843284607),
]


@pytest.mark.parametrize("shape, limit, stddev", XAVIER)
def test_xavier(graph, shape, limit, stddev):
    even, cut = layers.xavier_initializer()(shape), layers.xavier_initializer(False)(shape)
    assert value(graph, "random_uniform/max") == np.float32(limit)
    assert value(graph, "random_uniform/min") == np.float32(-limit)
    assert value(graph, "truncated_normal/mean") == 0
    assert value(graph, "truncated_normal/stddev") == np.float32(stddev)
    assert even.shape.as_list() == cut.shape.as_list() == shape
    assert even.name == "random_uniform:0" and cut.name == "truncated_normal:0"


@pytest.mark.parametrize(
    "mode, stddev",
    [
        ("FAN_IN", 0.329140305519104),
        ("FAN_OUT", 0.29439201951026917),
        ("FAN_AVG", 0.31031644344329834),
    ],
)
def test_variance_scaling(graph, mode, stddev):
    layers.variance_scaling_initializer(mode=mode)([2, 3, 4, 5])
    assert value(graph, "truncated_normal/stddev") == np.float32(stddev)


@pytest.mark.parametrize("shape, stddev", [([], 1.6124515533447266), ([7], 0.6094493865966797)])
def test_variance_scaling_of_few_dims(graph, shape, stddev):
    layers.variance_scaling_initializer()(shape)
    assert value(graph, "truncated_normal/stddev") == np.float32(stddev)


def test_variance_scaling_with_other_factors(graph):
    layers.variance_scaling_initializer(1.0, uniform=True)([2, 3, 4, 5])
    assert value(graph, "random_uniform/max") == np.float32(0.3535533845424652)
    layers.variance_scaling_initializer(0.0)([2, 2])
    assert value(graph, "truncated_normal/stddev") == 0


def test_parts_of_a_partitioned_variable(graph):
    layers.xavier_initializer()([20, 30], partition_info=PART)
    layers.variance_scaling_initializer(seed=1)([20, 30], partition_info=PART)
    assert value(graph, "random_uniform/max") == np.float32(0.3464101552963257)
    # The part counts, not the whole.
    assert value(graph, "truncated_normal/stddev") == np.float32(0.36055514216423035)
    assert value(graph, "random_uniform/shape").tolist() == [20, 30]


def test_distributions():
    even = run(layers.xavier_initializer(seed=1)([200, 300]))
    cut = run(layers.variance_scaling_initializer(seed=1)([200, 300]))
    assert even.var() == pytest.approx(2 / 500, rel=0.02)
    assert cut.var() == pytest.approx(2 / 200, rel=0.02)
    assert np.abs(cut).max() <= 2 * np.sqrt(1.3 * 2 / 200)


def test_seeds():
    made = layers.xavier_initializer(seed=3)
    first, second = run([made([4]), made([4])])
    assert first.tolist() == second.tolist()


def test_get_variable(graph):
    made = layers.xavier_initializer()
    v = tf.get_variable("s/w", [3, 4], initializer=made)
    assert v.dtype.base_dtype is tf.float32
    assert nodes(graph)[0] == ("s/w/Initializer/random_uniform/shape", "Const")
    assert nodes(graph)[6] == ("s/w/Initializer/random_uniform", "Add")
    w = tf.get_variable("s/v", [3, 4], tf.float64, made)
    assert w.dtype.base_dtype is tf.float64
    parted = tf.get_variable(
        "s/p", [40, 30], initializer=made, partitioner=tf.fixed_size_partitioner(2)
    )
    assert len(list(parted)) == 2
    limit = value(graph, "s/p/part_0/Initializer/random_uniform/max")
    assert limit == np.float32(0.3464101552963257)


def test_dtype_of_the_call_wins(graph):
    assert layers.xavier_initializer()([2, 2], dtype=tf.float64).dtype is tf.float64
    assert layers.xavier_initializer(dtype=tf.float16)([2, 2]).dtype is tf.float16
    parameters = inspect.signature(layers.xavier_initializer(dtype=tf.float16)).parameters
    assert list(parameters) == ["shape", "dtype", "partition_info"]
    assert parameters["dtype"].default is tf.float16


def test_errors():
    text = "Cannot create initializer for non-floating point type."
    for make in (layers.xavier_initializer, layers.variance_scaling_initializer):
        with pytest.raises(TypeError, match=text):
            make(dtype=tf.int32)
        with pytest.raises(TypeError, match=text):
            make()([2, 2], dtype=tf.int32)
    for mode in ("fan_in", "foo"):
        with pytest.raises(TypeError) as caught:
            layers.variance_scaling_initializer(mode=mode)
        assert caught.value.args == ("Unknown mode %s [FAN_IN, FAN_OUT, FAN_AVG]", mode)
    with pytest.raises(ZeroDivisionError):
        layers.variance_scaling_initializer()([0, 5])


def test_names():
    assert layers.xavier_initializer_conv2d is layers.xavier_initializer


def test_what_is_not_there():
    with pytest.raises(
        AttributeError, match="tf.contrib.timeseries is TensorFlow's; scopeflow does not"
    ):
        contrib.timeseries  # noqa: B018
    with pytest.raises(AttributeError, match="tf.contrib.layers.gdn is TensorFlow's; scopeflow"):
        layers.gdn  # noqa: B018
    for namespace in (contrib, layers):
        with pytest.raises(AttributeError, match="has no attribute 'foo'"):
            namespace.foo  # noqa: B018
