"""Where the values of a module's variables come from: a session, initializers, a checkpoint."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import torch

from ..core.errors import FailedPreconditionError, NotFoundError
from .config import without_gpu
from .module_plan import Plan
from .module_scopes import state_key
from .structure import from_numpy


def from_session(plan: Plan, session: Any) -> dict[str, torch.Tensor]:
    """Copies of the variables' values in a session."""
    values, missing = {}, []
    for name, op in plan.variables.items():
        cell = session._cells.get(op)
        if cell is None or not hasattr(cell, "value"):
            missing.append(name)
        elif isinstance(cell.value, np.ndarray):
            raise NotImplementedError(
                f"The variable {name} holds strings, which no torch.nn.Module can. Make what is "
                "read of it an input of the module, and feed it."
            )
        else:
            values[name] = cell.value.detach().clone()
    if missing:
        raise FailedPreconditionError(
            None,
            plan.variables[missing[0]],
            f"These variables have no value in the session: {', '.join(missing)}. Run "
            "tf.global_variables_initializer() or restore a checkpoint before to_module.",
        )
    return values


def initial_values(plan: Plan) -> dict[str, torch.Tensor]:
    """What the variables' initializers give; the same numbers wherever the module will be."""
    from .session import Session

    chosen = [
        v
        for v in plan.graph.get_collection("variables")
        + plan.graph.get_collection("local_variables")
        if v.op.name in plan.variables or getattr(v, "_shared_name", None) in plan.variables
    ]
    with Session(graph=plan.graph, config=without_gpu()) as session:
        session.run([v.initializer for v in chosen])
        return from_session(plan, session)


def _read(item: Any) -> torch.Tensor:
    array = item.read()
    if item.dtype.name == "bfloat16":  # stored as its bits
        return torch.from_numpy(array.view(np.int16).copy()).view(torch.bfloat16)
    return from_numpy(array, torch.device("cpu"))


def from_checkpoint(plan: Plan, checkpoint: Any) -> dict[str, torch.Tensor]:
    """The variables' values in a TensorFlow checkpoint, a safetensors or an npz file."""
    from ..checkpoint.convert import read_items
    from ..checkpoint.files import near

    items = {item.name: item for item in read_items(os.fspath(checkpoint))}
    keys = {state_key(name, plan.variables): name for name in plan.variables}
    items = {
        name if name in plan.variables else keys.get(name, name): item
        for name, item in items.items()
    }
    known = {name: list(item.shape) for name, item in items.items()}
    problems = []
    values = {}
    for name, op in plan.variables.items():
        shape = op.attrs["shape"]
        if name not in known:
            similar = near(name, known)
            hint = f" (it has {', '.join(similar)})" if similar else ""
            problems.append(f"  {name}: not in the checkpoint{hint}")
        elif not shape.is_compatible_with(known[name]):
            problems.append(f"  {name}: shape {known[name]} there, {shape} in the graph")
        else:
            values[name] = _read(items[name])
    if problems:
        raise NotFoundError(
            None,
            None,
            f"The checkpoint {checkpoint} does not fit the module:\n" + "\n".join(problems),
        )
    return values
