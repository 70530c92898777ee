"""Dense, dropout, flatten."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import Layer
from .functions import function_of


class Dense(tf.keras.layers.Dense, Layer):
    """activation(inputs · kernel + bias), along the last dimension."""

    def __init__(
        self,
        units: Any,
        activation: Any = None,
        use_bias: Any = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = tf.zeros_initializer(),
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: Any = True,
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units=units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )


dense = function_of(Dense, "dense")


class Dropout(tf.keras.layers.Dropout, Layer):
    """A share `rate` of the elements set to 0 where `training`, the others scaled up for it."""

    def __init__(
        self,
        rate: Any = 0.5,
        noise_shape: Any = None,
        seed: Any = None,
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            rate=rate,
            noise_shape=noise_shape,
            seed=seed,
            name=name,
            **kwargs,
        )

    def call(self, inputs: Any, training: Any = False) -> Any:
        """The outputs."""
        return super().call(inputs, training=training)


def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Any = None,
    seed: Any = None,
    training: Any = False,
    name: Any = None,
) -> Any:
    """A share `rate` of the elements set to 0 where `training`, the others scaled up for it."""
    layer = Dropout(
        rate=rate,
        noise_shape=noise_shape,
        seed=seed,
        name=name,
    )
    return layer(inputs, training=training)


class Flatten(tf.keras.layers.Flatten, Layer):
    """All dimensions but the first as one."""

    def __init__(
        self,
        data_format: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            data_format=data_format,
            **kwargs,
        )


def flatten(
    inputs: Any,
    name: Any = None,
    data_format: Any = "channels_last",
) -> Any:
    """All dimensions but the first as one."""
    layer = Flatten(
        name=name,
        data_format=data_format,
    )
    return layer(inputs)
