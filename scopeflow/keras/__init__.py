"""What of Keras TensorFlow 1 programs use beside its own interface."""
