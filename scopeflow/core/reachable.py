"""What is made inside of a loop is of use only there."""

from __future__ import annotations

import logging
from typing import Any

from . import source
from .operation import Operation

LOOP = "loop"
"""The name of the context of a loop."""

_logger = logging.getLogger("tensorflow")


def _loop_of(context: Any) -> Any:
    """The innermost loop around, None where there is none."""
    while context is not None and context.name != LOOP:
        context = context.outer
    return context


def check_reachable(op: Operation, name: str, context: Any) -> None:
    """ValueError where an op called `name`, in the context, may not take the op's output."""
    loop = _loop_of(op.control_flow)
    if loop is None:
        return
    around = context
    while around is not None:
        if around is loop:
            return
        around = around.outer
    why = f"'{op.name}' is in a while loop"
    if _loop_of(context) is not None:
        why = "they are in different while loops"
    _logger.info("%r was made inside of the loop, here:\n%s", op.name, source.describe(op.source))
    raise ValueError(
        f"Cannot use '{op.name}' as input to '{name}' because {why}. See info log for "
        "more details.\n"
        "A loop gives out what its body returns: use what tf.while_loop returns."
    )
