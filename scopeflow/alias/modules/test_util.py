"""tensorflow.python.framework.test_util: what it has beside `tf.test`."""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf

TensorFlowTestCase = tf.test.TestCase
assert_equal_graph_def = assert_equal_graph_def_v1 = tf.test.assert_equal_graph_def
gpu_device_name = tf.test.gpu_device_name


def _with_or_without_arguments(decorator: Callable) -> Callable:
    """A decorator that may be written with brackets and without."""

    @functools.wraps(decorator)
    def applied(func: Any = None, *args: Any, **kwargs: Any) -> Any:
        return decorator if func is None else decorator(func)

    return applied


def _unchanged(func: Callable) -> Callable:
    """Tests run with graphs and sessions, and once, whatever this asks for."""
    return func


run_deprecated_v1 = run_v1_only = run_in_graph_and_eager_modes = deprecated_graph_mode_only = (
    _with_or_without_arguments(_unchanged)
)
run_all_in_graph_and_eager_modes = run_all_in_deprecated_graph_mode_only = _unchanged
also_run_as_tf_function = run_without_tensor_float_32 = disable_xla = _unchanged
enable_control_flow_v2 = disable_control_flow_v2 = _unchanged
enable_all_with_control_flow_v2 = with_control_flow_v2 = _unchanged
run_gpu_only = _with_or_without_arguments(
    lambda func: unittest.skipUnless(tf.test.is_gpu_available(), "needs a GPU")(func)
)
run_cuda_only = run_gpu_only


def skip_if(condition: Any) -> Callable:
    """A decorator: skip the test if the condition, or what the function returns, holds."""

    def wrap(func: Callable) -> Callable:
        @functools.wraps(func)
        def maybe(self: Any, *args: Any, **kwargs: Any) -> Any:
            if condition() if callable(condition) else condition:
                self.skipTest("the condition of skip_if holds")
            return func(self, *args, **kwargs)

        return maybe

    return wrap


def run_v2_only(func: Any = None) -> Any:
    """A decorator: skip the test, which is one of TensorFlow 2's behaviour."""
    skip = unittest.skip("TensorFlow 2's behaviour alone")
    return skip if func is None else skip(func)


def IsMklEnabled() -> bool:
    """False: no such build of TensorFlow."""
    return False


def is_xla_enabled() -> bool:
    """False: there is no XLA."""
    return False


def IsGoogleCudaEnabled() -> bool:
    """Whether torch was built for CUDA."""
    return tf.test.is_built_with_cuda()


def CudaSupportsHalfMatMulAndConv() -> bool:
    """Whether there is a GPU that multiplies half precision."""
    return tf.test.is_gpu_available(cuda_only=True, min_cuda_compute_capability=(5, 3))


def InstallStackTraceHandler() -> None:
    """Print Python's stack when the process dies of a signal."""
    import faulthandler

    faulthandler.enable()


@contextmanager
def use_gpu() -> Iterator[None]:
    """A block whose ops are on a GPU if there is one."""
    with tf.device(tf.test.gpu_device_name() or "/device:CPU:0"):
        yield


force_gpu = use_gpu


@contextmanager
def force_cpu() -> Iterator[None]:
    """A block whose ops are on the CPU."""
    with tf.device("/device:CPU:0"):
        yield


device = use_gpu


def create_local_cluster(*args: Any, **kwargs: Any) -> Any:
    """Raises NotImplementedError: see tf.test.create_local_cluster."""
    return tf.test.create_local_cluster(*args, **kwargs)


def NHWCToNCHW(input_tensor: Any) -> Any:
    """A shape or a tensor of images, channels moved to the front."""
    return _moved(input_tensor, {4: [0, 3, 1, 2], 5: [0, 4, 1, 2, 3]})


def NCHWToNHWC(input_tensor: Any) -> Any:
    """A shape or a tensor of images, channels moved to the end."""
    return _moved(input_tensor, {4: [0, 2, 3, 1], 5: [0, 2, 3, 4, 1]})


def _moved(value: Any, orders: dict) -> Any:
    if isinstance(value, tf.Tensor):
        return tf.transpose(value, orders[value.shape.ndims])
    return [value[place] for place in orders[len(value)]]
