"""`tf.contrib.tensorboard`: what a program tells TensorBoard's plugins."""

from . import plugins

__all__ = ["plugins"]
