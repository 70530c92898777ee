"""What `scopeflow run` sets up in its process, and in those that the program starts from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import install_as_tensorflow

_begun: list[bool] = []


def begin(old_names: bool = True) -> None:
    """Let `import tensorflow` mean scopeflow, here and in processes that multiprocessing starts.

    A forked process has it anyway; one that is started anew (the methods "spawn" and "forkserver")
    begins with a call of this function.
    """
    install_as_tensorflow()
    if old_names:
        from .removed import give_back

        give_back()
    if not _begun:
        _begun.append(old_names)
        _tell_children()


def _tell_children() -> None:
    import os
    from multiprocessing import spawn, util

    first = f"from scopeflow.alias.children import begin; begin(old_names={_begun[0]}); "

    def with_start(command: list[Any]) -> list[Any]:
        command = list(command)
        for place, word in enumerate(command[:-1]):
            code = command[place + 1]
            if word == "-c" and isinstance(code, str) and "resource_tracker" not in code:
                command[place + 1] = first + code
        return command

    def changed(function: Callable, place: int) -> Callable:
        def started(*args: Any) -> Any:
            return function(*args[:place], with_start(args[place]), *args[place + 1 :])

        return started

    if os.name == "nt":
        command_line = spawn.get_command_line
        spawn.get_command_line = lambda **kwargs: with_start(command_line(**kwargs))
    else:
        util.spawnv_passfds = changed(util.spawnv_passfds, 1)
