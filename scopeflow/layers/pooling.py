"""Pooling."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import Layer
from .functions import function_of


class MaxPooling1D(tf.keras.layers.MaxPooling1D, Layer):
    """The largest of each window of sequences."""

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: Any = "valid",
        data_format: Any = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            pool_size=pool_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            name=name,
            **kwargs,
        )


max_pooling1d = function_of(MaxPooling1D, "max_pooling1d")


class MaxPooling2D(tf.keras.layers.MaxPooling2D, Layer):
    """The largest of each window of images."""

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: Any = "valid",
        data_format: Any = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            pool_size=pool_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            name=name,
            **kwargs,
        )


max_pooling2d = function_of(MaxPooling2D, "max_pooling2d")


class MaxPooling3D(tf.keras.layers.MaxPooling3D, Layer):
    """The largest of each window of volumes."""

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: Any = "valid",
        data_format: Any = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            pool_size=pool_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            name=name,
            **kwargs,
        )


max_pooling3d = function_of(MaxPooling3D, "max_pooling3d")


class AveragePooling1D(tf.keras.layers.AveragePooling1D, Layer):
    """The mean of each window of sequences."""

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: Any = "valid",
        data_format: Any = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            pool_size=pool_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            name=name,
            **kwargs,
        )


average_pooling1d = function_of(AveragePooling1D, "average_pooling1d")


class AveragePooling2D(tf.keras.layers.AveragePooling2D, Layer):
    """The mean of each window of images."""

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: Any = "valid",
        data_format: Any = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            pool_size=pool_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            name=name,
            **kwargs,
        )


average_pooling2d = function_of(AveragePooling2D, "average_pooling2d")


class AveragePooling3D(tf.keras.layers.AveragePooling3D, Layer):
    """The mean of each window of volumes."""

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: Any = "valid",
        data_format: Any = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            pool_size=pool_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            name=name,
            **kwargs,
        )


average_pooling3d = function_of(AveragePooling3D, "average_pooling3d")
