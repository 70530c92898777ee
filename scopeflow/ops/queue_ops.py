"""The op types of queues."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.errors import InvalidArgumentError
from ..core.held import held_object
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.static_value import static_value
from .queue_objects import PaddingQueue, PriorityQueue, Queue, ShuffleQueue


def _scalar() -> Dims:
    return ()


def _queue(held: Any, op: Any, kind: type[Queue], **options: Any) -> Queue:
    """The session's queue for the op; InvalidArgumentError where a shared one is another."""
    known = held.get(op)
    if known is not None:
        return known
    attrs = op.attrs
    types = tuple(attrs["component_types"])
    shapes = tuple(shape._dims for shape in attrs["shapes"]) or (None,) * len(types)
    if kind is PriorityQueue:
        types, shapes = (dtypes.int64, *types), ((), *shapes)
    shared = attrs["shared_name"]

    def make() -> Queue:
        name = shared or f"_{len(held)}_{op.name}"
        return kind(name, held, attrs["capacity"], types, shapes, **options)

    queue: Queue = held_object(held, op, make)
    if type(queue) is not kind:
        found = getattr(queue, "kind", type(queue).__name__)
        raise InvalidArgumentError(None, None, f"Expected {found}, found {op.type}")
    for what, have, wanted in (
        ("capacity", queue.capacity, attrs["capacity"] if attrs["capacity"] >= 0 else None),
        ("component types", _types(queue.types), _types(types)),
        ("component shapes", _shapes(queue.shapes), _shapes(shapes)),
    ):
        if have != wanted:
            raise InvalidArgumentError(
                None,
                None,
                f"Shared queue '{queue.name}' has {what} {have} but requested {what} "
                f"{'was' if what == 'capacity' else 'were'} {wanted}",
            )
    held[op] = queue  # found to be the right one
    return queue


def _types(types: Any) -> str:
    return ", ".join(dtype.name for dtype in types)


def _shapes(shapes: Any) -> str:
    return f"[{', '.join(dims_text(dims) for dims in shapes if dims is not None)}]"


@op("-> resource", shape=_scalar, stateful=True)
def FIFOQueueV2(
    *, component_types, shapes=(), capacity=-1, container="", shared_name="", op, held
):  # fmt: skip
    """A queue that gives its elements out in the order in which they came."""
    return _queue(held, op, Queue)


@op("-> resource", shape=_scalar, stateful=True)
def PaddingFIFOQueueV2(
    *, component_types, shapes=(), capacity=-1, container="", shared_name="", op, held
):  # fmt: skip
    """A queue whose elements may differ in size; taken together, they are filled up with zeros."""
    return _queue(held, op, PaddingQueue)


@op("-> resource", shape=_scalar, stateful=True)
def PriorityQueueV2(
    *, shapes, component_types=(), capacity=-1, container="", shared_name="", op, held
):  # fmt: skip
    """A queue that gives out the element with the smallest first component, an int64."""
    return _queue(held, op, PriorityQueue)


@op("-> resource", shape=_scalar, stateful=True)
def RandomShuffleQueueV2(
    *, component_types, shapes=(), capacity=-1, min_after_dequeue=0, seed=0, seed2=0,
    container="", shared_name="", op, held, generator,
):  # fmt: skip
    """A queue that gives out its elements at random."""
    if 0 <= capacity <= min_after_dequeue:
        raise InvalidArgumentError(
            None, None, f"min_after_dequeue {min_after_dequeue} must be < capacity {capacity}"
        )
    options = {"minimum": min_after_dequeue, "seed": generator.initial_seed()}
    queue: Any = _queue(held, op, ShuffleQueue, **options)
    if queue.minimum != min_after_dequeue:
        raise InvalidArgumentError(
            None,
            None,
            f"Shared queue '{queue.name}' has min_after_dequeue {queue.minimum} but requested "
            f"min_after_dequeue was {min_after_dequeue}",
        )
    return queue


@op("held N * resource, host int32 -> resource")
def SelectQueue(handles, index):
    """One of several queues."""
    if not 0 <= index < len(handles):
        raise ValueError(f"index {index} is not in [0, {len(handles)})")
    return handles[index]


@op("held resource, [Tcomponents]", stateful=True)
def QueueEnqueueV2(handle, components, *, timeout_ms=-1):
    """Add an element to a queue; waits while it is full."""
    handle.enqueue(tuple(components))


@op("held resource, [Tcomponents]", stateful=True)
def QueueEnqueueManyV2(handle, components, *, timeout_ms=-1):
    """Add the slices of tensors to a queue, one by one; waits while it is full."""
    handle.enqueue_many(tuple(components))


@op("held resource -> components: [component_types]", stateful=True)
def QueueDequeueV2(handle, *, component_types, timeout_ms=-1):
    """Take an element from a queue; waits for it."""
    return handle.dequeue()


def _many_shape(handle: Tensor, n: Tensor, *, component_types: Any) -> list[Dims]:
    count = static_value(n)
    if isinstance(count, int) and count < 0:
        raise ShapeError(f"Input 'n' must be >= 0, but is {count}")
    return [None] * len(component_types)


def _empty(queue: Queue, device: Any) -> Any:
    def made(i: int) -> Any:
        dims = tuple(size or 0 for size in queue.shapes[i] or ())
        dtype = queue.types[i]
        if dtype is dtypes.string:
            return np.empty((0, *dims), object)
        zeros = np.empty((0, *dims), dtype.as_numpy_dtype)
        return torch.from_numpy(zeros).to(device)

    return made


@op("held resource, host int32 -> components: [component_types]", shape=_many_shape, stateful=True)
def QueueDequeueManyV2(handle, n, *, component_types, timeout_ms=-1, device):
    """Take n elements from a queue, stacked; waits for them."""
    return handle.dequeue_many(n, _empty(handle, device))


@op("held resource, host int32 -> components: [component_types]", shape=_many_shape, stateful=True)
def QueueDequeueUpToV2(handle, n, *, component_types, timeout_ms=-1, device):
    """Take n elements from a queue, stacked, or what is left in a closed one."""
    return handle.dequeue_many(n, _empty(handle, device), up_to=True)


@op("held resource", stateful=True)
def QueueCloseV2(handle, *, cancel_pending_enqueues=False):
    """No more elements may be added to the queue."""
    handle.close(cancel_pending_enqueues)


@op("held resource -> is_closed: bool", shape=lambda handle: (), stateful=True)
def QueueIsClosedV2(handle, *, device):
    """Whether the queue was closed."""
    return torch.tensor(handle.closed, device=device)


@op("held resource -> size: int32", shape=lambda handle: (), stateful=True)
def QueueSizeV2(handle, *, device):
    """How many elements are in the queue."""
    return torch.tensor(len(handle), dtype=torch.int32, device=device)
