"""Layers that pad, crop and repeat the steps of sequences and the pixels of images and volumes."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .. import backend
from ..engine import choices
from ..engine.base_layer import Layer
from ..engine.input_spec import InputSpec


class _OfSpace(Layer):
    """A layer of inputs with `_rank` dimensions of space, and channels in front or behind."""

    _rank: int

    def __init__(self, data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = choices.data_format(data_format) if self._rank > 1 else "channels_last"
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def _everywhere(self, space: list, elsewhere: Any) -> list:
        """Something for each dimension, of which those of space are given."""
        first = self.data_format == "channels_first"
        return [elsewhere, elsewhere, *space] if first else [elsewhere, *space, elsewhere]


class _Padding(_OfSpace):
    def __init__(self, padding: Any, data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.padding = _pairs(padding, self._rank, "padding")

    def call(self, inputs: Any) -> Any:
        """The inputs with zeros around."""
        pairs = [list(pair) for pair in _as_pairs(self.padding, self._rank)]
        return tf.pad(inputs, self._everywhere(pairs, [0, 0]))


class ZeroPadding1D(_Padding):
    """Zeros before and after sequences: n, or (before, after)."""

    _rank = 1
    _arguments = ("padding",)

    def __init__(self, padding: Any = 1, **kwargs: Any) -> None:
        super().__init__(padding, **kwargs)


class ZeroPadding2D(_Padding):
    """Zeros around images: n, (rows, columns), or ((top, bottom), (left, right))."""

    _rank = 2
    _arguments = ("padding", "data_format")

    def __init__(self, padding: Any = (1, 1), data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


class ZeroPadding3D(_Padding):
    """Zeros around volumes: n, or for each dimension n or (before, after)."""

    _rank = 3
    _arguments = ("padding", "data_format")

    def __init__(self, padding: Any = (1, 1, 1), data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


class _Cropping(_OfSpace):
    def __init__(self, cropping: Any, data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.cropping = _pairs(cropping, self._rank, "cropping")

    def call(self, inputs: Any) -> Any:
        """The inputs without their border."""
        kept = [
            slice(before, -after if after else None)
            for before, after in _as_pairs(self.cropping, self._rank)
        ]
        return inputs[tuple(self._everywhere(kept, slice(None)))]


class Cropping1D(_Cropping):
    """Sequences without their ends: n, or (before, after)."""

    _rank = 1
    _arguments = ("cropping",)

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, **kwargs)


class Cropping2D(_Cropping):
    """Images without their border: n, (rows, columns), or ((top, bottom), (left, right))."""

    _rank = 2
    _arguments = ("cropping", "data_format")

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(_Cropping):
    """Volumes without their border: n, or for each dimension n or (before, after)."""

    _rank = 3
    _arguments = ("cropping", "data_format")

    def __init__(
        self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)


class _UpSampling(_OfSpace):
    def __init__(self, size: Any, data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.size = size if self._rank == 1 else choices.sizes(size, self._rank, "size")

    def call(self, inputs: Any) -> Any:
        """The inputs with each step or pixel repeated."""
        first = 2 if self.data_format == "channels_first" else 1
        sizes = (self.size,) if self._rank == 1 else self.size
        for axis, times in enumerate(sizes, first):
            inputs = backend.repeat_elements(inputs, times, axis)
        return inputs


class UpSampling1D(_UpSampling):
    """Each step of sequences repeated."""

    _rank = 1
    _arguments = ("size",)

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(int(size), **kwargs)


class UpSampling2D(_UpSampling):
    """Images made larger: each pixel repeated, or with values in between by "bilinear"."""

    _rank = 2
    _arguments = ("size", "data_format", "interpolation")

    def __init__(
        self, size: Any = (2, 2), data_format: Any = None, interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(size, data_format, **kwargs)
        if interpolation not in ("nearest", "bilinear"):
            raise ValueError(
                '`interpolation` argument should be one of `"nearest"` or `"bilinear"`.'
            )
        self.interpolation = interpolation

    def call(self, inputs: Any) -> Any:
        """The larger images."""
        if self.interpolation == "nearest":
            return super().call(inputs)
        first = self.data_format == "channels_first"
        images = tf.transpose(inputs, [0, 2, 3, 1]) if first else inputs
        known = images.shape.as_list()[1:3]
        sizes = [
            tf.shape(images)[i + 1] * times if rows is None else rows * times
            for i, (rows, times) in enumerate(zip(known, self.size, strict=True))
        ]
        larger = tf.image.resize_bilinear(images, sizes, half_pixel_centers=True)
        return tf.transpose(larger, [0, 3, 1, 2]) if first else larger


class UpSampling3D(_UpSampling):
    """Each voxel of volumes repeated."""

    _rank = 3
    _arguments = ("size", "data_format")

    def __init__(self, size: Any = (2, 2, 2), data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(size, data_format, **kwargs)


def _pairs(value: Any, rank: int, name: str) -> Any:
    """(before, after) for each dimension; of one dimension the pair itself, as Keras keeps it."""
    if rank == 1:
        return choices.sizes(value, 2, name)
    each = (value,) * rank if isinstance(value, int) else tuple(value)
    if len(each) != rank:
        raise ValueError(f"`{name}` should have {rank} elements. Found: {value}")
    return tuple((n, n) if isinstance(n, int) else choices.sizes(n, 2, name) for n in each)


def _as_pairs(pairs: Any, rank: int) -> tuple:
    return (pairs,) if rank == 1 else pairs
