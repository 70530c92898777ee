"""`horovod.tensorflow`: data-parallel training, each process with its part of the data.

Start the program with `torchrun --nproc-per-node 2 -m scopeflow run train.py`. torchrun tells each
process its rank; `torch.distributed` is what they talk by (Gloo, or NCCL between GPUs).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ...ops import collective

Average, Sum, Adasum = "Average", "Sum", "Adasum"
"""What `allreduce` makes of the tensors."""

_state = {"ready": False}


def init(comm: Any = None) -> None:
    """Join the processes that torchrun has started; without torchrun this is the only one.

    NotImplementedError for `comm`: there are no groups of ranks.
    """
    if comm:
        raise NotImplementedError(
            "hvd.init(comm): there are no groups of ranks. Leave it out: all that torchrun has "
            "started take part."
        )
    collective.start()
    _state["ready"] = True


def shutdown() -> None:
    """Leave the other processes."""
    collective.stop()
    _state["ready"] = False


def is_initialized() -> bool:
    """Whether `init` was called."""
    return _state["ready"]


def _told(name: str, default: int) -> int:
    if not _state["ready"]:
        raise ValueError("Horovod has not been initialized; use hvd.init().")
    return collective.environment(name, default)


def size() -> int:
    """How many processes there are. ValueError before `init`."""
    return _told("WORLD_SIZE", 1)


def rank() -> int:
    """The number of this process, from 0. ValueError before `init`."""
    return _told("RANK", 0)


def local_size() -> int:
    """How many processes there are on this machine. ValueError before `init`."""
    return _told("LOCAL_WORLD_SIZE", 1)


def local_rank() -> int:
    """The number of this process on its machine. ValueError before `init`."""
    return _told("LOCAL_RANK", 0)


def cross_size() -> int:
    """How many machines there are. ValueError before `init`."""
    return size() // local_size()


def cross_rank() -> int:
    """The number of this machine. ValueError before `init`."""
    return _told("GROUP_RANK", rank() // local_size())


def is_homogeneous() -> bool:
    """Whether all machines have as many processes as this one. ValueError before `init`."""
    return size() == local_size() * _told("GROUP_WORLD_SIZE", cross_size())


def mpi_threads_supported() -> bool:
    """False: there is no MPI. ValueError before `init`."""
    return bool(_told("RANK", 0)) and False


def mpi_built() -> bool:
    """False: there is no MPI."""
    return False


def gloo_built() -> bool:
    """True."""
    return True


def nccl_built() -> bool:
    """Whether torch has NCCL."""
    import torch

    return torch.distributed.is_nccl_available()


mpi_enabled, gloo_enabled = mpi_built, gloo_built
ddl_built = mlsl_built = ccl_built = mpi_built


class Compressor:
    """How a tensor is made smaller before it is sent, and restored afterwards: not at all."""

    @staticmethod
    def compress(tensor: Any) -> tuple[Any, Any]:
        """(what is sent, what `decompress` needs to know)."""
        return tensor, None

    @staticmethod
    def decompress(tensor: Any, ctx: Any) -> Any:
        """The tensor as it was."""
        return tensor


class NoneCompressor(Compressor):
    """Nothing is done."""


class FP16Compressor(Compressor):
    """Floating point numbers are sent as float16."""

    @staticmethod
    def compress(tensor: Any) -> tuple[Any, Any]:
        """(float16, the dtype)."""
        return (tf.cast(tensor, tf.float16) if tensor.dtype.is_floating else tensor), tensor.dtype

    @staticmethod
    def decompress(tensor: Any, ctx: Any) -> Any:
        """In the dtype as before."""
        return tf.cast(tensor, ctx)


class Compression:
    """`Compression.none`, `Compression.fp16`."""

    none = NoneCompressor
    fp16 = FP16Compressor


def _averages(average: Any, op: Any) -> bool:
    if average is not None and op is not None:
        raise ValueError("The op parameter supersedes average. Please provide only one of them.")
    if op is None:
        return average is None or bool(average)
    if op not in (Average, Sum):
        raise NotImplementedError(f"hvd op {op!r}: there are hvd.Average and hvd.Sum.")
    return op == Average


def allreduce(
    tensor: Any,
    average: Any = None,
    device_dense: str = "",
    device_sparse: str = "",
    compression: Any = Compression.none,
    op: Any = None,
    prescale_factor: float = 1.0,
    postscale_factor: float = 1.0,
    name: str | None = None,
) -> Any:
    """The mean (or the sum) of a tensor over all processes, times both factors.

    Of tf.IndexedSlices the rows of all processes are gathered. The devices are accepted: a session
    runs on one. ValueError for both `average` and `op`.
    """
    averages = _averages(average, op)
    if isinstance(tensor, tf.IndexedSlices):
        if prescale_factor * postscale_factor != 1.0:
            raise NotImplementedError(
                "hvd.allreduce of tf.IndexedSlices with prescale_factor or postscale_factor: "
                "multiply the values yourself."
            )
        values = allgather(tensor.values)
        if averages:
            values = tf.div(values, tf.cast(size(), values.dtype))
        return tf.IndexedSlices(values, allgather(tensor.indices), tensor.dense_shape)
    tensor = tf.convert_to_tensor(tensor)
    if prescale_factor != 1.0:
        tensor *= prescale_factor
    small, how = compression.compress(tensor)
    name = name or collective.op_name("HorovodAllreduce", small)
    total = compression.decompress(collective.HorovodAllreduce(small, name=name), how)
    if postscale_factor != 1.0:
        total *= postscale_factor
    return tf.div(total, tf.cast(size(), total.dtype)) if averages else total


def grouped_allreduce(
    tensors: Any,
    average: Any = None,
    device_dense: str = "",
    compression: Any = Compression.none,
    op: Any = None,
) -> list:
    """The means (or sums) of many tensors over all processes, sent together."""
    averages = _averages(average, op)
    small = [compression.compress(tf.convert_to_tensor(t)) for t in tensors]
    if not small:
        return []
    totals = collective.HorovodGroupedAllreduce([tensor for tensor, _ in small])
    found = []
    for total, (_, how) in zip(totals, small, strict=True):
        total = compression.decompress(total, how)
        found.append(tf.div(total, tf.cast(size(), total.dtype)) if averages else total)
    return found


def allgather(tensor: Any, name: str | None = None) -> Any:
    """The tensors of all processes, one behind the other along the first dimension."""
    name = name or collective.op_name("HorovodAllgather", tensor)
    return collective.HorovodAllgather(tensor, name=name)


def broadcast(tensor: Any, root_rank: int, name: str | None = None) -> Any:
    """The tensor of the process `root_rank`."""
    name = name or collective.op_name("HorovodBroadcast", tensor)
    return collective.HorovodBroadcast(tensor, root_rank=root_rank, name=name)


def alltoall(tensor: Any, splits: Any = None, name: str | None = None) -> Any:
    """The rows that all processes sent to this one: the first splits[0] of theirs to process 0, ….

    Without `splits` each process gets as many. With them the result is the pair of the rows and of
    how many came from each process, as in Horovod since 0.22.
    """
    tensor = tf.convert_to_tensor(tensor)
    name = name or collective.op_name("HorovodAlltoall", tensor)
    if splits is None:
        sizes = tf.fill([size()], tf.floordiv(tf.shape(tensor)[0], size()))
        return collective.HorovodAlltoall(tensor, sizes, name=name).output
    return tuple(collective.HorovodAlltoall(tensor, splits, name=name))


def join() -> Any:
    """NotImplementedError: every process must run as many steps as the others."""
    raise NotImplementedError(
        "hvd.join: a process that has no more data cannot let the others go on without it, because "
        "torch.distributed waits for all in every op. Give all processes the same number of "
        "batches (dataset.repeat() and steps // hvd.size(), or the least number by "
        "min(hvd.allgather_object(count)))."
    )


def broadcast_object(
    obj: Any, root_rank: int = 0, session: Any = None, name: str | None = None
) -> Any:
    """The Python object of the process `root_rank`, now; `obj` counts there alone.

    `session` and `name` are accepted: the processes send it to each other without a graph.
    """
    return collective.broadcast_object(obj, root_rank)


def broadcast_object_fn(
    root_rank: int = 0, session: Any = None, name: str | None = None
) -> Callable[[Any], Any]:
    """`broadcast_object` as a function of the object."""
    return lambda obj: broadcast_object(obj, root_rank)


def allgather_object(obj: Any, session: Any = None, name: str | None = None) -> list:
    """The Python objects of all processes, in their order, now."""
    return collective.allgather_object(obj)


def broadcast_variables(variables: Any, root_rank: int) -> Any:
    """An op that gives the variables the values that they have in the process `root_rank`."""
    return tf.group(*[tf.assign(v, broadcast(v, root_rank)) for v in variables])


def broadcast_global_variables(root_rank: int) -> Any:
    """`broadcast_variables` of all global variables."""
    return broadcast_variables(tf.global_variables(), root_rank)


class BroadcastGlobalVariablesHook(tf.train.SessionRunHook):
    """Runs `broadcast_global_variables(root_rank)` once a session is made."""

    def __init__(self, root_rank: int, device: str = "") -> None:
        super().__init__()
        self.root_rank = root_rank
        self.device = device
        self.bcast_op: Any = None

    def begin(self) -> None:
        """Make the op, in the graph that is about to be run."""
        if self.bcast_op is None or self.bcast_op.graph is not tf.get_default_graph():
            with tf.device(self.device):
                self.bcast_op = broadcast_global_variables(self.root_rank)

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Run it."""
        session.run(self.bcast_op)


class _DistributedOptimizer(tf.train.Optimizer):
    """An optimizer whose gradients are the means over all processes."""

    def __init__(
        self, optimizer: Any, name: Any, use_locking: bool, compression: Any,
        sparse_as_dense: bool, op: Any,
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name or f"Distributed{type(optimizer).__name__}")
        self._optimizer = optimizer
        self._compression = compression
        self._sparse_as_dense = sparse_as_dense
        self._op = op

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list:
        """[(the mean of the gradients of all processes, variable)]."""
        pairs = self._optimizer.compute_gradients(*args, **kwargs)
        return self.averaged(pairs, self._name, self._compression, self._sparse_as_dense, self._op)

    @staticmethod
    def averaged(pairs: list, name: str, compression: Any, sparse_as_dense: bool, op: Any) -> list:
        """The pairs with the means of the gradients."""
        if size() == 1:
            return pairs
        gradients = [gradient for gradient, _ in pairs]
        with tf.name_scope(f"{name}_Allreduce"):
            if sparse_as_dense:
                gradients = [
                    tf.convert_to_tensor(g) if isinstance(g, tf.IndexedSlices) else g
                    for g in gradients
                ]
            dense = [i for i, g in enumerate(gradients) if isinstance(g, tf.Tensor)]
            means = grouped_allreduce([gradients[i] for i in dense], compression=compression, op=op)
            for i, mean in zip(dense, means, strict=True):
                gradients[i] = mean
            gradients = [
                allreduce(g, compression=compression, op=op)
                if isinstance(g, tf.IndexedSlices)
                else g
                for g in gradients
            ]
        return [(g, variable) for g, (_, variable) in zip(gradients, pairs, strict=True)]

    def apply_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """The wrapped optimizer's."""
        return self._optimizer.apply_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """The wrapped optimizer's."""
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        """The wrapped optimizer's."""
        return self._optimizer.get_slot_names(*args, **kwargs)

    def variables(self, *args: Any, **kwargs: Any) -> Any:
        """The wrapped optimizer's."""
        return self._optimizer.variables(*args, **kwargs)


def DistributedOptimizer(
    optimizer: Any,
    name: str | None = None,
    use_locking: bool = False,
    device_dense: str = "",
    device_sparse: str = "",
    compression: Any = Compression.none,
    sparse_as_dense: bool = False,
    backward_passes_per_step: int = 1,
    op: Any = Average,
) -> Any:
    """A tf.train.Optimizer that applies the mean of the gradients of all processes.

    Gradients are sent in large pieces; tf.IndexedSlices are gathered, unless `sparse_as_dense`.
    The devices are accepted. ValueError for `backward_passes_per_step` above 1, as in Horovod.
    """
    if not isinstance(optimizer, tf.train.Optimizer):
        raise ValueError(
            "Provided optimizer doesn't inherit from tf.train.Optimizer: "
            f"{type(optimizer).__name__}. Only those of tf.train can be wrapped here."
        )
    if backward_passes_per_step > 1:
        raise ValueError(
            "backward_passes_per_step > 1 is not supported with a tf.train.Optimizer: add up the "
            "gradients of several batches in variables of your own."
        )
    _averages(None, op)
    return _DistributedOptimizer(optimizer, name, use_locking, compression, sparse_as_dense, op)
