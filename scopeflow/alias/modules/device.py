"""tensorflow.python.framework.device: names of devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

DeviceSpecV1 = DeviceSpecV2 = tf.DeviceSpec


def canonical_name(device: Any) -> str:
    """The device's name in full form, such as /device:GPU:0."""
    if device is None:
        return ""
    spec = device if isinstance(device, tf.DeviceSpec) else tf.DeviceSpec.from_string(device)
    return spec.to_string()


def check_valid(spec: str) -> None:
    """ValueError unless it names a device."""
    tf.DeviceSpec.from_string(spec)


def merge_device(spec: Any) -> Callable:
    """A function for tf.device: it fills in what an op's own device leaves open."""
    wanted = tf.DeviceSpec.from_string(spec or "") if isinstance(spec, str | None) else spec

    def merge(op: Any) -> str:
        own = tf.DeviceSpec.from_string(op.device or "")
        return wanted.make_merged_spec(own).to_string()

    return merge
