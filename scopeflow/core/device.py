"""Device names: what `tf.device` records on ops. A session runs a graph on one device."""

from __future__ import annotations

import re
from typing import Any

_PART = re.compile(r"(job|replica|task):([^/]+)|(device:)?([A-Za-z_]+):(\d+|\*)")


def _kind(device_type: str) -> str:
    """Of the usual kinds small letters are as good; names of others stay as they are."""
    return device_type.upper() if device_type in ("cpu", "gpu") else device_type


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
        self.device_type = _kind(device_type) if device_type else device_type
        self.device_index = device_index

    @staticmethod
    def from_string(spec: str) -> DeviceSpec:
        """Parse `/job:…/device:GPU:0` or the short `/gpu:0`. ValueError for another form."""
        found = DeviceSpec()
        for part in spec.split("/"):
            if not part:
                continue
            if part.upper() in ("CPU", "GPU"):  # any of them
                part += ":*"
            match = _PART.fullmatch(part)
            if match is None:
                raise ValueError(f"Unknown attribute: '{part}' in '{spec}'")
            key, value, short, kind, index = match.groups()
            if key == "job":
                found.job = value
            elif key is not None:
                setattr(found, key, int(value))
            else:
                if found.device_type is not None:
                    raise ValueError(f"Cannot specify multiple device types: {spec}")
                found.device_type = _kind(kind) if short else kind.upper()
                found.device_index = None if index == "*" else int(index)
        return found

    def parse_from_string(self, spec: str) -> DeviceSpec:
        """Take all parts from a text; those that it has not become None. Returns itself."""
        self.__dict__.update(self.from_string(spec).__dict__)
        return self

    def make_merged_spec(self, dev: DeviceSpec) -> DeviceSpec:
        """A new one: `dev`'s parts, and ours where it has none."""
        merged = DeviceSpec(**self.__dict__)
        merged.merge_from(dev)
        return merged

    def merge_from(self, dev: DeviceSpec) -> None:
        """Take over the parts that `dev` has."""
        self.__dict__.update({k: v for k, v in dev.__dict__.items() if v is not None})

    def replace(self, **kwargs: Any) -> DeviceSpec:
        """A new one in which the given parts are others."""
        return DeviceSpec(**{**self.__dict__, **kwargs})

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
        spec = spec.make_merged_spec(device)
    return spec.to_string()
