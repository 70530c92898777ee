"""tensorflow.python.ops.boosted_trees_ops: ensembles of trees that grow layer by layer."""

from scopeflow.estimator.canned.tree_ensemble import (
    PruningMode as PruningMode,
)
from scopeflow.estimator.canned.tree_ensemble import (
    TreeEnsemble as TreeEnsemble,
)
from scopeflow.ops import boosted_trees as _ops
from scopeflow.ops import boosted_trees_quantiles as _quantiles

calculate_best_gains_per_feature = _ops.BoostedTreesCalculateBestGainsPerFeature
center_bias = _ops.BoostedTreesCenterBias
example_debug_outputs = _ops.BoostedTreesExampleDebugOutputs
make_stats_summary = _ops.BoostedTreesMakeStatsSummary
predict = _ops.BoostedTreesPredict
training_predict = _ops.BoostedTreesTrainingPredict
update_ensemble = _ops.BoostedTreesUpdateEnsemble
update_ensemble_v2 = _ops.BoostedTreesUpdateEnsembleV2

boosted_trees_bucketize = _quantiles.BoostedTreesBucketize
create_quantile_stream_resource = _quantiles.BoostedTreesCreateQuantileStreamResource
get_bucket_boundaries = _quantiles.BoostedTreesQuantileStreamResourceGetBucketBoundaries
is_quantile_resource_initialized = _quantiles.IsBoostedTreesQuantileStreamResourceInitialized
make_quantile_summaries = _quantiles.BoostedTreesMakeQuantileSummaries
quantile_add_summaries = _quantiles.BoostedTreesQuantileStreamResourceAddSummaries
quantile_flush = _quantiles.BoostedTreesQuantileStreamResourceFlush
quantile_resource_deserialize = _quantiles.BoostedTreesQuantileStreamResourceDeserialize
quantile_resource_handle_op = _quantiles.BoostedTreesQuantileStreamResourceHandleOp
