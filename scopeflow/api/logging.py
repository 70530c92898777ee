"""`tf.logging`."""
