"""The base of all bijectors: caching, the number of an event's axes, log-determinants."""

from __future__ import annotations

import abc
import contextlib
import re
from collections.abc import Iterator
from typing import Any

import scopeflow as tf


def snake(name: str) -> str:
    """`AffineScalar` as `affine_scalar`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.lstrip("_")).lower()


class Bijector(abc.ABC):
    """A differentiable map with an inverse, and the logarithms of its Jacobian's determinants.

    `forward_min_event_ndims` is how many of an argument's last axes belong together at least (0
    for maps of numbers, 1 of vectors); `inverse_min_event_ndims` the same of values. A log-det is
    summed over the last `event_ndims` axes. What `forward` made of a tensor is remembered, so that
    its inverse is the tensor itself, which saves time and is exact.

    A subclass defines `_forward(x)`, `_inverse(y)` and one of `_forward_log_det_jacobian(x)`
    and `_inverse_log_det_jacobian(y)`, summed over the least number of axes.
    """

    @abc.abstractmethod
    def __init__(
        self,
        graph_parents: Any = None,
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        dtype: Any = None,
        forward_min_event_ndims: int | None = None,
        inverse_min_event_ndims: int | None = None,
        name: str | None = None,
    ) -> None:
        if forward_min_event_ndims is None and inverse_min_event_ndims is None:
            raise ValueError(
                "Must specify at least one of `forward_min_event_ndims` and "
                "`inverse_min_event_ndims`."
            )
        if forward_min_event_ndims is None:
            forward_min_event_ndims = inverse_min_event_ndims
        if inverse_min_event_ndims is None:
            inverse_min_event_ndims = forward_min_event_ndims
        for way, ndims in (
            ("forward", forward_min_event_ndims),
            ("inverse", inverse_min_event_ndims),
        ):
            if not isinstance(ndims, int):
                raise TypeError(f"Expected {way}_min_event_ndims to be of type int, got {ndims!r}")
            if ndims < 0:
                raise ValueError(f"{way}_min_event_ndims must be a non-negative integer.")
        self._graph_parents = list(graph_parents or [])
        for i, tensor in enumerate(self._graph_parents):
            if not tf.is_tensor(tensor):
                raise ValueError(f"Graph parent item {i} is not a Tensor; {tensor}.")
        self._is_constant_jacobian = is_constant_jacobian
        self._validate_args = validate_args
        self._dtype = dtype
        self._forward_min_event_ndims: Any = forward_min_event_ndims
        self._inverse_min_event_ndims: Any = inverse_min_event_ndims
        self._name = name or snake(type(self).__name__)
        self._known: dict[tuple, tuple] = {}

    @property
    def graph_parents(self) -> list:
        """The tensors that it was made of."""
        return self._graph_parents

    @property
    def forward_min_event_ndims(self) -> int:
        """How many axes an event of the argument has at least."""
        return self._forward_min_event_ndims

    @property
    def inverse_min_event_ndims(self) -> int:
        """How many axes an event of the value has at least."""
        return self._inverse_min_event_ndims

    @property
    def is_constant_jacobian(self) -> bool:
        """Whether the Jacobian is the same everywhere."""
        return self._is_constant_jacobian

    @property
    def _is_injective(self) -> bool:
        """Whether `inverse` is one value; otherwise it is a tuple of several."""
        return True

    @property
    def validate_args(self) -> bool:
        """Whether arguments are checked while running."""
        return self._validate_args

    @property
    def dtype(self) -> Any:
        """The dtype of arguments, where it is fixed."""
        return self._dtype

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @contextlib.contextmanager
    def _name_scope(self, name: str, values: Any = ()) -> Iterator[None]:
        with tf.name_scope(self.name), tf.name_scope(name, values=list(values)):
            yield

    # Shapes of events.

    def _forward_event_shape(self, input_shape: tf.TensorShape) -> Any:
        return input_shape

    def _inverse_event_shape(self, output_shape: tf.TensorShape) -> Any:
        return output_shape

    def _forward_event_shape_tensor(self, input_shape: tf.Tensor) -> tf.Tensor:
        return input_shape

    def _inverse_event_shape_tensor(self, output_shape: tf.Tensor) -> tf.Tensor:
        return output_shape

    def forward_event_shape(self, input_shape: Any) -> tf.TensorShape:
        """The static shape of an event's value, from that of the argument."""
        return tf.TensorShape(self._forward_event_shape(tf.TensorShape(input_shape)))

    def inverse_event_shape(self, output_shape: Any) -> tf.TensorShape:
        """The static shape of an event's argument, from that of the value."""
        return tf.TensorShape(self._inverse_event_shape(tf.TensorShape(output_shape)))

    def forward_event_shape_tensor(
        self, input_shape: Any, name: str = "forward_event_shape_tensor"
    ) -> tf.Tensor:
        """`forward_event_shape` as a tensor of int32."""
        with self._name_scope(name, [input_shape]):
            shape = tf.convert_to_tensor(input_shape, tf.int32, name="input_shape")
            return self._forward_event_shape_tensor(shape)

    def inverse_event_shape_tensor(
        self, output_shape: Any, name: str = "inverse_event_shape_tensor"
    ) -> tf.Tensor:
        """`inverse_event_shape` as a tensor of int32."""
        with self._name_scope(name, [output_shape]):
            shape = tf.convert_to_tensor(output_shape, tf.int32, name="output_shape")
            return self._inverse_event_shape_tensor(shape)

    # Values.

    def _forward(self, x: tf.Tensor) -> Any:
        raise NotImplementedError("forward not implemented.")

    def _inverse(self, y: tf.Tensor) -> Any:
        raise NotImplementedError("inverse not implemented.")

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> Any:
        raise NotImplementedError("forward_log_det_jacobian not implemented.")

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> Any:
        raise NotImplementedError("inverse_log_det_jacobian not implemented.")

    def _argument(self, value: Any, name: str) -> tf.Tensor:
        found = tf.convert_to_tensor(value, name=name)
        if self.dtype is not None and found.dtype.base_dtype != self.dtype:
            raise TypeError(f"Input had dtype {self.dtype} but expected {found.dtype}.")
        return found

    def _remembered(self, what: str, tensor: tf.Tensor, more: Any, kwargs: dict) -> Any:
        """(key, what was made before or None); the tensor is held, so its id stays its own."""
        key = (what, id(tensor), more, tuple(sorted((k, id(v)) for k, v in kwargs.items())))
        found = self._known.get(key)
        return key, None if found is None else found[0]

    def _remember(self, key: tuple, value: Any, tensor: tf.Tensor, kwargs: dict) -> None:
        self._known[key] = value, tensor, kwargs

    def _pair(self, there: str, back: str, value: Any, kwargs: dict) -> Any:
        """`value` taken one way, remembered for both."""
        name = "x" if there == "forward" else "y"
        value = self._argument(value, name)
        function = getattr(self, f"_{there}")
        if not self._is_injective:
            return function(value, **kwargs)
        key, found = self._remembered(there, value, None, kwargs)
        if found is None:
            found = function(value, **kwargs)
            self._remember(key, found, value, kwargs)
            other, _ = self._remembered(back, found, None, kwargs)
            self._remember(other, value, found, kwargs)
        return found

    def _call_forward(self, x: Any, name: str, kwargs: dict) -> tf.Tensor:
        with self._name_scope(name, [x]):
            return self._pair("forward", "inverse", x, kwargs)

    def _call_inverse(self, y: Any, name: str, kwargs: dict) -> Any:
        with self._name_scope(name, [y]):
            return self._pair("inverse", "forward", y, kwargs)

    def _call_forward_log_det_jacobian(
        self, x: Any, event_ndims: Any, name: str, kwargs: dict
    ) -> tf.Tensor:
        if not self._is_injective:
            raise NotImplementedError(
                "forward_log_det_jacobian cannot be implemented for non-injective transforms."
            )
        with self._name_scope(name, [x]):
            return self._log_det("forward", self._argument(x, "x"), event_ndims, kwargs)

    def _call_inverse_log_det_jacobian(
        self, y: Any, event_ndims: Any, name: str, kwargs: dict
    ) -> Any:
        with self._name_scope(name, [y]):
            return self._log_det("inverse", self._argument(y, "y"), event_ndims, kwargs)

    def forward(self, x: Any, name: str = "forward") -> tf.Tensor:
        """The value at `x`."""
        return self._call_forward(x, name, {})

    def inverse(self, y: Any, name: str = "inverse") -> Any:
        """The argument whose value is `y`; a tuple of all where there are several."""
        return self._call_inverse(y, name, {})

    def forward_log_det_jacobian(
        self, x: Any, event_ndims: Any, name: str = "forward_log_det_jacobian"
    ) -> tf.Tensor:
        """log |det of the Jacobian of forward| at `x`, over its last `event_ndims` axes."""
        return self._call_forward_log_det_jacobian(x, event_ndims, name, {})

    def inverse_log_det_jacobian(
        self, y: Any, event_ndims: Any, name: str = "inverse_log_det_jacobian"
    ) -> Any:
        """log |det of the Jacobian of inverse| at `y`, over its last `event_ndims` axes."""
        return self._call_inverse_log_det_jacobian(y, event_ndims, name, {})

    def _defines(self, way: str) -> bool:
        name = f"_{way}_log_det_jacobian"
        return getattr(type(self), name) is not getattr(Bijector, name)

    def _log_det(self, way: str, value: tf.Tensor, event_ndims: Any, kwargs: dict) -> Any:
        """Over the axes; by the other way's, at the value there, where this one has none."""
        least = getattr(self, f"{way}_min_event_ndims")
        extra, checks = _axes_beyond(event_ndims, least, self._validate_args)
        memory = None if self._is_constant_jacobian and extra == 0 else id(value)
        key = ("log det", way, memory, extra if isinstance(extra, int) else id(extra),
               tuple(sorted((k, id(v)) for k, v in kwargs.items())))  # fmt: skip
        if memory is not None and key in self._known:
            return self._known[key][0]
        other = "inverse" if way == "forward" else "forward"
        with tf.control_dependencies(checks):
            value_ = tf.identity(value) if checks else value
            try:
                if not self._defines(way) and self._defines(other):
                    raise NotImplementedError
                found = getattr(self, f"_{way}_log_det_jacobian")(value_, **kwargs)
            except NotImplementedError:
                if not self._defines(other):
                    raise
                there = self._pair(way, other, value, kwargs)
                found = -getattr(self, f"_{other}_log_det_jacobian")(there, **kwargs)
            if isinstance(found, tuple):
                found = tuple(self._summed(part, value_, least, extra) for part in found)
            else:
                found = self._summed(found, value_, least, extra)
        if memory is not None:
            self._known[key] = found, (value, extra), kwargs
            there = self._remembered(way, value, None, kwargs)[1]
            if there is not None and not isinstance(found, tuple):
                opposite = ("log det", other, id(there), *key[3:])
                self._known.setdefault(opposite, (-found, (there, extra), kwargs))
        return found

    def _summed(self, log_det: Any, value: tf.Tensor, least: int, extra: Any) -> tf.Tensor:
        """The sum over `extra` more axes of `value`, whose every element counts."""
        log_det = tf.convert_to_tensor(log_det)
        if isinstance(extra, int) and extra == 0:
            return log_det
        if self._is_constant_jacobian and log_det.shape.ndims == 0:
            sizes = tf.shape(value)
            end = tf.size(sizes) - least
            return log_det * tf.cast(tf.reduce_prod(sizes[end - extra : end]), log_det.dtype)
        ones = value
        for _ in range(least):
            ones = ones[..., 0]
        log_det = log_det + tf.zeros_like(ones, dtype=log_det.dtype)
        axes = list(range(-extra, 0)) if isinstance(extra, int) else tf.range(-extra, 0)
        return tf.reduce_sum(log_det, axes)


def _axes_beyond(event_ndims: Any, least: int, validate_args: bool) -> tuple[Any, list]:
    """How many axes are summed beyond the least number, and checks to run before."""
    tensor = tf.convert_to_tensor(event_ndims, name="event_ndims")
    if not tensor.dtype.is_integer:
        raise ValueError(f"Expected integer dtype, got dtype {tensor.dtype}")
    if tensor.shape.ndims not in (None, 0):
        raise ValueError(f"Expected scalar event_ndims, got shape {tensor.shape}")
    known = tf.get_static_value(tensor)
    if known is None:
        checks = [tf.assert_greater_equal(tensor, least)] if validate_args else []
        return tensor - least, checks
    if known < least:
        raise ValueError(
            f"event_ndims ({int(known)}) must be larger than min_event_ndims ({least})"
        )
    return int(known) - least, []


class ConditionalBijector(Bijector):
    """A bijector whose maps take more keyword arguments: what `forward(x, **kwargs)` is given."""

    def forward(self, x: Any, name: str = "forward", **condition_kwargs: Any) -> tf.Tensor:
        """The value at `x`."""
        return self._call_forward(x, name, condition_kwargs)

    def inverse(self, y: Any, name: str = "inverse", **condition_kwargs: Any) -> Any:
        """The argument whose value is `y`."""
        return self._call_inverse(y, name, condition_kwargs)

    def forward_log_det_jacobian(
        self,
        x: Any,
        event_ndims: Any,
        name: str = "forward_log_det_jacobian",
        **condition_kwargs: Any,
    ) -> tf.Tensor:
        """log |det of the Jacobian of forward| at `x`."""
        return self._call_forward_log_det_jacobian(x, event_ndims, name, condition_kwargs)

    def inverse_log_det_jacobian(
        self,
        y: Any,
        event_ndims: Any,
        name: str = "inverse_log_det_jacobian",
        **condition_kwargs: Any,
    ) -> Any:
        """log |det of the Jacobian of inverse| at `y`."""
        return self._call_inverse_log_det_jacobian(y, event_ndims, name, condition_kwargs)
