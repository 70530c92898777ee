"""What torch tells of the machine."""

from __future__ import annotations

import os
from typing import NamedTuple

import torch


class Gpu(NamedTuple):
    """One GPU."""

    name: str
    memory: int
    capability: tuple[int, int]
    bus: str
    cuda: bool


class Builds(NamedTuple):
    """Which kinds of GPU torch was built for."""

    cuda: bool
    rocm: bool


class SessionDevice(NamedTuple):
    """A device that a session may use, with the fields that TensorFlow's have."""

    name: str
    device_type: str  # "CPU" or "GPU"
    memory_limit_bytes: int
    incarnation: int


def session_devices(with_gpus: bool) -> list[SessionDevice]:
    """The processor and, where they are wanted, the GPUs."""
    place = "/job:localhost/replica:0/task:0/device:"
    found = [SessionDevice(f"{place}CPU:0", "CPU", memory(), 1)]
    for i, gpu in enumerate(gpus() if with_gpus else ()):
        found.append(SessionDevice(f"{place}GPU:{i}", "GPU", gpu.memory, i + 2))
    return found


def gpus() -> list[Gpu]:
    """The GPUs that torch sees."""
    if not torch.cuda.is_available():
        return []
    return [_gpu(number) for number in range(torch.cuda.device_count())]


def _gpu(number: int) -> Gpu:
    found = torch.cuda.get_device_properties(number)
    bus = getattr(found, "pci_bus_id", None)
    place = "" if bus is None else f"{bus:02x}"
    return Gpu(found.name, found.total_memory, (found.major, found.minor), place, builds().cuda)


def builds() -> Builds:
    """Which kinds of GPU torch was built for."""
    return Builds(torch.backends.cuda.is_built() and not torch.version.hip, bool(torch.version.hip))


def memory() -> int:
    """The machine's memory in bytes; 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
