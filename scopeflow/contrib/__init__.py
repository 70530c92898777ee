"""`tf.contrib`: what programs used most of TensorFlow 1's collection of contributed code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.lazy_names import lazy_names

if TYPE_CHECKING:
    from ..api import contrib_lookup as lookup
    from . import data, framework, graph_editor, layers, slim, summary, util

__all__ = ["data", "framework", "graph_editor", "layers", "lookup", "slim", "summary", "util"]

_lazily, __dir__ = lazy_names(
    globals(), {name: f".{name}:" for name in __all__} | {"lookup": "..api.contrib_lookup:"}
)

_NOT_YET = frozenset(
    """
    autograph batching bayesflow checkpoint cloud cluster_resolver compiler
    constrained_optimization copy_graph crf cudnn_rnn deprecated distribute distributions
    eager estimator factorization feature_column ffmpeg grid_rnn image
    input_pipeline integrate keras kernel_methods labeled_tensor learn legacy_seq2seq
    linear_optimizer losses memory_stats metrics mixed_precision model_pruning nn opt
    optimizer_v2 periodic_resample predictor proto quantization quantize receptive_field recurrent
    reduce_slice_ops remote_fused_graph resampler rnn rpc saved_model seq2seq signal solvers
    sparsemax specs staging stat_summarizer stateless tensor_forest tensorboard testing
    tfprof timeseries tpu training
    """.split()
)


def __getattr__(name: str) -> Any:
    if name in __all__:
        return _lazily(name)
    if name in _NOT_YET:
        raise AttributeError(f"tf.contrib.{name} is TensorFlow's; scopeflow does not have it yet.")
    raise AttributeError(f"module 'scopeflow.contrib' has no attribute {name!r}")
