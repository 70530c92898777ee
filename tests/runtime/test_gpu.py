"""On a GPU: sessions and modules compute there what they compute on the CPU."""

import copy
import subprocess
import sys

import numpy as np
import pytest
import torch

import scopeflow as tf

from .module_networks import NETWORKS

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here"),
    pytest.mark.traced_by_torch,
    # What torch.compile advises on such GPUs.
    pytest.mark.filterwarnings("ignore:TensorFloat32 tensor cores"),
]

ON_CPU = tf.ConfigProto(device_count={"GPU": 0})


@pytest.fixture(autouse=True)
def _full_precision(monkeypatch):
    """Convolutions in float32, not in TF32, so that they can be compared; a graph of its own."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    with tf.Graph().as_default():
        yield


def on_both(fetches, feeds=None, steps=1):
    """What the fetches are in the last of some runs, on the CPU and on the GPU."""
    found = []
    saved = None
    for config in (ON_CPU, None):
        with tf.Session(config=config) as session:
            if saved is None:
                session.run(tf.global_variables_initializer())
                saved = session.run(tf.global_variables())
            for variable, value in zip(tf.global_variables(), saved, strict=True):
                variable.load(value, session)
            for _ in range(steps):
                values = session.run(fetches, feeds)
            found.append(values)
    return found


def same(found, rtol=1e-4, atol=1e-5):
    cpu, gpu = found
    for one, other in zip(tf.nest.flatten(cpu), tf.nest.flatten(gpu), strict=True):
        np.testing.assert_allclose(other, one, rtol=rtol, atol=atol)


def test_a_session_computes_on_the_gpu():
    x = tf.placeholder(tf.float32, [2, 3])
    y = tf.matmul(x, tf.ones([3, 4]))
    with tf.Session() as session:
        before = torch.cuda.memory_stats().get("allocation.all.allocated", 0)
        np.testing.assert_array_equal(session.run(y, {x: np.ones([2, 3])}), np.full([2, 4], 3))
        assert torch.cuda.memory_stats()["allocation.all.allocated"] > before
        assert [device.device_type for device in session.list_devices()][:2] == ["CPU", "GPU"]
    with tf.Session(config=ON_CPU) as session:
        assert [device.device_type for device in session.list_devices()] == ["CPU"]


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_networks_train(name):
    tf.set_random_seed(7)
    inputs, output, batch = NETWORKS[name]()
    loss = tf.reduce_mean(tf.square(output))
    gradients = [g for g in tf.gradients(loss, tf.trainable_variables()) if g is not None]
    train = tf.train.AdamOptimizer(0.01).minimize(loss)
    feeds = dict(zip(inputs, batch(5), strict=True))
    if name == "slim":
        feeds["is_training:0"] = False  # dropout's numbers are each device's own
    same(on_both([output, gradients], feeds))
    with tf.control_dependencies([train]):
        after = tf.identity(loss)
    same(on_both(after, feeds, steps=5), rtol=1e-3)


@pytest.mark.parametrize("lengths", [None, [2, 5, 0]])
@pytest.mark.parametrize("kind", ["BasicLSTMCell", "GRUCell", "BasicRNNCell"])
def test_recurrent_networks(kind, lengths):
    x = tf.constant(np.random.RandomState(0).randn(3, 5, 4), tf.float32)
    outputs, state = tf.nn.dynamic_rnn(
        getattr(tf.nn.rnn_cell, kind)(6), x, sequence_length=lengths, dtype=tf.float32
    )
    gradients = tf.gradients(tf.reduce_sum(tf.square(outputs)), [x, *tf.trainable_variables()])
    same(on_both([outputs, state, gradients]), rtol=5e-3, atol=1e-4)  # cuDNN's, in TF32


@pytest.mark.parametrize("format", ["NHWC", "NCHW"])
@pytest.mark.parametrize(("window", "stride"), [(2, 1), (3, 2), (2, 2), (5, 1)])
def test_gradients_of_pooling(window, stride, format):
    image = np.random.RandomState(1).randn(2, 4, 5, 3)
    x = tf.constant(image if format == "NHWC" else image.transpose(0, 3, 1, 2), tf.float32)
    for pool in (tf.nn.avg_pool, tf.nn.max_pool):
        sizes = [[1, n, n, 1] if format == "NHWC" else [1, 1, n, n] for n in (window, stride)]
        y = pool(x, *sizes, "SAME", data_format=format)
        weights = tf.cos(tf.to_float(tf.range(tf.size(y))))
        loss = tf.reduce_sum(tf.reshape(y, [-1]) * weights)
        same(on_both([y, tf.gradients(loss, x)[0]]))


def test_sparse_updates_and_reports():
    table = tf.get_variable("table", [20, 3])
    rows = tf.nn.embedding_lookup(table, [3, 3, 19, 0])
    loss = tf.reduce_sum(tf.square(rows))
    for optimizer in (
        tf.train.GradientDescentOptimizer(0.1),
        tf.train.MomentumOptimizer(0.1, 0.9),
        tf.train.AdagradOptimizer(0.1),
        tf.train.AdamOptimizer(0.1),
    ):
        train = optimizer.minimize(loss)
        with tf.control_dependencies([train]):
            after = table.read_value()
        same(on_both(after, steps=3))
    with tf.Session() as session:
        names = session.run(tf.report_uninitialized_variables())
        assert b"table" in names.tolist()


def test_a_monitored_session_saves_and_goes_on(tmp_path):
    for expected in (1, 2):
        with tf.Graph().as_default():
            step = tf.train.get_or_create_global_step()
            w = tf.get_variable("w", [3], initializer=tf.zeros_initializer())
            loss = tf.reduce_sum(tf.square(w - 1.0))
            train = tf.train.AdamOptimizer(0.1).minimize(loss, step)
            with tf.train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path)) as session:
                session.run(train)
                assert session.run(step) == expected
            values = tf.train.load_variable(str(tmp_path), "w")
            assert (values > 0).all()


def test_strings_tables_and_datasets():
    words = tf.constant(["a", "b", "c"])
    table = tf.contrib.lookup.index_table_from_tensor(words)
    batches = tf.data.Dataset.from_tensor_slices(["c", "a", "z"]).repeat(2).batch(3)
    ids = table.lookup(batches.make_one_shot_iterator().get_next())
    joined = tf.boolean_mask(words, tf.constant([True, False, True]))
    with tf.Session() as session:
        session.run(tf.tables_initializer())
        assert session.run(ids).tolist() == [2, 0, -1]
        assert session.run(joined).tolist() == [b"a", b"c"]


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_modules_move_to_the_gpu(name):
    with tf.Graph().as_default():
        tf.set_random_seed(7)
        inputs, output, batch = NETWORKS[name]()
        with tf.Session(config=ON_CPU) as session:
            session.run(tf.global_variables_initializer())
            module = tf.to_module(output, inputs, session)
    given = [torch.tensor(value) for value in batch(3)]
    there = copy.deepcopy(module).cuda()
    moved = [value.cuda() for value in given]
    expected, found = module(*given), there(*moved)
    assert found.is_cuda
    torch.testing.assert_close(found.cpu(), expected, rtol=1e-4, atol=1e-5)
    expected.square().mean().backward()
    found.square().mean().backward()
    for (key, one), other in zip(module.named_parameters(), there.parameters(), strict=True):
        if one.grad is not None:
            torch.testing.assert_close(
                other.grad.cpu(), one.grad, rtol=1e-3, atol=1e-5, msg=lambda m, key=key: key + m
            )
    with torch.autocast("cuda", torch.bfloat16):
        low = there(*moved)
    torch.testing.assert_close(low.float().cpu(), expected.detach(), rtol=0.1, atol=0.1)
    with torch.no_grad():
        compiled = torch.compile(there.eval())(*moved)
    torch.testing.assert_close(compiled, there(*moved), rtol=1e-3, atol=1e-4)


def test_a_function_module_is_made_where_its_inputs_are():
    @tf.module
    def network(x):
        return tf.layers.dense(x, 3, name="fc")

    assert network(torch.ones(2, 4)).device.type == "cpu"
    assert all(not p.is_cuda for p in network.parameters())

    @tf.module
    def other(x):
        return tf.layers.dense(x, 3, name="fc")

    assert other(torch.ones(2, 4, device="cuda")).is_cuda
    assert all(p.is_cuda for p in other.parameters())


def test_an_index_out_of_range():
    """The process can no longer use the GPU, so it is another one."""
    program = """
import scopeflow as tf
x = tf.placeholder(tf.int32, [1])
y = tf.gather(tf.ones([3]), x, name="picked")
try:
    tf.Session().run(y, {x: [7]})
except tf.errors.InternalError as error:
    print("told:", "index that is out of range" in str(error))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "told: True" in run.stdout, run.stdout + run.stderr
