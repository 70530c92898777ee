"""tensorflow.python.ops.boosted_trees_ops: ensembles of trees that grow layer by layer."""

from scopeflow.estimator.canned.tree_ensemble import (
    PruningMode as PruningMode,
)
from scopeflow.estimator.canned.tree_ensemble import (
    TreeEnsemble as TreeEnsemble,
)
from scopeflow.ops import boosted_trees as _ops

calculate_best_gains_per_feature = _ops.BoostedTreesCalculateBestGainsPerFeature
center_bias = _ops.BoostedTreesCenterBias
example_debug_outputs = _ops.BoostedTreesExampleDebugOutputs
make_stats_summary = _ops.BoostedTreesMakeStatsSummary
predict = _ops.BoostedTreesPredict
training_predict = _ops.BoostedTreesTrainingPredict
update_ensemble = _ops.BoostedTreesUpdateEnsemble
update_ensemble_v2 = _ops.BoostedTreesUpdateEnsembleV2
