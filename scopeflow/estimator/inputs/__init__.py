"""`tf.estimator.inputs`: input functions from arrays and data frames."""

from .numpy_io import numpy_input_fn as numpy_input_fn
from .pandas_io import pandas_input_fn as pandas_input_fn

__all__ = ["numpy_input_fn", "pandas_input_fn"]
