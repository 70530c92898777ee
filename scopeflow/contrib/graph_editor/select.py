"""Choosing ops and tensors: by name, by kind, by walking along the edges."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import scopeflow as tf


def _flat(items: Any) -> list:
    if isinstance(items, tf.Operation | tf.Tensor | str | tf.Graph) or not isinstance(
        items, Iterable
    ):
        return [items]
    return [part for item in items for part in _flat(item)]


def make_list_of_op(
    ops: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ts: bool = False
) -> list:
    """The ops among `ops` (an op, a graph, nested lists) as a list.

    TypeError for other things; with `ignore_ts` tensors are left out instead.
    """
    return _listed(ops, tf.Operation, tf.Tensor if ignore_ts else None, check_graph, allow_graph)


def make_list_of_t(
    ts: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ops: bool = False
) -> list:
    """The tensors among `ts` (a tensor, a graph, nested lists) as a list.

    TypeError for other things; with `ignore_ops` ops are left out instead.
    """
    return _listed(ts, tf.Tensor, tf.Operation if ignore_ops else None, check_graph, allow_graph)


def _listed(items: Any, kind: type, ignored: type | None, one_graph: bool, graphs: bool) -> list:
    if isinstance(items, tf.Graph):
        if not graphs:
            raise TypeError("allow_graph is False: cannot convert a tf.Graph.")
        return items.get_operations() if kind is tf.Operation else get_tensors(items)
    found = [item for item in _flat(items) if ignored is None or not isinstance(item, ignored)]
    for item in found:
        if not isinstance(item, tf.Operation | tf.Tensor) or not isinstance(item, kind):
            raise TypeError(f"Expected a tf.{kind.__name__}, got: {type(item)}")
        if one_graph and item.graph is not found[0].graph:
            raise ValueError(f"{item!r} is from another graph than {found[0]!r}.")
    return found


def get_tensors(graph: tf.Graph) -> list[tf.Tensor]:
    """All tensors of a graph."""
    if not isinstance(graph, tf.Graph):
        raise TypeError(f"Expected a graph, got: {type(graph)}")
    return [tensor for op in graph.get_operations() for tensor in op.outputs]


def get_generating_ops(ts: Any) -> list[tf.Operation]:
    """The ops that the tensors come from."""
    return [tensor.op for tensor in make_list_of_t(ts, allow_graph=False)]


def get_consuming_ops(ts: Any) -> list[tf.Operation]:
    """The ops that take one of the tensors."""
    tensors = make_list_of_t(ts, allow_graph=False)
    return list(dict.fromkeys(op for tensor in tensors for op in tensor.consumers()))


# Filters.


def _pattern(regex: Any) -> Any:
    return re.compile(regex) if isinstance(regex, str) else regex


def filter_ts(ops: Any, positive_filter: Any) -> list[tf.Tensor]:
    """The outputs of the ops for which `positive_filter(tensor)` holds (True: all)."""
    every = [tensor for op in make_list_of_op(ops) for tensor in op.outputs]
    if positive_filter is not True:
        if not callable(positive_filter):
            raise TypeError("positive_filter must be callable or True.")
        every = [tensor for tensor in every if positive_filter(tensor)]
    return list(dict.fromkeys(every))


def filter_ts_from_regex(ops: Any, regex: Any) -> list[tf.Tensor]:
    """The outputs of the ops whose names the regular expression is found in."""
    pattern = _pattern(regex)
    return filter_ts(ops, lambda tensor: pattern.search(tensor.name))


def filter_ops(ops: Any, positive_filter: Any) -> list[tf.Operation]:
    """The ops for which `positive_filter(op)` holds (True: all)."""
    found = make_list_of_op(ops)
    return found if positive_filter is True else [op for op in found if positive_filter(op)]


def filter_ops_from_regex(ops: Any, regex: Any) -> list[tf.Operation]:
    """The ops whose names the regular expression is found in."""
    pattern = _pattern(regex)
    return filter_ops(ops, lambda op: pattern.search(op.name))


def get_name_scope_ops(ops: Any, scope: str) -> list[tf.Operation]:
    """The ops inside a name scope, and the op of that name."""
    scope = scope.rstrip("/")
    return filter_ops_from_regex(ops, f"^{re.escape(scope)}(/.*)?$") if scope else list(ops)


def _selected(args: tuple, kwargs: dict[str, Any], kind: type) -> list:
    graph = kwargs.pop("graph", None)
    positive = kwargs.pop("positive_filter", None)
    restricted = kwargs.pop(
        "restrict_ops_regex" if kind is tf.Operation else "restrict_ts_regex", False
    )
    if kwargs:
        raise ValueError(f"Got an unexpected keyword argument: {', '.join(kwargs)}")
    found: dict[Any, None] = {}
    for item in _flat(args):
        if isinstance(item, str) or hasattr(item, "search"):
            if graph is None:
                raise ValueError("Use the keyword argument 'graph' to use regex.")
            text = item if isinstance(item, str) else item.pattern
            if restricted and not text.startswith("(?#"):
                continue
            ops = graph.get_operations()
            by_name = filter_ops_from_regex if kind is tf.Operation else filter_ts_from_regex
            found.update(dict.fromkeys(by_name(ops, item)))
        elif isinstance(item, kind):
            found[item] = None
        else:
            raise TypeError(f"Expected a tf.{kind.__name__} or a regular expression: {item!r}")
    return [item for item in found if positive is None or positive(item)]


def select_ops(*args: Any, **kwargs: Any) -> list[tf.Operation]:
    """The ops that the arguments name: ops, lists of them, regular expressions of names.

    `graph` is where names are looked for; `positive_filter` chooses among what was found; with
    `restrict_ops_regex` only expressions that begin with `(?#ops)` count.
    """
    return _selected(args, kwargs, tf.Operation)


def select_ts(*args: Any, **kwargs: Any) -> list[tf.Tensor]:
    """The tensors that the arguments name, as select_ops does for ops."""
    return _selected(args, kwargs, tf.Tensor)


def select_ops_and_ts(*args: Any, **kwargs: Any) -> tuple[list, list]:
    """(ops, tensors) that the arguments name; a regular expression of tensors begins with
    `(?#ts)`."""
    graph = kwargs.pop("graph", None)
    items = _flat(args)
    texts = {id(i): i if isinstance(i, str) else getattr(i, "pattern", "") for i in items}
    of_ts = [i for i in items if isinstance(i, tf.Tensor) or texts[id(i)].startswith("(?#ts)")]
    of_ops = [i for i in items if not any(i is t for t in of_ts)]
    return (
        select_ops(*of_ops, graph=graph, **kwargs),
        select_ts(*of_ts, graph=graph, **kwargs),
    )


# Walks.


def _seeds(seed_ops: Any, inclusive: bool, backwards: bool) -> list[tf.Operation]:
    items = _flat(seed_ops)
    if items and all(isinstance(item, tf.Tensor) for item in items):
        return get_generating_ops(items) if backwards else get_consuming_ops(items)
    return make_list_of_op(seed_ops, allow_graph=False)


def _walk(
    seeds: list[tf.Operation],
    inclusive: bool,
    within_ops: Any,
    within_ops_fn: Callable | None,
    next_ops: Callable[[tf.Operation], list],
) -> list[tf.Operation]:
    within = None if within_ops is None else set(make_list_of_op(within_ops, allow_graph=False))

    def inside(op: tf.Operation) -> bool:
        return (within is None or op in within) and (within_ops_fn is None or within_ops_fn(op))

    seeds = [op for op in seeds if inside(op)]
    found = dict.fromkeys(seeds)
    wave = seeds
    while wave:
        wave = [op for before in wave for op in next_ops(before) if inside(op) and op not in found]
        found.update(dict.fromkeys(wave))
    return [op for op in found if inclusive or op not in set(seeds)]


def get_forward_walk_ops(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Any = None,
    stop_at_ts: Any = (),
    control_outputs: Any = None,
) -> list[tf.Operation]:
    """The ops that depend on the seeds (ops or tensors), and the seeds if `inclusive`.

    The walk stays among `within_ops` and where `within_ops_fn(op)` holds, and stops at tensors in
    `stop_at_ts`. With `control_outputs` it also follows control dependencies.
    """
    stops = set(make_list_of_t(stop_at_ts))

    def after(op: tf.Operation) -> list:
        found = [c for t in op.outputs if t not in stops for c in t.consumers()]
        return found + (op.control_outputs if control_outputs else [])

    seeds = _seeds(seed_ops, inclusive, False)
    if any(isinstance(item, tf.Tensor) for item in _flat(seed_ops)):
        seeds = get_consuming_ops([t for t in _flat(seed_ops) if t not in stops])
    return _walk(seeds, inclusive, within_ops, within_ops_fn, after)


def get_backward_walk_ops(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Any = None,
    stop_at_ts: Any = (),
    control_inputs: bool = False,
) -> list[tf.Operation]:
    """The ops that the seeds (ops or tensors) depend on, and the seeds if `inclusive`.

    The walk stays among `within_ops` and where `within_ops_fn(op)` holds, and stops at tensors in
    `stop_at_ts`. With `control_inputs` it also follows control dependencies.
    """
    stops = set(make_list_of_t(stop_at_ts))

    def before(op: tf.Operation) -> list:
        found = [t.op for t in op.inputs if t not in stops]
        return found + (list(op.control_inputs) if control_inputs else [])

    seeds = _seeds(seed_ops, inclusive, True)
    if any(isinstance(item, tf.Tensor) for item in _flat(seed_ops)):
        seeds = get_generating_ops([t for t in _flat(seed_ops) if t not in stops])
    return _walk(seeds, inclusive, within_ops, within_ops_fn, before)


def _both(
    forward_seed_ops: Any,
    backward_seed_ops: Any,
    forward_inclusive: bool,
    backward_inclusive: bool,
    within: tuple[Any, Any],
    control: bool,
) -> tuple[list, list]:
    forward = get_forward_walk_ops(
        forward_seed_ops, forward_inclusive, *within, control_outputs=control
    )
    backward = get_backward_walk_ops(
        backward_seed_ops, backward_inclusive, *within, control_inputs=control
    )
    return forward, backward


def get_walks_intersection_ops(
    forward_seed_ops: Any,
    backward_seed_ops: Any,
    forward_inclusive: bool = True,
    backward_inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Any = None,
    control_inputs: bool = False,
    control_outputs: Any = None,
    control_ios: Any = None,
) -> list[tf.Operation]:
    """The ops on the ways from the forward seeds to the backward seeds."""
    control = bool(control_inputs or control_outputs or control_ios)
    within = (within_ops, within_ops_fn)
    forward, backward = _both(
        forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within, control
    )
    return [op for op in forward if op in set(backward)]


def get_walks_union_ops(
    forward_seed_ops: Any,
    backward_seed_ops: Any,
    forward_inclusive: bool = True,
    backward_inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Any = None,
    control_inputs: bool = False,
    control_outputs: Any = None,
    control_ios: Any = None,
) -> list[tf.Operation]:
    """The ops behind the forward seeds and before the backward seeds."""
    control = bool(control_inputs or control_outputs or control_ios)
    within = (within_ops, within_ops_fn)
    forward, backward = _both(
        forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within, control
    )
    return list(dict.fromkeys(forward + backward))
