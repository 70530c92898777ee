"""Idioms: computed by one call, with the same values and gradients as op by op."""

import math

import numpy as np
import pytest

import scopeflow as tf


def norm(x, epsilon=1e-5):
    """Layer normalization as GPT-2's code has it."""
    gamma, beta = parameters(x)
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)
    variance = tf.reduce_mean(tf.square(x - mean), axis=-1, keepdims=True)
    return (x - mean) * tf.rsqrt(variance + epsilon) * gamma + beta


def norm_by_sqrt(x):
    """As the Transformer's code of 2017 has it."""
    gamma, beta = parameters(x)
    mean, variance = tf.nn.moments(x, [-1], keep_dims=True)
    return gamma * ((x - mean) / tf.sqrt(variance + 1e-6)) + beta


def parameters(x):
    size = x.shape[-1].value
    return [
        tf.get_variable(name, [size], x.dtype, initializer=tf.random_uniform_initializer(seed=k))
        for k, name in enumerate(("gamma", "beta"))
    ]


def norm_by_moments(x):
    """As tf.contrib.layers.layer_norm has it."""
    gamma, beta = parameters(x)
    mean, variance = tf.nn.moments(x, [x.shape.ndims - 1], keep_dims=True)
    return tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-12)


def gelu(x):
    return 0.5 * x * (1 + tf.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * tf.pow(x, 3))))


def gelu_of_bert(x):
    cdf = 0.5 * (1.0 + tf.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * tf.pow(x, 3))))
    return x * cdf


def gelu_by_erf(x):
    return x * 0.5 * (1.0 + tf.erf(x / math.sqrt(2.0)))


def softmax(x):
    x = x - tf.reduce_max(x, axis=-1, keepdims=True)
    e = tf.exp(x)
    return e / tf.reduce_sum(e, axis=-1, keepdims=True)


def heads(x):
    """q, k, v of shape [4, 2, 3, 6], by one product each."""
    rows = [tf.tensordot(x, variable(name, [6, 12], x), 1) for name in "qkv"]
    return [tf.transpose(tf.reshape(r, [4, 3, 2, 6]), [0, 2, 1, 3]) for r in rows]


def attention(x):
    """As BERT's code has it: what is added is far below 0 for what is not seen."""
    q, k, v = heads(x)
    scores = tf.multiply(tf.matmul(q, k, transpose_b=True), 1.0 / math.sqrt(6.0))
    seen = tf.reshape(tf.constant([1.0, 1.0, 0.0] * 3 + [0.0, 1.0, 1.0], x.dtype), [4, 1, 1, 3])
    scores += (1.0 - seen) * -10000.0
    return tf.matmul(tf.nn.softmax(scores), v)


def attention_to_the_past(x):
    """As GPT-2's code has it."""
    q, k, v = heads(x)
    scores = tf.matmul(q, k, transpose_b=True)
    scores = scores * tf.rsqrt(tf.cast(v.shape[-1].value, scores.dtype))
    i, j = tf.range(3)[:, None], tf.range(3)
    seen = tf.reshape(tf.cast(i >= j, scores.dtype), [1, 1, 3, 3])
    scores = scores * seen - tf.cast(1e10, scores.dtype) * (1 - seen)
    return tf.matmul(softmax(scores), v)


def attention_by_constants(x):
    q, k, v = heads(x)
    k = tf.transpose(k, [0, 1, 3, 2])
    seen = np.tril(np.ones([3, 3]))
    scores = tf.matmul(q, k) / 2.0 * seen - 1e10 * (1 - seen)
    return tf.matmul(tf.nn.softmax(scores), v)


def attention_to_all(x):
    q, k, v = heads(x)
    return tf.matmul(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), v)


def variable(name, shape, like):
    return tf.get_variable(
        name, shape, like.dtype, initializer=tf.random_uniform_initializer(seed=5)
    )


def dense(x):
    rows = tf.reshape(x, [-1, 6])
    return tf.matmul(rows, variable("w", [6, 5], x)) + variable("b", [5], x)


def dense_by_bias_add(x):
    rows = tf.reshape(x, [6, -1])
    product = tf.matmul(rows, variable("w", [5, 6], x), transpose_a=True, transpose_b=True)
    return tf.nn.bias_add(product, variable("b", [5], x))


def dense_layer(x):
    initializer = tf.random_uniform_initializer(seed=5)
    return tf.layers.dense(x, 5, kernel_initializer=initializer, bias_initializer=initializer)


def convolution(x):
    images = tf.reshape(x, [1, 4, 3, 6])
    kernel = variable("w", [2, 2, 6, 5], x)
    return tf.nn.conv2d(images, kernel, [1, 1, 1, 1], "SAME") + variable("b", [5], x)


def pointwise(x):
    images = tf.reshape(x, [1, 4, 3, 6])
    convolved = tf.nn.conv2d(images, variable("w", [1, 1, 6, 5], x), [1, 1, 1, 1], "VALID")
    return tf.nn.bias_add(convolved, variable("b", [5], x))


IDIOMS = {
    norm: "layer_norm", norm_by_sqrt: "layer_norm", norm_by_moments: "layer_norm",
    gelu: "gelu_tanh", gelu_of_bert: "gelu_tanh", gelu_by_erf: "gelu", softmax: "softmax",
    dense: "matmul_bias", dense_by_bias_add: "matmul_bias", convolution: "conv2d_bias",
    pointwise: "conv2d_bias", dense_layer: "dense_bias", attention: "attention",
    attention_to_the_past: "attention", attention_by_constants: "attention",
    attention_to_all: "attention",
}  # fmt: skip


def run(build, fuse):
    """Value, gradients, and the program's source."""
    with tf.Graph().as_default(), tf.options(fuse=fuse):
        x = tf.placeholder(tf.float64, [4, 3, 6], name="x")
        y = build(x)
        weights = tf.constant(np.cos(np.arange(y.shape.num_elements())).reshape(y.shape.as_list()))
        xs = [x, *tf.trainable_variables()]
        gradients = tf.gradients(tf.reduce_sum(y * weights), xs)
        feeds = {x: np.random.RandomState(0).randn(4, 3, 6)}
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            sources = session.program(y, [x]).source, session.program([y, gradients], [x]).source
            return session.run(y, feeds), session.run([y, *gradients], feeds), sources


@pytest.mark.parametrize("build", IDIOMS, ids=lambda f: f.__name__)
def test_values_and_gradients_are_the_same(build):
    value, results, sources = run(build, fuse=True)
    wanted, wanted_results, plain = run(build, fuse=False)
    for source in sources:
        assert source.count(f"fused.{IDIOMS[build]}(") == 1
        assert source.count(" = ") < plain[sources.index(source)].count(" = ")
    assert not any("fused." in source for source in plain)
    np.testing.assert_allclose(value, wanted, rtol=1e-9, atol=1e-11)
    for a, b in zip(results, wanted_results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-9)


def source_of(fetches, feeds=()):
    with tf.Session() as session:
        return session.program(fetches, feeds).source


@pytest.fixture
def x():
    with tf.Graph().as_default():
        yield tf.placeholder(tf.float32, [4, 6], name="x")


def test_a_dense_layer_of_any_batch_is_one_call():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3, 6])
        y = tf.layers.dense(x, 5, bias_initializer=tf.ones_initializer())
        session.run(tf.global_variables_initializer())
        source = session.program(y, [x]).source
        assert "fused.dense_bias(" in source and "Tensordot" not in source
        given = np.random.RandomState(0).randn(2, 3, 6).astype(np.float32)
        kernel = session.run(tf.trainable_variables()[0])
        np.testing.assert_allclose(session.run(y, {x: given}), given @ kernel + 1.0, atol=1e-6)


@pytest.mark.parametrize("axes", [[[0], [0]], [[1], [0]], [[0, 2], [0, 1]]])
def test_other_tensordots_are_left_alone(axes):
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [6, 6, 6])
        kernel = tf.ones([6, 5] if len(axes[0]) == 1 else [6, 6, 5])
        y = tf.nn.bias_add(tf.tensordot(x, kernel, axes), tf.ones([5]))
        assert "dense_bias" not in source_of(y, [x])


def test_what_is_seen_is_left_alone(x):
    product = tf.matmul(x, tf.ones([6, 2]))
    y = product + tf.ones([2])
    assert "fused" in source_of(y, [x])
    assert "fused" not in source_of([y, product], [x])
    assert "fused" not in source_of(y, [x, product])
    assert "fused" not in source_of([y, product * 2.0], [x])
    assert "fused" not in source_of(tf.gradients(y, product), [x])


def test_control_dependencies_are_left_alone(x):
    product = tf.matmul(x, tf.ones([6, 2]))
    with tf.control_dependencies([product]):
        z = x * 3.0
    assert "fused" not in source_of([product + tf.ones([2]), z], [x])


def test_a_variable_that_changes_in_between(x):
    w = tf.get_variable("w", [6, 2], initializer=tf.ones_initializer())
    product = tf.matmul(x, w)
    with tf.control_dependencies([product]):
        changed = w.assign_add(tf.ones([6, 2]))
        with tf.control_dependencies([changed]):
            y = product + tf.ones([2])
    with tf.Session() as session:
        session.run(w.initializer)
        assert session.run(y, {x: np.ones([4, 6])}).tolist() == [[7.0, 7.0]] * 4


def test_stop_gradient_still_stops(x):
    mean = tf.stop_gradient(tf.reduce_mean(x, -1, keepdims=True))
    y = softmax(x - mean)
    with tf.Session() as session:
        found = session.run(tf.gradients(y[:, 0], x)[0], {x: np.eye(4, 6)})
    assert np.isfinite(found).all()


@pytest.mark.parametrize("rate", [0.25, None])
def test_dropout(x, rate):
    keep = tf.placeholder(tf.float32, []) if rate is None else 1 - rate
    big = tf.ones([200, 300])
    y = tf.nn.dropout(big, keep)
    feeds = {keep: 0.75} if rate is None else {}
    with tf.Session() as session:
        source = session.program(y, list(feeds)).source
        found = session.run(y, feeds)
        again = session.run(y, feeds)
    assert source.count("fused.dropout(") == 1
    assert set(np.unique(found)) == {0.0, np.float32(1 / 0.75)}
    assert 0.74 < (found > 0).mean() < 0.76
    assert not np.array_equal(found, again)


def test_dropouts_gradient(x):
    y = tf.nn.dropout(x, 0.5, seed=1)
    with tf.Session() as session:
        value, slope = session.run([y, tf.gradients(y, x)[0]], {x: np.full([4, 6], 3.0)})
    np.testing.assert_allclose(value, 3.0 * slope)
    assert set(np.unique(slope)) <= {0.0, 2.0}


def test_keep_all_and_none(x):
    keep = tf.placeholder(tf.float32, [])
    y = tf.nn.dropout(x, keep)
    with tf.Session() as session:
        assert session.run(y, {x: np.ones([4, 6]), keep: 1.0}).tolist() == [[1.0] * 6] * 4


def test_numbers_are_computed_once(x):
    scale = tf.sqrt(tf.constant(16.0)) + 1.0
    source = source_of(x * scale, [x])
    assert "torch.sqrt" not in source and source.count("torch.") == 1
    with tf.Session() as session:
        assert session.run(x * scale, {x: np.ones([4, 6])})[0, 0] == 5.0
        found = session.run([scale, scale])
        assert found == [5.0, 5.0]


def test_a_failing_number_fails_when_it_runs(x):
    bad = tf.check_numerics(tf.constant(0.0) / tf.constant(0.0), "bad")
    with tf.Session() as session:
        session.run(x, {x: np.ones([4, 6])})
        with pytest.raises(tf.errors.InvalidArgumentError, match="bad"):
            session.run(bad)


@pytest.mark.traced_by_torch
@pytest.mark.filterwarnings("ignore")
def test_compiled_programs(x, monkeypatch):
    import torch

    compile_ = torch.compile
    monkeypatch.setattr(torch, "compile", lambda f, **kw: compile_(f, backend="eager", **kw))
    y = gelu(norm(x))
    with tf.Session() as session, tf.options(compile=True):
        session.run(tf.global_variables_initializer())
        found = session.run(y, {x: np.eye(4, 6)})
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(found, session.run(y, {x: np.eye(4, 6)}), rtol=1e-5, atol=1e-6)


def some_attention(mask=None, seen=False):
    q, k, v = (tf.placeholder(tf.float32, [2, 3, 4], name=name) for name in "qkv")
    scores = tf.matmul(q, k, transpose_b=True) * 0.5
    if mask is not None:
        scores = scores * mask - 1e10 * (1 - mask) if seen else scores + mask
    weights = tf.nn.softmax(scores)
    return [q, k, v], weights, tf.matmul(weights, v)


def test_attention_whose_weights_are_seen():
    with tf.Graph().as_default():
        inputs, weights, output = some_attention()
        assert "fused.attention" in source_of(output, inputs)
        assert "fused.attention" not in source_of([output, weights], inputs)


def test_attention_that_is_differentiated_twice():
    with tf.Graph().as_default():
        inputs, _, output = some_attention()
        (first,) = tf.gradients(output, inputs[:1])
        (second,) = tf.gradients(tf.reduce_sum(first * first), inputs[:1])
        assert "fused.attention" in source_of(first, inputs)
        assert "fused.attention" not in source_of(second, inputs)
        with tf.Session() as session:
            feeds = dict(zip(inputs, np.random.RandomState(0).randn(3, 2, 3, 4), strict=True))
            assert np.abs(session.run(second, feeds)).max() > 0


@pytest.mark.parametrize(
    ("mask", "seen"),
    [([0.0, -1.0, -2.0], False), (0.5 * np.ones([3, 3], "f"), True)],
    ids=["a vector", "neither 0 nor 1"],
)
def test_attention_with_other_masks(mask, seen):
    with tf.Graph().as_default():
        inputs, _, output = some_attention(tf.constant(mask), seen)
        assert "fused.attention" not in source_of(output, inputs)
