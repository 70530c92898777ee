"""`tf.nn`."""

from ..core.lazy_names import lazy_names as _lazy_names
from ..ops.candidates import (
    all_candidate_sampler,
    compute_accidental_hits,
    fixed_unigram_candidate_sampler,
    learned_unigram_candidate_sampler,
    log_uniform_candidate_sampler,
    nce_loss,
    sampled_softmax_loss,
    uniform_candidate_sampler,
)
from ..ops.conv_backprop import (
    atrous_conv2d_transpose,
    conv2d_backprop_filter,
    conv3d_backprop_filter,
    depthwise_conv2d_backprop_filter,
    depthwise_conv2d_backprop_input,
)
from ..ops.conv_backprop import conv3d_backprop_filter as conv3d_backprop_filter_v2
from ..ops.conv_backprop import (
    depthwise_conv2d_backprop_filter as depthwise_conv2d_native_backprop_filter,
)
from ..ops.conv_backprop import (
    depthwise_conv2d_backprop_input as depthwise_conv2d_native_backprop_input,
)
from ..ops.convolution import (
    atrous_conv2d,
    bias_add,
    conv1d,
    conv1d_transpose,
    conv2d,
    conv2d_backprop_input,
    conv2d_transpose,
    conv3d,
    conv3d_transpose,
    conv_transpose,
    convolution,
)
from ..ops.ctc import collapse_repeated, ctc_loss, ctc_loss_v2, ctc_unique_labels
from ..ops.ctc_decoders import (
    ctc_beam_search_decoder,
    ctc_beam_search_decoder_v2,
    ctc_greedy_decoder,
)
from ..ops.depthwise import depthwise_conv2d, depthwise_conv2d_native, separable_conv2d
from ..ops.embedding import embedding_lookup
from ..ops.embedding_sparse import embedding_lookup_sparse, safe_embedding_lookup_sparse
from ..ops.losses import (
    compute_average_loss,
    l2_loss,
    log_poisson_loss,
    scale_regularization_loss,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from ..ops.math import sigmoid, tanh
from ..ops.morphology import dilation2d, erosion2d, fractional_avg_pool, fractional_max_pool
from ..ops.nn import (
    crelu,
    dropout,
    elu,
    in_top_k,
    leaky_relu,
    log_softmax,
    relu,
    relu6,
    relu_layer,
    selu,
    softmax,
    softplus,
    softsign,
    swish,
    top_k,
    xw_plus_b,
    zero_fraction,
)
from ..ops.normalization import (
    batch_norm_with_global_normalization,
    batch_normalization,
    fused_batch_norm,
    l2_normalize,
    local_response_normalization,
    lrn,
    moments,
    normalize_moments,
    sufficient_statistics,
    weighted_moments,
)
from ..ops.pooling import (
    avg_pool,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    avg_pool_v2,
    max_pool,
    max_pool1d,
    max_pool2d,
    max_pool3d,
    max_pool_v2,
    max_pool_with_argmax,
    pool,
)
from ..ops.rearrange import depth_to_space, space_to_depth
from ..ops.space_batch import space_to_batch, with_space_to_batch

_RNN = (
    "bidirectional_dynamic_rnn", "dynamic_rnn", "raw_rnn", "static_bidirectional_rnn",
    "static_rnn", "static_state_saving_rnn",
)  # fmt: skip
# Built on tf.layers and the rest of the public interface: imported at the first use.
__getattr__, __dir__ = _lazy_names(
    globals(), {"rnn_cell": "..rnn.rnn_cell:", **dict.fromkeys(_RNN, "..rnn.functions")}
)

__all__ = [name for name in __dir__() if not name.startswith("_")]
