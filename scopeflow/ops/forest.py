"""The op types of random forests: trees that a session holds, their growth and predictions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.errors import FailedPreconditionError, InvalidArgumentError
from ..core.held import held_object
from ..core.lazy_torch import torch
from ..core.op import op
from .forest_tree import Candidates, ForestTree, Growth
from .texts import array_of, numpy_of, tensor_of


class FertileStats:
    """What the leaves of a tree have counted since they are leaves."""

    def __init__(self) -> None:
        self.made = False
        self.leaves: dict[int, Candidates] = {}

    def load(self) -> None:
        """Nothing counted."""
        self.made = True
        self.leaves.clear()


def _made(handle: Any) -> Any:
    if not handle.made:
        raise FailedPreconditionError(
            None,
            None,
            "A tree of the forest is not initialized.\nRun the initializer first: "
            "resources.initialize_resources(resources.shared_resources()).",
        )
    return handle


def _rows(tensor: Any) -> Any:
    return tensor._dims[0] if tensor._dims else None


@op("-> resource", shape=lambda: (), stateful=True)
def DecisionTreeResourceHandleOp(*, container="", shared_name="", op, held):
    """A tree, in the session."""
    return held_object(held, op, ForestTree)


@op("-> resource", shape=lambda: (), stateful=True)
def FertileStatsResourceHandleOp(*, container="", shared_name="", op, held):
    """What a tree's leaves have counted, in the session."""
    return held_object(held, op, FertileStats)


@op("held resource, string", stateful=True)
def CreateTreeVariable(tree_handle, tree_config):
    """Make a tree, unless it is made already; without a message it has no nodes."""
    if not tree_handle.made:
        tree_handle.load(tree_config.item())


@op("held resource, string", attrs={"params": ""}, stateful=True)
def CreateFertileStatsVariable(stats_handle, stats_config):
    """Make the counts of a tree, unless they are made already."""
    if not stats_handle.made:
        stats_handle.load()


@op("held resource -> bool", shape=lambda handle: (), stateful=True)
def TreeIsInitializedOp(tree_handle, *, device):
    """Whether a tree is made."""
    return torch.tensor(tree_handle.made, device=device)


@op("held resource -> bool", shape=lambda handle: (), stateful=True)
def FertileStatsIsInitializedOp(stats_handle, *, device):
    """Whether the counts of a tree are made."""
    return torch.tensor(stats_handle.made, device=device)


@op("held resource -> string", shape=lambda handle: (), stateful=True)
def TreeSerialize(tree_handle):
    """A tree's message."""
    return array_of([_made(tree_handle).serialized()], ())


@op("held resource, string", attrs={"params": ""}, stateful=True)
def TreeDeserialize(tree_handle, tree_config):
    """Give a tree the nodes of a message."""
    tree_handle.load(tree_config.item())


@op("held resource -> string", attrs={"params": ""}, shape=lambda handle: (), stateful=True)
def FertileStatsSerialize(stats_handle):
    """What checkpoints have of the counts: nothing."""
    _made(stats_handle)
    return array_of([b""], ())


@op("held resource, string", attrs={"params": ""}, stateful=True)
def FertileStatsDeserialize(stats_handle, stats_config):
    """Begin to count anew."""
    stats_handle.load()


@op("held resource -> int32", shape=lambda handle: (), stateful=True)
def TreeSize(tree_handle, *, device):
    """The number of nodes."""
    return torch.tensor(len(_made(tree_handle)), dtype=torch.int32, device=device)


@op("held resource -> int32", shape=lambda handle, *, num_features: (num_features,), stateful=True)
def FeatureUsageCounts(tree_handle, *, num_features, device):
    """How many nodes split by each feature."""
    used = np.array([i for i in _made(tree_handle).feature if i >= 0], np.int64)
    return tensor_of(np.bincount(used, minlength=num_features), np.int32, device)


@op(
    "held resource, float32 -> logits: float32, tree_paths: string",
    shape=lambda handle, data, *, num_outputs, with_paths: [
        (_rows(data), num_outputs), (_rows(data) if with_paths else 0,),
    ],
    differentiable=False,
    stateful=True,
)  # fmt: skip
def TreePredictionsV4(
    tree_handle, input_data, *, num_outputs, regression, with_paths, device
):  # fmt: skip
    """For each example its leaf's shares of the classes or mean; messages of the ways if wanted."""
    tree, data = _made(tree_handle), numpy_of(input_data)
    logits = tree.predict(data, num_outputs, regression)
    paths = tree.paths(data) if with_paths else []
    return tensor_of(logits, np.float32, device), array_of(paths)


@op(
    "held resource, held resource, float32, float32, float32",
    attrs={"seed": 0, "seed2": 0},
    stateful=True,
)
def GrowTreeV4(
    tree_handle, stats_handle, input_data, labels, weights, *, num_classes, regression,
    num_splits, split_after, max_nodes, min_leaf, strictly_less, generator,
):  # fmt: skip
    """Let examples stream by a tree: [examples, features], [examples, outputs], [examples]."""
    tree, stats = _made(tree_handle), _made(stats_handle)
    data, targets, each = map(numpy_of, (input_data, labels, weights))
    if not len(data) == len(targets) == len(each):
        raise InvalidArgumentError(
            None, None, f"{len(data)} examples, {len(targets)} labels, {len(each)} weights"
        )
    if regression:
        moments = np.concatenate([np.ones((len(data), 1)), targets, np.square(targets)], 1)
    else:
        ids = targets[:, 0].astype(np.int64)
        if len(ids) and not 0 <= ids.min() <= ids.max() < num_classes:
            raise InvalidArgumentError(None, None, f"labels are not all in [0, {num_classes})")
        moments = np.eye(num_classes)[ids]
    used = each > 0
    number = torch.randint(0, 2**62, (), generator=generator).item()
    growth = Growth(regression, num_splits, split_after, max_nodes, min_leaf, strictly_less)
    tree.grow(
        data[used], (moments * each[:, None])[used], stats.leaves, growth,
        np.random.default_rng(number),
    )  # fmt: skip
