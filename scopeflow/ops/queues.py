"""`tf.FIFOQueue` and its kin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core import dtypes as _dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.operation import Operation, Tensor
from ..core.static_value import constant_value
from ..core.tensor_shape import TensorShape, as_shape
from .queue_ops import (
    FIFOQueueV2,
    PaddingFIFOQueueV2,
    PriorityQueueV2,
    QueueCloseV2,
    QueueDequeueManyV2,
    QueueDequeueUpToV2,
    QueueDequeueV2,
    QueueEnqueueManyV2,
    QueueEnqueueV2,
    QueueIsClosedV2,
    QueueSizeV2,
    RandomShuffleQueueV2,
    SelectQueue,
)
from .random import get_seed


def _as_types(dtypes: Any) -> list[DType]:
    return [as_dtype(t) for t in (dtypes if isinstance(dtypes, list | tuple) else [dtypes])]


def _as_names(names: Any, dtypes: list[DType]) -> list[str] | None:
    if names is None:
        return None
    names = list(names) if isinstance(names, list | tuple) else [names]
    if len(names) != len(dtypes):
        raise ValueError("List of names must have the same length as the list of dtypes")
    return names


def _as_shapes(shapes: Any, dtypes: list[DType], partial: bool = False) -> list[TensorShape]:
    if shapes is None:
        return [TensorShape(None)] * len(dtypes)
    if isinstance(shapes, TensorShape):
        shapes = [shapes]
    if not isinstance(shapes, list | tuple):
        raise TypeError("shapes must be a TensorShape or a list or tuple of TensorShapes.")
    if all(size is None or isinstance(size, int) for size in shapes):
        shapes = [shapes]  # a single one
    found = [as_shape(shape) for shape in shapes]
    if partial:
        if any(shape.ndims is None for shape in found):
            raise ValueError(f"All shapes must have a defined rank: {found}")
    elif any(not shape.is_fully_defined() for shape in found):
        raise ValueError(
            f"All shapes must be fully defined: {found}\n"
            "tf.PaddingFIFOQueue takes shapes with unknown dimensions."
        )
    if len(found) != len(dtypes):
        raise ValueError("Queue shapes must have the same length as dtypes")
    return found


def _attr(shapes: list[TensorShape]) -> list[TensorShape]:
    return [] if any(shape.ndims is None for shape in shapes) else shapes


class QueueBase:
    """A queue of elements, each of one tensor or of several, that lives in the session.

    Enqueuing waits while it is full, dequeuing waits for elements: other threads (see
    `tf.train.QueueRunner`) do the other half. A session that is closed ends all waiting with
    CancelledError.
    """

    def __init__(self, dtypes: Any, shapes: Any, names: Any, queue_ref: Tensor) -> None:
        self._dtypes = dtypes
        if shapes is not None and len(shapes) != len(dtypes):
            raise ValueError("Queue shapes must have the same length as dtypes")
        self._shapes = [TensorShape(None)] * len(dtypes) if shapes is None else list(shapes)
        if names is not None and len(names) != len(dtypes):
            raise ValueError("Queue names must have the same length as dtypes")
        self._names = names
        self._queue_ref = queue_ref
        self._name = queue_ref.op.name.split("/")[-1]

    @staticmethod
    def from_list(index: Any, queues: Any) -> QueueBase:
        """The queue `queues[index]`, chosen when it runs; all have the same dtypes and names."""
        if not queues or not isinstance(queues, list) or not all(
            isinstance(queue, QueueBase) for queue in queues
        ):  # fmt: skip
            raise TypeError("A list of queues expected")
        first = queues[0]
        if any(queue.dtypes != first.dtypes for queue in queues):
            raise TypeError("Queues do not have matching component dtypes.")
        if any(queue.names != first.names for queue in queues):
            raise TypeError("Queues do not have matching component names.")
        shapes = [
            _common(shapes) for shapes in zip(*(queue.shapes for queue in queues), strict=True)
        ]
        chosen = SelectQueue([queue.queue_ref for queue in queues], index)
        return QueueBase(first.dtypes, shapes, first.names, chosen)

    @property
    def queue_ref(self) -> Tensor:
        """The tensor that stands for the queue."""
        return self._queue_ref

    @property
    def name(self) -> str:
        """The name of the queue's op."""
        return self._queue_ref.op.name

    @property
    def dtypes(self) -> list[DType]:
        """The dtype of each component."""
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        """The shape of each component."""
        return self._shapes

    @property
    def names(self) -> list[str] | None:
        """The name of each component, or None."""
        return self._names

    def enqueue(self, vals: Any, name: str | None = None) -> Operation:
        """An op that adds an element: a tensor, a list of them, or a dict if components have names.

        It waits while the queue is full. CancelledError where the queue is closed.
        """
        with name_scope(name, f"{self._name}_enqueue", self._listed(vals)) as scope:
            components = self._converted(vals)
            for component, shape in zip(components, self._shapes):
                component.shape.assert_is_compatible_with(shape)
            return QueueEnqueueV2(self._queue_ref, components, name=scope)

    def enqueue_many(self, vals: Any, name: str | None = None) -> Operation:
        """An op that adds the slices along the first dimension of `vals`, one element each."""
        with name_scope(name, f"{self._name}_EnqueueMany", self._listed(vals)) as scope:
            components = self._converted(vals)
            batch = components[0].shape.with_rank_at_least(1)[0]
            for component, shape in zip(components, self._shapes):
                batch = batch.merge_with(component.shape.with_rank_at_least(1)[0])
                component.shape[1:].assert_is_compatible_with(shape)
            return QueueEnqueueManyV2(self._queue_ref, components, name=scope)

    def dequeue(self, name: str | None = None) -> Any:
        """The next element: a tensor, a list of several, or a dict if components have names.

        Running it waits for one; OutOfRangeError where the queue is closed and empty.
        """
        name = f"{self._name}_Dequeue" if name is None else name
        found = QueueDequeueV2(self._queue_ref, self._dtypes, name=name)
        for component, shape in zip(found, self._shapes, strict=True):
            component.set_shape(shape)
        return self._returned(found)

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """The next `n` elements, stacked; OutOfRangeError where a closed queue has fewer."""
        name = f"{self._name}_DequeueMany" if name is None else name
        found = QueueDequeueManyV2(self._queue_ref, n, self._dtypes, name=name)
        count = constant_value(found[0].op.inputs[1])
        batch = TensorShape([None if count is None else int(count)])
        for component, shape in zip(found, self._shapes, strict=True):
            component.set_shape(batch.concatenate(shape))
        return self._returned(found)

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """As `dequeue_many`, but a closed queue that has fewer elements gives those."""
        name = f"{self._name}_DequeueUpTo" if name is None else name
        found = QueueDequeueUpToV2(self._queue_ref, n, self._dtypes, name=name)
        for component, shape in zip(found, self._shapes, strict=True):
            component.set_shape(TensorShape([None]).concatenate(shape))
        return self._returned(found)

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """An op that closes the queue: enqueuing fails from then on, what is in it may be taken.

        It waits for those who wait to enqueue, or cancels them.
        """
        name = f"{self._name}_Close" if name is None else name
        return QueueCloseV2(self._queue_ref, cancel_pending_enqueues, name=name)

    def is_closed(self, name: str | None = None) -> Tensor:
        """Whether the queue is closed."""
        name = f"{self._name}_Is_Closed" if name is None else name
        return QueueIsClosedV2(self._queue_ref, name=name)

    def size(self, name: str | None = None) -> Tensor:
        """How many elements are in the queue."""
        name = f"{self._name}_Size" if name is None else name
        return QueueSizeV2(self._queue_ref, name=name)

    def _listed(self, vals: Any) -> list:
        if isinstance(vals, Mapping):
            if not self._names:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names, key=str) != sorted(vals, key=str):
                raise ValueError(
                    "Keys in dictionary to enqueue do not match names of Queue.  "
                    f"Dictionary: ({sorted(vals)}), Queue: ({sorted(self._names)})"
                )
            return [vals[name] for name in self._names]
        if self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        return list(vals) if isinstance(vals, list | tuple) else [vals]

    def _converted(self, vals: Any) -> list[Tensor]:
        return [
            convert_to_tensor(value, dtype, name=f"component_{i}")
            for i, (value, dtype) in enumerate(zip(self._listed(vals), self._dtypes))
        ]

    def _returned(self, tensors: list[Tensor]) -> Any:
        if self._names:
            return dict(zip(self._names, tensors, strict=True))
        return tensors[0] if len(tensors) == 1 else tensors


def _common(shapes: Any) -> TensorShape:
    found = shapes[0]
    for shape in shapes[1:]:
        found = found.most_specific_compatible_shape(shape)
    return found


class FIFOQueue(QueueBase):
    """A queue that gives its elements out in the order in which they came."""

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "fifo_queue",
    ) -> None:
        types = _as_types(dtypes)
        all_shapes = _as_shapes(shapes, types)
        labels = _as_names(names, types)
        ref = FIFOQueueV2(
            types, _attr(all_shapes), capacity, shared_name=shared_name or "", name=name
        )
        super().__init__(types, all_shapes, labels, ref)


class PaddingFIFOQueue(QueueBase):
    """A FIFOQueue whose shapes may have None: `dequeue_many` fills elements up with zeros."""

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "padding_fifo_queue",
    ) -> None:
        types = _as_types(dtypes)
        if shapes is None or not isinstance(shapes, list | tuple) or any(
            size is None or isinstance(size, int) for size in shapes
        ):  # fmt: skip
            raise ValueError("When providing partial shapes, a list of shapes must be provided.")
        all_shapes = _as_shapes(shapes, types, partial=True)
        labels = _as_names(names, types)
        ref = PaddingFIFOQueueV2(
            types, all_shapes, capacity, shared_name=shared_name or "", name=name
        )
        super().__init__(types, all_shapes, labels, ref)


class RandomShuffleQueue(QueueBase):
    """A queue that gives out its elements at random.

    `min_after_dequeue` elements stay in it until it is closed, so that there is something to choose
    from.
    """

    def __init__(
        self,
        capacity: int,
        min_after_dequeue: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        seed: int | None = None,
        shared_name: str | None = None,
        name: str = "random_shuffle_queue",
    ) -> None:
        types = _as_types(dtypes)
        all_shapes = _as_shapes(shapes, types)
        labels = _as_names(names, types)
        first, second = get_seed(seed)
        ref = RandomShuffleQueueV2(
            types,
            _attr(all_shapes),
            capacity,
            min_after_dequeue,
            first or 0,
            second or 0,
            shared_name=shared_name or "",
            name=name,
        )
        super().__init__(types, all_shapes, labels, ref)


class PriorityQueue(QueueBase):
    """A queue that gives out the element with the smallest first component first.

    That component, a scalar int64, comes in front of those that `types` and `shapes` tell of.
    """

    def __init__(
        self,
        capacity: int,
        types: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "priority_queue",
    ) -> None:
        own_types = _as_types(types)
        if shapes is None:
            raise TypeError(
                "Expected list for 'shapes' argument to 'priority_queue_v2' Op, not None.\n"
                "Give the shapes of the components, such as shapes=[[]] for one scalar."
            )
        own_shapes = _as_shapes(shapes, own_types)
        all_types = [_dtypes.int64, *own_types]
        labels = _as_names(names, all_types)
        ref = PriorityQueueV2(
            own_shapes, own_types, capacity, shared_name=shared_name or "", name=name
        )
        super().__init__(all_types, [TensorShape([]), *own_shapes], labels, ref)
