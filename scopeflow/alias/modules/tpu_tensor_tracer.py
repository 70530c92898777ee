"""tensorflow.contrib.tpu.python.tpu.tensor_tracer: it traces TPU programs, of which there are none.

tf.Print, and `run_metadata` with FULL_TRACE, show what a session computes.
"""

from __future__ import annotations

import os
from typing import Any


class TensorTracer:
    """Never enabled: NotImplementedError where the environment asks for it."""

    @staticmethod
    def is_enabled() -> bool:
        """False."""
        if "--enable=1" in os.environ.get("TENSOR_TRACER_FLAGS", ""):
            raise NotImplementedError(
                "tf.contrib.tpu TensorTracer: there is no TPU whose tensors could be traced. "
                "Unset TENSOR_TRACER_FLAGS; use tf.Print, or run_metadata with FULL_TRACE."
            )
        return False


def tensor_tracepoint(tensor: Any, checkpoint_name: str) -> Any:
    """The tensor: nothing traces it."""
    return tensor
