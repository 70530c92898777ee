"""tensorflow.python.saved_model.builder: what it has beside `tf.saved_model.builder`."""

import scopeflow as tf

_SavedModelBuilder = tf.saved_model.builder.SavedModelBuilder
