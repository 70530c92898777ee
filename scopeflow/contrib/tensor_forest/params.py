"""`ForestHParams`: what a forest is made of."""

from __future__ import annotations

import math
import random
from typing import Any

REGRESSION, CLASSIFICATION = 2, 0
_ONLY = {
    "split_finish_name": "basic",
    "split_pruning_name": "none",
    "collate_examples": False,
    "checkpoint_stats": False,
    "use_running_stats_method": False,
    "initialize_average_splits": False,
    "param_file": None,
    "max_fertile_nodes": 0,
    "prune_every_samples": 0,
    "early_finish_check_every_samples": 0,
}
"""What has one value here."""


class ForestHParams:
    """The parameters of a forest; `fill` computes those that follow from others.

    Args:
      num_trees: How many trees there are.
      max_nodes: A tree with so many nodes grows no more.
      bagging_fraction: The share of the examples that a tree sees.
      num_splits_to_consider: How many tests a leaf tries; by the number of features if 0.
      feature_bagging_fraction: The share of the features that a tree sees.
      split_after_samples: After how many examples a leaf splits.
      valid_leaf_threshold: The examples that each side of a split needs.
      model_name: "all_dense", "all_sparse" or "sparse_then_dense", which is about TensorFlow's
        memory: trees are the same.
      inference_tree_paths: Whether inference also gives the examples' ways through the trees.
      split_name: "less_or_equal" or "less": what goes left.
      dominate_method, dominate_fraction: Of other `split_finish_name`s than "basic".
      num_classes, num_features, regression, base_random_seed: Of the task, by keyword.

    The others have their default values only; `fill` raises NotImplementedError for another one.
    """

    def __init__(
        self, num_trees: Any = 100, max_nodes: Any = 10000, bagging_fraction: float = 1.0,
        num_splits_to_consider: Any = 0, feature_bagging_fraction: float = 1.0,
        max_fertile_nodes: int = 0, split_after_samples: Any = 250,
        valid_leaf_threshold: Any = 1, dominate_method: str = "bootstrap",
        dominate_fraction: float = 0.99, model_name: str = "all_dense",
        split_finish_name: str = "basic", split_pruning_name: str = "none",
        prune_every_samples: int = 0, early_finish_check_every_samples: int = 0,
        collate_examples: bool = False, checkpoint_stats: bool = False,
        use_running_stats_method: bool = False, initialize_average_splits: bool = False,
        inference_tree_paths: bool = False, param_file: Any = None,
        split_name: str = "less_or_equal", **kwargs: Any,
    ) -> None:  # fmt: skip
        given = {key: value for key, value in locals().items() if key not in ("self", "kwargs")}
        self.__dict__.update(given)
        self.__dict__.update(kwargs)

    num_splits_to_consider: Any

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"ForestHParams has no {name!r}; give it by keyword or call fill().")

    def values(self) -> dict[str, Any]:
        """The parameters by name."""
        return self.__dict__

    def fill(self) -> ForestHParams:
        """Computes what follows from the other parameters; returns the parameters."""
        for name, value in _ONLY.items():
            if getattr(self, name) != value:
                raise NotImplementedError(
                    f"ForestHParams({name}={getattr(self, name)!r}): scopeflow's trees split a "
                    f"leaf after split_after_samples examples, with {name}={value!r}."
                )
        if self.model_name not in ("all_dense", "all_sparse", "sparse_then_dense"):
            raise ValueError(f"Unknown model_name: {self.model_name}")
        if self.split_name not in ("less_or_equal", "less"):
            raise NotImplementedError(
                f"ForestHParams(split_name={self.split_name!r}): scopeflow has 'less_or_equal' and "
                "'less'."
            )
        if "num_features" not in self.__dict__ or "num_classes" not in self.__dict__:
            raise ValueError("ForestHParams needs num_features and num_classes.")
        self.bagged_num_features = int(self.feature_bagging_fraction * self.num_features)
        self.bagged_features = None
        if self.feature_bagging_fraction < 1.0:
            features = range(self.num_features)
            self.bagged_features = [
                sorted(random.sample(features, self.bagged_num_features))
                for _ in range(int(self.num_trees))
            ]
        self.regression = self.__dict__.get("regression", False)
        self.num_outputs = self.num_classes if self.regression else 1
        self.num_output_columns = self.num_classes + 1
        self.base_random_seed = self.__dict__.get("base_random_seed", 0)
        kind = REGRESSION if self.regression else CLASSIFICATION
        self.leaf_model_type = self.stats_model_type = kind
        self.finish_type = self.pruning_type = self.split_type = 0
        if not self.num_splits_to_consider:
            self.num_splits_to_consider = max(10, math.floor(math.sqrt(self.num_features)))
        return self
