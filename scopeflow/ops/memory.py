"""How much memory a run takes: of the GPU, or on the CPU of the process."""

from __future__ import annotations

import os
import sys

from ..core.lazy_torch import torch
from ..core.op import op


def _process(peak: bool) -> int:
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.platform != "darwin":  # the one system that counts in bytes
        most *= 1024
    if peak:
        return most
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return most


def _memory(of_gpu: str, of_process: int, device: torch.device) -> torch.Tensor:
    on_gpu = device.type == "cuda"
    value = getattr(torch.cuda, of_gpu)(device) if on_gpu else of_process
    return torch.tensor(value, dtype=torch.int64, device=device)


@op("-> int64", shape=lambda: (), stateful=True)
def BytesInUse(*, device):
    """The bytes that tensors take now on the GPU; on the CPU, what the process takes."""
    return _memory("memory_allocated", _process(peak=False), device)


@op("-> int64", shape=lambda: (), stateful=True)
def MaxBytesInUse(*, device):
    """The most bytes that tensors took on the GPU so far; on the CPU, that the process took."""
    return _memory("max_memory_allocated", _process(peak=True), device)


@op("-> int64", shape=lambda: (), stateful=True)
def BytesLimit(*, device):
    """The bytes that the GPU has; on the CPU, the machine."""
    if device.type == "cuda":
        total = torch.cuda.get_device_properties(device).total_memory
        return torch.tensor(total, dtype=torch.int64, device=device)
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return torch.tensor(total, dtype=torch.int64)
