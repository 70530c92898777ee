"""`tf.contrib.tfprof.model_analyzer`: tf.profiler.profile under its earlier name."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

__all__ = [
    "FLOAT_OPS_OPTIONS",
    "PRINT_ALL_TIMING_MEMORY",
    "TRAINABLE_VARS_PARAMS_STAT_OPTIONS",
    "print_model_analysis",
]

TRAINABLE_VARS_PARAMS_STAT_OPTIONS = (
    tf.profiler.ProfileOptionBuilder.trainable_variables_parameter()
)
FLOAT_OPS_OPTIONS = tf.profiler.ProfileOptionBuilder.float_operation()
PRINT_ALL_TIMING_MEMORY = tf.profiler.ProfileOptionBuilder.time_and_memory()


def print_model_analysis(
    graph: Any,
    run_meta: Any = None,
    op_log: Any = None,
    tfprof_cmd: str = "scope",
    tfprof_options: Any = 0,
) -> Any:
    """tf.profiler.profile under its earlier name."""
    return tf.profiler.profile(graph, run_meta, op_log, tfprof_cmd, tfprof_options)
