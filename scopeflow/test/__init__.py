"""`tf.test`: unit tests of programs."""

from unittest import mock

from ..platform.devices import (
    gpu_device_name,
    is_built_with_cuda,
    is_built_with_gpu_support,
    is_built_with_rocm,
    is_gpu_available,
)
from .benchmark import Benchmark, benchmark_config
from .case import TestCase
from .gradient_checker import compute_gradient, compute_gradient_error
from .program import (
    StubOutForTesting,
    assert_equal_graph_def,
    create_local_cluster,
    get_temp_dir,
    main,
    test_src_dir_path,
)

__all__ = [
    "Benchmark", "StubOutForTesting", "TestCase", "assert_equal_graph_def", "benchmark_config",
    "compute_gradient", "compute_gradient_error", "create_local_cluster", "get_temp_dir",
    "gpu_device_name", "is_built_with_cuda", "is_built_with_gpu_support", "is_built_with_rocm",
    "is_gpu_available", "main", "mock", "test_src_dir_path",
]  # fmt: skip
