"""`tf.dtypes`."""

from ..core.dtypes import (
    QUANTIZED_DTYPES,
    DType,
    as_dtype,
    bfloat16,
    bool,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    qint8,
    qint16,
    qint32,
    quint8,
    quint16,
    resource,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
    variant,
)
from ..ops.conversions import saturate_cast
from ..ops.math import cast
from ..ops.products import complex
from ..ops.string_numbers import as_string

__all__ = [name for name in dir() if not name.startswith("_")]
