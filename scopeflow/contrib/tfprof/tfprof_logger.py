"""`tf.contrib.tfprof.tfprof_logger`: tf.profiler.write_op_log under its earlier name."""

import scopeflow as tf

__all__ = ["write_op_log"]

write_op_log = tf.profiler.write_op_log
