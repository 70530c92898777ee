"""Checkpoints on disk, in TensorFlow's formats. Nothing here needs torch."""
