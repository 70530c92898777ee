"""The accumulators of a session: what gradients add up to, and who waits for their mean.

Those who take wait in the order of asking. Every take makes the accumulator's step one larger:
gradients of an older step come too late and are dropped.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from ..core.errors import CancelledError, DeadlineExceededError, InvalidArgumentError
from ..core.held import Held
from ..core.lazy_torch import torch
from ..core.operation import Dims, dims_text


class Accumulator:
    """Adds up gradients of one shape."""

    def __init__(self, name: str, held: Held, dims: Dims, mean: bool) -> None:
        self.name = name
        self._held = held
        self._dims = dims
        self._mean = mean
        self._step = 0
        self._count = 0
        self._sum: Any = None
        self._closed = False
        self._changed = threading.Condition()
        self._line: deque[object] = deque()

    def __len__(self) -> int:
        return self._count

    def set_step(self, step: int) -> None:
        """Drop gradients of older steps from now on; a smaller step than now changes nothing."""
        with self._changed:
            self._step = max(self._step, step)

    def apply(self, step: int, gradient: Any) -> None:
        """Add a gradient, unless it comes too late."""
        with self._changed:
            if step >= self._step:
                self._add(gradient)
                self._count += 1
                self._changed.notify_all()

    def take(self, required: int) -> Any:
        """The mean (or the sum) of the gradients, as soon as there are so many."""
        if required <= 0:
            raise _invalid(f"Argument num_required must be positive, but was {required}")
        me = object()
        with self._changed:
            self._line.append(me)
        try:
            if not self._my_turn(me, required):
                with self._held.turn.given_up():
                    self._wait(me, required)
            with self._changed:
                if self._closed:
                    raise CancelledError(None, None, "TakeGrad operation was cancelled")
                found = self._taken()
                self._count, self._sum = 0, None
                self._step += 1
                return found
        finally:
            with self._changed:
                self._line.remove(me)
                self._changed.notify_all()

    def session_closed(self) -> None:
        """Whoever waits gets a CancelledError."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _my_turn(self, me: object, required: int) -> bool:
        return self._closed or (self._line[0] is me and self._count >= required)

    def _wait(self, me: object, required: int) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._my_turn(me, required), self._held.timeout):
                raise DeadlineExceededError(
                    None, None, f"Timed out waiting for notification: accumulator '{self.name}'"
                )

    # What the two kinds differ in.

    def _add(self, gradient: Any) -> None:
        dims = self._dims if self._sum is None else tuple(self._sum.shape)
        have = tuple(gradient.shape)
        if dims is not None and not (
            len(dims) == len(have) and all(d in (None, h) for d, h in zip(dims, have, strict=True))
        ):
            raise _invalid(f"Shape mismatch: expected {dims_text(dims)}, got {dims_text(have)}")
        # Its own memory: the gradient may be a variable's, and changes then.
        self._sum = gradient.clone() if self._sum is None else self._sum.add_(gradient)

    def _taken(self) -> Any:
        return self._sum / self._count if self._mean else self._sum


class SparseAccumulator(Accumulator):
    """Adds up rows; a row's mean is that over the gradients which have it."""

    _rows: Any = None
    _times: Any = None

    def _add(self, gradient: Any) -> None:
        rows, values, shape = gradient
        self._check(rows, values, shape)
        rows, back = torch.unique(rows, return_inverse=True)
        values = values.new_zeros((len(rows), *values.shape[1:])).index_add_(0, back, values)
        times = torch.ones_like(rows)
        if self._sum is not None:
            rows, back = torch.unique(torch.cat([self._rows, rows]), return_inverse=True)
            total = values.new_zeros((len(rows), *values.shape[1:]))
            total.index_add_(0, back, torch.cat([self._sum, values]))
            times = torch.zeros_like(rows).index_add_(0, back, torch.cat([self._times, times]))
            values = total
        self._rows, self._sum, self._times = rows, values, times

    def _taken(self) -> Any:
        values = self._sum
        if self._mean:
            times = self._times.to(values.dtype)
            values = values / times.reshape(-1, *[1] * (values.ndim - 1))
        first = self._dims[0] if self._dims and self._dims[0] is not None else -1
        shape = torch.tensor([first, *values.shape[1:]], device=values.device)
        return [self._rows, values, shape]

    def _check(self, rows: Any, values: Any, shape: tuple[int, ...] | None) -> None:
        if rows.ndim != 1:
            raise _invalid(
                f"Input indices should be vector but received shape: {dims_text(tuple(rows.shape))}"
            )
        if values.ndim == 0:
            raise _invalid("Values cannot be 0-dimensional.")
        if len(values) != len(rows):
            raise _invalid(f"Expected {len(rows)} non-empty input values, got {len(values)}")
        dims = self._dims or ()
        what, have = ("values", tuple(values.shape)) if shape is None else ("shape", shape)
        if len(have) < len(dims):
            raise _invalid(
                f"Shape mismatch: expected {what} rank at least {len(dims)}, got {len(have)}"
            )
        for i, (size, given) in enumerate(zip(dims, have)):
            if size not in (None, given) and not (i == 0 and shape is None):
                raise _invalid(f"Shape mismatch: expected {what} dim {i} to be {size}, got {given}")
        if shape is None and dims and dims[0] is not None:
            self._check_limit(rows, dims[0])
        if self._sum is None:
            return
        have, known = tuple(values.shape), tuple(self._sum.shape)
        if len(have) != len(known):
            raise _invalid(f"Shape mismatch: expected values rank {len(known)}, got {len(have)}")
        for i in range(1, len(known)):
            if have[i] != known[i]:
                raise _invalid(
                    f"Shape mismatch: expected values dim {i} to be {known[i]}, got {have[i]}"
                )

    @staticmethod
    def _check_limit(rows: Any, limit: int) -> None:
        for i, row in enumerate(rows.tolist()):
            if row >= limit:
                raise _invalid(
                    f"Shape mismatch: index of slice {i} exceeded limits of shape; "
                    f"index is {row} exceeded {limit}"
                )


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)
