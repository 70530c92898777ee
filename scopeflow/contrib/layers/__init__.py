"""`tf.contrib.layers`: layers as functions, initializers, regularizers, a training step."""

from __future__ import annotations

from typing import NoReturn

from . import summaries, utils
from .convolutions import (
    conv1d,
    conv2d,
    conv2d_transpose,
    conv3d,
    conv3d_transpose,
    convolution,
    convolution1d,
    convolution2d,
    convolution2d_transpose,
    convolution3d,
    convolution3d_transpose,
)
from .dense import (
    bias_add,
    dropout,
    elu,
    flatten,
    fully_connected,
    linear,
    maxout,
    one_hot_encoding,
    relu,
    relu6,
    repeat,
    softmax,
    stack,
    unit_norm,
)
from .embedding import (
    bow_encoder,
    embed_sequence,
    embedding_lookup_unique,
    safe_embedding_lookup_sparse,
)
from .initializers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer_conv2d,
)
from .normalization import group_norm, instance_norm, layer_norm
from .normalizing_batches import batch_norm
from .odds import (
    dense_to_sparse,
    images_to_sequence,
    legacy_fully_connected,
    legacy_linear,
    legacy_relu,
    scale_gradient,
    sequence_to_images,
    spatial_softmax,
)
from .optimizers import OPTIMIZER_CLS_NAMES, OPTIMIZER_SUMMARIES, optimize_loss
from .pooling import avg_pool2d, avg_pool3d, max_pool2d, max_pool3d
from .regularizers import (
    apply_regularization,
    l1_l2_regularizer,
    l1_regularizer,
    l2_regularizer,
    sum_regularizer,
)
from .separable import (
    conv2d_in_plane,
    convolution2d_in_plane,
    separable_conv2d,
    separable_convolution2d,
)
from .summaries import (
    summarize_activation,
    summarize_activations,
    summarize_collection,
    summarize_tensor,
    summarize_tensors,
)

_FILES = (
    "NoReturn", "annotations", "building", "convolutions", "dense", "embedding", "initializers",
    "normalization", "normalizing_batches", "odds", "optimizers", "pooling", "regularizers",
    "separable", "utils",
)  # fmt: skip
__all__ = [name for name in dir() if name[0] != "_" and name not in _FILES]

_NOT_YET = frozenset(
    """
    GDN RevBlock SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY bucketized_column check_feature_columns
    create_feature_spec_for_parsing crossed_column embedding_column feature_column gdn
    infer_real_valued_columns input_from_feature_columns
    joint_weighted_sum_from_feature_columns make_place_holder_tensors_for_base_features
    multi_class_target one_hot_column parse_feature_columns_from_examples
    parse_feature_columns_from_sequence_examples real_valued_column recompute_grad
    regression_target rev_block scattered_embedding_column
    sequence_input_from_feature_columns shared_embedding_columns
    sparse_column_with_hash_bucket sparse_column_with_integerized_feature
    sparse_column_with_keys sparse_column_with_vocabulary_file transform_features
    weighted_sparse_column weighted_sum_from_feature_columns
    """.split()
)


def __getattr__(name: str) -> NoReturn:
    if name in _NOT_YET:
        raise AttributeError(
            f"tf.contrib.layers.{name} is TensorFlow's; scopeflow does not have it yet."
        )
    raise AttributeError(f"module 'scopeflow.contrib.layers' has no attribute {name!r}")
