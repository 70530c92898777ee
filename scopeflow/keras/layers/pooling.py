"""Layers that take the largest or the mean of neighbouring elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..engine import choices
from ..engine.base_layer import Layer
from ..engine.input_spec import InputSpec


class _Pooling(Layer):
    """Pooling in `_space` dimensions with `_function`."""

    _arguments: tuple[str, ...] = ("pool_size", "strides", "padding", "data_format")
    _space: int
    _function: Callable

    def __init__(
        self, pool_size: Any, strides: Any, padding: Any, data_format: Any, name: Any, kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        strides = pool_size if strides is None else strides
        self.pool_size = choices.sizes(pool_size, self._space, "pool_size")
        self.strides = choices.sizes(strides, self._space, "strides")
        self.padding = choices.padding(padding)
        self.data_format = choices.data_format(data_format)
        self.input_spec = InputSpec(ndim=self._space + 2)

    def call(self, inputs: Any) -> Any:
        """The pooled inputs."""
        last = self.data_format == "channels_last"
        window, steps = list(self.pool_size), list(self.strides)
        if self._space == 1:
            axis = 2 if last else 3
            inputs = tf.expand_dims(inputs, axis)
            window, steps = [*window, 1], [*steps, 1]
        if last:
            window, steps = [1, *window, 1], [1, *steps, 1]
        else:
            window, steps = [1, 1, *window], [1, 1, *steps]
        outputs = type(self)._function(
            inputs,
            window,
            steps,
            self.padding.upper(),
            data_format=choices.short_format(self.data_format, inputs.shape.ndims),
        )
        return tf.squeeze(outputs, axis) if self._space == 1 else outputs


def _largest(*args: Any, **kwargs: Any) -> Any:
    return tf.nn.max_pool(*args, **kwargs)


def _mean(*args: Any, **kwargs: Any) -> Any:
    return tf.nn.avg_pool(*args, **kwargs)


def _largest3(*args: Any, **kwargs: Any) -> Any:
    kwargs["name"] = "MaxPool3D"
    return tf.nn.max_pool3d(*args, **kwargs)


def _mean3(*args: Any, **kwargs: Any) -> Any:
    kwargs["name"] = "AvgPool3D"
    return tf.nn.avg_pool3d(*args, **kwargs)


class MaxPooling1D(_Pooling):
    """The largest of each window of a sequence; `strides` None: windows that do not overlap."""

    _space = 1
    _function = staticmethod(_largest)

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str = "channels_last",
        **kwargs: Any,
    ) -> None:
        name = kwargs.pop("name", None)
        super().__init__(pool_size, strides, padding, data_format, name, kwargs)


class MaxPooling2D(_Pooling):
    """The largest of each window of an image; `strides` None: windows that do not overlap."""

    _space = 2
    _function = staticmethod(_largest)

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        name = kwargs.pop("name", None)
        super().__init__(pool_size, strides, padding, data_format, name, kwargs)


class MaxPooling3D(_Pooling):
    """The largest of each window of a volume; `strides` None: windows that do not overlap."""

    _space = 3
    _function = staticmethod(_largest3)

    def __init__(
        self,
        pool_size: Any = (2, 2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        name = kwargs.pop("name", None)
        super().__init__(pool_size, strides, padding, data_format, name, kwargs)


class AveragePooling1D(_Pooling):
    """The mean of each window of a sequence; `strides` None: windows that do not overlap."""

    _space = 1
    _function = staticmethod(_mean)

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str = "channels_last",
        **kwargs: Any,
    ) -> None:
        name = kwargs.pop("name", None)
        super().__init__(pool_size, strides, padding, data_format, name, kwargs)


class AveragePooling2D(_Pooling):
    """The mean of each window of an image; `strides` None: windows that do not overlap."""

    _space = 2
    _function = staticmethod(_mean)

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        name = kwargs.pop("name", None)
        super().__init__(pool_size, strides, padding, data_format, name, kwargs)


class AveragePooling3D(_Pooling):
    """The mean of each window of a volume; `strides` None: windows that do not overlap."""

    _space = 3
    _function = staticmethod(_mean3)

    def __init__(
        self,
        pool_size: Any = (2, 2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        name = kwargs.pop("name", None)
        super().__init__(pool_size, strides, padding, data_format, name, kwargs)


class _GlobalPooling(Layer):
    _arguments: tuple[str, ...] = ("data_format",)
    _space: int
    _largest: bool

    def __init__(self, data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = choices.data_format(data_format)
        self.input_spec = InputSpec(ndim=self._space + 2)

    def call(self, inputs: Any) -> Any:
        """The pooled inputs [batch, channels]."""
        first = 1 if self.data_format == "channels_last" else 2
        axes = list(range(first, first + self._space))
        return tf.reduce_max(inputs, axes) if self._largest else tf.reduce_mean(inputs, axes)


class GlobalMaxPooling1D(_GlobalPooling):
    """The largest of each channel over every step of a sequence."""

    _space = 1
    _largest = True

    def __init__(self, data_format: str = "channels_last", **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)


class GlobalMaxPooling2D(_GlobalPooling):
    """The largest of each channel over every pixel of an image."""

    _space = 2
    _largest = True


class GlobalMaxPooling3D(_GlobalPooling):
    """The largest of each channel over every element of a volume."""

    _space = 3
    _largest = True


class GlobalAveragePooling1D(_GlobalPooling):
    """The mean of all steps of a sequence; of those that count, where there is a mask."""

    _space = 1
    _largest = False

    def __init__(self, data_format: str = "channels_last", **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """The pooled inputs [batch, channels]."""
        if mask is None:
            return super().call(inputs)
        axis = 1 if self.data_format == "channels_last" else 2
        kept = tf.expand_dims(tf.cast(mask, inputs.dtype), 2 if axis == 1 else 1)
        return tf.reduce_sum(inputs * kept, axis) / tf.reduce_sum(kept, axis)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """None: no steps are left."""
        return None


class GlobalAveragePooling2D(_GlobalPooling):
    """The mean of each channel over every pixel of an image."""

    _space = 2
    _largest = False


class GlobalAveragePooling3D(_GlobalPooling):
    """The mean of each channel over every element of a volume."""

    _space = 3
    _largest = False


MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
