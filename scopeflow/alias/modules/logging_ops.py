"""tensorflow.python.ops.logging_ops: functions that op types have the names of."""

import scopeflow as tf

print_v2 = tf.print
Print = tf.Print
