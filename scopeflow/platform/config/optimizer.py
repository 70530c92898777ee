"""`tf.config.optimizer`: settings of TensorFlow's graph optimizer, kept without effect."""

from typing import Any

__all__ = ["get_experimental_options", "get_jit", "set_experimental_options", "set_jit"]

_options: dict[str, Any] = {}
_jit = {"enabled": False}


def get_experimental_options() -> dict[str, Any]:
    """What was set, with the two switches that TensorFlow always names."""
    return {"disable_meta_optimizer": False, "disable_model_pruning": False, **_options}


def set_experimental_options(options: dict[str, Any]) -> None:
    """Kept without effect: scopeflow has no such optimizer."""
    _options.update(options)


def get_jit() -> bool:
    """What was set; at first False."""
    return _jit["enabled"]


def set_jit(enabled: bool) -> None:
    """Kept without effect: there is no XLA."""
    _jit["enabled"] = enabled
