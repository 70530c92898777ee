"""tensorflow.python.training.experimental.loss_scale and .mixed_precision."""

import scopeflow as tf
from scopeflow.train.loss_scale import _loss_scale_of as get

enable_mixed_precision_graph_rewrite_v1 = tf.train.experimental.enable_mixed_precision_graph_rewrite

__all__ = ["enable_mixed_precision_graph_rewrite_v1", "get"]
