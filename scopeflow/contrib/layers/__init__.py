"""`tf.contrib.layers`: initializers and regularizers."""

from __future__ import annotations

from typing import NoReturn

from .initializers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer_conv2d,
)
from .regularizers import (
    apply_regularization,
    l1_l2_regularizer,
    l1_regularizer,
    l2_regularizer,
    sum_regularizer,
)

__all__ = [
    "apply_regularization", "l1_l2_regularizer", "l1_regularizer", "l2_regularizer",
    "sum_regularizer", "variance_scaling_initializer", "xavier_initializer",
    "xavier_initializer_conv2d",
]  # fmt: skip

_NOT_YET = frozenset(
    """
    GDN OPTIMIZER_CLS_NAMES OPTIMIZER_SUMMARIES RevBlock SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY
    avg_pool2d avg_pool3d batch_norm bias_add bow_encoder bucketized_column check_feature_columns
    conv1d conv2d conv2d_in_plane conv2d_transpose conv3d conv3d_transpose convolution
    convolution1d convolution2d convolution2d_in_plane convolution2d_transpose convolution3d
    convolution3d_transpose create_feature_spec_for_parsing crossed_column dense_to_sparse dropout
    elu embed_sequence embedding_column embedding_lookup_unique feature_column flatten
    fully_connected gdn group_norm images_to_sequence infer_real_valued_columns
    input_from_feature_columns instance_norm joint_weighted_sum_from_feature_columns layer_norm
    legacy_fully_connected legacy_linear legacy_relu linear
    make_place_holder_tensors_for_base_features max_pool2d max_pool3d maxout multi_class_target
    one_hot_column one_hot_encoding optimize_loss parse_feature_columns_from_examples
    parse_feature_columns_from_sequence_examples real_valued_column recompute_grad
    regression_target relu relu6 repeat rev_block safe_embedding_lookup_sparse scale_gradient
    scattered_embedding_column separable_conv2d separable_convolution2d
    sequence_input_from_feature_columns sequence_to_images shared_embedding_columns softmax
    sparse_column_with_hash_bucket sparse_column_with_integerized_feature sparse_column_with_keys
    sparse_column_with_vocabulary_file spatial_softmax stack summaries summarize_activation
    summarize_activations summarize_collection summarize_tensor summarize_tensors
    transform_features unit_norm weighted_sparse_column weighted_sum_from_feature_columns
    """.split()
)


def __getattr__(name: str) -> NoReturn:
    if name in _NOT_YET:
        raise AttributeError(
            f"tf.contrib.layers.{name} is TensorFlow's; scopeflow does not have it yet."
        )
    raise AttributeError(f"module 'scopeflow.contrib.layers' has no attribute {name!r}")
