"""`tf.test.Benchmark`: how long ops take."""

from __future__ import annotations

import inspect
import re
import time
from typing import Any

import numpy as np

import scopeflow as tf

_classes: list[type] = []


class Benchmark:
    """A class of benchmarks: methods whose names begin with "benchmark".

    `tf.test.main` runs them with `--benchmarks=REGEX`, which is searched in "Class.method".
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _classes.append(cls)

    def __init__(self) -> None:
        pass

    @classmethod
    def is_abstract(cls) -> bool:
        """Whether it has nothing to run."""
        return not any(name.startswith("benchmark") for name in dir(cls))

    def evaluate(self, tensors: Any) -> Any:
        """The values of a nested structure of tensors, from the default session."""
        session = tf.get_default_session() or tf.Session()
        return session.run(tensors)

    def report_benchmark(
        self, iters: int | None = None, cpu_time: float | None = None,
        wall_time: float | None = None, throughput: float | None = None,
        extras: dict | None = None, name: str | None = None, metrics: Any = None,
    ) -> None:  # fmt: skip
        """Print what is given, under `name`: by default that of the method that calls this."""
        given = {
            "iters": iters, "cpu_time": cpu_time, "wall_time": wall_time,
            "throughput": throughput, **(extras or {}),
        }  # fmt: skip
        for metric in metrics or []:
            given[metric["name"]] = metric["value"]
        texts = [f"{key}={value}" for key, value in given.items() if value is not None]
        print(f"{name or self._caller()}: {', '.join(texts)}")

    def _caller(self) -> str:
        for frame in inspect.stack()[2:]:
            if frame.frame.f_locals.get("self") is self and frame.function.startswith("benchmark"):
                return f"{type(self).__name__}.{frame.function}"
        return type(self).__name__

    def run_op_benchmark(
        self, sess: Any, op_or_tensor: Any, feed_dict: Any = None, burn_iters: int = 2,
        min_iters: int = 10, store_trace: bool = False, store_memory_usage: bool = True,
        name: str | None = None, extras: dict | None = None, mbs: float = 0,
    ) -> dict[str, Any]:  # fmt: skip
        """Run an op `burn_iters` + `min_iters` times; report and return the times.

        `mbs` megabytes a run give a throughput. `store_trace` and `store_memory_usage` are accepted
        without effect: a run leaves no trace.
        """
        if isinstance(op_or_tensor, tf.Tensor):
            op_or_tensor = op_or_tensor.op  # its value need not leave the device
        for _ in range(burn_iters):
            sess.run(op_or_tensor, feed_dict=feed_dict)
        deltas = np.zeros(min_iters)
        for number in range(min_iters):
            start = time.time()
            sess.run(op_or_tensor, feed_dict=feed_dict)
            deltas[number] = time.time() - start
        wall = float(np.median(deltas))
        extras = {
            **(extras or {}), "wall_time_mean": float(deltas.mean()),
            "wall_time_stdev": float(deltas.std()),
        }  # fmt: skip
        throughput = mbs / wall if mbs and wall else 0.0
        if throughput:
            extras["throughput_mbs"] = throughput
        self.report_benchmark(min_iters, None, wall, None, extras, name)
        return {"iters": min_iters, "wall_time": wall, "extras": extras, "throughput": throughput}


def run_benchmarks(pattern: str) -> None:
    """Run the benchmarks whose "Class.method" has the pattern ("all": every one)."""
    regex = re.compile("" if pattern == "all" else pattern)
    for kind in _classes:
        for name in sorted(dir(kind)):
            if name.startswith("benchmark") and regex.search(f"{kind.__name__}.{name}"):
                getattr(kind(), name)()


def benchmark_config() -> Any:
    """A tf.ConfigProto for a benchmark's session: as it is by default."""
    return tf.ConfigProto()
