"""`tf.initializers`."""
