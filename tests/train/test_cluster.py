"""Clusters, servers, device setters. Values and texts are TensorFlow 1.15.5's."""

import pytest

import scopeflow as tf

Spec = tf.train.ClusterSpec
CLUSTER = Spec({"ps": ["h0:1", "h1:1"], "worker": {0: "w0:2", 2: "w2:2"}})


def test_cluster_spec():
    assert CLUSTER.jobs == ["ps", "worker"]
    assert CLUSTER.as_dict() == {"ps": ["h0:1", "h1:1"], "worker": {0: "w0:2", 2: "w2:2"}}
    assert CLUSTER.num_tasks("ps") == 2
    assert CLUSTER.task_indices("worker") == [0, 2]
    assert CLUSTER.task_address("worker", 2) == "w2:2"
    assert CLUSTER.job_tasks("worker") == ["w0:2", None, "w2:2"]
    assert str(CLUSTER) == (
        "ClusterSpec({'ps': ['h0:1', 'h1:1'], 'worker': {0: 'w0:2', 2: 'w2:2'}})"
    )
    assert Spec(CLUSTER) == Spec(CLUSTER.as_cluster_def()) == CLUSTER
    assert CLUSTER != Spec({})
    assert not Spec({})
    assert isinstance(CLUSTER.as_cluster_def(), tf.train.ClusterDef)


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: CLUSTER.task_address("worker", 1), ValueError, "No task with index 1 in job 'wor"),
        (lambda: CLUSTER.num_tasks("x"), ValueError, "No such job in cluster: 'x'"),
        (lambda: Spec(3), TypeError, "`cluster` must be a dictionary mapping one or more job name"),
        (lambda: Spec({"a": "b"}), TypeError, "The tasks for job 'a' must be a list or a dictiona"),
        (lambda: Spec({"a": {"x": "b"}}), TypeError, "'x'"),
        (lambda: Spec({"a": [3]}), TypeError, "Task address 3 must be bytes or unicode"),
    ],
)
def test_mistakes_in_clusters(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


def test_a_server_of_one():
    server = tf.train.Server.create_local_server()
    server.start()
    assert (server.server_def.job_name, server.server_def.protocol) == ("local", "grpc")
    with tf.Graph().as_default(), tf.Session(server.target) as session:
        assert session.run(tf.constant(3)) == 3
    config = tf.ConfigProto(log_device_placement=True)
    other = tf.train.Server({"a": ["h:1"]}, config=config)
    again = tf.train.Server(other.server_def)
    assert again.server_def == other.server_def
    assert again.server_def.default_session_config.log_device_placement
    with pytest.raises(NotImplementedError, match="has several tasks, but everything runs in thi"):
        tf.train.Server(CLUSTER, job_name="worker")
    with pytest.raises(ValueError, match="Must specify an explicit `job_name`."):
        tf.train.Server({"a": ["h:1"], "b": ["h:2"]})
    with pytest.raises(TypeError, match="Could not convert `server_or_cluster_def`"):
        tf.train.Server(3)


def placed(setter, inner=""):
    with tf.Graph().as_default() as graph, tf.device(setter), tf.device(inner):
        a, _, _ = (tf.Variable(1.0, name=name) for name in "abc")
        tf.add(a, 1.0, name="sum")
        return [graph.get_operation_by_name(name).device for name in ("a", "b", "c", "sum")]


def test_devices_of_replicas():
    setter = tf.train.replica_device_setter
    plain = ["/job:ps/task:0", "/job:ps/task:1", "/job:ps/task:0", "/job:worker"]
    assert placed(setter(cluster=CLUSTER)) == plain
    assert placed(setter(ps_tasks=2)) == plain
    assert placed(setter(ps_tasks=0)) == [""] * 4
    assert setter(cluster={"worker": ["a:1"]}) is None
    assert placed(setter(ps_tasks=1, worker_device="/job:worker/task:2"), "/gpu:0") == [
        *["/job:ps/task:0/device:GPU:0"] * 3,
        "/job:worker/task:2/device:GPU:0",
    ]
    chosen = setter(ps_tasks=9, ps_device="/job:ps/cpu:0", ps_strategy=lambda op: 7)
    assert placed(chosen)[0] == "/job:ps/task:7/device:CPU:0"
    assert placed(setter(ps_tasks=2, ps_ops=["Add"]))[:1] == ["/job:worker"]
    with pytest.raises(TypeError, match="ps_strategy must be callable"):
        setter(ps_tasks=1, ps_strategy=3)


def test_parts_of_device_names():
    spec = tf.DeviceSpec.from_string("/job:ps/gpu:1")
    assert spec.replace(task=3).to_string() == "/job:ps/task:3/device:GPU:1"
    spec.merge_from(tf.DeviceSpec(job="worker"))
    assert spec.to_string() == "/job:worker/device:GPU:1"
    assert spec.parse_from_string("/task:1").to_string() == "/task:1"
