"""`tf.config`: the devices, and settings of TensorFlow's runtime.

The settings are kept and can be asked for, but change nothing: a session of scopeflow runs on one
device, with torch's own threads and memory.
"""

from __future__ import annotations

from typing import Any, NoReturn

from . import experimental, optimizer, threading

__all__ = [
    "experimental", "experimental_connect_to_cluster", "experimental_connect_to_host",
    "experimental_list_devices", "experimental_run_functions_eagerly", "get_soft_device_placement",
    "optimizer", "set_soft_device_placement", "threading",
]  # fmt: skip

_settings = {"soft": False}


def get_soft_device_placement() -> bool:
    """What `set_soft_device_placement` was given; at first False."""
    return _settings["soft"]


def set_soft_device_placement(enabled: bool) -> None:
    """Kept without effect: an op runs on the session's device, whatever its own."""
    _settings["soft"] = enabled


def experimental_list_devices() -> list[str]:
    """The names of the devices."""
    return [device.name for device in experimental.list_logical_devices()]


def experimental_run_functions_eagerly(run_eagerly: bool) -> None:
    """NotImplementedError for True: ops are always added to a graph."""
    if run_eagerly:
        raise NotImplementedError(
            "tf.config.experimental_run_functions_eagerly(True): scopeflow has no eager "
            "execution. Leave the call out and run tensors in a tf.Session."
        )


def _no_cluster(function: str) -> NoReturn:
    raise NotImplementedError(
        f"tf.config.{function}(): a session of scopeflow runs in its own process and knows no "
        "cluster. Leave the call out."
    )


def experimental_connect_to_cluster(
    cluster_spec_or_resolver: Any, job_name: str = "localhost", task_index: int = 0,
    protocol: Any = None, make_master_device_default: bool = True,
) -> None:  # fmt: skip
    """Raises NotImplementedError: sessions run in their own process."""
    _no_cluster("experimental_connect_to_cluster")


def experimental_connect_to_host(remote_host: Any = None, job_name: str = "worker") -> None:
    """Raises NotImplementedError: sessions run in their own process."""
    _no_cluster("experimental_connect_to_host")
