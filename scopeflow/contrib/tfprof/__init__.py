"""`tf.contrib.tfprof`: tf.profiler under its earlier name."""

from . import model_analyzer, tfprof_logger

__all__ = ["model_analyzer", "tfprof_logger"]
