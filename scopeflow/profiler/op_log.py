"""tfprof_log: what a profiler is told of a graph's ops besides the graph itself."""

from __future__ import annotations

import os
from typing import Any

import scopeflow as tf

from .flops import Unknown, float_operations

TRAINABLE_VARIABLES = "_trainable_variables"
FILE_NAME = "tfprof_log"


class _Texts:
    """Texts under numbers, as the log has files, functions and lines."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {"none": 0}

    def number(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


def write_op_log(
    graph: Any, log_dir: str, op_log: Any = None, run_meta: Any = None, add_trace: bool = True
) -> None:
    """Write `tfprof_log` to a directory: the float operations, types and origins of ops.

    Args:
      graph: A tf.Graph; the default one if None.
      log_dir: The directory; made where missing.
      op_log: A `tf.profiler.OpLogProto` with what the caller knows: what it says of an op has
        precedence, its types are added.
      run_meta: Accepted: float operations follow from static shapes.
      add_trace: Whether the log says where in the program each op was made.
    """
    from tensorboard.compat.proto import tfprof_log_pb2

    graph = tf.get_default_graph() if graph is None else graph
    log, texts = tfprof_log_pb2.OpLogProto(), _Texts()
    if op_log is not None:
        log.MergeFrom(op_log)
        texts.numbers.update({text: number for number, text in log.id_to_string.items()})
    entries = {entry.name: entry for entry in log.log_entries}
    trainable = {v.op.name for v in graph.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)}
    for op in graph.get_operations():
        entry = entries.get(op.name) or tfprof_log_pb2.OpLogEntry(name=op.name)
        if not entry.float_ops:
            try:
                entry.float_ops = float_operations(op)
            except Unknown:
                pass
        if op.name in trainable and TRAINABLE_VARIABLES not in entry.types:
            entry.types.append(TRAINABLE_VARIABLES)
        if add_trace and not entry.code_def.traces:
            for file, line, function, text in op.traceback:
                entry.code_def.traces.add(
                    file_id=texts.number(file),
                    lineno=line,
                    function_id=texts.number(function),
                    line_id=texts.number(text or "none"),
                )
        if op.name not in entries and (entry.float_ops or entry.types or entry.code_def.traces):
            log.log_entries.append(entry)
    for text, number in texts.numbers.items():
        log.id_to_string[number] = text
    os.makedirs(log_dir, exist_ok=True)
    with open(os.path.join(log_dir, FILE_NAME), "wb") as file:
        file.write(log.SerializeToString(deterministic=True))
