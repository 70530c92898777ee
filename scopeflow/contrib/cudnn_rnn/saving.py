"""How a layer is saved beside its one variable: as the variables of the cells that equal it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..saved_resources import spec


class OpaqueSaveable:
    """The parts of `opaque_kernel`, each under its cell's name; what a Saver needs of it."""

    optional_restore = False

    def __init__(
        self,
        variable: Any,
        places: list[tuple[str, int]],
        cells: list[dict[str, Any]],
        opaque: Callable[[list[dict[str, Any]]], Any],
    ) -> None:
        self.op = tf.identity(variable)
        self.name = f"{variable.op.name}_saveable"
        self._variable, self._count, self._opaque = variable, len(cells), opaque
        scope = variable.op.name.rpartition("/")[0]
        named = [
            (at, name, f"{scope}/{place}/{name}", tensor)
            for at, ((place, _), parts) in enumerate(zip(places, cells))
            for name, tensor in parts.items()
        ]
        # Kernels come before biases.
        named.sort(key=lambda item: item[1].endswith("bias"))
        self._order = [(at, name) for at, name, _, _ in named]
        self.specs = [spec(tensor, name) for _, _, name, tensor in named]

    @property
    def device(self) -> str:
        """The variable's device."""
        device: str = self._variable.device
        return device

    def restore(self, restored_tensors: list[Any], restored_shapes: Any) -> Any:
        """The op that puts the parts, as a checkpoint has them, into the variable."""
        cells: list[dict[str, Any]] = [{} for _ in range(self._count)]
        for (at, name), tensor, saved in zip(self._order, restored_tensors, self.specs):
            tensor.set_shape(saved.tensor.shape)
            cells[at][name] = tensor
        return tf.assign(self._variable, self._opaque(cells))
