"""The op types of boosted trees: the ensemble that a session holds, its growth and predictions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.errors import FailedPreconditionError, InvalidArgumentError
from ..core.held import held_object
from ..core.lazy_torch import torch
from ..core.op import op
from . import boosted_trees_stats as statistics
from .texts import array_of, numpy_of, tensor_of
from .tree_ensemble import Buckets, Split, TreeEnsemble


def _rows(tensor: Any) -> Any:
    """The static number of examples."""
    return tensor._dims[0] if tensor._dims else None


def _made(handle: TreeEnsemble) -> TreeEnsemble:
    if not handle.made:
        raise FailedPreconditionError(
            None,
            None,
            "The tree ensemble is not initialized.\nRun its initializer first: "
            "resources.initialize_resources(resources.shared_resources()).",
        )
    return handle


def _buckets(features: list) -> Buckets:
    return Buckets([numpy_of(feature) for feature in features])


def _best(features: list, rows: Any) -> list[Split]:
    """Of each node the split with the largest gain, of several such that of the first feature.

    `rows` gives for each feature the fields of its splits behind the feature.
    """
    best: dict[int, Split] = {}
    for i in np.argsort(features, kind="stable"):
        for node, gain, dimension, threshold, left, right, kind in zip(*rows[i], strict=True):
            if node not in best or gain > best[node].gain:
                best[node] = Split(
                    int(node), float(gain), features[i], int(dimension), int(threshold), left,
                    right, kind,
                )  # fmt: skip
    return [best[node] for node in sorted(best)]


@op("-> resource", shape=lambda: (), stateful=True)
def BoostedTreesEnsembleResourceHandleOp(*, container="", shared_name="", op, held):
    """An ensemble of trees, in the session."""
    return held_object(held, op, TreeEnsemble)


@op("held resource, host int64, string", stateful=True)
def BoostedTreesCreateEnsemble(tree_ensemble_handle, stamp_token, tree_ensemble_serialized):
    """Make an ensemble, unless it is made already."""
    if not tree_ensemble_handle.made:
        tree_ensemble_handle.load(stamp_token, tree_ensemble_serialized.item())


@op("held resource, host int64, string", stateful=True)
def BoostedTreesDeserializeEnsemble(tree_ensemble_handle, stamp_token, tree_ensemble_serialized):
    """Give an ensemble these trees instead of its own."""
    tree_ensemble_handle.load(stamp_token, tree_ensemble_serialized.item())


@op("held resource -> bool", shape=lambda handle: (), stateful=True)
def IsBoostedTreesEnsembleInitialized(tree_ensemble_handle, *, device):
    """Whether an ensemble is made."""
    return torch.tensor(tree_ensemble_handle.made, device=device)


@op(
    "held resource -> stamp_token: int64, tree_ensemble_serialized: string",
    shape=lambda handle: [(), ()],
    stateful=True,
)
def BoostedTreesSerializeEnsemble(tree_ensemble_handle, *, device):
    """An ensemble's stamp, and its message."""
    ensemble = _made(tree_ensemble_handle)
    stamp = torch.tensor(ensemble.stamp, dtype=torch.int64, device=device)
    return stamp, array_of([ensemble.serialized()], ())


@op(
    "held resource -> stamp_token: int64, num_trees: int32, num_finalized_trees: int32, "
    "num_attempted_layers: int32, last_layer_nodes_range: int32",
    shape=lambda handle: [(), (), (), (), (2,)],
    stateful=True,
)
def BoostedTreesGetEnsembleStates(tree_ensemble_handle, *, device):
    """An ensemble's stamp, numbers of trees, and the nodes of the layer that grows next."""
    stamp, *others = _made(tree_ensemble_handle).states()
    return (
        torch.tensor(stamp, dtype=torch.int64, device=device),
        *(torch.tensor(each, dtype=torch.int32, device=device) for each in others),
    )


@op(
    "held resource, num_bucketized_features * int32 -> float32",
    shape=lambda handle, features, *, logits_dimension: (_rows(features[0]), logits_dimension),
    differentiable=False,
    stateful=True,
)
def BoostedTreesPredict(tree_ensemble_handle, bucketized_features, *, logits_dimension, device):
    """The logits of examples."""
    found = _made(tree_ensemble_handle).predict(_buckets(bucketized_features), logits_dimension)
    return tensor_of(found, np.float32, device)


@op(
    "held resource, int32, int32, num_bucketized_features * int32 -> "
    "partial_logits: float32, tree_ids: int32, node_ids: int32",
    shape=lambda handle, trees, nodes, features, *, logits_dimension: [
        (_rows(features[0]), logits_dimension), (_rows(features[0]),), (_rows(features[0]),),
    ],
    differentiable=False,
    stateful=True,
)  # fmt: skip
def BoostedTreesTrainingPredict(
    tree_ensemble_handle, cached_tree_ids, cached_node_ids, bucketized_features, *,
    logits_dimension, device,
):  # fmt: skip
    """What logits of before lack, and the tree and node at which they end now."""
    logits, trees, nodes = _made(tree_ensemble_handle).update_predictions(
        numpy_of(cached_tree_ids), numpy_of(cached_node_ids), _buckets(bucketized_features),
        logits_dimension,
    )  # fmt: skip
    return (
        tensor_of(logits, np.float32, device),
        tensor_of(trees, np.int32, device),
        tensor_of(nodes, np.int32, device),
    )


@op(
    "held resource, num_bucketized_features * int32 -> string",
    shape=lambda handle, features: (_rows(features[0]),),
    stateful=True,
)
def BoostedTreesExampleDebugOutputs(
    tree_ensemble_handle, bucketized_features, *, logits_dimension
):  # fmt: skip
    """For each example a message with the features on its way and the logits after each."""
    found = _made(tree_ensemble_handle).explain(_buckets(bucketized_features), logits_dimension)
    return array_of(found)


@op(
    "int32, float32, float32, num_features * int32 -> float32",
    shape=lambda nodes, gradients, hessians, features, *, max_splits, num_buckets: (
        len(features), max_splits, num_buckets, 2,
    ),
    differentiable=False,
)  # fmt: skip
def BoostedTreesMakeStatsSummary(
    node_ids, gradients, hessians, bucketized_features_list, *, max_splits, num_buckets, device
):  # fmt: skip
    """The sums of gradients and Hessians by feature, node and bucket."""
    found = statistics.summary(
        numpy_of(node_ids), numpy_of(gradients), numpy_of(hessians),
        [numpy_of(feature).reshape(-1) for feature in bucketized_features_list],
        max_splits, num_buckets,
    )  # fmt: skip
    return tensor_of(found, np.float32, device)


def _gains_shape(nodes: Any, stats: list, *rest: Any, **attrs: Any) -> list:
    count = len(stats)
    return [*[(None,)] * (3 * count), *[(None, 1)] * (2 * count)]


@op(
    "int32, num_features * float32, float32, float32, float32, float32 -> "
    "node_ids_list: num_features * int32, gains_list: num_features * float32, "
    "thresholds_list: num_features * int32, left_node_contribs_list: num_features * float32, "
    "right_node_contribs_list: num_features * float32",
    shape=_gains_shape,
    differentiable=False,
    varies=True,
)
def BoostedTreesCalculateBestGainsPerFeature(
    node_id_range, stats_summary_list, l1, l2, tree_complexity, min_node_weight, *,
    max_splits, device,
):  # fmt: skip
    """The best split of each node by each feature."""
    options = [each.item() for each in (l1, l2, tree_complexity, min_node_weight)]
    found = []
    for stats in stats_summary_list:
        if stats.dim() != 3 or stats.shape[0] != max_splits or stats.shape[2] != 2:
            raise InvalidArgumentError(
                None, None, f"A stats summary must be [{max_splits}, buckets, 2]: "
                f"{list(stats.shape)}",
            )  # fmt: skip
        found.append(statistics.best_splits(numpy_of(node_id_range), numpy_of(stats), *options))
    return [
        torch.from_numpy(array).to(device) for kind in zip(*found, strict=True) for array in kind
    ]


@op(
    "held resource, int32, num_features * int32, num_features * float32, num_features * int32, "
    "num_features * float32, num_features * float32, host int32, float32",
    stateful=True,
)
def BoostedTreesUpdateEnsemble(
    tree_ensemble_handle, feature_ids, node_ids, gains, thresholds, left_node_contribs,
    right_node_contribs, max_depth, learning_rate, *, pruning_mode,
):  # fmt: skip
    """Grow a layer: split each node as the feature with the largest gain says."""
    rows = []
    for group in zip(node_ids, gains, thresholds, left_node_contribs, right_node_contribs):
        nodes, gain, threshold, left, right = map(numpy_of, group)
        none, kinds = np.zeros(len(nodes), np.int32), [b"INEQUALITY_DEFAULT_LEFT"] * len(nodes)
        rows.append((nodes, gain, none, threshold, left, right, kinds))
    splits = _best(feature_ids.tolist(), rows)
    _made(tree_ensemble_handle).grow(splits, max_depth, learning_rate.item(), pruning_mode)


@op(
    "held resource, int32, num_features * int32, num_features * int32, num_features * float32, "
    "num_features * int32, num_features * float32, num_features * float32, "
    "num_features * string, host int32, float32, host int32",
    stateful=True,
)
def BoostedTreesUpdateEnsembleV2(
    tree_ensemble_handle, feature_ids, dimension_ids, node_ids, gains, thresholds,
    left_node_contribs, right_node_contribs, split_types, max_depth, learning_rate, pruning_mode,
):  # fmt: skip
    """Grow a layer by splits of features of several dimensions, some of them by equality."""
    rows = []
    groups = (node_ids, gains, dimension_ids, thresholds, left_node_contribs, right_node_contribs)
    for *group, types in zip(*groups, split_types):
        rows.append((*map(numpy_of, group), types.ravel().tolist()))
    splits = _best(feature_ids.tolist(), rows)
    _made(tree_ensemble_handle).grow(splits, max_depth, learning_rate.item(), pruning_mode)


@op(
    "held resource, float32, float32, float32, float32 -> bool",
    shape=lambda *inputs: (),
    differentiable=False,
    stateful=True,
)
def BoostedTreesCenterBias(
    tree_ensemble_handle, mean_gradients, mean_hessians, l1, l2, *, device
):  # fmt: skip
    """Move the first tree's root to where the loss is least; whether that should go on."""
    step = statistics.weights(
        numpy_of(mean_gradients).ravel(), numpy_of(mean_hessians).ravel(), l1.item(), l2.item()
    )
    return torch.tensor(_made(tree_ensemble_handle).center(step), device=device)
