"""How sessions and modules turn graphs into programs: what a user may switch."""

from __future__ import annotations

from typing import Any


class _Options:
    """The present choices. They count for programs that are made from now on."""

    def __init__(self) -> None:
        self.fuse = True
        self.compile = False


current = _Options()


class Changed:
    """Options that were set; as a `with` block they are set back at its end."""

    def __init__(self, before: dict[str, Any]) -> None:
        self._before = before

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: Any) -> None:
        current.__dict__.update(self._before)


def options(*, fuse: bool | None = None, compile: bool | None = None) -> Changed:
    """Choose how graphs are run: `scopeflow.options(fuse=False)`. Also a `with` block.

    `fuse` (True) computes what programs write with several ops (layer normalization, gelu, softmax,
    a product and its bias, dropout, updates of many variables) with torch's single ones where
    nobody sees the difference. `compile` (False) hands each program to torch.compile at its first
    run: that takes seconds to minutes, and needs a C++ compiler (or a GPU with Triton). Both count
    for programs made from then on: a session keeps those that it has.

    >>> import scopeflow as tf
    >>> with tf.options(fuse=False):
    ...     pass
    """
    before = dict(current.__dict__)
    if fuse is not None:
        current.fuse = bool(fuse)
    if compile is not None:
        current.compile = bool(compile)
    return Changed(before)
