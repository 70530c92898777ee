"""tf.contrib.training.bucket and its kin; the batches are those of TensorFlow 1.15.5."""

import pytest

import scopeflow as tf

training = tf.contrib.training


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def batches(tensors):
    """What a session gets of them until the queues are empty, sorted."""
    found = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        with pytest.raises(tf.errors.OutOfRangeError):
            while True:
                found.append(session.run(tensors))
        coordinator.request_stop()
        coordinator.join(threads)
    return found


def examples(number=17):
    """Sequences of 7, 4, 1, 8, … elements, and what number they have."""
    count = tf.train.limit_epochs(tf.constant(0), num_epochs=number)
    current = tf.get_variable("n", [], tf.int32, tf.zeros_initializer(), trainable=False)
    with tf.control_dependencies([count]):
        n = tf.identity(tf.assign_add(current, 1))
    length = tf.mod(n * 7, 10)
    return length, [tf.range(length), n]


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (
            {"batch_size": 2},
            [
                ([0, 1], 1, [10, 13]), ([1, 2], 2, [3, 6]), ([3, 4], 4, [9, 12]),
                ([4, 5], 5, [2, 5]), ([6, 9], 9, [7, 8]), ([7, 8], 8, [1, 4]),
                ([7, 8], 8, [11, 14]),
            ],
        ),
        (
            {"batch_size": [2, 3, 4], "allow_smaller_final_batch": True},
            [
                ([0, 1], 1, [10, 13]), ([1, 2], 2, [3, 6]), ([2], 2, [16]),
                ([3, 4, 5], 5, [2, 5, 9]),
                ([4, 5], 5, [12, 15]), ([6, 7, 8, 9], 9, [1, 4, 7, 8]),
                ([7, 8, 9], 9, [11, 14, 17]),
            ],
        ),
    ],
)  # fmt: skip
def test_batches_by_length(arguments, expected):
    length, tensors = examples()
    lengths, (padded, numbers) = training.bucket_by_sequence_length(
        length, tensors, bucket_boundaries=[3, 6], dynamic_pad=True, **arguments
    )
    size = None if "allow_smaller_final_batch" in arguments else 2
    assert lengths.shape.as_list() == [size] and padded.shape.as_list() == [size, None]
    names = [runner.name for runner in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)]
    scope = "bucket_by_sequence_length/bucket/"
    assert names == [scope + "bucket_queue_0", scope + "top_queue"]
    found = []
    for lens, rows, n in batches([lengths, padded, numbers]):
        for number, row in zip(lens, rows, strict=True):
            assert row.tolist() == [*range(number)] + [0] * (rows.shape[1] - number)
        found.append((sorted(lens.tolist()), rows.shape[1], sorted(n.tolist())))
    assert sorted(found) == expected


def test_what_is_not_kept():
    _, (_, n) = examples(8)
    which, batch = training.bucket(
        {"n": n, "b": tf.constant([1.5])}, n // 5, 2, 2, keep_input=tf.equal(n % 2, 0)
    )
    assert batch["b"].shape.as_list() == [2, 1] and which.shape.as_list() == []
    found = batches([which, batch["n"]])
    assert sorted((int(i), v.tolist()) for i, v in found) == [(0, [2, 4]), (1, [6, 8])]


@pytest.mark.parametrize(
    "arguments, kind, text",
    [
        ({"bucket_boundaries": 3}, TypeError, "must be a list or tuple, but received: 3"),
        ({"bucket_boundaries": []}, ValueError, "must not be empty"),
        ({"bucket_boundaries": [3.0]}, TypeError, "must be integers, but saw: 3.0"),
        ({"bucket_boundaries": [3, 3]}, ValueError, "but saw: 3 before 3"),
        ({"batch_size": [2]}, ValueError, "batch_size is a list it must have num_buckets"),
        ({"bucket_capacities": [2]}, ValueError, "bucket_capacities is a list it must have"),
        ({"tensors": [tf.TensorShape(None)]}, ValueError, "all shapes must be known"),
    ],
)
def test_arguments_that_do_not_fit(arguments, kind, text):
    given = {"tensors": [1], "batch_size": 2, "bucket_boundaries": [3], **arguments}
    if isinstance(given["tensors"][0], tf.TensorShape):
        given["tensors"] = [tf.placeholder(tf.float32, [None])]
    with pytest.raises(kind, match=text):
        training.bucket_by_sequence_length(1, **given)


def test_no_tensors():
    with pytest.raises(ValueError, match="at least one tensor in bucket"):
        training.bucket([], 0, 2, 3)


def test_where_variables_go():
    strategy = training.GreedyLoadBalancingStrategy(2, training.byte_size_load_fn)
    sizes = [10, 3, 4, 20, 1]
    variables = [tf.get_variable(f"v{i}", [n]) for i, n in enumerate(sizes)]
    assert [strategy(v.op) for v in variables] == [0, 1, 1, 1, 0]
    assert [training.byte_size_load_fn(v.op) for v in variables] == [4 * n for n in sizes]
    with pytest.raises(ValueError, match="must have a single output"):
        training.byte_size_load_fn(tf.no_op())
    with pytest.raises(ValueError, match="not fully defined"):
        training.byte_size_load_fn(tf.placeholder(tf.float32, [None]).op)
    drawn = training.RandomStrategy(3, seed=1)
    tasks = [drawn(v.op) for v in variables]
    assert tasks == [drawn(v.op) for v in variables] and set(tasks) <= {0, 1, 2}
    setter = tf.train.replica_device_setter(ps_tasks=2, ps_strategy=training.RandomStrategy(2))
    with tf.device(setter):
        assert "/job:ps/task:" in tf.get_variable("placed", [3]).device
