"""The devices of this machine, as programs ask for them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DeviceLocality:
    """Where a device sits; nothing is known of it."""

    bus_id: int = 0
    numa_node: int = 0


@dataclass(frozen=True)
class DeviceAttributes:
    """A device, with the fields of TensorFlow's message of that name. Memory is in bytes."""

    name: str
    device_type: str
    memory_limit: int = 0
    locality: DeviceLocality = field(default_factory=DeviceLocality)
    incarnation: int = 0
    physical_device_desc: str = ""


def list_local_devices(session_config: object = None) -> list[DeviceAttributes]:
    """The processor and the GPUs that torch sees. `session_config` changes nothing."""
    from ..runtime.machine import gpus, memory

    found = [DeviceAttributes("/device:CPU:0", "CPU", memory(), incarnation=1)]
    for number, gpu in enumerate(gpus()):
        text = (
            f"device: {number}, name: {gpu.name}, pci bus id: {gpu.bus}, "
            f"compute capability: {gpu.capability[0]}.{gpu.capability[1]}"
        )
        name = f"/device:GPU:{number}"
        found.append(
            DeviceAttributes(
                name, "GPU", gpu.memory, incarnation=number + 2, physical_device_desc=text
            )
        )
    return found


def is_gpu_available(
    cuda_only: bool = False, min_cuda_compute_capability: tuple[int, int] | None = None
) -> bool:
    """Whether there is a GPU, with at least that compute capability where one is given."""
    from ..runtime.machine import gpus

    least = tuple(min_cuda_compute_capability or (0, 0))
    return any(gpu.capability >= least and (gpu.cuda or not cuda_only) for gpu in gpus())


def gpu_device_name() -> str:
    """The name of the first GPU, or an empty text."""
    return "/device:GPU:0" if is_gpu_available() else ""


def is_built_with_cuda() -> bool:
    """Whether torch was built for CUDA."""
    from ..runtime.machine import builds

    return builds().cuda


def is_built_with_rocm() -> bool:
    """Whether torch was built for ROCm."""
    from ..runtime.machine import builds

    return builds().rocm


def is_built_with_gpu_support() -> bool:
    """Whether torch was built for CUDA or ROCm."""
    return is_built_with_cuda() or is_built_with_rocm()
