"""A tree of a random forest that grows while examples stream by.

After "On-line Random Forests" (Saffari et al., 2009) and "TensorForest: Scalable Random Forests on
TensorFlow" (Colthurst et al., 2016): a leaf draws tests from the examples that come to it, a random
feature against the example's own value of it; it counts for each test what goes left, and when it
has seen enough examples, the test whose sides are purest splits it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from ..core.errors import InvalidArgumentError
from ..core.protos import declare

_MESSAGES = {
    "Int32Value": "value:1:int32",
    "StringValue": "value:1:string",
    "Value": "float_value:1:float|value double_value:2:double|value int32_value:3:int32|value "
    "int64_value:4:int64|value",
    "FeatureId": "id:1:StringValue",
    "InequalityTest": "feature_id:1:FeatureId type:2:int32 threshold:3:Value",
    "BinaryNode": "left_child_id:1:Int32Value right_child_id:2:Int32Value "
    "default_direction:3:int32 inequality_left_child_test:4:InequalityTest",
    "Vector": "value:1:Value*",
    "Leaf": "vector:1:Vector",
    "TreeNode": "node_id:1:Int32Value depth:2:Int32Value subtree_size:3:Int32Value "
    "binary_node:4:BinaryNode|node_type leaf:5:Leaf|node_type",
    "DecisionTree": "nodes:1:TreeNode*",
    "Model": "decision_tree:1:DecisionTree",
    "TreePath": "nodes_visited:1:TreeNode*",
}


@cache
def messages() -> Any:
    """The message classes; declared when they are first asked for."""
    return declare("tensorflow.decision_trees", _MESSAGES)


class Growth(NamedTuple):
    """How a tree grows."""

    regression: bool
    num_splits: int
    split_after: float
    max_nodes: int
    min_leaf: float
    strictly_less: bool


class Candidates:
    """The tests that a leaf tries, and what it has counted for them."""

    def __init__(self, moments: int) -> None:
        self.features = np.zeros(0, np.int64)
        self.thresholds = np.zeros(0, np.float32)
        self.left = np.zeros((0, moments))
        self.total = np.zeros(moments)

    def add(self, features: np.ndarray, thresholds: np.ndarray) -> None:
        """More tests, which have seen nothing of what was before."""
        self.features = np.concatenate([self.features, features])
        self.thresholds = np.concatenate([self.thresholds, thresholds])
        more = np.zeros((len(features), self.left.shape[1]))
        self.left = np.concatenate([self.left, more])


class ForestTree:
    """Nodes as lists: a leaf has feature -1, and what it has seen in `values`."""

    def __init__(self) -> None:
        self.made = False
        self.clear()

    def clear(self) -> None:
        """No nodes."""
        self.feature: list[int] = []
        self.threshold: list[float] = []
        self.left: list[int] = []
        self.right: list[int] = []
        self.values: list[np.ndarray] = []
        self.strictly_less = False

    def __len__(self) -> int:
        return len(self.feature)

    def add_leaf(self, values: np.ndarray) -> int:
        """A new leaf's number."""
        self.feature.append(-1)
        self.threshold.append(0.0)
        self.left.append(0)
        self.right.append(0)
        self.values.append(np.array(values, np.float64))
        return len(self) - 1

    def leaves(self, data: np.ndarray) -> np.ndarray:
        """The leaf of each example."""
        feature, threshold = np.array(self.feature), np.array(self.threshold, np.float32)
        left, right = np.array(self.left), np.array(self.right)
        nodes, rows = np.zeros(len(data), np.int64), np.arange(len(data))
        while True:
            rows = rows[feature[nodes[rows]] >= 0]
            if not len(rows):
                return nodes
            at = nodes[rows]
            goes_left = self.test(data[rows, feature[at]], threshold[at])
            nodes[rows] = np.where(goes_left, left[at], right[at])

    def test(self, values: Any, thresholds: Any) -> Any:
        """Whether values are on the left side."""
        return values < thresholds if self.strictly_less else values <= thresholds

    def predict(self, data: np.ndarray, outputs: int, regression: bool) -> np.ndarray:
        """For each example the classes' shares in its leaf, or the mean; 0 without examples."""
        found = np.zeros((len(data), outputs), np.float32)
        if len(self):
            leaves = self.leaves(data)
            for leaf in np.unique(leaves):
                found[leaves == leaf] = self.shares(self.values[leaf], outputs, regression)
        return found

    @staticmethod
    def shares(values: np.ndarray, outputs: int, regression: bool) -> np.ndarray:
        """A leaf's prediction from what it has seen."""
        count = values[0] if regression else values.sum()
        return (values[1 : 1 + outputs] if regression else values) / max(count, 1e-30)

    def grow(
        self, data: np.ndarray, moments: np.ndarray, stats: dict[int, Candidates],
        growth: Growth, random: np.random.Generator,
    ) -> None:  # fmt: skip
        """Let examples stream by. `moments` is what each adds to its leaf's counts."""
        if not len(data):
            return
        self.strictly_less = growth.strictly_less
        if not len(self):
            self.add_leaf(np.zeros(moments.shape[1]))
        leaves = self.leaves(data)
        order = np.argsort(leaves, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(leaves[order])) + 1):
            leaf = int(leaves[rows[0]])
            self.values[leaf] = self.values[leaf] + moments[rows].sum(0)
            if len(self) >= growth.max_nodes:
                continue
            tried = stats.setdefault(leaf, Candidates(moments.shape[1]))
            self._try(tried, data[rows], moments[rows], growth, random)
            seen = tried.total[0] if growth.regression else tried.total.sum()
            if seen >= growth.split_after:
                self._split(leaf, tried, stats, growth)
        if len(self) >= growth.max_nodes:
            stats.clear()

    def _try(
        self, tried: Candidates, data: np.ndarray, moments: np.ndarray, growth: Growth,
        random: np.random.Generator,
    ) -> None:  # fmt: skip
        missing = min(growth.num_splits - len(tried.features), len(data))
        if missing > 0:
            features = random.integers(0, data.shape[1], missing)
            tried.add(features, data[np.arange(missing), features])
        goes_left = self.test(data[:, tried.features], tried.thresholds)
        tried.left += goes_left.T.astype(np.float64) @ moments
        tried.total = tried.total + moments.sum(0)

    def _split(
        self, leaf: int, tried: Candidates, stats: dict[int, Candidates], growth: Growth
    ) -> None:
        left, right = tried.left, tried.total - tried.left
        if growth.regression:
            counts = left[:, 0], right[:, 0]
        else:
            counts = left.sum(1), right.sum(1)
        splits = np.minimum(*counts) >= max(growth.min_leaf, 1e-6)
        del stats[leaf]  # without a test that splits, others are drawn
        if not splits.any():
            return
        impurity = _impurity(left, growth.regression) + _impurity(right, growth.regression)
        best = int(np.argmin(np.where(splits, impurity, np.inf)))
        self.feature[leaf] = int(tried.features[best])
        self.threshold[leaf] = float(tried.thresholds[best])
        self.left[leaf] = self.add_leaf(left[best])
        self.right[leaf] = self.add_leaf(right[best])

    def load(self, serialized: bytes) -> None:
        """Become the tree of a message. Of regressions it has the means, which count as one."""
        self.clear()
        self.made = True
        try:
            nodes = messages().Model.FromString(serialized).decision_tree.nodes
        except Exception as error:  # the library's own class of error depends on its version
            raise InvalidArgumentError(None, None, f"Unable to parse tree: {error}") from None
        for node in nodes:
            values = [value.float_value for value in node.leaf.vector.value]
            at = self.add_leaf(np.array(values))
            if node.WhichOneof("node_type") == "binary_node":
                split = node.binary_node
                test = split.inequality_left_child_test
                self.strictly_less = test.type == 1
                self.feature[at] = int(test.feature_id.id.value)
                self.threshold[at] = test.threshold.float_value
                self.left[at] = split.left_child_id.value
                self.right[at] = split.right_child_id.value

    def message(self, node: int) -> Any:
        """A node's message."""
        found = messages().TreeNode()
        found.node_id.value = node
        if self.feature[node] < 0:
            found.leaf.vector.SetInParent()
            for value in self.values[node].tolist():
                found.leaf.vector.value.add(float_value=value)
            return found
        split = found.binary_node
        split.left_child_id.value, split.right_child_id.value = self.left[node], self.right[node]
        test = split.inequality_left_child_test
        test.type = int(self.strictly_less)
        test.feature_id.id.value = str(self.feature[node])
        test.threshold.float_value = self.threshold[node]
        return found

    def serialized(self) -> bytes:
        """The tree as a message's bytes."""
        model = messages().Model()
        model.decision_tree.nodes.extend(self.message(i) for i in range(len(self)))
        return model.SerializeToString()

    def paths(self, data: np.ndarray) -> list[bytes]:
        """For each example a message of the nodes on its way."""
        found = []
        for row in data:
            path, node = messages().TreePath(), 0
            while len(self):
                path.nodes_visited.append(self.message(node))
                if self.feature[node] < 0:
                    break
                goes_left = self.test(row[self.feature[node]], np.float32(self.threshold[node]))
                node = self.left[node] if goes_left else self.right[node]
            found.append(path.SerializeToString())
        return found


def _impurity(moments: np.ndarray, regression: bool) -> np.ndarray:
    """Of each side, its count times its Gini impurity, or its sum of squared differences."""
    if not regression:
        count = np.maximum(moments.sum(1), 1e-30)
        return count - np.square(moments).sum(1) / count
    outputs = (moments.shape[1] - 1) // 2
    count = np.maximum(moments[:, :1], 1e-30)
    sums, squares = moments[:, 1 : 1 + outputs], moments[:, 1 + outputs :]
    return (squares - np.square(sums) / count).sum(1)
