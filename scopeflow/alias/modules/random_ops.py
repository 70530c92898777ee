"""tensorflow.python.ops.random_ops: what the public interface has under other names, or not."""

from __future__ import annotations

from scopeflow.ops.random_truncated import (
    parameterized_truncated_normal as parameterized_truncated_normal,
)
