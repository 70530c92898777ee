"""`tf.config.experimental`: the devices of this machine, and settings without effect."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..devices import list_local_devices as _list_local_devices

__all__ = [
    "VirtualDeviceConfiguration", "get_device_policy", "get_memory_growth",
    "get_synchronous_execution", "get_virtual_device_configuration", "get_visible_devices",
    "list_logical_devices", "list_physical_devices", "set_device_policy", "set_memory_growth",
    "set_synchronous_execution", "set_virtual_device_configuration", "set_visible_devices",
]  # fmt: skip


class PhysicalDevice(NamedTuple):
    """A device of the machine."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device under the name that ops ask for it by."""

    name: str
    device_type: str


class VirtualDeviceConfiguration(NamedTuple):
    """A part of a GPU's memory."""

    memory_limit: int | None = None


_settings: dict[str, Any] = {"policy": "silent", "synchronous": True}
_growth: dict[Any, bool] = {}
_virtual: dict[Any, list] = {}


def _devices(kind: type, prefix: str, device_type: str | None) -> list:
    found = _list_local_devices()
    return [
        kind(prefix + device.name.removeprefix("/device:"), device.device_type)
        for device in found
        if device_type in (None, device.device_type)
    ]


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The processor ("CPU") and the GPUs ("GPU") of this machine."""
    return _devices(PhysicalDevice, "/physical_device:", device_type)


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The same devices, under the names that ops ask for them by."""
    return _devices(LogicalDevice, "/job:localhost/replica:0/task:0/device:", device_type)


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """All devices: see `set_visible_devices`."""
    return list_physical_devices(device_type)


def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """NotImplementedError if it would hide a device."""
    given = list(devices) if isinstance(devices, list | tuple) else [devices]
    hidden = [d for d in list_physical_devices(device_type) if d not in given]
    if hidden:
        raise NotImplementedError(
            f"tf.config.experimental.set_visible_devices(): cannot hide {hidden[0].name}. Set the "
            "environment variable CUDA_VISIBLE_DEVICES before the program starts."
        )


def _known(device: Any) -> Any:
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device!r}")
    return device


def get_memory_growth(device: PhysicalDevice) -> bool:
    """What was set for the device. Memory always grows as it is needed."""
    return _growth.get(_known(device), False)


def set_memory_growth(device: PhysicalDevice, enable: bool) -> None:
    """Kept without effect: torch takes memory of a GPU as it needs it."""
    if _known(device).device_type != "GPU":
        raise ValueError("Cannot set memory growth on non-GPU devices")
    _growth[device] = enable


def get_virtual_device_configuration(device: PhysicalDevice) -> list | None:
    """What was set for the device."""
    return _virtual.get(_known(device))


def set_virtual_device_configuration(device: PhysicalDevice, virtual_devices: list) -> None:
    """One part is kept without effect; NotImplementedError for several: a device stays whole."""
    if len(virtual_devices) > 1:
        raise NotImplementedError(
            "tf.config.experimental.set_virtual_device_configuration(): a session runs on one "
            f"device and cannot split {_known(device).name} into {len(virtual_devices)}. Give one "
            "VirtualDeviceConfiguration, or leave the call out."
        )
    _virtual[_known(device)] = list(virtual_devices)


def get_device_policy() -> str:
    """What was set; at first "silent"."""
    return _settings["policy"]


def set_device_policy(device_policy: str | None) -> None:
    """Kept without effect: a session runs on one device."""
    _settings["policy"] = device_policy or "silent"


def get_synchronous_execution() -> bool:
    """What was set; at first True."""
    return _settings["synchronous"]


def set_synchronous_execution(enable: bool) -> None:
    """Kept without effect: a run ends when its values are there."""
    _settings["synchronous"] = enable
