"""The namespaces of the interface, and what happens to a look-up that fails in one."""

from __future__ import annotations

from types import ModuleType
from typing import Any


def attach(module: ModuleType, namespace: str) -> None:
    """Let look-ups that fail in `module`, the namespace `tf.…`, end in `missing.found`.

    The module's own `__getattr__` is asked first; its loaded submodules are attached too.
    """
    own = module.__dict__.get("__getattr__")
    if getattr(own, "asks_missing", False):
        return

    def __getattr__(name: str) -> Any:
        if own is not None:
            try:
                return own(name)
            except AttributeError:
                pass
        from .missing import found

        return found(module, namespace, name)

    __getattr__.asks_missing = True  # type: ignore[attr-defined]
    module.__dict__["__getattr__"] = __getattr__
    for name, value in list(vars(module).items()):
        below = isinstance(value, ModuleType) and value.__name__ == f"{module.__name__}.{name}"
        if below and not name.startswith("_"):
            attach(value, f"{namespace}.{name}")


def attach_all(package: ModuleType) -> None:
    """Attach the namespaces that stand in `scopeflow.api`."""
    for name, value in list(vars(package).items()):
        if isinstance(value, ModuleType) and value.__name__ == f"{__package__}.{name}":
            attach(value, f"tf.{name}")
