"""Options of a dataset: kept and merged. Torch and the iterators choose what they would tune."""

from __future__ import annotations

from typing import Any


class _Options:
    """Attributes by name; unknown ones are refused."""

    _types: dict[str, Any] = {}

    def __init__(self) -> None:
        self.__dict__["_values"] = dict.fromkeys(self._types)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._types:
            raise AttributeError(
                f"{type(self).__name__} has no option {name!r}. It has: {', '.join(self._types)}."
            )
        return self._values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._types:
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")
        kind = self._types[name]
        if value is not None and not isinstance(value, kind):
            raise TypeError(
                f"Property {name!r} must be of type {kind}, got: {value} (type: {type(value)})"
            )
        self._values[name] = value

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._types})

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values == other._values

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


class DistributeOptions(_Options):
    """How a dataset is split over devices; kept, there is one device."""

    _types = {"auto_shard": bool, "num_devices": int}


class MapVectorizationOptions(_Options):
    """Whether maps are vectorized; kept without effect."""

    _types = {"enabled": bool, "use_choose_fastest": bool}


class OptimizationOptions(_Options):
    """TensorFlow's graph rewrites of datasets; kept without effect."""

    _types = {
        **dict.fromkeys(
            (
                "apply_default_optimizations",
                "autotune",
                "autotune_buffers",
                "filter_fusion",
                "filter_with_random_uniform_fusion",
                "hoist_random_uniform",
                "map_and_batch_fusion",
                "map_and_filter_fusion",
                "map_fusion",
                "map_parallelization",
                "noop_elimination",
                "parallel_batch",
                "shuffle_and_repeat_fusion",
            ),
            bool,
        ),
        "autotune_algorithm": int,
        "autotune_cpu_budget": int,
        "map_vectorization": MapVectorizationOptions,
    }


class StatsOptions(_Options):
    """Statistics of a dataset; kept, none are taken."""

    _types = {"aggregator": object, "counter_prefix": str, "latency_all_edges": bool, "prefix": str}


class ThreadingOptions(_Options):
    """Threads of a dataset; kept, `num_parallel_calls` and `prefetch` decide."""

    _types = {"max_intra_op_parallelism": int, "private_threadpool_size": int}


class Options(_Options):
    """Options of a dataset, for `with_options`. They are kept, and change nothing here.

    The order of elements is always the deterministic one.
    """

    _types = {
        "experimental_deterministic": bool,
        "experimental_distribute": DistributeOptions,
        "experimental_optimization": OptimizationOptions,
        "experimental_slack": bool,
        "experimental_stats": StatsOptions,
        "experimental_threading": ThreadingOptions,
    }

    def __init__(self) -> None:
        super().__init__()
        self._values["experimental_distribute"] = DistributeOptions()
        self._values["experimental_optimization"] = OptimizationOptions()
        self._values["experimental_threading"] = ThreadingOptions()

    def merge(self, options: Any) -> Options:
        """Both options' values. ValueError where they disagree."""
        found = Options()
        for name in self._types:
            mine, other = self._values[name], options._values[name]
            if isinstance(mine, _Options) and isinstance(other, _Options):
                parts = type(mine)()
                for key in mine._types:
                    parts._values[key] = _merged(key, mine._values[key], other._values[key])
                found._values[name] = parts
            else:
                found._values[name] = _merged(name, mine, other)
        return found


def _merged(name: str, mine: Any, other: Any) -> Any:
    if mine is not None and other is not None and mine != other:
        raise ValueError(f"Cannot merge incompatible values of option: {name}")
    return mine if other is None else other
