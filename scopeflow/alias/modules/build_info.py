"""tensorflow.python.platform.build_info: how what computes was built."""

from __future__ import annotations

from typing import Any


def _torch() -> Any:
    import torch

    return torch


def __getattr__(name: str) -> Any:
    values: dict[str, Any] = {
        "is_cuda_build": lambda: _torch().backends.cuda.is_built(),
        "is_rocm_build": lambda: bool(_torch().version.hip),
        "cuda_version_number": lambda: _torch().version.cuda or "",
        "cudnn_version_number": lambda: str(_torch().backends.cudnn.version() or ""),
        "msvcp_dll_name": str,
        "nvcuda_dll_name": str,
    }
    if name == "build_info":
        return {key: value() for key, value in values.items()}
    if name not in values:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return values[name]()
