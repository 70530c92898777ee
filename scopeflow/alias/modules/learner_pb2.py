"""tensorflow.contrib.boosted_trees.proto.learner_pb2: how trees are learned."""

from __future__ import annotations

from typing import Any

from scopeflow.core.protos import declare

_MESSAGES = {
    "TreeRegularizationConfig": "l1:1:float l2:2:float tree_complexity:3:float",
    "TreeConstraintsConfig": "max_tree_depth:1:uint32 min_node_weight:2:float "
    "max_number_of_unique_feature_columns:3:int64",
    "LearningRateFixedConfig": "learning_rate:1:float",
    "LearningRateLineSearchConfig": "max_learning_rate:1:float num_steps:2:int32",
    "LearningRateDropoutDrivenConfig": "dropout_probability:1:float "
    "probability_of_skipping_dropout:2:float learning_rate:3:float",
    "LearningRateConfig": "fixed:1:LearningRateFixedConfig|tuner "
    "dropout:2:LearningRateDropoutDrivenConfig|tuner "
    "line_search:3:LearningRateLineSearchConfig|tuner",
    "AveragingConfig": "average_last_n_trees_config:1:float|config "
    "average_last_percent_trees_config:2:float|config",
    "LearnerConfig": "num_classes:1:uint32 feature_fraction_per_tree:2:float|feature_fraction "
    "feature_fraction_per_level:3:float|feature_fraction "
    "regularization:4:TreeRegularizationConfig constraints:5:TreeConstraintsConfig "
    "learning_rate_tuner:6:LearningRateConfig pruning_mode:8:int32 growing_mode:9:int32 "
    "multi_class_strategy:10:int32 averaging_config:11:AveragingConfig "
    "weak_learner_type:12:int32",
}
_NAMES = (
    ("PRUNING_MODE_UNSPECIFIED", "PRE_PRUNE", "POST_PRUNE"),
    ("GROWING_MODE_UNSPECIFIED", "WHOLE_TREE", "LAYER_BY_LAYER"),
    ("MULTI_CLASS_STRATEGY_UNSPECIFIED", "TREE_PER_CLASS", "FULL_HESSIAN", "DIAGONAL_HESSIAN"),
    ("NORMAL_DECISION_TREE", "OBLIVIOUS_DECISION_TREE"),
)
_made: Any = declare("tensorflow.boosted_trees.learner", _MESSAGES, __name__)
for _group in _NAMES:
    for _number, _name in enumerate(_group):
        setattr(_made.LearnerConfig, _name, _number)
globals().update(vars(_made))
