"""tf.contrib.memory_stats, staging, cluster_resolver."""

import json

import pytest

import scopeflow as tf


def test_memory():
    stats = tf.contrib.memory_stats
    ops = [stats.BytesInUse(), stats.MaxBytesInUse(), stats.BytesLimit()]
    assert [(op.op.type, op.dtype, op.shape.ndims) for op in ops] == [
        ("BytesInUse", tf.int64, 0), ("MaxBytesInUse", tf.int64, 0), ("BytesLimit", tf.int64, 0),
    ]  # fmt: skip
    with tf.Session() as session:
        now, most, limit = session.run(ops)
    assert 0 <= now and 0 < most <= limit


def test_staging():
    area = tf.contrib.staging.StagingArea([tf.float32, tf.int32], [[2], []], names=["x", "n"])
    put = area.put({"x": [1.0, 2.0], "n": tf.constant(3)})
    taken, size, clear = area.get(), area.size(), area.clear()
    assert taken["x"].shape.as_list() == [2]
    second = area.peek(1)
    with pytest.raises(ValueError, match=r"dict with the keys \['x', 'n'\]"):
        area.put([1, 2])
    with pytest.raises(ValueError, match="Datatypes do not match"):
        area.put({"x": tf.constant([1, 2]), "n": 3})
    with tf.Session() as session:
        for _ in range(3):
            session.run(put)
        assert session.run(second)["x"].tolist() == [1, 2]
        assert session.run(size) == 3 and session.run(taken)["n"] == 3
        session.run(clear)
        assert session.run(size) == 0


def test_a_list_waits_in_order():
    value = tf.placeholder(tf.float32)
    area = tf.contrib.staging.StagingArea([tf.float32])
    put, (taken,) = area.put([value]), area.get()
    with tf.Session() as session:
        session.run(put, {value: 1})
        session.run(put, {value: [2, 3]})
        assert session.run(taken) == 1 and session.run(taken).tolist() == [2, 3]


resolvers = tf.contrib.cluster_resolver


@pytest.mark.skipif(not hasattr(tf.train, "ClusterSpec"), reason="tf.train.ClusterSpec to come")
def test_clusters(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert resolvers.TFConfigClusterResolver().master() == ""
    spec = tf.train.ClusterSpec({"worker": ["a:1", "b:2"]})
    simple = resolvers.SimpleClusterResolver(spec, "m", task_type="worker", task_id=1)
    assert (simple.master(), simple.master("worker", 0)) == ("m", "a:1")
    assert (simple.task_id, simple.num_accelerators(), simple.environment) == (1, {}, "")
    config = {
        "cluster": {"worker": ["a:1", "b:2"], "ps": ["c:3"]},
        "task": {"type": "worker", "index": 1}, "rpc_layer": "grpc",
    }  # fmt: skip
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    named = resolvers.TFConfigClusterResolver()
    assert (named.master(), named.master("ps", 0)) == ("grpc://b:2", "grpc://c:3")
    assert (named.task_type, named.task_id) == ("worker", 1)
    union = resolvers.UnionClusterResolver(simple, named)
    assert union.master() == "m"
    assert union.cluster_spec().as_dict() == {"worker": ["a:1", "b:2"] * 2, "ps": ["c:3"]}


def test_there_is_no_tpu():
    kind = resolvers.TPUClusterResolver
    assert kind("grpc://10.0.0.1:8470").get_master() == "grpc://10.0.0.1:8470"
    with pytest.raises(ValueError, match="Please provide a TPU Name"):
        kind()
    with pytest.raises(NotImplementedError, match="use_tpu=False"):
        kind("my-tpu")
    with pytest.raises(NotImplementedError, match="SimpleClusterResolver"):
        resolvers.SlurmClusterResolver({"worker": 1})
