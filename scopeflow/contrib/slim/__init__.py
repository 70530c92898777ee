"""`tf.contrib.slim`: layers, default arguments, losses and a training loop under one name."""

from __future__ import annotations

from .. import framework as contrib_framework
from .. import layers, losses, metrics
from ..framework import *  # noqa: F403
from ..framework import zero_initializer
from ..layers import *  # noqa: F403
from ..layers import initializers, regularizers, utils
from . import (
    data_decoder,
    data_provider,
    dataset,
    dataset_data_provider,
    evaluation,
    learning,
    model_analyzer,
    nets,
    parallel_reader,
    prefetch_queue,
    queues,
    summarizing,
    tfexample_decoder,
)

summaries = summarizing  # not those of the layers

_ELSEWHERE = frozenset(
    """
    TensorSpec argsort assert_same_float_dtype assert_scalar assert_scalar_int
    convert_to_tensor_or_sparse_tensor convolutional_delta_orthogonal
    convolutional_orthogonal_1d convolutional_orthogonal_2d convolutional_orthogonal_3d
    deprecated_args get_graph_from_inputs get_name_scope
    get_placeholders init_from_checkpoint is_tensor list_variables load_checkpoint load_variable
    prepend_name_scope reduce_sum_n smart_cond smart_constant_value sort strip_name_scope
    with_same_shape with_shape
    """.split()
)
"""Names of `tf.contrib.framework` that are there, too, but not in TensorFlow."""

__all__ = [
    *sorted({*contrib_framework.__all__, *layers.__all__} - _ELSEWHERE),
    "data_decoder", "dataset", "evaluation", "learning", "losses", "metrics", "model_analyzer",
    "prefetch_queue", "queues", "tfexample_decoder",
]  # fmt: skip
