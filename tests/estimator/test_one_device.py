"""What is written for TPUs and for several devices, on one device."""

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield
    tf.summary.FileWriterCache.clear()


def values(*fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(list(fetches))


def test_cross_shard_optimizer_is_the_optimizer():
    w = tf.get_variable("w", initializer=3.0)
    optimizer = tf.contrib.tpu.CrossShardOptimizer(tf.train.MomentumOptimizer(0.5, 0.9))
    step = optimizer.minimize(w * w)
    assert optimizer.get_slot(w, "momentum").op.name == "w/Momentum"
    with tf.control_dependencies([step]):
        found = w.read_value()
    assert values(found) == [0.0]
    with pytest.raises(ValueError, match="Unsupported reduction: x"):
        tf.contrib.tpu.CrossShardOptimizer(optimizer, reduction="x")


def test_bfloat16_scope_keeps_float32():
    with tf.tpu.bfloat16_scope():
        half = tf.get_variable("half", [2], tf.bfloat16)
        whole = tf.get_variable("whole", [2])
    assert half.dtype == tf.bfloat16
    assert whole.dtype.base_dtype == tf.float32
    assert [v.dtype.base_dtype for v in tf.global_variables()] == [tf.float32, tf.float32]


def test_computations_of_one_replica():
    x = tf.constant([1.0, 2.0])
    assert [v.tolist() for v in values(*tf.contrib.tpu.shard(lambda a: a + 1, [x]))] == [[2, 3]]
    assert values(*tf.tpu.rewrite(lambda a, b: [a, a * b], [2.0, 3.0])) == [2, 6]
    assert values(tf.contrib.tpu.repeat(5, lambda a: [a * 2], [1.0])) == [32]
    count = tf.get_variable("count", initializer=0, use_resource=True)
    loop = tf.contrib.tpu.repeat(4, lambda: tf.assign_add(count, 2).op)
    with tf.control_dependencies([loop]):
        counted = count.read_value()
    assert values(counted) == [8]
    for refused in (
        lambda: tf.contrib.tpu.shard(lambda a: a, [x], num_shards=2),
        lambda: tf.tpu.replicate(lambda: 1, [[], []]),
        tf.contrib.tpu.initialize_system,
    ):
        with pytest.raises(NotImplementedError):
            refused()


def test_tpu_estimators_need_no_tpu():
    config = tf.contrib.tpu.RunConfig()
    assert config.tpu_config.iterations_per_loop == 2
    replaced = config.replace(tpu_config=tf.contrib.tpu.TPUConfig(iterations_per_loop=7))
    assert replaced.tpu_config.iterations_per_loop == 7
    with pytest.raises(NotImplementedError, match="use_tpu=False"):
        tf.contrib.tpu.TPUEstimator(lambda features: 1, config=config, train_batch_size=2)
    with pytest.raises(ValueError, match="reserved keys"):
        tf.contrib.tpu.TPUEstimator(
            lambda features, params: 1, config=config, params={"batch_size": 1}, use_tpu=False
        )
    with pytest.raises(ValueError, match="two elements"):
        tf.contrib.tpu.TPUEstimatorSpec("eval", loss=tf.constant(1.0), eval_metrics=(3,))
    with pytest.raises(ValueError, match="num_cores_per_replica must be"):
        tf.contrib.tpu.TPUConfig(num_cores_per_replica=3)


def strategies():
    return [
        tf.distribute.MirroredStrategy(),
        tf.distribute.OneDeviceStrategy("/cpu:0"),
        tf.contrib.distribute.MirroredStrategy(num_gpus=1),
    ]


@pytest.mark.parametrize("i", range(3))
def test_strategies(i):
    strategy = strategies()[i]
    assert not tf.distribute.has_strategy()
    assert tf.distribute.get_replica_context().num_replicas_in_sync == 1
    with strategy.scope() as entered:
        assert entered is strategy
        assert tf.distribute.get_strategy() is strategy
        assert tf.distribute.in_cross_replica_context()
        v = tf.get_variable("v", initializer=2.0)

        def step(x):
            context = tf.distribute.get_replica_context()
            assert not tf.distribute.in_cross_replica_context()
            return context.all_reduce(tf.distribute.ReduceOp.SUM, x * v)

        found = strategy.experimental_run_v2(step, args=(tf.constant([3.0, 5.0]),))
        (local,) = strategy.experimental_local_results(found)
        mean = strategy.reduce(tf.distribute.ReduceOp.MEAN, found, axis=0)
        iterator = strategy.make_dataset_iterator(tf.data.Dataset.range(4).batch(2))
        added = strategy.experimental_run(lambda x: x + 1, iterator)
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), iterator.initialize()])
            assert session.run(local).tolist() == [6, 10]
            assert session.run(mean) == 8
            assert session.run(added).tolist() == [1, 2]
    assert not tf.distribute.has_strategy()


def test_several_devices_are_refused():
    with pytest.raises(NotImplementedError, match="one device, not on 2"):
        tf.distribute.MirroredStrategy(["/gpu:0", "/gpu:1"])
    with pytest.raises(NotImplementedError, match="num_gpus=1"):
        tf.contrib.distribute.MirroredStrategy(num_gpus=4)
    with pytest.raises(ValueError, match="not divisible"):
        tf.distribute.InputContext(num_replicas_in_sync=3).get_per_replica_batch_size(8)


def test_estimator_under_a_strategy(tmp_path):
    seen = []

    def model_fn(features, labels, mode):
        seen.append(tf.distribute.get_strategy())
        w = tf.get_variable("w", initializer=1.0)
        loss = tf.reduce_mean(tf.square(features * w - labels))
        step = tf.train.GradientDescentOptimizer(0.1).minimize(
            loss, tf.train.get_or_create_global_step()
        )
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step)

    strategy = tf.contrib.distribute.MirroredStrategy(num_gpus=1)
    config = tf.estimator.RunConfig(train_distribute=strategy)
    estimator = tf.estimator.Estimator(model_fn, str(tmp_path), config)
    data = np.ones(4, np.float32)
    estimator.train(lambda: tf.data.Dataset.from_tensor_slices((data, 2 * data)), steps=3)
    assert seen == [strategy]
    assert estimator.get_variable_value("w") == pytest.approx(2 - 0.8**3)
