"""Device names: what `tf.device` records on ops. A session runs a graph on one device."""

from __future__ import annotations

import re
from typing import Any

_PART = re.compile(r"(job|replica|task):([^/]+)|(?:device:)?([A-Za-z_]+):(\d+|\*)")


class DeviceSpec:
    """A device name in parts (`/job:worker/task:1/device:GPU:0`); a missing part is None."""

    def __init__(
        self,
        job: str | None = None,
        replica: int | None = None,
        task: int | None = None,
        device_type: str | None = None,
        device_index: int | None = None,
    ) -> None:
        self.job = job
        self.replica = replica
        self.task = task
        self.device_type = device_type.upper() if device_type else device_type
        self.device_index = device_index

    @staticmethod
    def from_string(spec: str) -> DeviceSpec:
        """Parse `/job:…/device:GPU:0` or the short `/gpu:0`. ValueError for another form."""
        found = DeviceSpec()
        for part in spec.split("/"):
            if not part:
                continue
            match = _PART.fullmatch(part)
            if match is None:
                raise ValueError(f"Unknown attribute: '{part}' in '{spec}'")
            key, value, kind, index = match.groups()
            if key == "job":
                found.job = value
            elif key is not None:
                setattr(found, key, int(value))
            else:
                found.device_type = kind.upper()
                found.device_index = None if index == "*" else int(index)
        return found

    def merged_under(self, inner: DeviceSpec) -> DeviceSpec:
        """`inner`'s parts, and ours where it has none."""
        merged = DeviceSpec()
        for part in ("job", "replica", "task", "device_type", "device_index"):
            value = getattr(inner, part)
            setattr(merged, part, getattr(self, part) if value is None else value)
        return merged

    def to_string(self) -> str:
        """The canonical name.

        >>> DeviceSpec.from_string("/job:ps/gpu:1").to_string()
        '/job:ps/device:GPU:1'
        """
        parts = [
            f"/{k}:{getattr(self, k)}"
            for k in ("job", "replica", "task")
            if getattr(self, k) is not None
        ]
        if self.device_type is not None:
            index = "*" if self.device_index is None else self.device_index
            parts.append(f"/device:{self.device_type}:{index}")
        return "".join(parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceSpec) and self.to_string() == other.to_string()

    def __hash__(self) -> int:
        return hash(self.to_string())


def merged_device(devices: tuple[Any, ...], op: Any) -> str:
    """The device of `op` under nested `tf.device` blocks, outermost first."""
    spec = DeviceSpec()
    for device in devices:
        if callable(device) and not isinstance(device, DeviceSpec):
            op.device = spec.to_string()
            device = device(op)
            if device is None:
                continue
        if not isinstance(device, DeviceSpec):
            device = DeviceSpec.from_string(device)
        spec = spec.merged_under(device)
    return spec.to_string()
