"""Every function of horovod.tensorflow, by the session, on two processes; then one of them dies."""

import os

import horovod.tensorflow as hvd
import tensorflow as tf

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
    if me == 1:
        os._exit(9)
    try:
        run(total)
    except tf.errors.UnavailableError as error:
        assert "has lost the others" in error.message
        print("lost", flush=True)
