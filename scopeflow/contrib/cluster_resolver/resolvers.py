"""Clusters that the program or the environment variable TF_CONFIG names."""

from __future__ import annotations

import json
import os
from typing import Any

import scopeflow as tf


class ClusterResolver:
    """Who belongs to a cluster: what the others have in common."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("tf.contrib.cluster_resolver.ClusterResolver is to be subclassed")

    def cluster_spec(self) -> Any:
        """The jobs and their addresses."""
        raise NotImplementedError("a subclass says")

    def master(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None
    ) -> str:
        """The address of a task, "" if none is named."""
        raise NotImplementedError("a subclass says")

    @property
    def environment(self) -> str:
        """Where the cluster is: "" or "google"."""
        return ""

    def num_accelerators(
        self, task_type: str | None = None, task_id: int | None = None, config_proto: Any = None
    ) -> dict[str, int]:
        """How many devices of each kind this process sees, beside the processor."""
        gpus = len(tf.config.experimental.list_physical_devices("GPU"))
        return {"GPU": gpus} if gpus else {}

    def _address(self, task_type: Any, task_id: Any, rpc_layer: Any) -> str:
        address = self.cluster_spec().task_address(task_type, task_id)
        return f"{rpc_layer}://{address}" if rpc_layer else address


class SimpleClusterResolver(ClusterResolver):
    """A cluster that the program names."""

    def __init__(
        self, cluster_spec: Any, master: str = "", task_type: str | None = None,
        task_id: int | None = None, environment: str = "",
        num_accelerators: dict[str, int] | None = None, rpc_layer: str | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(cluster_spec, tf.train.ClusterSpec):
            raise TypeError("cluster_spec must be a ClusterSpec.")
        self._spec, self._master, self._environment = cluster_spec, master, environment
        self.task_type, self.task_id, self.rpc_layer = task_type, task_id, rpc_layer
        self._accelerators = num_accelerators

    def cluster_spec(self) -> Any:
        """The jobs and their addresses."""
        return self._spec

    def master(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None
    ) -> str:
        """The address of a task, or the `master` that was given."""
        if task_type is not None and task_id is not None:
            return self._address(task_type, task_id, rpc_layer or self.rpc_layer)
        return self._master

    @property
    def environment(self) -> str:
        """What was given."""
        return self._environment

    def num_accelerators(
        self, task_type: str | None = None, task_id: int | None = None, config_proto: Any = None
    ) -> dict[str, int]:
        """What was given, or {}."""
        return self._accelerators or {}


class TFConfigClusterResolver(ClusterResolver):
    """The cluster that the environment variable TF_CONFIG names, in JSON."""

    def __init__(
        self, task_type: str | None = None, task_id: int | None = None,
        rpc_layer: str | None = None, environment: str | None = None,
    ) -> None:  # fmt: skip
        task = self._config().get("task", {})
        self.task_type = task.get("type") if task_type is None else str(task_type)
        index = task.get("index") if task_id is None else task_id
        self.task_id = None if index is None else int(index)
        self.rpc_layer = rpc_layer or self._config().get("rpc_layer")
        self._environment = environment

    @staticmethod
    def _config() -> dict:
        return json.loads(os.environ.get("TF_CONFIG", "{}"))

    @property
    def environment(self) -> Any:
        """What was given."""
        return self._environment

    def cluster_spec(self) -> Any:
        """The jobs and their addresses."""
        return tf.train.ClusterSpec(self._config().get("cluster", {}))

    def master(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None
    ) -> str:
        """The address of a task, by default of this one; "" without a cluster."""
        cluster = self.cluster_spec().as_dict()
        if not cluster or (len(cluster) == 1 and len(next(iter(cluster.values()))) == 1):
            return ""
        kind = self.task_type if task_type is None else task_type
        number = self.task_id if task_id is None else task_id
        return self._address(kind, number, rpc_layer or self.rpc_layer)


class UnionClusterResolver(ClusterResolver):
    """Several clusters as one; the first one is this process's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.rpc_layer = kwargs.pop("rpc_layer", None)
        self.task_type = kwargs.pop("task_type", None)
        self.task_id = kwargs.pop("task_id", None)
        if kwargs:
            raise ValueError(f"Unexpected kwargs provided {kwargs!r}")
        if not args:
            raise ValueError("At least one ClusterResolver is required.")
        for resolver in args:
            if not isinstance(resolver, ClusterResolver):
                raise TypeError("All arguments must be a sub-class of `ClusterResolver.`")
        self._resolvers = args

    def cluster_spec(self) -> Any:
        """The jobs of all, the addresses of a job one after another."""
        jobs: dict[str, list] = {}
        for resolver in self._resolvers:
            for job, addresses in resolver.cluster_spec().as_dict().items():
                jobs.setdefault(job, []).extend(addresses)
        return tf.train.ClusterSpec(jobs)

    def master(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None
    ) -> str:
        """The address of a task, or the first one's master."""
        if task_type is not None and task_id is not None:
            return self._address(task_type, task_id, rpc_layer)
        return self._resolvers[0].master(rpc_layer=rpc_layer)

    @property
    def environment(self) -> str:
        """The first one's."""
        return self._resolvers[0].environment

    def num_accelerators(
        self, task_type: str | None = None, task_id: int | None = None, config_proto: Any = None
    ) -> dict[str, int]:
        """The first one's."""
        return self._resolvers[0].num_accelerators(task_type, task_id, config_proto)
