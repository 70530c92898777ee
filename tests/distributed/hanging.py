"""Process 1 stops for a long time; the op of process 0 ends when its time is over."""

import time

import horovod.tensorflow as hvd
import tensorflow as tf

hvd.init()
total = hvd.allreduce(tf.constant([1.0]), name="total")
with tf.Session() as session:
    session.run(total)
    if hvd.rank() == 1:
        time.sleep(300)
    start = time.time()
    try:
        session.run(total)
    except tf.errors.UnavailableError as error:
        assert "total: process 0 of 2 has lost the others" in error.message, error
        print(f"waited {time.time() - start:.1f}", flush=True)
