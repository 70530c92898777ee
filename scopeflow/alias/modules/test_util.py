"""tensorflow.python.framework.test_util: what it has beside `tf.test`."""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf

from . import ops

TensorFlowTestCase = tf.test.TestCase
assert_equal_graph_def = assert_equal_graph_def_v1 = tf.test.assert_equal_graph_def
gpu_device_name = tf.test.gpu_device_name


def _with_or_without_arguments(decorator: Callable) -> Callable:
    """A decorator that may be written without brackets, with them, and with a reason in them."""

    @functools.wraps(decorator)
    def applied(func: Any = None, *args: Any, **kwargs: Any) -> Any:
        return decorator(func) if callable(func) else decorator

    return applied


def _unchanged(func: Callable) -> Callable:
    """Tests run with graphs and sessions, and once, whatever this asks for."""
    return func


def _in_session(
    func: Any = None, config: Any = None, use_gpu: bool = True, **kwargs: Any
) -> Callable:
    """A decorator: the test runs in its session."""

    def decorate(test: Callable) -> Callable:
        if isinstance(test, type):
            raise ValueError("run_in_graph_and_eager_modes decorates methods, not classes")

        @functools.wraps(test)
        def inside(self: Any, *args: Any, **kwargs: Any) -> Any:
            with self.test_session(use_gpu=use_gpu, config=config):
                return test(self, *args, **kwargs)

        return inside

    return decorate if func is None else decorate(func)


run_in_graph_and_eager_modes = _in_session
run_deprecated_v1 = run_v1_only = deprecated_graph_mode_only = _with_or_without_arguments(
    _unchanged
)
run_all_in_deprecated_graph_mode_only = _unchanged


def run_all_in_graph_and_eager_modes(cls: type) -> type:
    """A decorator of a class: each test runs in its session."""
    for name, test in list(vars(cls).items()):
        if name.startswith("test") and name != "test_session" and callable(test):
            setattr(cls, name, _in_session(test))
    return cls


also_run_as_tf_function = run_without_tensor_float_32 = _with_or_without_arguments(_unchanged)
disable_xla = disable_all_xla = no_xla_auto_jit = xla_allow_fallback = run_deprecated_v1
enable_tf_xla_constant_folding = run_deprecated_v1
enable_control_flow_v2 = disable_control_flow_v2 = enable_output_all_intermediates = (
    run_deprecated_v1
)
with_control_flow_v2 = with_eager_op_as_function = build_as_function_and_v1_graph = _unchanged
enable_all_with_control_flow_v2 = run_all_without_tensor_float_32 = _unchanged
assert_no_garbage_created = assert_no_new_pyobjects_executing_eagerly = _unchanged
run_gpu_only = _with_or_without_arguments(
    lambda func: unittest.skipUnless(tf.test.is_gpu_available(), "needs a GPU")(func)
)
run_cuda_only = run_gpu_only


def assert_no_new_tensors(func: Callable) -> Callable:
    """A decorator: the test fails if tensors that it made live on in the default graph's place.

    Here a graph keeps its tensors and none live beside it, so only the test itself can fail.
    """
    return func


def for_all_test_methods(decorator: Callable, *args: Any, **kwargs: Any) -> Callable:
    """A decorator of a class: each test is decorated with `decorator(*args, **kwargs)`."""

    def decorate(cls: type) -> type:
        for name, test in list(vars(cls).items()):
            if name.startswith("test") and name != "test_session" and callable(test):
                setattr(cls, name, decorator(*args, **kwargs)(test))
        return cls

    return decorate


# Graphs and their protocol buffers.


def assert_ops_in_graph(expected_ops: dict[str, str], graph: Any) -> dict[str, Any]:
    """Ops of these names and types are in the graph: their nodes by name; else ValueError."""
    nodes = {node.name: node for node in graph.as_graph_def().node if node.name in expected_ops}
    for name, op_type in expected_ops.items():
        if name not in nodes:
            raise ValueError(f"Expected op {name!r} ({op_type}) is not in the graph")
        if nodes[name].op != op_type:
            raise ValueError(f"Expected op {name!r} to be {op_type}, it is {nodes[name].op}")
    return nodes


def set_producer_version(graph: Any, producer_version: int) -> None:
    """Without effect: ops behave as those of the version that a new graph has."""


def get_node_def_from_graph(node_name: str, graph_def: Any) -> Any:
    """The node of that name; None if there is none."""
    return next((node for node in graph_def.node if node.name == node_name), None)


def assert_meta_graph_protos_equal(tester: Any, a: Any, b: Any) -> None:
    """Two MetaGraphDefs are equal: their collections, their graphs in any order, the rest."""
    tester.assertEqual(set(a.collection_def), set(b.collection_def))
    for key in a.collection_def:
        kind = a.collection_def[key].WhichOneof("kind")
        one, other = (getattr(m.collection_def[key], kind).value for m in (a, b))
        if kind == "bytes_list":
            proto = ops.get_collection_proto_type(key)
            if proto is not None:
                one, other = ([proto.FromString(text) for text in v] for v in (one, other))
        tester.assertEqual(list(one), list(other), key)
    assert_equal_graph_def(a.graph_def, b.graph_def)
    rest = [type(m).FromString(m.SerializeToString()) for m in (a, b)]
    for message in rest:
        message.ClearField("collection_def")
        message.ClearField("graph_def")
    tester.assertProtoEquals(*rest)


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


GpuSupportsHalfMatMulAndConv = CudaSupportsHalfMatMulAndConv


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


@contextmanager
def device(use_gpu: bool) -> Iterator[None]:
    """A block whose ops are on a GPU, if that is wanted and there is one, else on the CPU."""
    with tf.device((use_gpu and tf.test.gpu_device_name()) or "/device:CPU:0"):
        yield


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
