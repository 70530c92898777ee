"""Functions that users give to datasets, traced to blocks of ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from . import nest, traced
from .structure import flat_shapes, flat_types, from_tensors, specs_of, to_tensors


class Function:
    """A user's function of elements: its block of ops and the specs of what it returns."""

    def __init__(self, function: Callable[..., Any], what: str, specs: Any) -> None:
        self.name = getattr(function, "__name__", type(function).__name__)
        self.what = what
        self.result: Any = None
        dims = [None if s.ndims is None else tuple(s.as_list()) for s in flat_shapes(specs)]
        parameters = list(zip(flat_types(specs), dims, strict=True))

        def called(*tensors: Any) -> list:
            arguments = from_tensors(specs, list(tensors))
            unpacked = arguments if type(arguments) is tuple else (arguments,)
            self.result = self._converted(function(*unpacked))
            return to_tensors(self.result)

        self.block = traced(called, f"{what.replace('.', '_')}_{_plain(self.name)}", parameters)
        self.specs = specs_of(self.result)

    @property
    def captured(self) -> list:
        """The tensors from outside: inputs of the op that holds the block."""
        return self.block.captured()

    def _converted(self, result: Any) -> Any:
        """What the function returned, its leaves converted. A list counts as a tuple."""
        if isinstance(result, list):
            result = tuple(result)
        leaves = []
        for leaf in nest.flatten(result):
            if isinstance(leaf, tf.SparseTensorValue):
                leaf = tf.SparseTensor.from_value(leaf)
            own = tf.SparseTensor | tf.data.Dataset | tf.data.experimental.Optional
            if not isinstance(leaf, own):
                try:
                    leaf = tf.convert_to_tensor(leaf)
                except (TypeError, ValueError) as error:
                    raise TypeError(
                        f"Unsupported return value from function passed to {self.what}(): {result}."
                    ) from error
            leaves.append(leaf)
        return nest.pack(result, leaves)


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)


def captured(*functions: Function) -> list:
    """The tensors from outside that several functions use."""
    return list(dict.fromkeys(tensor for function in functions for tensor in function.captured))
