"""`tf.quantization`: quantization simulated in floats."""

from ..ops.fake_quant import (
    fake_quant_with_min_max_args,
    fake_quant_with_min_max_vars,
    fake_quant_with_min_max_vars_per_channel,
)

__all__ = [name for name in dir() if not name.startswith("_")]
