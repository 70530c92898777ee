"""A TensorFlow 1 program for Horovod, as such programs were written. Writes what it trained."""

import sys

import horovod.tensorflow as hvd
import numpy as np
import tensorflow as tf

STEPS, ROWS = 4, 8


def main():
    hvd.init()
    assert not hvd.mpi_threads_supported() and hvd.local_rank() < hvd.local_size()
    tf.set_random_seed(hvd.rank())  # the broadcast makes them equal
    random = np.random.RandomState(0)
    images = random.randn(ROWS, 6).astype(np.float32)
    words = random.randint(0, 9, [ROWS, 3])
    labels = random.randint(0, 4, [ROWS])
    mine = slice(hvd.rank() * ROWS // hvd.size(), (hvd.rank() + 1) * ROWS // hvd.size())

    x = tf.placeholder(tf.float32, [None, 6])
    ids = tf.placeholder(tf.int64, [None, 3])
    y = tf.placeholder(tf.int64, [None])
    table = tf.get_variable(
        "table", [9, 5], initializer=tf.random_normal_initializer(seed=3 + hvd.rank())
    )
    hidden = tf.concat([x, tf.reduce_mean(tf.nn.embedding_lookup(table, ids), 1)], 1)
    hidden = tf.layers.dense(hidden, 7, tf.nn.tanh, name="fc1")
    logits = tf.layers.dense(hidden, 4, name="fc2")
    loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
    step = tf.train.get_or_create_global_step()
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer = hvd.DistributedOptimizer(optimizer, sparse_as_dense="dense" in sys.argv)
    train = optimizer.minimize(loss, global_step=step)
    mean = hvd.allreduce(loss, average=True)
    hooks = [hvd.BroadcastGlobalVariablesHook(0), tf.train.StopAtStepHook(last_step=STEPS)]
    # One process must begin like process 0 of two.
    losses = []
    with tf.train.MonitoredTrainingSession(hooks=hooks) as session:
        while not session.should_stop():
            feed = {x: images[mine], ids: words[mine], y: labels[mine]}
            _, value, *values = session.run(
                [train, mean, *tf.trainable_variables()], feed_dict=feed
            )
            losses.append(value)
    if hvd.rank() == 0:
        np.savez(sys.argv[1], np.array(losses), *values)


main()
