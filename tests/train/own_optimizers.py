"""Optimizers as users write them; plain enough for TensorFlow 1.15.5 under Python 3.7."""


def signed_momentum(tf):
    """A subclass that defines the methods that TensorFlow's documentation names."""

    class SignedMomentum(tf.train.Optimizer):
        def __init__(self, rate, beta=0.8, use_locking=False, name="SignedMomentum"):
            super().__init__(use_locking, name)
            self._rate = rate
            self._beta = beta

        def _prepare(self):
            self._rate_t = tf.convert_to_tensor(self._rate, name="rate")
            self._beta_t = tf.convert_to_tensor(self._beta, name="beta")

        def _create_slots(self, var_list):
            first = min(var_list, key=lambda v: v.name)
            self._create_non_slot_variable(0.0, "updates", first)
            for v in var_list:
                self._zeros_slot(v, "mean", self._name)
                start = tf.constant(2.0, v.dtype.base_dtype, v.get_shape())
                self._get_or_make_slot(v, start, "scale", "scale")

        def _step(self, grad, var):
            mean, scale = self.get_slot(var, "mean"), self.get_slot(var, "scale")
            beta = tf.cast(self._beta_t, var.dtype.base_dtype)
            rate = tf.cast(self._rate_t, var.dtype.base_dtype)
            new_mean = tf.assign(mean, beta * mean + (1.0 - beta) * grad)
            new_scale = tf.assign(scale, tf.maximum(beta * scale, tf.abs(grad)))
            update = tf.assign_sub(var, rate * tf.sign(new_mean) * new_scale)
            return tf.group(update, new_mean, new_scale)

        def _apply_dense(self, grad, var):
            return self._step(grad, var)

        def _resource_apply_dense(self, grad, var):
            return self._step(grad, var)

        def _apply_sparse(self, grad, var):
            rate = tf.cast(self._rate_t, var.dtype.base_dtype)
            return tf.scatter_sub(var, grad.indices, rate * tf.sign(grad.values))

        def _finish(self, update_ops, name_scope):
            updates = self._get_non_slot_variable("updates", tf.get_default_graph())
            with tf.control_dependencies(update_ops):
                counted = updates.assign_add(1.0)
            return tf.group(*(update_ops + [counted]), name=name_scope)

    return SignedMomentum(0.05)


def decayed_adam(tf):
    """A subclass that overrides apply_gradients and makes its slots by tf.get_variable."""

    class DecayedAdam(tf.train.Optimizer):
        def __init__(self, rate, decay, name="DecayedAdam"):
            super().__init__(False, name)
            self.rate, self.decay = rate, decay

        def apply_gradients(self, grads_and_vars, global_step=None, name=None):
            assignments = []
            for grad, param in grads_and_vars:
                if grad is None or param is None:
                    continue
                key = param.name.split(":")[0]
                slots = [
                    tf.get_variable(
                        name=key + suffix,
                        shape=param.shape.as_list(),
                        dtype=param.dtype.base_dtype,
                        trainable=False,
                        initializer=tf.zeros_initializer(),
                    )
                    for suffix in ("/adam_m", "/adam_v")
                ]
                m = tf.multiply(0.9, slots[0]) + tf.multiply(1.0 - 0.9, grad)
                v = tf.multiply(0.999, slots[1]) + tf.multiply(1.0 - 0.999, tf.square(grad))
                update = m / (tf.sqrt(v) + 1e-6) + self.decay * param
                assignments.extend(
                    [
                        param.assign(param - self.rate * update),
                        slots[0].assign(m),
                        slots[1].assign(v),
                    ]
                )
            if global_step is not None:
                assignments.append(global_step.assign(global_step + 1))
            return tf.group(*assignments, name=name)

    return DecayedAdam(0.01, 0.1)
