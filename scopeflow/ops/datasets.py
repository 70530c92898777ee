"""Datasets as values of the graph: ops whose `variant` output is a description of elements.

What is iterated stands in `scopeflow/pipeline/`; an op here makes such an object of its inputs, in
the run that initializes an iterator.
"""

from __future__ import annotations

from typing import Any

from ..core.lazy_torch import torch
from ..core.op import REQUIRED, op
from ..core.operation import Tensor
from ..pipeline.background import Prefetch
from ..pipeline.base import on_host
from ..pipeline.batching import Batch, PaddedBatch, Unbatch
from ..pipeline.caching import FileCache
from ..pipeline.mapping import Choose, IgnoreErrors, Unique
from ..pipeline.ordering import (
    Cache,
    Concatenate,
    Repeat,
    Shard,
    Shuffle,
    Skip,
    Take,
    Window,
    Zip,
)
from ..pipeline.sources import Elements, Generated, Slices, as_array, integers
from ..pipeline.sparse import DenseToSparseBatch

TYPES: dict[str, Any] = {"output_types": REQUIRED, "output_shapes": REQUIRED}
"""The attributes of every dataset: the dtypes and shapes of its components."""


def scalar(*inputs: Tensor) -> tuple:
    """The shape of one dataset."""
    return ()


# Sources.


@op("[Toutput_types] -> variant", shape=scalar, attrs={"output_shapes": REQUIRED})
def TensorDataset(components):
    """One element: the tensors."""
    return Elements([tuple(on_host(value) for value in components)])


@op("[Toutput_types] -> variant", shape=scalar, attrs={"output_shapes": REQUIRED})
def TensorSliceDataset(components):
    """The rows of the tensors."""
    return Slices(components)


@op("host int64, host int64, host int64 -> variant", shape=scalar, attrs=TYPES)
def RangeDataset(start, stop, step):
    """Integers, as range() gives them."""
    return integers(start, stop, step)


@op("[Targuments] -> variant", shape=scalar, attrs=TYPES)
def GeneratorDataset(arguments, *, generator_function, convert):
    """What a Python generator yields, converted; it is called with the arguments' values."""
    values = [as_array(value) for value in arguments]
    return Generated(lambda: generator_function(*values), convert)


# One dataset in, one out.


@op("variant, host int64, host bool -> variant", shape=scalar, attrs=TYPES)
def BatchDatasetV2(input_dataset, batch_size, drop_remainder, *, parallel_copy=False):
    """Elements stacked, `batch_size` at a time."""
    return Batch(input_dataset, batch_size, drop_remainder)


@op(
    "variant, host int64, host N * int64, [Toutput_types], host bool -> variant",
    shape=scalar,
    attrs={"output_shapes": REQUIRED},
)
def PaddedBatchDatasetV2(
    input_dataset, batch_size, padded_shapes, padding_values, drop_remainder, *, parallel_copy=False
):
    """Elements padded to one shape and stacked, `batch_size` at a time."""
    shapes = [tuple(shape) for shape in padded_shapes]
    fills = [on_host(value) for value in padding_values]
    return PaddedBatch(input_dataset, batch_size, shapes, fills, drop_remainder)


@op("variant, host int64, host int64 -> variant", shape=scalar, attrs=TYPES)
def DenseToSparseBatchDataset(input_dataset, batch_size, row_shape):
    """Elements of any sizes up to the row shape, as one sparse tensor a batch."""
    return DenseToSparseBatch(input_dataset, batch_size, tuple(row_shape))


@op("variant -> variant", shape=scalar, attrs=TYPES)
def UnbatchDataset(input_dataset):
    """The rows of each element."""
    return Unbatch(input_dataset)


@op(
    "variant, host int64, host int64, host int64 -> variant",
    shape=scalar,
    attrs={**TYPES, "reshuffle_each_iteration": True},
)
def ShuffleDataset(input_dataset, buffer_size, seed, seed2, *, reshuffle_each_iteration=True):
    """Elements in random order, each drawn of a buffer."""
    return Shuffle(input_dataset, buffer_size, seed, seed2, not reshuffle_each_iteration)


@op("variant, host int64 -> variant", shape=scalar, attrs=TYPES)
def RepeatDataset(input_dataset, count):
    """The elements `count` times, for ever where it is -1."""
    return Repeat(input_dataset, count)


@op("variant, host int64 -> variant", shape=scalar, attrs=TYPES)
def TakeDataset(input_dataset, count):
    """The first `count` elements."""
    return Take(input_dataset, count)


@op("variant, host int64 -> variant", shape=scalar, attrs=TYPES)
def SkipDataset(input_dataset, count):
    """All but the first `count` elements."""
    return Skip(input_dataset, count)


@op("variant, host int64, host int64 -> variant", shape=scalar, attrs=TYPES)
def ShardDataset(input_dataset, num_shards, index, *, require_non_empty=False):
    """Every `num_shards`th element."""
    return Shard(input_dataset, num_shards, index)


@op("variant, string -> variant", shape=scalar, attrs=TYPES)
def CacheDataset(input_dataset, filename, *, op):
    """Elements that are made once, and kept in memory or in a file."""
    if filename.item():
        from .save_restore import from_stored, to_stored

        types = op.attrs["output_types"]
        return FileCache(input_dataset, filename.item().decode(), types, to_stored, from_stored)
    return Cache(input_dataset)


@op("variant, host int64 -> variant", shape=scalar, attrs=TYPES)
def PrefetchDataset(input_dataset, buffer_size, *, slack_period=0):
    """Elements made ahead, by a thread."""
    return Prefetch(input_dataset, buffer_size)


@op("variant, host int64, host int64, host int64, host bool -> variant", shape=scalar, attrs=TYPES)
def WindowDataset(input_dataset, size, shift, stride, drop_remainder):
    """Datasets of `size` elements, beginning `shift` elements apart."""
    return Window(input_dataset, size, shift, stride, drop_remainder)


@op("variant -> variant", shape=scalar, attrs=TYPES)
def IgnoreErrorsDataset(input_dataset):
    """The elements that can be made."""
    return IgnoreErrors(input_dataset)


@op("variant -> variant", shape=scalar, attrs=TYPES)
def UniqueDataset(input_dataset):
    """Each different element once."""
    return Unique(input_dataset)


# Several datasets in.


@op("N * variant -> variant", shape=scalar, attrs=TYPES)
def ZipDataset(input_datasets):
    """The components of the datasets side by side."""
    return Zip(input_datasets)


@op("variant, variant -> variant", shape=scalar, attrs=TYPES)
def ConcatenateDataset(input_dataset, another_dataset):
    """The elements of one dataset after those of the other."""
    return Concatenate(input_dataset, another_dataset)


@op("variant, N * variant -> variant", shape=scalar, attrs=TYPES)
def DirectedInterleaveDataset(selector_input_dataset, data_input_datasets):
    """Elements of the datasets whose numbers the selector gives."""
    return Choose(selector_input_dataset, data_input_datasets)


@op("variant -> int64", shape=scalar)
def ExperimentalDatasetCardinality(input_dataset, *, device):
    """The number of elements: -1 for infinitely many, -2 where it is not known."""
    return torch.tensor(input_dataset.cardinality(), device=device)
