"""Graphs that grow and ask a random forest."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from ..saved_resources import note_resource
from .params import ForestHParams


def _tree(name: str, config: Any) -> Any:
    ops = tf.raw_ops
    handle = ops.DecisionTreeResourceHandleOp(container="", shared_name=name, name=name)
    note_resource(
        handle,
        ops.CreateTreeVariable(tree_handle=handle, tree_config=config),
        ops.TreeIsInitializedOp(tree_handle=handle),
        {"": ops.TreeSerialize(tree_handle=handle)},
        lambda saved: ops.TreeDeserialize(tree_handle=handle, tree_config=saved),
    )
    return handle


def _stats(name: str, config: Any) -> Any:
    ops = tf.raw_ops
    handle = ops.FertileStatsResourceHandleOp(container="", shared_name=name, name=name)
    note_resource(
        handle,
        ops.CreateFertileStatsVariable(stats_handle=handle, stats_config=config),
        ops.FertileStatsIsInitializedOp(stats_handle=handle),
        {"": ops.FertileStatsSerialize(stats_handle=handle)},
        lambda saved: ops.FertileStatsDeserialize(stats_handle=handle, stats_config=saved),
    )
    return handle


class TreeVariables:
    """The resources of one tree: its nodes and, to train it, what its leaves have counted."""

    def __init__(
        self, params: ForestHParams, tree_num: int, training: bool, tree_config: Any = "",
        tree_stat: Any = "",
    ) -> None:  # fmt: skip
        self.stats = _stats(self.get_tree_name("stats", tree_num), tree_stat) if training else None
        self.tree = _tree(self.get_tree_name("tree", tree_num), tree_config)

    def get_tree_name(self, name: str, num: int) -> str:
        """A resource's name."""
        return f"{name}-{num}"


class ForestVariables:
    """The resources of all trees, by number."""

    def __init__(
        self, params: ForestHParams, device_assigner: Any, training: bool = True,
        tree_variables_class: Any = TreeVariables, tree_configs: Any = None,
        tree_stats: Any = None,
    ) -> None:  # fmt: skip
        self.variables = []
        for i in range(int(params.num_trees)):
            given = {}
            if tree_configs is not None:
                given["tree_config"] = tree_configs[i]
            if tree_stats is not None:
                given["tree_stat"] = tree_stats[i]
            with tf.device(device_assigner.get_device(i) if device_assigner else None):
                # An empty variable that TensorFlow's checkpoints of forests have.
                tf.get_variable(f"device_dummy_{i}", 0)
                self.variables.append(tree_variables_class(params, i, training, **given))

    def __setitem__(self, i: int, value: Any) -> None:
        self.variables[i] = value

    def __getitem__(self, i: int) -> Any:
        return self.variables[i]


def _dense(data: Any) -> Any:
    """Features as float32 [examples, features]."""
    if isinstance(data, dict):
        return tf.concat([_dense(data[name]) for name in sorted(data)], 1)
    if isinstance(data, tf.SparseTensor):
        dense = tf.sparse_tensor_to_dense(data, validate_indices=False)
        return tf.cast(dense, tf.float32)
    found = tf.cast(tf.convert_to_tensor(data), tf.float32)
    if found.shape.ndims == 1:
        found = tf.expand_dims(found, 1)
    return found


class RandomTreeGraphs:
    """The graphs of one tree."""

    def __init__(self, variables: Any, params: ForestHParams, tree_num: int) -> None:
        self.variables, self.params, self.tree_num = variables, params, tree_num

    def _features(self, data: Any) -> Any:
        bagged = self.params.bagged_features
        return data if bagged is None else tf.gather(data, bagged[self.tree_num], axis=1)

    def training_graph(
        self, input_data: Any, input_labels: Any, random_seed: int, input_weights: Any = None
    ) -> Any:
        """The op that lets examples stream by the tree."""
        params, variables = self.params, self.variables[self.tree_num]
        data = self._features(_dense(input_data))
        size = tf.shape(data)[0]
        width = params.num_outputs
        labels = tf.cast(tf.reshape(input_labels, [-1, width]), tf.float32)
        weights = tf.ones([size]) if input_weights is None else tf.cast(input_weights, tf.float32)
        if params.bagging_fraction < 1.0:
            drawn = tf.random_uniform([size], seed=random_seed or None)
            weights *= tf.cast(drawn < params.bagging_fraction, tf.float32)
        seed, seed2 = tf.get_seed(random_seed or None)
        return tf.raw_ops.GrowTreeV4(
            tree_handle=variables.tree, stats_handle=variables.stats, input_data=data,
            labels=labels, weights=tf.reshape(weights, [-1]), num_classes=params.num_classes,
            regression=params.regression, num_splits=int(params.num_splits_to_consider),
            split_after=float(params.split_after_samples), max_nodes=int(params.max_nodes),
            min_leaf=float(params.valid_leaf_threshold),
            strictly_less=params.split_name == "less", seed=seed or 0, seed2=seed2 or 0,
        )  # fmt: skip

    def inference_graph(self, input_data: Any) -> tuple[Any, Any]:
        """(the tree's prediction for each example, the examples' ways)."""
        params = self.params
        return tf.raw_ops.TreePredictionsV4(
            tree_handle=self.variables[self.tree_num].tree,
            input_data=self._features(_dense(input_data)), num_outputs=params.num_classes,
            regression=params.regression, with_paths=params.inference_tree_paths,
        )  # fmt: skip

    def size(self) -> Any:
        """The number of nodes."""
        return tf.raw_ops.TreeSize(tree_handle=self.variables[self.tree_num].tree)

    def feature_usage_counts(self) -> Any:
        """How many nodes split by each feature."""
        counts = tf.raw_ops.FeatureUsageCounts(
            tree_handle=self.variables[self.tree_num].tree,
            num_features=self.params.bagged_num_features,
        )
        bagged = self.params.bagged_features
        if bagged is None:
            return counts
        places = [[i] for i in bagged[self.tree_num]]
        return tf.scatter_nd(places, counts, [self.params.num_features])


class RandomForestGraphs:
    """The graphs of a forest.

    Args:
      params: A filled ForestHParams.
      tree_configs: A serialized tree for each, to begin with.
      tree_stats: As TensorFlow has it; leaves begin to count anew.
      device_assigner: An object whose `get_device(tree)` gives devices.
      variables: ForestVariables to share.
      tree_variables_class: Of the trees' resources.
      tree_graphs: The class of each tree's graphs.
      training: Whether the forest is to be trained.
    """

    def __init__(
        self, params: ForestHParams, tree_configs: Any = None, tree_stats: Any = None,
        device_assigner: Any = None, variables: Any = None,
        tree_variables_class: Any = TreeVariables, tree_graphs: Any = None, training: bool = True,
    ) -> None:  # fmt: skip
        self.params = params
        self.variables = variables or ForestVariables(
            params, device_assigner, training, tree_variables_class, tree_configs, tree_stats
        )
        made = tree_graphs or RandomTreeGraphs
        self.trees = [made(self.variables, params, i) for i in range(int(params.num_trees))]

    def training_graph(
        self, input_data: Any, input_labels: Any, num_trainers: int = 1, trainer_id: int = 0,
        **tree_kwargs: Any,
    ) -> Any:  # fmt: skip
        """The op that lets a batch stream by the trees: by those of this trainer."""
        data, labels = _dense(input_data), tf.convert_to_tensor(input_labels)
        share = int(self.params.num_trees) / num_trainers
        first, end = int(trainer_id * share), int((trainer_id + 1) * share)
        seed = self.params.base_random_seed
        steps = [
            self.trees[i].training_graph(data, labels, seed + i if seed else 0, **tree_kwargs)
            for i in range(first, end)
        ]
        return tf.group(*steps, name="train")

    def inference_graph(self, input_data: Any, **inference_args: Any) -> tuple[Any, Any, Any]:
        """(probabilities or means, the examples' ways, the variance between trees).

        The ways are [examples, trees], serialized messages, if the parameters ask for them.
        """
        data = _dense(input_data)
        both = [tree.inference_graph(data, **inference_args) for tree in self.trees]
        every = tf.stack([logits for logits, _ in both], name="all_predictions")
        average = tf.reduce_mean(every, 0, name="probabilities")
        paths = tf.stack([paths for _, paths in both], axis=1, name="tree_paths")
        variance = tf.reduce_mean(tf.square(every), 0) - tf.square(average)
        return average, paths, variance

    def average_size(self) -> Any:
        """The mean number of nodes."""
        return tf.reduce_mean(tf.cast(tf.stack([tree.size() for tree in self.trees]), tf.float32))

    def training_loss(self, features: Any, labels: Any, name: str = "training_loss") -> Any:
        """How far the trees are from being grown: the negative mean number of nodes."""
        return tf.negative(self.average_size(), name=name)

    def validation_loss(self, features: Any, labels: Any) -> Any:
        """The same: it needs no examples."""
        return -self.average_size()

    def feature_importances(self) -> Any:
        """For each feature its share of the splits."""
        counts = tf.add_n([tree.feature_usage_counts() for tree in self.trees])
        return tf.cast(counts, tf.float32) / tf.cast(tf.reduce_sum(counts), tf.float32)

    def get_all_resource_handles(self) -> list:
        """The trees' handles."""
        return [self.variables[i].tree for i in range(len(self.trees))]
