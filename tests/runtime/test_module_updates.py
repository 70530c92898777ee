"""Modules that update variables as they train: autograd keeps what it needs, and no more."""

import copy

import numpy as np
import pytest
import torch

import scopeflow as tf


def also(update):
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, update)


def variable(name, shape, **kwargs):
    ones = tf.ones_initializer()
    return tf.get_variable(name, shape, initializer=ones, trainable=False, **kwargs)


def normalized(x):
    return tf.layers.batch_normalization(tf.layers.dense(x, 3), training=True)


def spectral(x):
    """The weights over their largest singular value, by power iteration as GANs do it."""
    w, u = tf.get_variable("w", [3, 3]), variable("u", [1, 3])
    v = tf.nn.l2_normalize(tf.matmul(u, w, transpose_b=True))
    after = tf.nn.l2_normalize(tf.matmul(v, w))
    sigma = tf.matmul(tf.matmul(v, w), after, transpose_b=True)
    with tf.control_dependencies([u.assign(after)]):
        return tf.matmul(x, w / sigma)


def codebook(x):
    c = variable("c", [3])
    y = tf.layers.dense(x, 3) * c
    also(tf.assign(c, 0.9 * c + 0.1 * tf.reduce_mean(y, 0)))
    return y


def resource(x):
    c = variable("c", [3], use_resource=True)
    y = tf.layers.dense(x, 3) * c
    also(tf.assign_add(c, 0.1 * tf.reduce_mean(y, 0)))
    return y


def counted(x):
    n = variable("n", [])
    with tf.control_dependencies([tf.assign_add(n, 1.0)]):
        return tf.layers.dense(x, 2) * tf.identity(n)


def memory(x):
    rows = variable("rows", [5, 3])
    hidden = tf.layers.dense(x, 3)
    y = hidden * tf.gather(rows, [0, 1, 2, 3])
    also(tf.scatter_update(rows, [0, 1, 2, 3], hidden))
    return y


def clipped(x):
    w = tf.get_variable("w", [3], initializer=tf.constant_initializer([2.0, 0.5, -3.0]))
    y = x * w * w
    also(tf.assign(w, tf.clip_by_value(w, -1.0, 1.0)))
    return y


def averaged(x):
    average = tf.train.ExponentialMovingAverage(0.9)
    hidden = tf.layers.dense(x, 3)
    mean = tf.reduce_mean(hidden, 0)
    also(average.apply([mean]))
    return (hidden - average.average(mean)) * tf.get_variable("g", [3])


def twice(x):
    c = variable("c", [3])
    hidden = tf.layers.dense(x, 3)
    first = tf.assign(c, tf.reduce_mean(hidden, 0))
    with tf.control_dependencies([first]):
        also(tf.assign_add(c, tf.reduce_max(hidden, 0)))
    return hidden * hidden


PROGRAMS = [normalized, spectral, codebook, resource, counted, memory, clipped, averaged, twice]


@pytest.fixture(params=PROGRAMS, ids=lambda f: f.__name__)
def built(request):
    """(module, session, what the session computes: loss gradients and updates)."""
    with tf.Graph().as_default():
        tf.set_random_seed(3)
        x = tf.placeholder(tf.float32, [None, 3])
        y = request.param(x)
        variables = tf.trainable_variables()
        gradients = tf.gradients(tf.reduce_sum(y * y), variables)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        module = tf.to_module(y, x, session)
        with tf.control_dependencies(gradients):  # autograd's are those of the values before
            updates = tf.group(tf.get_collection(tf.GraphKeys.UPDATE_OPS))

    def run(batch):
        found = session.run([gradients, updates], {x: batch})[0]
        return {v.op.name: gradient for v, gradient in zip(variables, found, strict=True)}

    def value(name):
        return session.run(session.graph.get_tensor_by_name(f"{name}:0"))

    return module, run, value


def batches(count):
    return np.random.RandomState(0).randn(count, 4, 3).astype(np.float32)


def test_gradients_and_updates_are_the_sessions(built):
    module, run, value = built
    for batch in batches(3):
        module.zero_grad()
        module(batch).square().sum().backward()
        wanted = run(batch)
        for key, parameter in module.named_parameters():
            gradient = wanted[module.variable_names[key]]
            np.testing.assert_allclose(parameter.grad, gradient, rtol=1e-4, atol=1e-5)
        for key, name in module.variable_names.items():
            found = module.state_dict()[key]
            np.testing.assert_allclose(found, value(name), rtol=1e-4, atol=1e-6)


def test_buffers_never_carry_gradients(built):
    module, *_ = built
    module(batches(1)[0])
    assert not any(buffer.requires_grad for buffer in module.buffers())
    copy.deepcopy(module)(batches(1)[0]).sum().backward()


@pytest.mark.traced_by_torch
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # torch's own, while it traces
def test_compiled_they_do_the_same(built):
    module, *_ = built
    torch._dynamo.reset()
    other = copy.deepcopy(module)
    compiled = torch.compile(other, backend="aot_eager", fullgraph=True)
    for batch in map(torch.tensor, batches(2)):
        for network in (module, compiled):
            network.zero_grad()
            network(batch).square().sum().backward()
    for mine, theirs in zip(module.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, theirs.grad)
    for mine, theirs in zip(module.buffers(), other.buffers(), strict=True):
        torch.testing.assert_close(mine, theirs)
