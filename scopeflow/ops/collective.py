"""Ops between the processes of a data-parallel run, by `torch.distributed`: Horovod's op types.

The processes are those that torchrun starts, each running the same program: torchrun's environment
variables tell a process its rank. Every process must run the same of these ops in the same order,
which it does where all fetch the same of the same graph.
"""

from __future__ import annotations

import atexit
import os
import re
from datetime import timedelta
from typing import Any

from ..core import errors
from ..core.convert import convert_to_tensor
from ..core.lazy_torch import made_once, torch
from ..core.op import op
from ..core.operation import Dims, Operation, Tensor

_BUCKET = 25 * 2**20  # bytes that are sent together, as torch's DistributedDataParallel does it


def environment(name: str, default: int) -> int:
    """A number that torchrun has told this process, such as RANK."""
    return int(os.environ.get(name, default))


def start() -> None:
    """Join the other processes, if torchrun has started some and nobody has done it yet.

    HOROVOD_GLOO_TIMEOUT_SECONDS is how long an op waits for the others; torch's default without.
    """
    distributed = torch.distributed
    if environment("WORLD_SIZE", 1) == 1 or distributed.is_initialized():
        return
    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(environment("LOCAL_RANK", 0) % torch.cuda.device_count())
    seconds = os.environ.get("HOROVOD_GLOO_TIMEOUT_SECONDS")
    distributed.init_process_group(
        "cpu:gloo,cuda:nccl" if cuda else "gloo",
        timeout=timedelta(seconds=float(seconds)) if seconds else None,
    )
    atexit.register(stop)  # a program need not shut down


def stop() -> None:
    """Leave the other processes."""
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


def _alone(op: Operation) -> bool:
    distributed = torch.distributed
    if distributed.is_initialized():
        return distributed.get_world_size() == 1
    if environment("WORLD_SIZE", 1) > 1:
        raise errors.FailedPreconditionError(
            None, op, f"{op.name}: Horovod has been shut down; call hvd.init() again."
        )
    return True


class _Waiting:
    """A block that waits for the other processes, and tells which op it was if they are gone."""

    def __init__(self, op: Operation | None) -> None:
        self.op = op

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, RuntimeError):
            rank, size = torch.distributed.get_rank(), torch.distributed.get_world_size()
            name = self.op.name if self.op else "horovod"
            raise errors.UnavailableError(
                None,
                self.op,
                f"{name}: process {rank} of {size} has lost the others: {error}\n"
                "One of them has ended or failed (its own output says why), or was not there "
                "within the timeout (HOROVOD_GLOO_TIMEOUT_SECONDS).",
            ) from error


@made_once
def _exchange() -> Any:
    class Exchange(torch.autograd.Function):
        """What `there` makes of a tensor; `back` makes its gradient, and the other way round."""

        @staticmethod
        def forward(ctx, tensor, there, back):
            ctx.there, ctx.back = there, back
            return there(tensor)

        @staticmethod
        def backward(ctx, gradient):
            return Exchange.apply(gradient, ctx.back, ctx.there), None, None

    return Exchange.apply


def _exchanged(op: Operation, tensor: Any, there: Any, back: Any) -> Any:
    """`there(tensor)`, whose gradient is what `back` makes of its result's."""

    def waiting(function: Any) -> Any:
        def call(tensor: Any) -> Any:
            with _Waiting(op):
                return function(tensor)

        return call

    return _exchange()(tensor, waiting(there), waiting(back))


def _total(tensor: Any) -> Any:
    """The sum over all processes."""
    total = tensor.clone(memory_format=torch.contiguous_format)
    torch.distributed.all_reduce(total)
    return total


@op("T -> T", shape=lambda tensor: tensor._dims, view=True, stateful=True)
def HorovodAllreduce(tensor, *, op):
    """The sum over all processes; the gradient is summed, too."""
    if _alone(op):
        return tensor
    return _exchanged(op, tensor, _total, _total)


@op(
    "[T] -> [T]", shape=lambda tensors: [t._dims for t in tensors],
    view=True, differentiable=False, stateful=True,
)  # fmt: skip
def HorovodGroupedAllreduce(tensors, *, op):
    """The sums of many tensors over all processes, sent together in large pieces."""
    if _alone(op):
        return tensors
    with _Waiting(op):
        pending = []
        for places in _buckets(tensors):
            flat = torch.cat([tensors[i].detach().reshape(-1) for i in places])
            pending.append((places, flat, torch.distributed.all_reduce(flat, async_op=True)))
        found = list(tensors)
        for places, flat, work in pending:
            work.wait()
            parts = flat.split([tensors[i].numel() for i in places])
            for i, part in zip(places, parts, strict=True):
                found[i] = part.view(tensors[i].shape)
        return found


def _buckets(tensors: list) -> list[list[int]]:
    """The places of the tensors that go together: of one type, and not too large."""
    found: list[list[int]] = []
    open_: dict[Any, tuple[list[int], int]] = {}
    for i, tensor in enumerate(tensors):
        key = (tensor.dtype, tensor.device)
        places, size = open_.get(key, ([], _BUCKET))
        size += tensor.numel() * tensor.element_size()
        if size > _BUCKET:
            places, size = [], tensor.numel() * tensor.element_size()
            found.append(places)
        places.append(i)
        open_[key] = (places, size)
    return found


def _gathered_shape(tensor: Tensor) -> Dims:
    return None if tensor._dims is None else (None, *tensor._dims[1:])


@op("T -> T", shape=_gathered_shape, view=True, stateful=True)
def HorovodAllgather(tensor, *, op):
    """The tensors of all processes, one behind the other; only the first sizes may differ."""
    if _alone(op):
        return tensor
    if not tensor.ndim:
        raise ValueError(f"{op.name}: a scalar cannot be gathered; give it a dimension.")
    with _Waiting(op):
        counts = _counts(torch.tensor([tensor.shape[0]], device=tensor.device))
    sizes = [int(count) for (count,) in counts]
    rank = torch.distributed.get_rank()

    def there(tensor: Any) -> Any:
        most = max(sizes)
        padding = tensor.new_zeros([most - tensor.shape[0], *tensor.shape[1:]])
        padded = torch.cat([tensor, padding])
        parts = [torch.empty_like(padded) for _ in sizes]
        torch.distributed.all_gather(parts, padded)
        return torch.cat([part[:size] for part, size in zip(parts, sizes, strict=True)])

    def back(rows: Any) -> Any:
        return _total(rows).narrow(0, sum(sizes[:rank]), sizes[rank]).clone()

    return _exchanged(op, tensor, there, back)


def _counts(mine: Any) -> list[list[int]]:
    """A vector of counts of each process."""
    found = [torch.zeros_like(mine) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(found, mine)
    return [counts.tolist() for counts in found]


@op("T -> T", shape=lambda tensor: tensor._dims, view=True, stateful=True)
def HorovodBroadcast(tensor, *, root_rank, op):
    """The tensor of one process, for all; its gradient is the sum of all, for that process."""
    if _alone(op):
        return tensor

    def there(tensor: Any) -> Any:
        value = tensor.clone(memory_format=torch.contiguous_format)
        torch.distributed.broadcast(value, root_rank)
        return value

    def back(gradient: Any) -> Any:
        total = _total(gradient)
        return total if torch.distributed.get_rank() == root_rank else torch.zeros_like(total)

    return _exchanged(op, tensor, there, back)


def _sent_shape(tensor: Tensor, splits: Tensor) -> list[Dims]:
    return [_gathered_shape(tensor), splits._dims]


@op("T, int32 -> output: T, received_splits: int32", shape=_sent_shape, view=True, stateful=True)
def HorovodAlltoall(tensor, splits, *, op):
    """The first splits[0] rows to process 0, …: what all sent to this one, and how many rows."""
    given = splits.tolist()
    if sum(given) != tensor.shape[0]:
        raise ValueError(
            f"{op.name}: the splits {given} are {sum(given)} rows, the tensor has {tensor.shape[0]}"
        )
    if _alone(op):
        return tensor, splits
    if len(given) != torch.distributed.get_world_size():
        raise ValueError(
            f"{op.name}: there are {torch.distributed.get_world_size()} processes, but "
            f"{len(given)} splits"
        )
    with _Waiting(op):
        counts = _counts(splits)
    rank = torch.distributed.get_rank()
    received = [sent[rank] for sent in counts]

    def exchange(rows: Any, sent: list[int], received: list[int]) -> Any:
        found = rows.new_empty([sum(received), *rows.shape[1:]])
        torch.distributed.all_to_all_single(found, rows.contiguous(), received, sent)
        return found

    found = _exchanged(
        op,
        tensor,
        lambda rows: exchange(rows, given, received),
        lambda rows: exchange(rows, received, given),
    )
    return found, torch.tensor(received, dtype=torch.int32, device=tensor.device)


def broadcast_object(value: Any, root_rank: int) -> Any:
    """The object of the process `root_rank`, pickled on its way."""
    if environment("WORLD_SIZE", 1) == 1:
        return value
    found = [value]
    with _Waiting(None):
        torch.distributed.broadcast_object_list(found, src=root_rank)
    return found[0]


def allgather_object(value: Any) -> list:
    """The objects of all processes, in their order."""
    if environment("WORLD_SIZE", 1) == 1:
        return [value]
    found: list = [None] * torch.distributed.get_world_size()
    with _Waiting(None):
        torch.distributed.all_gather_object(found, value)
    return found


def op_name(kind: str, tensor: Any) -> str:
    """The name that Horovod gives such an op on a tensor: HorovodAllreduce_gradients_a_0."""
    tensor = convert_to_tensor(tensor)
    return f"{kind}_{re.sub('[^a-zA-Z0-9_]', '_', tensor.name)}"
