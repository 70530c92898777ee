"""Every function of horovod.tensorflow, by the session, on two processes; then one of them dies."""

import os

import horovod.tensorflow as hvd
import horovod.tensorflow.keras as keras_hvd
import numpy as np
import tensorflow as tf
from horovod.keras.callbacks import MetricAverageCallback
from horovod.tensorflow.compression import Compression

try:
    hvd.rank()
except ValueError as error:
    assert "has not been initialized" in str(error)
hvd.init()
me = hvd.rank()
assert hvd.size() == 2 and hvd.is_initialized()
value = tf.constant([1.0, 2.0]) * (me + 1)
variable = tf.get_variable("v", initializer=tf.constant([10.0 * (me + 1)]))
total = hvd.allreduce(value, average=False)
assert total.op.inputs[0].op is value.op and "HorovodAllreduce_mul_0" in total.op.name
mean = hvd.allreduce(value, compression=hvd.Compression.fp16)
slices = hvd.allreduce(tf.IndexedSlices(value[:, None], tf.constant([me, 5]), tf.constant([9, 1])))
gathered = hvd.allgather(tf.fill([me + 1, 2], me + 0.5))
sent = hvd.broadcast(value, 1)
grouped = hvd.grouped_allreduce([value, tf.constant([[me]]), value * 2.0], op=hvd.Sum)
gradients = [
    tf.gradients(tf.reduce_sum(f * (me + 1.0)), value)[0] for f in (total, sent)
] + tf.gradients(tf.reduce_sum(gathered * (me + 1.0)), gathered.op.inputs[0])
rows = tf.reshape(tf.range(10.0 * me, 10.0 * me + 3.0), [3, 1])
sent_rows, counts = hvd.alltoall(rows, splits=[1 + me, 2 - me])
back = tf.gradients(tf.reduce_sum(sent_rows * (me + 1.0)), rows)[0]
swapped = hvd.alltoall(tf.constant([me, me + 10]))
curve = tf.gradients(tf.gradients(tf.reduce_sum(hvd.allreduce(value**3, op=hvd.Sum)), value), value)

assert hvd.broadcast_object({"rank": me, "list": [1]}, root_rank=1) == {"rank": 1, "list": [1]}
assert hvd.broadcast_object_fn(root_rank=0)(me) == 0
assert hvd.allgather_object("ab"[me]) == ["a", "b"]
assert (hvd.cross_rank(), hvd.cross_size(), hvd.local_size()) == (0, 1, 2) and hvd.is_homogeneous()

# Gradients of a table, gathered and made dense, with float16 on the way.
table = tf.get_variable("table", [4, 2], initializer=tf.ones_initializer())
loss = tf.reduce_sum(tf.gather(table, [me, 3, 3]) * (me + 1.0))
optimizer = tf.train.GradientDescentOptimizer(0.5)
pairs = {
    dense: hvd.DistributedOptimizer(
        optimizer, sparse_as_dense=dense, compression=Compression.fp16
    ).compute_gradients(loss, [table])
    for dense in (False, True)
}
assert isinstance(pairs[False][0][0], tf.IndexedSlices)
assert isinstance(pairs[True][0][0], tf.Tensor) and pairs[True][0][0].dtype == tf.float32
trained = optimizer.apply_gradients(pairs[False])


def train_with_keras():
    """Each with half of the batches, and each with all of them, give the same."""
    features = np.random.RandomState(0).randn(2, 2, 4, 3).astype(np.float32)  # step, process
    targets = features.sum(-1, keepdims=True)

    def model(optimizer):
        layers = [tf.keras.layers.Dense(4, "tanh", input_shape=(3,)), tf.keras.layers.Dense(1)]
        found = tf.keras.Sequential(layers)
        found.compile(optimizer, "mse", metrics=["mae"])
        return found

    def momentum():
        return tf.keras.optimizers.SGD(0.1, momentum=0.9)

    def fit(model, features, targets, callbacks):
        warmup = keras_hvd.callbacks.LearningRateWarmupCallback(warmup_epochs=2)
        history = model.fit(
            features.reshape(-1, 3), targets.reshape(-1, 1), epochs=3, shuffle=False, verbose=0,
            batch_size=len(features.reshape(-1, 3)) // 2, callbacks=[*callbacks, warmup],
        )  # fmt: skip
        return history.history

    two = model(keras_hvd.DistributedOptimizer(momentum()))
    one = model(momentum())
    one.set_weights(hvd.broadcast_object(two.get_weights(), 0))
    begin = keras_hvd.callbacks.BroadcastGlobalVariablesCallback(0)
    found = fit(two, features[:, me], targets[:, me], [begin, MetricAverageCallback()])
    wanted = fit(one, features, targets, [])
    assert len(found) == 3 and {"loss", "lr"} < set(found)
    for name in found:
        np.testing.assert_allclose(found[name], wanted[name], rtol=1e-5)
    np.testing.assert_allclose(found["lr"], [0.075, 0.1, 0.1], rtol=1e-6)
    for mine, theirs in zip(two.get_weights(), one.get_weights()):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-6)
    assert keras_hvd.allreduce(float(me)) == 0.5 and type(two.optimizer).__name__ == "SGD"
    assert keras_hvd.allgather([me]).tolist() == [0, 1] and keras_hvd.broadcast(me, 1) == 1


with tf.Graph().as_default():
    train_with_keras()
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(hvd.broadcast_global_variables(0))
    run = session.run
    assert run(variable).tolist() == [10.0]
    assert run(total).tolist() == [3.0, 6.0] and run(mean).tolist() == [1.5, 3.0]
    found = run(slices)
    assert found.indices.tolist() == [0, 5, 1, 5], found
    assert found.values.ravel().tolist() == [0.5, 1.0, 1.0, 2.0], found
    assert run(gathered).tolist() == [[0.5, 0.5], [1.5, 1.5], [1.5, 1.5]]
    assert run(sent).tolist() == [2.0, 4.0]
    assert [g.tolist() for g in run(grouped)] == [[3.0, 6.0], [[1]], [6.0, 12.0]]
    found = [g.tolist() for g in run(gradients)]
    assert found == [[3.0] * 2, [3.0 * me] * 2, [[3.0, 3.0]] * (me + 1)], found
    assert run(sent_rows).ravel().tolist() == [[0.0, 10.0, 11.0], [1.0, 2.0, 12.0]][me]
    assert run(counts).tolist() == [[1, 2], [2, 1]][me]
    assert run(swapped).tolist() == [10 * me, 10 * me + 1]
    assert run(back).ravel().tolist() == [[1.0, 2.0, 2.0], [1.0, 1.0, 2.0]][me]
    assert run(curve)[0].tolist() == [12.0 * (me + 1), 24.0 * (me + 1)]
    mean = run(pairs[True])[0][0]
    assert mean.tolist() == [[0.5, 0.5], [1.0, 1.0], [0.0, 0.0], [3.0, 3.0]], mean
    run(trained)
    np.testing.assert_allclose(run(table), 1.0 - 0.5 * mean)
    if me == 1:
        os._exit(9)
    try:
        run(total)
    except tf.errors.UnavailableError as error:
        assert "has lost the others" in error.message
        print("lost", flush=True)
