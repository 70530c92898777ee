"""`tf.contrib.tensor_forest`: random forests that grow while examples stream by."""

from .graphs import ForestVariables, RandomForestGraphs, RandomTreeGraphs, TreeVariables
from .params import ForestHParams

__all__ = [
    "ForestHParams",
    "ForestVariables",
    "RandomForestGraphs",
    "RandomTreeGraphs",
    "TreeVariables",
]
