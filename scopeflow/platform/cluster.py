"""Clusters, as far as one process goes: ClusterSpec in full, a server that is this process."""

from __future__ import annotations

import functools
import threading
from typing import Any

from tensorboard.compat.proto.cluster_pb2 import ClusterDef

_WHAT = (
    "`cluster` must be a dictionary mapping one or more job names to lists of network addresses, "
    "or a `ClusterDef` protocol buffer"
)


class ClusterSpec:
    """The tasks of a cluster by job: {"worker": ["host:port", …], "ps": {0: "host:port"}}.

    Takes such a dict, a ClusterDef or another ClusterSpec.
    """

    def __init__(self, cluster: Any) -> None:
        self._jobs: dict[str, dict[int, str]] = {}
        if isinstance(cluster, ClusterSpec):
            cluster = cluster.as_cluster_def()
        if isinstance(cluster, ClusterDef):
            for job in cluster.job:
                self._jobs[job.name] = dict(job.tasks)
        elif isinstance(cluster, dict):
            for name, tasks in cluster.items():
                if isinstance(tasks, list | tuple):
                    tasks = dict(enumerate(tasks))
                elif not isinstance(tasks, dict):
                    raise TypeError(
                        f"The tasks for job {name!r} must be a list or a dictionary from integers "
                        "to strings."
                    )
                self._jobs[name] = {_index(i): _address(address) for i, address in tasks.items()}
        else:
            raise TypeError(_WHAT)

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClusterSpec) and self._jobs == other._jobs

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ClusterSpec({dict(sorted(self.as_dict().items()))})"

    def as_dict(self) -> dict[str, Any]:
        """The addresses by job: a list where the tasks are numbered without a gap, else a dict."""
        return {
            name: [tasks[i] for i in range(len(tasks))]
            if sorted(tasks) == list(range(len(tasks)))
            else dict(tasks)
            for name, tasks in self._jobs.items()
        }

    def as_cluster_def(self) -> ClusterDef:
        """The ClusterDef message."""
        made = ClusterDef()
        for name in sorted(self._jobs):
            job = made.job.add(name=name)
            job.tasks.update(self._jobs[name])
        return made

    @property
    def jobs(self) -> list[str]:
        """The names of the jobs."""
        return list(self._jobs)

    def num_tasks(self, job_name: str) -> int:
        """How many tasks the job has."""
        return len(self._tasks(job_name))

    def task_indices(self, job_name: str) -> list[int]:
        """The numbers of the job's tasks."""
        return sorted(self._tasks(job_name))

    def task_address(self, job_name: str, task_index: int) -> str:
        """The address of a task; ValueError where there is none."""
        tasks = self._tasks(job_name)
        if task_index not in tasks:
            raise ValueError(f"No task with index {task_index} in job {job_name!r}")
        return tasks[task_index]

    def job_tasks(self, job_name: str) -> list[str | None]:
        """The addresses of the job's tasks by number, None where a number is left out."""
        tasks = self._tasks(job_name)
        return [tasks.get(i) for i in range(max(tasks, default=-1) + 1)]

    def _tasks(self, job_name: str) -> dict[int, str]:
        if job_name not in self._jobs:
            raise ValueError(f"No such job in cluster: {job_name!r}")
        return self._jobs[job_name]


def _index(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"The number of a task must be an int, not {value!r}")
    return value


def _address(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if not isinstance(value, str):
        raise TypeError(f"Task address {value!r} must be bytes or unicode")
    return value


@functools.cache
def _server_def() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from tensorboard.compat.proto import config_pb2

    file = descriptor_pb2.FileDescriptorProto(
        name="scopeflow/server.proto", package="scopeflow", syntax="proto3"
    )
    file.dependency.extend([ClusterDef.DESCRIPTOR.file.name, config_pb2.DESCRIPTOR.name])
    message = file.message_type.add(name="ServerDef")
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, number, kind in (
        ("cluster", 1, ClusterDef),
        ("job_name", 2, kinds.TYPE_STRING),
        ("task_index", 3, kinds.TYPE_INT32),
        ("default_session_config", 4, config_pb2.ConfigProto),
        ("protocol", 5, kinds.TYPE_STRING),
    ):
        field = message.field.add(name=name, number=number, label=kinds.LABEL_OPTIONAL)
        if isinstance(kind, int):
            field.type = kind
        else:
            field.type, field.type_name = kinds.TYPE_MESSAGE, f".{kind.DESCRIPTOR.full_name}"
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("scopeflow.ServerDef"))


def __getattr__(name: str) -> Any:
    if name == "ServerDef":
        return _server_def()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Server:
    """A server of a cluster that consists of this process alone; its sessions are plain ones.

    NotImplementedError for a cluster of several tasks: there are no remote sessions.
    """

    def __init__(
        self,
        server_or_cluster_def: Any,
        job_name: str | None = None,
        task_index: int | None = None,
        protocol: str | None = None,
        config: Any = None,
        start: bool = True,
    ) -> None:
        made = _server_def()()
        if isinstance(server_or_cluster_def, _server_def()):
            made.CopyFrom(server_or_cluster_def)
        else:
            try:
                cluster = ClusterSpec(server_or_cluster_def)
            except TypeError:
                raise TypeError(
                    "Could not convert `server_or_cluster_def` to a `tf.train.ServerDef` or "
                    "`tf.train.ClusterSpec`."
                ) from None
            made.cluster.CopyFrom(cluster.as_cluster_def())
        if job_name is not None:
            made.job_name = job_name
        if task_index is not None:
            made.task_index = task_index
        if protocol is not None:
            made.protocol = protocol
        if config is not None:
            made.default_session_config.MergeFrom(config)
        spec = ClusterSpec(made.cluster)
        if not made.job_name:
            if len(spec.jobs) != 1:
                raise ValueError("Must specify an explicit `job_name`.")
            made.job_name = spec.jobs[0]
        made.protocol = made.protocol or "grpc"
        if sum(spec.num_tasks(job) for job in spec.jobs) > 1:
            raise NotImplementedError(
                f"tf.train.Server: {spec} has several tasks, but everything runs in this process. "
                "Use a cluster of one task (tf.train.Server.create_local_server()), or leave the "
                "server out and make a tf.Session()."
            )
        spec.task_address(made.job_name, made.task_index)
        self._server_def = made

    @staticmethod
    def create_local_server(config: Any = None, start: bool = True) -> Server:
        """The server of a cluster of one."""
        return Server({"local": ["localhost:0"]}, protocol="grpc", config=config, start=start)

    @property
    def server_def(self) -> Any:
        """The ServerDef message."""
        return self._server_def

    @property
    def target(self) -> str:
        """What to make sessions with: an empty text, for a session of this process."""
        return ""

    def start(self) -> None:
        """Nothing to do: this process runs."""

    def join(self) -> None:
        """Wait for the server to end, which it never does: as in TensorFlow."""
        threading.Event().wait()
