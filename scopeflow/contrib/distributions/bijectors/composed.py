"""Bijectors made of other bijectors or of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .bijector import Bijector


class Invert(Bijector):
    """The inverse of another bijector."""

    def __init__(
        self, bijector: Bijector, validate_args: bool = False, name: str | None = None
    ) -> None:
        if not bijector._is_injective:
            raise NotImplementedError("Invert is not implemented for non-injective bijectors.")
        self._bijector = bijector
        super().__init__(
            bijector.graph_parents, bijector.is_constant_jacobian, validate_args, bijector.dtype,
            bijector.inverse_min_event_ndims, bijector.forward_min_event_ndims,
            name or f"invert_{bijector.name}",
        )  # fmt: skip

    @property
    def bijector(self) -> Bijector:
        """The one that is inverted."""
        return self._bijector

    def forward_event_shape(self, input_shape: Any) -> tf.TensorShape:
        """The other's `inverse_event_shape`."""
        return self.bijector.inverse_event_shape(input_shape)

    def inverse_event_shape(self, output_shape: Any) -> tf.TensorShape:
        """The other's `forward_event_shape`."""
        return self.bijector.forward_event_shape(output_shape)

    def forward_event_shape_tensor(
        self, input_shape: Any, name: str = "forward_event_shape_tensor"
    ) -> tf.Tensor:
        """The other's `inverse_event_shape_tensor`."""
        return self.bijector.inverse_event_shape_tensor(input_shape, name)

    def inverse_event_shape_tensor(
        self, output_shape: Any, name: str = "inverse_event_shape_tensor"
    ) -> tf.Tensor:
        """The other's `forward_event_shape_tensor`."""
        return self.bijector.forward_event_shape_tensor(output_shape, name)

    def _call_forward(self, x: Any, name: str, kwargs: dict) -> tf.Tensor:
        return self.bijector._call_inverse(x, name, kwargs)

    def _call_inverse(self, y: Any, name: str, kwargs: dict) -> tf.Tensor:
        return self.bijector._call_forward(y, name, kwargs)

    def _call_forward_log_det_jacobian(
        self, x: Any, event_ndims: Any, name: str, kwargs: dict
    ) -> tf.Tensor:
        return self.bijector._call_inverse_log_det_jacobian(x, event_ndims, name, kwargs)

    def _call_inverse_log_det_jacobian(
        self, y: Any, event_ndims: Any, name: str, kwargs: dict
    ) -> tf.Tensor:
        return self.bijector._call_forward_log_det_jacobian(y, event_ndims, name, kwargs)


class Chain(Bijector):
    """The maps one after the other, the last of `bijectors` first: Chain([f, g])(x) = f(g(x)).

    In a ConditionalTransformedDistribution, `bijector_kwargs` go to the bijectors by name:
    `{"exp": {…}}`.
    """

    def __init__(
        self, bijectors: Any = None, validate_args: bool = False, name: str | None = None
    ) -> None:
        bijectors = () if bijectors is None else tuple(bijectors)
        for bijector in bijectors:
            if not bijector._is_injective:
                raise NotImplementedError(
                    f"Invert is not implemented for non-injective bijector ({bijector.name})"
                )
        self._bijectors = bijectors
        if name is None:
            name = "chain_of_" + "_of_".join(b.name for b in bijectors) if bijectors else "identity"
        dtypes = list(dict.fromkeys(b.dtype for b in bijectors if b.dtype is not None))
        if len(dtypes) > 1:
            raise ValueError(f"incompatible dtypes: {dtypes}")
        super().__init__(
            [parent for b in bijectors for parent in b.graph_parents],
            all(b.is_constant_jacobian for b in bijectors),
            validate_args,
            dtypes[0] if dtypes else None,
            _least([axes for axes, _ in map(_axes, bijectors[::-1])]),
            _least([axes for _, axes in map(_axes, bijectors)]),
            name,
        )  # fmt: skip

    @property
    def bijectors(self) -> tuple:
        """The bijectors, the last applied first."""
        return self._bijectors

    def _forward_event_shape(self, input_shape: tf.TensorShape) -> tf.TensorShape:
        for bijector in reversed(self.bijectors):
            input_shape = bijector.forward_event_shape(input_shape)
        return input_shape

    def _inverse_event_shape(self, output_shape: tf.TensorShape) -> tf.TensorShape:
        for bijector in self.bijectors:
            output_shape = bijector.inverse_event_shape(output_shape)
        return output_shape

    def _forward_event_shape_tensor(self, input_shape: tf.Tensor) -> tf.Tensor:
        for bijector in reversed(self.bijectors):
            input_shape = bijector.forward_event_shape_tensor(input_shape)
        return input_shape

    def _inverse_event_shape_tensor(self, output_shape: tf.Tensor) -> tf.Tensor:
        for bijector in self.bijectors:
            output_shape = bijector.inverse_event_shape_tensor(output_shape)
        return output_shape

    def _forward(self, x: tf.Tensor, **kwargs: Any) -> tf.Tensor:
        for bijector in reversed(self.bijectors):
            x = bijector._call_forward(x, "forward", kwargs.get(bijector.name, {}))
        return x

    def _inverse(self, y: tf.Tensor, **kwargs: Any) -> tf.Tensor:
        for bijector in self.bijectors:
            y = bijector._call_inverse(y, "inverse", kwargs.get(bijector.name, {}))
        return y

    def _forward_log_det_jacobian(self, x: tf.Tensor, **kwargs: Any) -> tf.Tensor:
        total, ndims = tf.zeros([], x.dtype), self.forward_min_event_ndims
        for bijector in reversed(self.bijectors):
            given = kwargs.get(bijector.name, {})
            total = total + bijector._call_forward_log_det_jacobian(
                x, ndims, "forward_log_det_jacobian", given
            )
            ndims += bijector.inverse_min_event_ndims - bijector.forward_min_event_ndims
            x = bijector._call_forward(x, "forward", given)
        return total

    def _inverse_log_det_jacobian(self, y: tf.Tensor, **kwargs: Any) -> tf.Tensor:
        total, ndims = tf.zeros([], y.dtype), self.inverse_min_event_ndims
        for bijector in self.bijectors:
            given = kwargs.get(bijector.name, {})
            total = total + bijector._call_inverse_log_det_jacobian(
                y, ndims, "inverse_log_det_jacobian", given
            )
            ndims += bijector.forward_min_event_ndims - bijector.inverse_min_event_ndims
            y = bijector._call_inverse(y, "inverse", given)
        return total


def _axes(bijector: Bijector) -> tuple[tuple[int, int], tuple[int, int]]:
    """(axes in, axes out), forward and inverse."""
    into, out = bijector.forward_min_event_ndims, bijector.inverse_min_event_ndims
    return (into, out), (out, into)


def _least(steps: list[tuple[int, int]]) -> int:
    """How many axes an event needs so that each step, (axes in, axes out) in order, has enough."""
    needed = change = 0
    for into, out in steps:
        needed = max(needed, into - change)
        change += out - into
    return needed


class Inline(Bijector):
    """A bijector of the functions that are given."""

    def __init__(
        self,
        forward_fn: Callable | None = None,
        inverse_fn: Callable | None = None,
        inverse_log_det_jacobian_fn: Callable | None = None,
        forward_log_det_jacobian_fn: Callable | None = None,
        forward_event_shape_fn: Callable | None = None,
        forward_event_shape_tensor_fn: Callable | None = None,
        inverse_event_shape_fn: Callable | None = None,
        inverse_event_shape_tensor_fn: Callable | None = None,
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        forward_min_event_ndims: int | None = None,
        inverse_min_event_ndims: int | None = None,
        name: str = "inline",
    ) -> None:
        super().__init__(
            None, is_constant_jacobian, validate_args, None, forward_min_event_ndims,
            inverse_min_event_ndims, name,
        )  # fmt: skip
        self._functions = {
            "forward": forward_fn,
            "inverse": inverse_fn,
            "inverse_log_det_jacobian": inverse_log_det_jacobian_fn,
            "forward_log_det_jacobian": forward_log_det_jacobian_fn,
            "forward_event_shape": forward_event_shape_fn or (lambda shape: shape),
            "forward_event_shape_tensor": forward_event_shape_tensor_fn or (lambda shape: shape),
            "inverse_event_shape": inverse_event_shape_fn or (lambda shape: shape),
            "inverse_event_shape_tensor": inverse_event_shape_tensor_fn or (lambda shape: shape),
        }

    def _defines(self, way: str) -> bool:
        return self._functions[f"{way}_log_det_jacobian"] is not None

    def _apply(self, name: str, value: Any, **kwargs: Any) -> Any:
        function = self._functions[name]
        if function is None:
            argument = {"forward": "forward_fn", "inverse": "inverse_fn"}.get(name, f"{name}_fn")
            raise NotImplementedError(f"Cannot {name}: {argument} is not a callable function.")
        return function(value, **kwargs)

    def _forward(self, x: tf.Tensor, **kwargs: Any) -> tf.Tensor:
        return self._apply("forward", x, **kwargs)

    def _inverse(self, y: tf.Tensor, **kwargs: Any) -> tf.Tensor:
        return self._apply("inverse", y, **kwargs)

    def _forward_log_det_jacobian(self, x: tf.Tensor, **kwargs: Any) -> tf.Tensor:
        return self._apply("forward_log_det_jacobian", x, **kwargs)

    def _inverse_log_det_jacobian(self, y: tf.Tensor, **kwargs: Any) -> tf.Tensor:
        return self._apply("inverse_log_det_jacobian", y, **kwargs)

    def _forward_event_shape(self, input_shape: Any) -> Any:
        return self._apply("forward_event_shape", input_shape)

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        return self._apply("inverse_event_shape", output_shape)

    def _forward_event_shape_tensor(self, input_shape: Any) -> Any:
        return self._apply("forward_event_shape_tensor", input_shape)

    def _inverse_event_shape_tensor(self, output_shape: Any) -> Any:
        return self._apply("inverse_event_shape_tensor", output_shape)


class TransformDiagonal(Bijector):
    """Another bijector applied to the diagonals of matrices; the other elements stay."""

    def __init__(
        self, diag_bijector: Bijector, validate_args: bool = False, name: str = "transform_diagonal"
    ) -> None:
        self._diag_bijector = diag_bijector
        super().__init__(
            None, diag_bijector.is_constant_jacobian, validate_args,
            forward_min_event_ndims=2, inverse_min_event_ndims=2, name=name,
        )  # fmt: skip

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return tf.matrix_set_diag(x, self._diag_bijector.forward(tf.matrix_diag_part(x)))

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return tf.matrix_set_diag(y, self._diag_bijector.inverse(tf.matrix_diag_part(y)))

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return self._diag_bijector.forward_log_det_jacobian(tf.matrix_diag_part(x), 1)

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return self._diag_bijector.inverse_log_det_jacobian(tf.matrix_diag_part(y), 1)
