"""The op types of TensorFlow's gradients, against this project's own gradients."""

import numpy as np
import pytest

import scopeflow as tf

RAW = tf.raw_ops
RANDOM = np.random.RandomState(2)
X = RANDOM.uniform(-3, 8, [4, 5])
G = RANDOM.uniform(-1, 1, [4, 5])


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def run(*fetches):
    with tf.Session() as session:
        return session.run(fetches)


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (tf.nn.relu, lambda g, x, y: RAW.ReluGrad(gradients=g, features=x)),
        (tf.nn.relu6, lambda g, x, y: RAW.Relu6Grad(gradients=g, features=x)),
        (tf.nn.leaky_relu, lambda g, x, y: RAW.LeakyReluGrad(gradients=g, features=x)),
        (tf.nn.softplus, lambda g, x, y: RAW.SoftplusGrad(gradients=g, features=x)),
        (tf.nn.softsign, lambda g, x, y: RAW.SoftsignGrad(gradients=g, features=x)),
        (tf.nn.elu, lambda g, x, y: RAW.EluGrad(gradients=g, outputs=y)),
        (tf.nn.selu, lambda g, x, y: RAW.SeluGrad(gradients=g, outputs=y)),
        (tf.sigmoid, lambda g, x, y: RAW.SigmoidGrad(y=y, dy=g)),
        (tf.tanh, lambda g, x, y: RAW.TanhGrad(y=y, dy=g)),
        (lambda x: tf.sqrt(x + 4), lambda g, x, y: RAW.SqrtGrad(y=y, dy=g)),
        (lambda x: tf.rsqrt(x + 4), lambda g, x, y: RAW.RsqrtGrad(y=y, dy=g)),
        (lambda x: tf.reciprocal(x + 4), lambda g, x, y: RAW.ReciprocalGrad(y=y, dy=g)),
    ],
)
def test_of_one_tensor(forward, backward):
    x, g = tf.constant(X), tf.constant(G)
    y = forward(x)
    found, wanted = run(backward(g, x, y), tf.gradients(y, x, g)[0])
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_bias(data_format):
    x, b = (
        tf.constant(RANDOM.rand(2, 3, 4, 5)),
        tf.constant(np.zeros(5 if data_format == "NHWC" else 3)),
    )
    y = tf.nn.bias_add(x, b, data_format)
    found, wanted = run(
        RAW.BiasAddGrad(out_backprop=x, data_format=data_format), tf.gradients(y, b, x)[0]
    )
    np.testing.assert_allclose(found, wanted)


def test_pools():
    x = tf.constant(RANDOM.rand(2, 5, 6, 3))
    window = {"ksize": [1, 3, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME"}
    y, z = tf.nn.max_pool(x, **window), tf.nn.avg_pool(x, **window)
    g = tf.constant(RANDOM.rand(2, 3, 3, 3))
    found = run(
        RAW.MaxPoolGrad(orig_input=x, orig_output=y, grad=g, **window),
        tf.gradients(y, x, g)[0],
        RAW.AvgPoolGrad(orig_input_shape=tf.shape(x), grad=g, **window),
        tf.gradients(z, x, g)[0],
    )
    np.testing.assert_allclose(found[0], found[1])
    np.testing.assert_allclose(found[2], found[3])


def test_slices():
    x = tf.constant(X)
    y = x[1:, ::-2]
    g = tf.ones_like(y)
    begin, end, strides = y.op.inputs[1:]
    masks = {key: value for key, value in y.op.attrs.items() if key.endswith("mask")}
    made = RAW.StridedSliceGrad(
        shape=tf.shape(x), begin=begin, end=end, strides=strides, dy=g, **masks
    )
    assert made.shape.as_list() == [4, 5]
    np.testing.assert_allclose(*run(made, tf.gradients(y, x, g)[0]))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("op_type", ["FusedBatchNormGrad", "FusedBatchNormGradV3"])
def test_fused_batch_norm(op_type, training):
    x = tf.constant(RANDOM.rand(3, 4, 5, 2).astype(np.float32))
    scale, offset = tf.constant([1.5, 0.5]), tf.constant([0.1, 0.2])
    known = (
        {} if training else {"mean": tf.constant([0.4, 0.6]), "variance": tf.constant([0.2, 0.1])}
    )
    y, mean, variance = tf.nn.fused_batch_norm(x, scale, offset, is_training=training, **known)
    g = tf.constant(RANDOM.rand(3, 4, 5, 2).astype(np.float32))
    more = {"reserve_space_3": tf.zeros([0])} if op_type.endswith("V3") else {}
    made = getattr(RAW, op_type)(
        y_backprop=g, x=x, scale=scale, reserve_space_1=known.get("mean", mean),
        reserve_space_2=known.get("variance", variance), epsilon=0.001,
        is_training=training, **more,
    )  # fmt: skip
    wanted = tf.gradients(y, [x, scale, offset], g)
    found = run(*made[:3], *wanted)
    for ours, theirs in zip(found[:3], found[3:], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_shapes_for_gradients():
    a, b = RAW.BroadcastGradientArgs(s0=[2, 3, 1], s1=[3, 5])
    assert [v.tolist() for v in run(a, b)] == [[2], [0]]
    x = tf.placeholder(tf.float32, [None, 2])
    sizes = RAW.ShapeN(input=[x, tf.zeros([3])])
    places = RAW.ConcatOffset(concat_dim=1, shape=[[2, 3], [2, 4], [2, 5]])
    with tf.Session() as session:
        found = session.run([sizes, places], {x: np.zeros([7, 2])})
    assert [v.tolist() for v in found[0]] == [[7, 2], [3]]
    assert [v.tolist() for v in found[1]] == [[0, 0], [0, 3], [0, 7]]


def test_a_scalar_is_filled_on_the_host():
    x = tf.placeholder(tf.float32)  # of a rank that is not known
    sizes = tf.fill(tf.shape(tf.reduce_sum(x)), 7)
    with tf.Session() as session:
        assert session.run(sizes + 1, {x: [1.0]}) == 8
