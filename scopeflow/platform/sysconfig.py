"""`tf.sysconfig`: where TensorFlow's C++ side would be. scopeflow has none."""

from __future__ import annotations

from typing import NoReturn

__all__ = [
    "CXX11_ABI_FLAG", "MONOLITHIC_BUILD", "get_compile_flags", "get_include", "get_lib",
    "get_link_flags",
]  # fmt: skip

CXX11_ABI_FLAG = 1
MONOLITHIC_BUILD = 0


def _refuse(function: str) -> NoReturn:
    raise NotImplementedError(
        f"tf.sysconfig.{function}(): ops in C++ cannot be built for scopeflow, which has no C++ "
        "headers or libraries. Compute with TensorFlow's own ops, or with tf.py_func around a "
        "Python function."
    )


def get_include() -> str:
    """Raises NotImplementedError: there are no C++ headers."""
    _refuse("get_include")


def get_lib() -> str:
    """Raises NotImplementedError: there is no C++ library."""
    _refuse("get_lib")


def get_compile_flags() -> list[str]:
    """Raises NotImplementedError: there are no C++ headers."""
    _refuse("get_compile_flags")


def get_link_flags() -> list[str]:
    """Raises NotImplementedError: there is no C++ library."""
    _refuse("get_link_flags")
