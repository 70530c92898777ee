"""tf.ConfigProto, tf.RunOptions and tf.RunMetadata in sessions."""

import numpy as np
import pytest
import torch

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def test_config_is_a_config_proto():
    config = tf.ConfigProto(allow_soft_placement=True, log_device_placement=False)
    config.gpu_options.allow_growth = True
    with tf.Session(config=config) as session:
        assert session.run(tf.constant(1.0)) == 1.0
    with pytest.raises(TypeError, match="config must be a tf.ConfigProto, but got <class 'dict'>"):
        tf.Session(config={})


def test_threads_are_set():
    before = torch.get_num_threads()
    try:
        tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1))
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_device_count_chooses_the_cpu():
    with tf.Session(config=tf.ConfigProto(device_count={"GPU": 0})) as session:
        assert session._device.type == "cpu"


def test_full_trace_tells_how_long_each_op_took():
    x = tf.placeholder(tf.float32, [300, 300], name="x")
    y = tf.nn.relu(tf.matmul(x, x, name="product"), name="y")
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    metadata = tf.RunMetadata()
    with tf.Session() as session:
        ones = np.ones([300, 300])
        value = session.run(y, {x: ones}, options=options, run_metadata=metadata)
        assert value[0, 0] == 300
        (device,) = metadata.step_stats.dev_stats
        stats = {node.node_name: node for node in device.node_stats}
        assert list(stats) == ["product", "y"]
        assert stats["product"].timeline_label == "product = MatMul(x, x)"
        assert stats["product"].all_end_rel_nanos > 0
        untraced = tf.RunMetadata()
        session.run(y, {x: ones}, options=tf.RunOptions(), run_metadata=untraced)
        assert not untraced.step_stats.dev_stats


def test_errors_pass_through_a_trace():
    x = tf.placeholder(tf.float32, name="x")
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="'x'"):
        session.run(x + 1, options=options, run_metadata=tf.RunMetadata())


def test_devices_of_a_session():
    with tf.Session(config=tf.ConfigProto(device_count={"GPU": 0})) as session:
        (device,) = session.list_devices()
    assert device.name == "/job:localhost/replica:0/task:0/device:CPU:0"
    assert device.device_type == "CPU" and device.memory_limit_bytes > 2**28
