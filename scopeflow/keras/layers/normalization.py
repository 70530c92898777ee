"""Batch normalization."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .. import backend, constraints, initializers, regularizers
from ..engine.base_layer import Layer
from ..engine.choices import choose, known
from ..engine.input_spec import InputSpec


class BatchNormalization(Layer):
    """(inputs - mean) / sqrt(variance + epsilon) · gamma + beta, for each channel.

    While training, mean and variance are the batch's, and the layer's updates move
    `moving_mean` and `moving_variance` towards them, by 1 - `momentum`; else those two are used.
    `axis` (or axes) has the channels. `renorm` normalizes as in inference while training, too,
    corrected by factors that gradients do not see and that `renorm_clipping` ("rmax", "rmin",
    "dmax") bounds. `fused` computes with one op (images with the channels last or second; None:
    where it is possible).
    """

    _arguments = (
        "axis", "momentum", "epsilon", "center", "scale", "beta_initializer", "gamma_initializer",
        "moving_mean_initializer", "moving_variance_initializer", "beta_regularizer",
        "gamma_regularizer", "beta_constraint", "gamma_constraint",
    )  # fmt: skip

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,
        fused: bool | None = None,
        trainable: bool = True,
        virtual_batch_size: int | None = None,
        adjustment: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, trainable=trainable, **kwargs)
        extras = (("virtual_batch_size", virtual_batch_size), ("adjustment", adjustment))
        for argument, value in extras:
            if value is not None:
                raise NotImplementedError(
                    f"BatchNormalization({argument}=…) is not supported. Normalize the parts of "
                    "the batch with a layer of their own, or leave the argument out."
                )
        if not isinstance(axis, int | list | tuple):
            raise TypeError(f"axis must be int or list, type given: {type(axis)}")
        self.axis = list(axis) if isinstance(axis, tuple) else axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.renorm = renorm
        self.fused = fused
        self.supports_masking = True
        if renorm:
            if fused:
                raise ValueError("Passing both fused=True and renorm=True is unsupported")
            clipping = renorm_clipping or {}
            unknown = set(clipping) - {"rmax", "rmin", "dmax"}
            if unknown:
                raise ValueError(
                    f"renorm_clipping {clipping} contains keys not in ['rmax', 'rmin', 'dmax']"
                )
            self.renorm_clipping = clipping
            self.renorm_momentum = renorm_momentum

    def build(self, input_shape: Any) -> None:
        """Make gamma and beta (if asked for), the moving mean and variance."""
        shape = tf.TensorShape(input_shape)
        if shape.ndims is None:
            raise ValueError(f"Input has undefined rank: {shape}")
        dims, rank = shape.as_list(), shape.ndims
        axes = [self.axis] if isinstance(self.axis, int) else list(self.axis)
        axes = [axis + rank if axis < 0 else axis for axis in axes]
        if any(axis < 0 or axis >= rank for axis in axes):
            raise ValueError(f"Invalid axis: {next(a for a in axes if a < 0 or a >= rank)}")
        if len(axes) != len(set(axes)):
            raise ValueError(f"Duplicate axis: {self.axis}")
        self._axes = axes
        self.axis = axes
        fusable = rank == 4 and axes in ([1], [3]) and not self.renorm
        if self.fused and not fusable:
            raise ValueError(
                "Unsupported axis, fused batch norm only supports axis == [1] or axis == [3] of "
                f"an input with 4 dimensions; got axis {axes} and shape {shape}"
            )
        self.fused = fusable if self.fused is None else self.fused
        sizes = {axis: dims[axis] for axis in axes}
        for size in sizes.values():
            if size is None:
                raise ValueError(f"Input has undefined `axis` dimension. Input shape: {shape}")
        self.input_spec = InputSpec(ndim=rank, axes=sizes)
        whole = [sizes.get(axis, 1) for axis in range(rank)]
        self._param_shape = whole if len(axes) > 1 else [sizes[axes[0]]]
        dtype = tf.as_dtype(self.dtype or backend.floatx())
        self._kind = tf.float32 if dtype in (tf.float16, tf.bfloat16) else dtype
        self.gamma = self._trained("gamma") if self.scale else None
        self._fixed_gamma = None if self.scale or not self.fused else self._constant(1.0)
        self.beta = self._trained("beta") if self.center else None
        self._fixed_beta = None if self.center or not self.fused else self._constant(0.0)
        self.moving_mean = self._moving("moving_mean", self.moving_mean_initializer)
        self.moving_variance = self._moving("moving_variance", self.moving_variance_initializer)
        if self.renorm:
            make = self.moving_variance_initializer
            first = None if make is None else lambda *a, **k: tf.sqrt(make(*a, **k))
            self.moving_stddev = self._moving("moving_stddev", first)
            self.renorm_mean = self._moving("renorm_mean", self.moving_mean_initializer)
            self.renorm_stddev = self._moving("renorm_stddev", first)
        self.built = True

    def _constant(self, value: float) -> Any:
        return tf.constant(value, self._kind, self._param_shape)

    def _trained(self, name: str) -> Any:
        return self.add_weight(
            name=name,
            shape=self._param_shape,
            dtype=self._kind,
            initializer=getattr(self, name + "_initializer"),
            regularizer=getattr(self, name + "_regularizer"),
            constraint=getattr(self, name + "_constraint"),
            trainable=True,
        )

    def _moving(self, name: str, initializer: Any) -> Any:
        return self.add_weight(
            name=name,
            shape=self._param_shape,
            dtype=self._kind,
            initializer=initializer,
            synchronization=tf.VariableSynchronization.ON_READ,
            trainable=False,
            aggregation=tf.VariableAggregation.MEAN,
        )

    def call(self, inputs: Any, training: Any = None) -> Any:
        """The normalized inputs: by the batch's moments where `training`."""
        training = backend.learning_phase() if training is None else training
        if self.fused:
            return self._fused(inputs, training)
        return self._plain(inputs, training)

    def _fused(self, inputs: Any, training: Any) -> Any:
        beta = self.beta if self.center else self._fixed_beta
        gamma = self.gamma if self.scale else self._fixed_gamma
        image_format = "NCHW" if self._axes == [1] else "NHWC"

        def by_batch() -> Any:
            return tf.nn.fused_batch_norm(
                inputs, gamma, beta, epsilon=self.epsilon, data_format=image_format
            )

        def by_moving() -> Any:
            return tf.nn.fused_batch_norm(
                inputs, gamma, beta, mean=self.moving_mean, variance=self.moving_variance,
                epsilon=self.epsilon, is_training=False, data_format=image_format,
            )  # fmt: skip

        outputs, mean, variance = choose(training, by_batch, by_moving)
        truth = known(training)
        if truth is None:
            momentum = choose(
                training, lambda: tf.constant(self.momentum), lambda: tf.constant(1.0)
            )
        else:
            momentum = tf.constant(self.momentum if truth else 1.0)
        if truth is not False:
            self.add_update([
                _move(self.moving_mean, mean, momentum),
                _move(self.moving_variance, variance, momentum),
            ])  # fmt: skip
        return outputs

    def _plain(self, inputs: Any, training: Any) -> Any:
        rank = inputs.shape.ndims
        others = [axis for axis in range(rank) if axis not in self._axes]
        wide = self._axes not in ([rank - 1],)
        dims = [inputs.shape.as_list()[a] if a in self._axes else 1 for a in range(rank)]

        def spread(value: Any) -> Any:
            if value is None or not wide or len(self._axes) > 1:
                return value
            return tf.reshape(value, dims)

        scale, offset = spread(self.gamma), spread(self.beta)
        truth = known(training)
        if truth is False:
            mean, variance = self.moving_mean, self.moving_variance
        else:
            mean, variance = tf.nn.moments(inputs, others, keep_dims=len(self._axes) > 1)
            if truth is None:
                batch_mean, batch_variance = mean, variance
                mean = choose(training, lambda: batch_mean, lambda: tf.identity(self.moving_mean))
                variance = choose(
                    training, lambda: batch_variance, lambda: tf.identity(self.moving_variance)
                )
            new_mean, new_variance = mean, variance
            if self.renorm:
                r, d, new_mean, new_variance = self._corrections(mean, variance, training)
                r, d = spread(r), spread(d)
                if scale is not None:
                    scale, d = tf.multiply(r, scale, name="mul"), tf.multiply(d, scale, name="mul")
                else:
                    scale = r
                offset = d if offset is None else d + offset
            self._note(new_mean, new_variance, training)
        mean, variance = tf.cast(mean, inputs.dtype), tf.cast(variance, inputs.dtype)
        offset = None if offset is None else tf.cast(offset, inputs.dtype)
        scale = None if scale is None else tf.cast(scale, inputs.dtype)
        outputs = tf.nn.batch_normalization(
            inputs, spread(mean), spread(variance), offset, scale, self.epsilon
        )
        outputs.set_shape(inputs.shape)
        return outputs

    def _note(self, mean: Any, variance: Any, training: Any) -> None:
        """The updates of the moving moments."""

        def move_mean() -> Any:
            return _move(self.moving_mean, mean, self.momentum)

        def move_variance() -> Any:
            if not self.renorm:
                return _move(self.moving_variance, variance, self.momentum)
            stddev = _move(self.moving_stddev, tf.sqrt(variance + self.epsilon), self.momentum)
            moved = tf.nn.relu(stddev * stddev - self.epsilon)
            return tf.assign(self.moving_variance, moved, name="AssignNewValue")

        for moving, move in (
            (self.moving_mean, move_mean),
            (self.moving_variance, move_variance),
        ):
            self.add_update(choose(training, move, lambda moving=moving: tf.identity(moving)))

    def _corrections(self, mean: Any, variance: Any, training: Any) -> Any:
        """(r, d, mean, variance): batch renormalization's factors, then what the moments move to.

        r is stddev / renorm_stddev, d (mean - renorm_mean) / renorm_stddev, both without gradient.
        The moments come back so that whoever uses them runs the updates of the renorm variables.
        """
        stddev = tf.sqrt(variance + self.epsilon)
        floor = tf.maximum(self.renorm_stddev, tf.sqrt(self.epsilon))
        r = stddev / floor
        d = (mean - self.renorm_mean) / floor
        with tf.control_dependencies([r, d]):
            mean, stddev = tf.identity(mean), tf.identity(stddev)
        low, high, bound = (self.renorm_clipping.get(key) for key in ("rmin", "rmax", "dmax"))
        r = r if low is None else tf.maximum(r, low)
        r = r if high is None else tf.minimum(r, high)
        if bound is not None:
            d = tf.minimum(tf.maximum(d, -bound), bound)
        if known(training) is None:
            ready_r, ready_d = r, d
            r = choose(training, lambda: ready_r, lambda: tf.ones_like(ready_r))
            d = choose(training, lambda: ready_d, lambda: tf.zeros_like(ready_d))

        def moved(moving: Any, value: Any) -> Any:
            target = choose(training, lambda: tf.identity(value), lambda: tf.identity(moving))
            return _move(moving, target, self.renorm_momentum)

        with tf.control_dependencies(
            [moved(self.renorm_mean, mean), moved(self.renorm_stddev, stddev)]
        ):
            mean, variance = tf.identity(mean), tf.identity(variance)
        r, d = tf.stop_gradient(r, name="renorm_r"), tf.stop_gradient(d, name="renorm_d")
        return r, d, mean, variance


def _move(variable: Any, value: Any, momentum: Any) -> Any:
    """variable -= (variable - value) · (1 - momentum)."""
    with tf.name_scope("AssignMovingAvg") as scope:
        if isinstance(momentum, tf.Tensor):
            decay = tf.cast(1.0 - momentum, variable.dtype.base_dtype)
        else:
            decay = tf.convert_to_tensor(
                1.0 - momentum, dtype=variable.dtype.base_dtype, name="decay"
            )
        step = (variable - tf.cast(value, variable.dtype.base_dtype)) * decay
        return tf.assign_sub(variable, step, name=scope)
