"""What TensorFlow keeps inside, and programs use all the same: see paths.py."""
