"""`tf.contrib.estimator`: hooks that end a training, and what is added to models and optimizers."""

import scopeflow as tf

from .clipping import clip_gradients_by_norm

add_metrics = tf.estimator.add_metrics
make_early_stopping_hook = tf.estimator.experimental.make_early_stopping_hook
make_stop_at_checkpoint_step_hook = tf.estimator.experimental.make_stop_at_checkpoint_step_hook
stop_if_higher_hook = tf.estimator.experimental.stop_if_higher_hook
stop_if_lower_hook = tf.estimator.experimental.stop_if_lower_hook
stop_if_no_decrease_hook = tf.estimator.experimental.stop_if_no_decrease_hook
stop_if_no_increase_hook = tf.estimator.experimental.stop_if_no_increase_hook

__all__ = [
    "add_metrics", "clip_gradients_by_norm", "make_early_stopping_hook",
    "make_stop_at_checkpoint_step_hook", "stop_if_higher_hook", "stop_if_lower_hook",
    "stop_if_no_decrease_hook", "stop_if_no_increase_hook",
]  # fmt: skip
