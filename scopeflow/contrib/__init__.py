"""`tf.contrib`: what programs used most of TensorFlow 1's collection of contributed code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..api.namespaces import attach
from ..core.lazy_names import lazy_names

if TYPE_CHECKING:
    from ..api import contrib_lookup as lookup
    from ..api import contrib_memory_stats as memory_stats
    from . import cluster_resolver as cluster_resolver
    from . import crf as crf
    from . import cudnn_rnn as cudnn_rnn
    from . import data as data
    from . import distribute as distribute
    from . import distributions as distributions
    from . import eager as eager
    from . import estimator as estimator
    from . import factorization as factorization
    from . import framework as framework
    from . import graph_editor as graph_editor
    from . import image as image
    from . import layers as layers
    from . import learn as learn
    from . import legacy_seq2seq as legacy_seq2seq
    from . import losses as losses
    from . import metrics as metrics
    from . import mixed_precision as mixed_precision
    from . import opt as opt
    from . import resampler as resampler
    from . import rnn as rnn
    from . import seq2seq as seq2seq
    from . import signal as signal
    from . import slim as slim
    from . import staging as staging
    from . import summary as summary
    from . import tensorboard as tensorboard
    from . import tfprof as tfprof
    from . import tpu as tpu
    from . import training as training
    from . import util as util

_WHERE = {
    "cluster_resolver": ".cluster_resolver:",
    "crf": ".crf:",
    "cudnn_rnn": ".cudnn_rnn:",
    "data": ".data:",
    "distribute": ".distribute:",
    "distributions": ".distributions:",
    "eager": ".eager:",
    "estimator": ".estimator:",
    "factorization": ".factorization:",
    "framework": ".framework:",
    "graph_editor": ".graph_editor:",
    "image": ".image:",
    "layers": ".layers:",
    "legacy_seq2seq": ".legacy_seq2seq:",
    "learn": ".learn:",
    "lookup": "..api.contrib_lookup:",
    "losses": ".losses:",
    "memory_stats": "..api.contrib_memory_stats:",
    "metrics": ".metrics:",
    "mixed_precision": ".mixed_precision:",
    "opt": ".opt:",
    "rnn": ".rnn:",
    "seq2seq": ".seq2seq:",
    "resampler": ".resampler:",
    "signal": ".signal:",
    "slim": ".slim:",
    "staging": ".staging:",
    "summary": ".summary:",
    "tensorboard": ".tensorboard:",
    "tfprof": ".tfprof:",
    "tpu": ".tpu:",
    "training": ".training:",
    "util": ".util:",
}

__all__ = list(_WHERE)

__getattr__, __dir__ = lazy_names(
    globals(), _WHERE, loaded=lambda name, module: attach(module, f"tf.contrib.{name}")
)
