"""`tf.contrib.tfprof`: tf.profiler under its earlier name."""

from . import model_analyzer

__all__ = ["model_analyzer"]
