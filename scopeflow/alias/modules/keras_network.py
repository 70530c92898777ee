"""tensorflow.python.keras.engine.network: the class of models, under an older name."""

import scopeflow as tf

Network = tf.keras.Model
