"""tensorflow.python.layers.…: what these files have beside the names of `tf.layers`."""

import scopeflow as tf

_Layer = Layer = tf.layers.Layer
