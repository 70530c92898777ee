"""Clusters that a cloud's services name, which are not asked here."""

from __future__ import annotations

from typing import Any, NoReturn

from .resolvers import ClusterResolver


def _refuse(name: str, way: str) -> NoReturn:
    raise NotImplementedError(
        f"tf.contrib.cluster_resolver.{name}: scopeflow runs in its own process, on the CPU or a "
        f"GPU. {way}"
    )


class TPUClusterResolver(ClusterResolver):
    """An address, or "local". For a TPU's name there is none: NotImplementedError."""

    def __init__(
        self, tpu: Any = None, zone: Any = None, project: Any = None, job_name: str = "worker",
        coordinator_name: Any = None, coordinator_address: Any = None, credentials: Any = "default",
        service: Any = None, discovery_url: Any = None,
    ) -> None:  # fmt: skip
        if isinstance(tpu, list):
            tpu = tpu[0] if tpu else None
        if tpu is None:
            raise ValueError("Please provide a TPU Name to connect to.")
        self._tpu = tpu.decode() if isinstance(tpu, bytes) else str(tpu)
        if "://" not in self._tpu and self._tpu not in ("", "local"):
            _refuse("TPUClusterResolver", f"There is no TPU {tpu!r}: run with use_tpu=False.")

    def master(self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None) -> str:
        """What was given."""
        return self._tpu

    def get_master(self) -> str:
        """What was given."""
        return self._tpu

    def get_job_name(self) -> None:
        """None: no job of a cluster."""

    def cluster_spec(self) -> None:
        """None: there is no cluster."""


class GCEClusterResolver(ClusterResolver):
    """Raises NotImplementedError: Google's cloud is not asked."""

    def __init__(
        self, project: Any, zone: Any, instance_group: Any, port: Any, task_type: str = "worker",
        task_id: int = 0, rpc_layer: str = "grpc", credentials: Any = "default",
        service: Any = None,
    ) -> None:  # fmt: skip
        _refuse("GCEClusterResolver", "Use SimpleClusterResolver, or none.")


class KubernetesClusterResolver(ClusterResolver):
    """Raises NotImplementedError: Kubernetes is not asked."""

    def __init__(
        self, job_to_label_mapping: Any = None, tf_server_port: int = 8470,
        rpc_layer: str = "grpc", override_client: Any = None,
    ) -> None:  # fmt: skip
        _refuse("KubernetesClusterResolver", "Use SimpleClusterResolver, or none.")


class SlurmClusterResolver(ClusterResolver):
    """Raises NotImplementedError: Slurm is not asked."""

    def __init__(
        self, jobs: Any, port_base: int = 8888, gpus_per_node: int = 1, gpus_per_task: int = 1,
        tasks_per_node: Any = None, auto_set_gpu: bool = True, rpc_layer: str = "grpc",
    ) -> None:  # fmt: skip
        _refuse("SlurmClusterResolver", "Use SimpleClusterResolver, or none.")
