"""Relatives of Adam."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class _Rows(tf.train.AdamOptimizer):
    """What the optimizers below share: hyperparameters in a variable's dtype."""

    def _cast(self, var: Any) -> tuple:
        dtype = var.dtype.base_dtype
        power1, power2 = (tf.cast(p, dtype) for p in self._get_beta_accumulators())
        rate, beta1, beta2, epsilon = (
            tf.cast(value, dtype)
            for value in (self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        )
        return rate * tf.sqrt(1 - power2) / (1 - power1), beta1, beta2, epsilon


class LazyAdamOptimizer(_Rows):
    """Adam; of gathered variables only the rows that were gathered change, their means too."""

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        rate, beta1, beta2, epsilon = self._cast(var)
        rows, places = grad.values, grad.indices
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        mean = beta1 * tf.gather(m, places) + (1 - beta1) * rows
        square = beta2 * tf.gather(v, places) + (1 - beta2) * tf.square(rows)
        step = rate * mean / (tf.sqrt(square) + epsilon)
        return tf.group(
            tf.scatter_update(m, places, mean),
            tf.scatter_update(v, places, square),
            tf.scatter_sub(var, places, step, use_locking=self._use_locking),
        )


class NadamOptimizer(_Rows):
    """Adam with Nesterov's momentum (http://cs229.stanford.edu/proj2015/054_report.pdf)."""

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        rate, beta1, beta2, epsilon = self._cast(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        mean = tf.assign(m, beta1 * m + (1 - beta1) * grad, use_locking=self._use_locking)
        square = tf.assign(
            v, beta2 * v + (1 - beta2) * tf.square(grad), use_locking=self._use_locking
        )
        step = rate * (beta1 * mean + (1 - beta1) * grad) / (tf.sqrt(square) + epsilon)
        return tf.group(tf.assign_sub(var, step, use_locking=self._use_locking), mean, square)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        rate, beta1, beta2, epsilon = self._cast(var)
        rows, places = (1 - beta1) * grad.values, grad.indices
        scaled = (1 - beta2) * tf.square(grad.values)
        mean = self._decayed(var, "m", beta1, rows, places)
        square = self._decayed(var, "v", beta2, scaled, places)
        step = rate * (beta1 * tf.gather(mean, places) + rows)
        step /= tf.sqrt(tf.gather(square, places)) + epsilon
        update = tf.scatter_sub(var, places, step, use_locking=self._use_locking)
        return tf.group(update, mean, square)
