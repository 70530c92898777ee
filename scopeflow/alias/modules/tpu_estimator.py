"""tensorflow.contrib.tpu.python.tpu.tpu_estimator: TPUEstimator, and how one exports for TPUs."""

from __future__ import annotations

from collections import namedtuple

from ...estimator.tpu.estimator import ExportSavedModelApiVersion as ExportSavedModelApiVersion

BatchConfig = namedtuple(
    "BatchConfig",
    "num_batch_threads max_batch_size batch_timeout_micros allowed_batch_sizes "
    "max_enqueued_batches",
    defaults=(10,),
)
"""How a server would gather requests; nothing here serves."""
