"""Elements that are made once and then read from a file, in TensorFlow's form."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..core.dtypes import DType
from ..core.errors import AlreadyExistsError, InvalidArgumentError
from .base import Dataset, Derived, Element, Stage

_IN_MEMORY = ("variant", "resource")  # dtypes that no file can hold


class FileCache(Derived):
    """The elements in the checkpoint `prefix`, made and written there where it is not.

    It is complete, and there, when an iteration has come to the end of the source. `to_stored` and
    `from_stored` turn a component of a dtype into an array and back.
    """

    def __init__(
        self,
        source: Dataset,
        prefix: str,
        dtypes: Sequence[DType],
        to_stored: Callable[[Any, DType], Any],
        from_stored: Callable[[Any, DType, Any], Any],
    ) -> None:
        super().__init__(source)
        self.prefix = prefix
        self.dtypes = dtypes
        self.to_stored = to_stored
        self.from_stored = from_stored
        for dtype in dtypes:
            if dtype.name in _IN_MEMORY:
                raise NotImplementedError(
                    f"tf.data.Dataset.cache({prefix!r}): elements with sparse tensors or datasets "
                    "are kept in memory alone. Leave the file name out, or cache what they are "
                    "made of."
                )

    def cardinality(self) -> int:
        """As many as the source has."""
        return self.source.cardinality()

    def names(self, number: int) -> list[str]:
        """What the components of an element are called in the file."""
        width = len(str(len(self.dtypes) - 1))
        return [f"{number:7d}_{i:{width}d}" for i in range(len(self.dtypes))]

    def items(self) -> Iterator[Element]:
        """The elements, read or made."""
        from ..checkpoint.files import index_name

        return _Reading(self) if os.path.exists(index_name(self.prefix)) else _Writing(self)


class _Reading(Stage):
    def __init__(self, dataset: FileCache) -> None:
        from ..checkpoint.bundle import BundleReader

        super().__init__(iter(()))
        self.dataset = dataset
        self.reader = BundleReader(dataset.prefix)
        self.number = 0
        first = {name for name in self.reader.entries if name.startswith(f"{0:7d}_")}
        if self.reader.entries and first != set(dataset.names(0)):
            raise self.other(f"its elements have {len(first)} components")

    def __next__(self) -> Element:
        dataset, found = self.dataset, []
        names = dataset.names(self.number)
        if not any(map(self.reader.has_tensor, names)):
            raise StopIteration
        for name, dtype in zip(names, dataset.dtypes, strict=True):
            entry = self.reader.entries.get(name)
            if entry is None or entry.dtype is not dtype:
                kind = entry.dtype_name if entry else "missing"
                raise self.other(f"{name.strip()!r} is {kind}, not {dtype.name}")
            found.append(dataset.from_stored(self.reader.stored(name), dtype, "cpu"))
        self.number += 1
        return tuple(found)

    def other(self, what: str) -> Exception:
        """The error where the file was made of something else."""
        prefix = self.dataset.prefix
        return InvalidArgumentError(
            None, None, f"The cache {prefix} does not hold this dataset: {what}. Delete its "
            "files, or give another name.",
        )  # fmt: skip


class _Writing(Stage):
    def __init__(self, dataset: FileCache) -> None:
        super().__init__(dataset.source.elements())
        self.dataset = dataset
        self.number = 0
        self.writer: Any = None
        self.open = contextlib.ExitStack()

    def __next__(self) -> Element:
        from ..checkpoint.writer import BundleWriter

        if self.number < 0:
            raise StopIteration
        dataset = self.dataset
        if self.writer is None:
            lock = contextlib.ExitStack()
            lock.enter_context(_locked(f"{dataset.prefix}_0.lockfile"))
            self.writer = lock.enter_context(BundleWriter(dataset.prefix))
            self.open = lock
        try:
            element = next(self.source)
        except StopIteration:
            self.number = -1
            self.open.close()
            raise
        try:
            names = dataset.names(self.number)
            for name, dtype, value in zip(names, dataset.dtypes, element, strict=True):
                self.writer.add(name, dtype, dataset.to_stored(value, dtype))
        except BaseException as error:  # a full disk, say: no more of it
            self.number = -1
            self.open.__exit__(type(error), error, error.__traceback__)
            raise
        self.number += 1
        return element

    def close(self) -> None:
        """Stop; what was written of a dataset that is not at its end is thrown away."""
        super().close()
        stopped = GeneratorExit()
        with contextlib.suppress(GeneratorExit):
            self.open.__exit__(GeneratorExit, stopped, None)


@contextlib.contextmanager
def _locked(path: str) -> Iterator[None]:
    """While it is open nobody else writes the same cache."""
    from ..checkpoint.durable import cannot_write

    try:
        with open(path, "x") as file:
            file.write(f"Created at: {int(time.time())}")
    except FileExistsError:
        raise AlreadyExistsError(
            None, None, "There appears to be a concurrent caching iterator running - cache "
            f"lockfile already exists ('{path}'). If nothing else uses this cache, because a "
            "program was stopped in the middle, delete the lockfile and initialize the iterator "
            "again.",
        ) from None  # fmt: skip
    except OSError as error:
        raise cannot_write(path, error) from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
