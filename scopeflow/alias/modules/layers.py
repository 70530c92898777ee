"""tensorflow.python.layers.…: what these files have beside the names of `tf.layers`."""

import scopeflow as tf

batch_norm = tf.layers.batch_normalization
_Layer = Layer = tf.layers.Layer
