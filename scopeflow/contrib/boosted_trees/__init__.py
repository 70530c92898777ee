"""`tf.contrib.boosted_trees`: gradient boosted decision trees."""

from .estimator import (
    GradientBoostedDecisionTreeClassifier,
    GradientBoostedDecisionTreeEstimator,
    GradientBoostedDecisionTreeRegressor,
)
from .heads import CustomLossHead

__all__ = [
    "CustomLossHead",
    "GradientBoostedDecisionTreeClassifier",
    "GradientBoostedDecisionTreeEstimator",
    "GradientBoostedDecisionTreeRegressor",
]
