"""A TensorFlow 1 program for one worker. Writes what it trained."""

import os
import sys

import numpy as np
import tensorflow as tf

STEPS, ROWS = 4, 8
RANK, SIZE = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))

tf.set_random_seed(RANK)  # process 0's values are everybody's
rows = np.random.RandomState(0).randn(ROWS, 6).astype(np.float32)
mine = rows[RANK * ROWS // SIZE : (RANK + 1) * ROWS // SIZE]
x = tf.placeholder(tf.float32, [None, 6])
hidden = tf.layers.dense(x, 7, tf.nn.tanh, name="fc1")
loss = tf.reduce_mean(tf.square(tf.layers.dense(hidden, 4, name="fc2") - 1.0))
train = tf.train.AdamOptimizer(0.05).minimize(loss)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(STEPS):
        session.run(train, {x: mine})
    values = session.run(tf.trainable_variables())
if RANK == 0:
    np.savez(sys.argv[1], *values)
