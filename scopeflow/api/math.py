"""`tf.math`."""
