"""`tf.profiler.profile`: counts over the graph, by name scope or by op type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import scopeflow as tf

from .flops import Unknown, float_operations
from .options import ProfileOptionBuilder

_FIGURES = {
    "params": ("parameters", "# parameters", "params"),
    "float_ops": ("float_ops", "# float_ops", "flops"),
    "micros": ("exec_micros", "total execution time", "us"),
}


class Node:
    """A name scope or op (or op type), with its own figures and those of all below it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.op: Any = None
        self.children: list[Node] = []
        self.parameters = self.float_ops = self.exec_micros = self.run_count = 0
        self.total_parameters = self.total_float_ops = self.total_exec_micros = 0

    def add_up(self) -> None:
        """Fill the totals, from below."""
        for child in self.children:
            child.add_up()
        for field in ("parameters", "float_ops", "exec_micros"):
            below = sum(getattr(child, f"total_{field}") for child in self.children)
            setattr(self, f"total_{field}", getattr(self, field) + below)

    def __repr__(self) -> str:
        return (
            f"<{self.name}: {self.total_parameters} parameters, {self.total_float_ops} float "
            f"operations, {self.total_exec_micros} us>"
        )


def profile(
    graph: Any = None,
    run_meta: Any = None,
    op_log: Any = None,
    cmd: str = "scope",
    options: Any = 0,
) -> Node:
    """Count parameters, float operations and (with the tf.RunMetadata of a traced run) time.

    Prints a table and returns its root, with `total_parameters`, `total_float_ops`,
    `total_exec_micros` and `children`. `cmd` is "scope" (by name scopes) or "op" (by op types).
    Float operations follow from static shapes by TensorFlow's rules: op types that these leave out,
    and ops with unknown shapes, count nothing (how many there are of the latter is printed).
    `op_log` is accepted. Memory is not measured.
    """
    graph = tf.get_default_graph() if graph is None else graph
    options = ProfileOptionBuilder.trainable_variables_parameter() if options == 0 else options
    options = {**ProfileOptionBuilder().build(), **options}
    if cmd not in ("scope", "op"):
        raise NotImplementedError(
            f"tf.profiler.profile(cmd={cmd!r}): use 'scope' (by names) or 'op' (by op types)."
        )
    kind, _, path = options["output"].partition(":outfile=")
    if options.get("dump_to_file"):  # as the options of tf.contrib.tfprof say it
        kind, path = "file", options["dump_to_file"]
    if kind not in ("stdout", "none", "file"):
        raise NotImplementedError(
            f"tf.profiler.profile: {kind} output is not built. Use with_file_output() or "
            "with_stdout_output()."
        )
    root = Node("_TFProfRoot")
    unknown = _fill(root, graph, run_meta, cmd, options)
    root.add_up()
    _prune(root, options, 0)
    root.add_up()
    text = "\n".join(_report(root, options, unknown)) + "\n"
    if kind == "file":
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    elif kind == "stdout":
        print(text, end="")
    return root


def _fill(root: Node, graph: tf.Graph, run_meta: Any, cmd: str, options: dict) -> int:
    """Add the ops' nodes; returns how many have unknown shapes."""
    trainable = {v.op for v in graph.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)}
    times = _times(run_meta)
    accounted = [re.compile(regex) for regex in options["account_type_regexes"]]
    nodes: dict[str, Node] = {}
    unknown = 0
    for op in graph.get_operations():
        kinds = [op.type, op.device, *(["_trainable_variables"] if op in trainable else [])]
        counted = any(regex.fullmatch(kind) for regex in accounted for kind in kinds)
        node = _node_for(root, nodes, op.name if cmd == "scope" else op.type, cmd == "scope")
        node.op = op
        if not counted:
            continue
        node.run_count += 1
        node.exec_micros += times.get(op.name, 0)
        if op.type in ("VariableV2", "VarHandleOp"):
            shape = op.attrs["shape"]
            node.parameters += shape.num_elements() or 0
        try:
            node.float_ops += float_operations(op)
        except Unknown:
            unknown += 1
    return unknown


def _node_for(root: Node, nodes: dict[str, Node], name: str, nested: bool) -> Node:
    if name not in nodes:
        outer = name.rpartition("/")[0] if nested else ""
        parent = _node_for(root, nodes, outer, True) if outer else root
        nodes[name] = Node(name)
        parent.children.append(nodes[name])
    return nodes[name]


def _times(run_meta: Any) -> dict[str, int]:
    """Microseconds by op name."""
    found: dict[str, int] = {}
    for device in () if run_meta is None else run_meta.step_stats.dev_stats:
        for node in device.node_stats:
            found[node.node_name] = found.get(node.node_name, 0) + node.all_end_rel_micros
    return found


def _prune(node: Node, options: dict, depth: int) -> None:
    """Leave out what the options do not want to see, and sort."""

    def matches(key: str, name: str) -> bool:
        return any(re.match(regex, name) for regex in options.get(key, ()))

    kept: list[Node] = []
    for child in node.children:
        _prune(child, options, depth + 1)
        small = (
            child.total_parameters < options["min_params"]
            or child.total_float_ops < options["min_float_ops"]
            or child.total_exec_micros < options["min_micros"]
        )
        bare = options["account_type_regexes"] != [".*"] and not (
            child.total_parameters or child.total_float_ops or child.total_exec_micros
        )
        hidden = (
            matches("hide_name_regexes", child.name)
            or not matches("show_name_regexes", child.name)
            or matches("trim_name_regexes", child.name)
        )
        if not (small or bare or hidden or child.run_count < options["min_occurrence"] > 0):
            kept.append(child)
    field = {"params": "parameters", "float_ops": "float_ops", "micros": "exec_micros"}.get(
        options["order_by"]
    )
    if field is None:
        kept.sort(key=lambda child: child.name)
    else:
        kept.sort(key=lambda child: -getattr(child, f"total_{field}"))
    node.children = kept


def _short(count: int) -> str:
    for size, letter in ((1e9, "b"), (1e6, "m"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.2f}{letter}"
    return str(count)


def _report(root: Node, options: dict, unknown: int) -> Iterator[str]:
    figures = [_FIGURES[key] for key in options["select"] if key in _FIGURES]
    yield "node name | " + " | ".join(title for _, title, _ in figures)
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        texts = []
        if node.op is not None and node.parameters:
            texts.append("x".join(map(str, node.op.attrs["shape"].as_list())))
        for field, _, unit in figures:
            own = _short(getattr(node, field)) if node.op is not None else "--"
            texts.append(f"{own}/{_short(getattr(node, f'total_{field}'))} {unit}")
        yield f"{'  ' * depth}{node.name} ({', '.join(texts)})"
        if depth < options["max_depth"]:
            waiting += [(child, depth + 1) for child in reversed(node.children)]
    if unknown and "float_ops" in options["select"]:
        yield f"{unknown} ops have shapes that are not known in the graph: they count nothing."


class Profiler:
    """Profiles of one graph, with the times of several steps."""

    def __init__(self, graph: Any = None, op_log: Any = None) -> None:
        self._graph = tf.get_default_graph() if graph is None else graph
        self._steps: dict[int, Any] = {}

    def add_step(self, step: int, run_meta: Any) -> None:
        """Take in the tf.RunMetadata of a traced run."""
        self._steps[step] = run_meta

    def _profile(self, cmd: str, options: dict) -> Node:
        step = options.get("step", -1)
        last = max(self._steps, default=None)
        run_meta = self._steps.get(last if step == -1 else step)  # type: ignore[arg-type]
        return profile(self._graph, run_meta, cmd=cmd, options=options)

    def profile_name_scope(self, options: dict) -> Node:
        """Profile by name scopes."""
        return self._profile("scope", options)

    def profile_operations(self, options: dict) -> Node:
        """Profile by op types."""
        return self._profile("op", options)
