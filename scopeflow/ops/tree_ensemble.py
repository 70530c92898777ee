"""An ensemble of boosted trees: what the session holds, how it grows and what it predicts.

The message is the truth; what predictions read of a tree are arrays made of its nodes. Splits are
found as in "XGBoost: A Scalable Tree Boosting System" (Chen and Guestrin, 2016), see
`boosted_trees_stats.py`; here they only arrive.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..core.errors import InvalidArgumentError
from .tree_protos import messages

NO_PRUNING, PRE_PRUNING, POST_PRUNING = range(3)
_CENTERED = np.float32(0.01)
"""A bias that moves by less than this share of itself is where it belongs."""


class Split(NamedTuple):
    """How one node may be split, and what its children add to its value."""

    node: int
    gain: float
    feature: int
    dimension: int
    threshold: int
    left: np.ndarray
    right: np.ndarray
    kind: bytes = b"INEQUALITY_DEFAULT_LEFT"


class Buckets:
    """The buckets of a batch: each feature is [examples] or [examples, dimensions]."""

    def __init__(self, features: list[np.ndarray]) -> None:
        columns = [feature.reshape(len(feature), -1) for feature in features]
        self.first = np.cumsum([0, *(column.shape[1] for column in columns)])
        self.values = np.concatenate(columns, 1) if len(columns) > 1 else columns[0]

    def __len__(self) -> int:
        return len(self.values)

    def of(self, rows: np.ndarray, features: np.ndarray, dimensions: np.ndarray) -> np.ndarray:
        """A bucket for each of the rows: that of its feature's dimension."""
        return self.values[rows, self.first[features] + dimensions]


class _Arrays:
    """A tree's nodes as arrays: one entry a node; a leaf has feature -1."""

    def __init__(self, tree: Any, width: int) -> None:
        count = len(tree.nodes)
        self.feature = np.full(count, -1, np.int64)
        self.dimension = np.zeros(count, np.int64)
        self.threshold = np.zeros(count, np.int64)
        self.equal = np.zeros(count, bool)  # a categorical split: left if equal
        self.missing_right = np.zeros(count, bool)  # where bucket -1 goes
        self.left = np.zeros(count, np.int64)
        self.right = np.zeros(count, np.int64)
        self.value = np.zeros((count, width), np.float32)
        for i, node in enumerate(tree.nodes):
            kind = node.WhichOneof("node")
            self.value[i] = _values(node.leaf if kind == "leaf" else node.metadata.original_leaf)
            if kind in ("leaf", None):
                continue
            if kind == "dense_split":
                raise InvalidArgumentError(
                    None, None, "A tree has a dense_split; boosted trees here split buckets only."
                )
            split = getattr(node, kind)
            self.feature[i], self.dimension[i] = split.feature_id, split.dimension_id
            self.left[i], self.right[i] = split.left_id, split.right_id
            self.equal[i] = kind == "categorical_split"
            self.missing_right[i] = not self.equal[i] and split.default_direction
            self.threshold[i] = split.value if self.equal[i] else split.threshold

    def children(self, nodes: np.ndarray, buckets: Buckets, rows: np.ndarray) -> np.ndarray:
        """The next node of each of the rows, which stand in nodes that are split."""
        found = buckets.of(rows, self.feature[nodes], self.dimension[nodes])
        bound = self.threshold[nodes]
        goes_left = np.where(self.equal[nodes], found == bound, found <= bound)
        goes_left &= ~(self.missing_right[nodes] & (found == -1))
        return np.where(goes_left, self.left[nodes], self.right[nodes])

    def leaves(self, nodes: np.ndarray, buckets: Buckets, rows: np.ndarray) -> np.ndarray:
        """The leaf below the node of each of the rows."""
        nodes = nodes.copy()
        while True:
            inside = np.flatnonzero(self.feature[nodes] >= 0)
            if not len(inside):
                return nodes
            nodes[inside] = self.children(nodes[inside], buckets, rows[inside])


def _values(leaf: Any) -> Any:
    """A leaf's number, or numbers."""
    return list(leaf.vector.value) if leaf.WhichOneof("leaf") == "vector" else leaf.scalar


def _set_values(leaf: Any, values: Any) -> None:
    values = np.asarray(values, np.float32).ravel()
    if len(values) == 1:
        leaf.scalar = float(values[0])
    else:
        leaf.vector.value[:] = values.tolist()


class TreeEnsemble:
    """The trees of one model. It has to be made (`load`) before it is used."""

    def __init__(self) -> None:
        self.made = False
        self.stamp = 0
        self.message = messages().TreeEnsemble()
        self._arrays: dict[tuple[int, int], _Arrays] = {}

    def load(self, stamp: int, serialized: bytes) -> None:
        """Become the ensemble of a serialized message."""
        try:
            self.message = messages().TreeEnsemble.FromString(serialized)
        except Exception as error:  # the library's own class of error depends on its version
            raise InvalidArgumentError(
                None, None, f"Unable to parse tree ensemble proto: {error}"
            ) from None
        self.stamp, self.made = stamp, True
        self._arrays.clear()

    def serialized(self) -> bytes:
        """The ensemble as a message's bytes."""
        return self.message.SerializeToString()

    def states(self) -> tuple[int, int, int, int, tuple[int, int]]:
        """Stamp, number of trees, of finalized ones, of attempted layers, last layer's nodes."""
        message = self.message
        finalized = sum(meta.is_finalized for meta in message.tree_metadata)
        grown = message.growing_metadata
        nodes = (grown.last_layer_node_start, grown.last_layer_node_end)
        if not message.trees or nodes == (0, 0):
            nodes = (0, 1)
        return self.stamp, len(message.trees), finalized, grown.num_layers_attempted, nodes

    # --- predictions -------------------------------------------------------------------------

    def _tree(self, i: int, width: int) -> _Arrays:
        found = self._arrays.get((i, width))
        if found is None:
            found = self._arrays[i, width] = _Arrays(self.message.trees[i], width)
        return found

    def predict(self, buckets: Buckets, width: int) -> np.ndarray:
        """The logits of examples."""
        logits = np.zeros((len(buckets), width), np.float32)
        root, rows = np.zeros(len(buckets), np.int64), np.arange(len(buckets))
        for i, weight in enumerate(self.message.tree_weights):
            tree = self._tree(i, width)
            logits += np.float32(weight) * tree.value[tree.leaves(root, buckets, rows)]
        return logits

    def update_predictions(
        self, trees: np.ndarray, nodes: np.ndarray, buckets: Buckets, width: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What is to be added to logits that end at given trees and nodes; where they end now.

        A node of -1 says that no tree has been added yet.
        """
        added = np.zeros((len(trees), width), np.float32)
        trees, nodes = trees.astype(np.int64), nodes.astype(np.int64)
        count = len(self.message.trees)
        if not count:
            return added, trees, np.maximum(nodes, 0)
        for i in range(int(trees.min(initial=0)), count):
            tree, weight = self._tree(i, width), np.float32(self.message.tree_weights[i])
            rows = np.flatnonzero(trees == i)
            at = nodes[rows]
            there = at >= 0
            at, changes = self._after_pruning(i, np.maximum(at, 0), width)
            leaves = tree.leaves(at, buckets, rows)
            change = weight * (tree.value[leaves] - tree.value[at] + changes)
            fresh = weight * tree.value[leaves]
            added[rows] += np.where(there[:, None], change, fresh)
            nodes[rows] = leaves
            if i + 1 < count:
                trees[rows], nodes[rows] = i + 1, -1
        return added, trees, nodes

    def _after_pruning(self, i: int, nodes: np.ndarray, width: int) -> tuple[np.ndarray, Any]:
        """The nodes where those of before the pruning went, and how the logits change by that."""
        pruned = self.message.tree_metadata[i].post_pruned_nodes_meta
        if not pruned:
            return nodes, np.float32(0)
        ids = np.array([update.new_node_id for update in pruned])
        changes = np.zeros((len(pruned), width), np.float32)
        for row, update in zip(changes, pruned, strict=True):
            row[:] = list(update.logit_change) or 0.0
        return ids[nodes], changes[nodes]

    def explain(self, buckets: Buckets, width: int) -> list[bytes]:
        """For each example the features on its way, and the logits after each step of it."""
        found = []
        for example in range(len(buckets)):
            output = messages().DebugOutput()
            base = np.float32(0)
            for i, weight in enumerate(self.message.tree_weights):
                tree, node, rows = self._tree(i, width), np.zeros(1, np.int64), np.array([example])
                if i == 0:
                    output.logits_path.append(float(np.float32(weight) * tree.value[0, 0]))
                while tree.feature[node[0]] >= 0:
                    output.feature_ids.append(int(tree.feature[node[0]]))
                    node = tree.children(node, buckets, rows)
                    logit = base + np.float32(weight) * tree.value[node[0], 0]
                    output.logits_path.append(float(logit))
                base = base + np.float32(weight) * tree.value[node[0], 0]
            found.append(output.SerializeToString())
        return found

    # --- growing -----------------------------------------------------------------------------

    def _add_tree(self) -> None:
        self.message.trees.add().nodes.add().leaf.SetInParent()
        self.message.tree_weights.append(1.0)
        self.message.tree_metadata.add()

    def center(self, step: np.ndarray) -> bool:
        """Add `step` to the first tree's root; whether it is worthwhile to go on with that."""
        first = not self.message.trees
        if first:
            self._add_tree()
        leaf = self.message.trees[0].nodes[0].leaf
        before = np.asarray(_values(leaf), np.float32)
        _set_values(leaf, before + step)
        self._changed(0)
        return bool(first or np.any(np.abs(step) > _CENTERED * np.abs(before)))

    def grow(self, splits: list[Split], depth: int, rate: float, pruning: int) -> None:
        """Split nodes of the last tree: one more layer of it."""
        message = self.message
        if not message.trees or message.tree_metadata[-1].is_finalized:
            self._add_tree()
        last = len(message.trees) - 1
        tree, meta, growing = message.trees[-1], message.tree_metadata[-1], message.growing_metadata
        if len(tree.nodes) == 1:
            growing.num_trees_attempted += 1
        growing.num_layers_attempted += 1
        begin = len(tree.nodes)
        for split in splits:
            if pruning != PRE_PRUNING or split.gain >= 0:
                _split(tree, split, rate)
        self._changed(last)
        if len(tree.nodes) == begin:
            return
        growing.last_layer_node_start, growing.last_layer_node_end = begin, len(tree.nodes)
        meta.num_layers_grown += 1
        if meta.num_layers_grown >= depth:
            meta.is_finalized = True
            if pruning == POST_PRUNING:
                _prune(tree, meta)
            self._add_tree()
            growing.last_layer_node_start, growing.last_layer_node_end = 0, 1

    def _changed(self, i: int) -> None:
        self.stamp += 1
        for key in [key for key in self._arrays if key[0] == i]:
            del self._arrays[key]


def _split(tree: Any, split: Split, rate: float) -> None:
    """Make two leaves below a leaf."""
    node = tree.nodes[split.node]
    value = np.asarray(_values(node.leaf), np.float32)
    is_new_root = split.node == 0 and not value.any()
    if not is_new_root:
        node.metadata.original_leaf.CopyFrom(node.leaf)
    if split.kind == b"EQUALITY_DEFAULT_RIGHT":
        new = node.categorical_split
        new.value = split.threshold
    else:
        new = node.bucketized_split
        new.threshold = split.threshold
        new.default_direction = int(split.kind == b"INEQUALITY_DEFAULT_RIGHT")
    new.feature_id, new.dimension_id = split.feature, split.dimension
    new.left_id, new.right_id = len(tree.nodes), len(tree.nodes) + 1
    node.metadata.gain = split.gain
    for added in (split.left, split.right):
        _set_values(tree.nodes.add().leaf, value + np.float32(rate) * added)


def _prune(tree: Any, meta: Any) -> None:
    """Undo splits that gained less than nothing, from the leaves on, and note what went where."""
    nodes = tree.nodes
    gone: dict[int, int] = {}  # a node that is cut off, and its parent
    for i in reversed(range(len(nodes))):
        if nodes[i].WhichOneof("node") == "leaf" or nodes[i].metadata.gain >= 0:
            continue
        split = getattr(nodes[i], nodes[i].WhichOneof("node"))
        children = (split.left_id, split.right_id)
        if all(nodes[child].WhichOneof("node") == "leaf" for child in children):
            gone.update(dict.fromkeys(children, i))
            original = messages().Leaf()
            original.CopyFrom(nodes[i].metadata.original_leaf)
            nodes[i].ClearField("metadata")
            nodes[i].leaf.CopyFrom(original)
    if not gone:
        return
    kept = [i for i in range(len(nodes)) if i not in gone]
    new_ids = {old: new for new, old in enumerate(kept)}
    for i, node in enumerate(nodes):
        at = i
        while at in gone:
            at = gone[at]
        own = np.atleast_1d(np.float32(_values(node.leaf)))
        change = np.zeros_like(own)
        if at != i:
            change = np.float32(_values(nodes[at].leaf)) - own
        meta.post_pruned_nodes_meta.add(new_node_id=new_ids[at], logit_change=change.tolist())
    left = [messages().Node.FromString(nodes[i].SerializeToString()) for i in kept]
    del nodes[:]
    for node in left:
        if node.WhichOneof("node") != "leaf":
            split = getattr(node, node.WhichOneof("node"))
            split.left_id, split.right_id = new_ids[split.left_id], new_ids[split.right_id]
        nodes.add().CopyFrom(node)
