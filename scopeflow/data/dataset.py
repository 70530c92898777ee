"""tf.data.Dataset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from . import iterator, nest, structure
from .functions import Function
from .generator import generator_dataset
from .options import Options
from .padding import padding_arguments

INT64_MAX = 2**63 - 1


def int64(value: Any, name: str) -> Any:
    """A count as a tensor of the graph."""
    return tf.convert_to_tensor(value, tf.int64, name=name)


def static(value: Any) -> Any:
    """The value where it is known while the graph is built, else None."""
    found = tf.get_static_value(value) if isinstance(value, tf.Tensor) else value
    return None if found is None else found.item() if hasattr(found, "item") else found


def seeds(seed: Any) -> tuple[Any, Any]:
    """The two seeds of an op as tensors; zeros where there are none."""
    first, second = tf.get_seed(seed)
    return int64(first or 0, "seed"), int64(second or 0, "seed2")


class Dataset:
    """A sequence of elements, each a structure of tensors (tuples, namedtuples, dicts).

    A dataset is a description. Elements are made by an iterator: `make_one_shot_iterator`,
    `make_initializable_iterator`, `tf.data.Iterator`.
    """

    _variant_tensor: Any
    _specs: Any
    _options: Options

    def __init__(self) -> None:
        raise NotImplementedError(
            "tf.data.Dataset is made by its functions: tf.data.Dataset.from_tensor_slices(…), "
            "tf.data.TFRecordDataset(…). Subclasses of it are not supported."
        )

    def __repr__(self) -> str:
        shapes, types = (
            str(nest.mapped(str, part)).replace("'", "")
            for part in (structure.legacy_shapes(self._specs), self._type_names())
        )
        return f"<{type(self).__name__} shapes: {shapes}, types: {types}>"

    def _type_names(self) -> Any:
        return nest.mapped(repr, structure.legacy_types(self._specs))

    def __iter__(self) -> Any:
        raise RuntimeError(
            "__iter__() is only supported inside of tf.function or when eager execution is enabled."
            "\nFetch iterator.get_next() instead: iterator = dataset.make_one_shot_iterator()."
        )

    def _made(self, variant: Any, specs: Any) -> Dataset:
        """A dataset made of this one."""
        return DatasetV1Adapter(variant, specs, self._options)

    def _plain(self, op_type: str, *, specs: Any = None, **arguments: Any) -> Dataset:
        """A dataset of an op that takes this one; its elements are alike unless `specs` tells."""
        specs = self._specs if specs is None else specs
        made = getattr(tf.raw_ops, op_type)(
            input_dataset=self._variant_tensor, **arguments, **structure.flat_arguments(specs)
        )
        return self._made(made, specs)

    # What elements are.

    @property
    def element_spec(self) -> Any:
        """The structure of an element, with a `tf.TensorSpec` (or its like) for each tensor."""
        return self._specs

    @property
    def output_types(self) -> Any:
        """The structure of an element, with dtypes."""
        return structure.legacy_types(self._specs)

    @property
    def output_shapes(self) -> Any:
        """The structure of an element, with static shapes."""
        return structure.legacy_shapes(self._specs)

    @property
    def output_classes(self) -> Any:
        """The structure of an element, with classes: `tf.Tensor`, `tf.SparseTensor`."""
        return structure.legacy_classes(self._specs)

    def options(self) -> Options:
        """The options, see `with_options`."""
        return self._options

    def with_options(self, options: Any) -> Dataset:
        """The same dataset with (more) options."""
        return DatasetV1Adapter(self._variant_tensor, self._specs, self._options.merge(options))

    # Iterators.

    def make_one_shot_iterator(self) -> Any:
        """An iterator over the elements that needs no initialization.

        ValueError where the dataset depends on a placeholder or on what is stateful.
        """
        return iterator.make_one_shot_iterator(self)

    def make_initializable_iterator(self, shared_name: Any = None) -> Any:
        """An iterator that begins when its `initializer` runs, and anew when that runs again."""
        return iterator.make_initializable_iterator(self, shared_name)

    def _inputs(self) -> list[Dataset]:
        """The datasets that this one draws from."""
        inputs = self._variant_tensor.op.inputs
        return [getattr(t, _DATASET) for t in inputs if hasattr(t, _DATASET)]

    # Sources.

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """One element: the tensors."""
        element = structure.normalized(tensors)
        specs = structure.specs_of(element)
        made = tf.raw_ops.TensorDataset(
            components=structure.to_tensors(element), output_shapes=structure.flat_shapes(specs)
        )
        return DatasetV1Adapter(made, specs)

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Dataset:
        """An element for each row of the tensors, which have a first dimension in common."""
        element = structure.normalized(tensors)
        leaves = nest.flatten(element)
        if not leaves:
            raise IndexError("from_tensor_slices needs at least one tensor.")
        for leaf in leaves:
            if leaf.shape.ndims == 0:
                raise ValueError(f"Value {leaf} has insufficient rank for batching.")
        rows = tf.Dimension(None)
        for leaf in leaves:
            if leaf.shape.ndims is not None:
                rows = rows.merge_with(leaf.shape[0])
        specs = structure.unbatched(structure.specs_of(element))
        made = tf.raw_ops.TensorSliceDataset(
            components=[structure.rows_tensor(leaf) for leaf in leaves],
            output_shapes=structure.flat_shapes(specs),
        )
        return DatasetV1Adapter(made, specs)

    @staticmethod
    def from_sparse_tensor_slices(sparse_tensor: Any) -> Dataset:
        """For each row of a sparse matrix (or more): its indices, values and shape."""
        if not isinstance(sparse_tensor, tf.SparseTensor):
            raise TypeError(
                f"`sparse_tensor` must be a `tf.SparseTensor` object. Was {sparse_tensor}."
            )
        rows = Dataset.from_tensor_slices(sparse_tensor)
        return rows.map(lambda row: (row.indices, row.values, row.dense_shape))

    @staticmethod
    def from_generator(
        generator: Callable[..., Any],
        output_types: Any,
        output_shapes: Any = None,
        args: Any = None,
    ) -> Dataset:
        """What `generator(*args)` yields: values in the structure of `output_types`.

        The values of `args` (tensors) reach the generator as numpy arrays. It runs in this
        process, with a `prefetch` behind it in a thread.
        """
        made, specs = generator_dataset(generator, output_types, output_shapes, args)
        return DatasetV1Adapter(made, specs)

    @staticmethod
    def range(*args: Any) -> Dataset:
        """Integers as Python's range() has them: (stop), (start, stop), (start, stop, step)."""
        if not 1 <= len(args) <= 3:
            raise ValueError(f"Invalid arguments to RangeDataset: {args}")
        start, stop, step = {1: (0, *args, 1), 2: (*args, 1), 3: args}[len(args)]
        specs = tf.TensorSpec([], tf.int64)
        made = tf.raw_ops.RangeDataset(
            start=int64(start, "start"),
            stop=int64(stop, "stop"),
            step=int64(step, "step"),
            **structure.flat_arguments(specs),
        )
        return DatasetV1Adapter(made, specs)

    @staticmethod
    def zip(datasets: Any) -> Dataset:
        """The elements of a structure of datasets side by side, as many as the shortest has."""
        parts = nest.flatten(datasets)
        for part in parts:
            if not isinstance(part, Dataset):
                hint = (
                    " Nested structures do not support Python lists; please use a tuple instead."
                    if isinstance(part, list)
                    else ""
                )
                raise TypeError(
                    "The argument to `Dataset.zip()` must be a nested structure of `Dataset` "
                    f"objects.{hint}"
                )
        specs = nest.pack(datasets, [part._specs for part in parts])
        made = tf.raw_ops.ZipDataset(
            input_datasets=[part._variant_tensor for part in parts],
            **structure.flat_arguments(specs),
        )
        return DatasetV1Adapter(made, specs)

    @staticmethod
    def list_files(file_pattern: Any, shuffle: Any = None, seed: Any = None) -> Dataset:
        """The names of the files that match a pattern (or one of several), shuffled by default."""
        with tf.name_scope("list_files"):
            patterns = tf.convert_to_tensor(file_pattern, tf.string, name="file_pattern")
            files = tf.raw_ops.MatchingFiles(pattern=patterns)
            found = tf.greater(tf.shape(files)[0], 0, name="match_not_empty")
            message: list[Any] = ["No files matched pattern: ", patterns]
            if not isinstance(file_pattern, tf.Tensor):
                names = [file_pattern] if isinstance(file_pattern, str | bytes) else file_pattern
                message = [f"No files matched pattern: {', '.join(map(tf.compat.as_str, names))}"]
            checked = tf.debugging.Assert(found, message, summarize=1, name="assert_not_empty")
            with tf.control_dependencies([checked]):
                files = tf.identity(files)
        dataset = Dataset.from_tensor_slices(files)
        if shuffle is None or shuffle:
            count = tf.maximum(tf.shape(files, out_type=tf.int64)[0], 1)
            dataset = dataset.shuffle(count, seed=seed)
        return dataset

    # Choosing and ordering.

    def concatenate(self, dataset: Any) -> Dataset:
        """These elements, then those of `dataset`, which must have the same dtypes."""
        mine, other = self.output_types, dataset.output_types
        if not nest.same(mine, other) or nest.flatten(mine) != nest.flatten(other):
            raise TypeError(
                f"Two datasets to concatenate have different types {_type_text(mine)} and "
                f"{_type_text(other)}"
            )
        specs = nest.mapped(structure.common, self._specs, dataset._specs)
        return self._plain(
            "ConcatenateDataset", specs=specs, another_dataset=dataset._variant_tensor
        )

    def repeat(self, count: Any = None) -> Dataset:
        """The elements `count` times; None and -1: for ever."""
        return self._plain("RepeatDataset", count=int64(-1 if count is None else count, "count"))

    def shuffle(
        self, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: Any = None
    ) -> Dataset:
        """Elements in random order, each drawn from a buffer of `buffer_size` next elements.

        Every iteration has another order, unless `reshuffle_each_iteration` is False.
        """
        size = int64(buffer_size, "buffer_size")
        first, second = seeds(seed)
        return self._plain(
            "ShuffleDataset",
            buffer_size=size,
            seed=first,
            seed2=second,
            reshuffle_each_iteration=reshuffle_each_iteration in (None, True),
        )

    def take(self, count: Any) -> Dataset:
        """The first `count` elements; all where it is -1."""
        return self._plain("TakeDataset", count=int64(count, "count"))

    def skip(self, count: Any) -> Dataset:
        """All but the first `count` elements; none where it is -1."""
        return self._plain("SkipDataset", count=int64(count, "count"))

    def shard(self, num_shards: Any, index: Any) -> Dataset:
        """Every `num_shards`th element, from element `index` on."""
        return self._plain(
            "ShardDataset",
            num_shards=int64(num_shards, "num_shards"),
            index=int64(index, "index"),
        )

    def cache(self, filename: Any = "") -> Dataset:
        """Elements that are made in the first iteration and then kept, in memory or in a file.

        The files `<filename>.index` and `<filename>.data-…` are there when an iteration has come to
        the end; later iterations, also of other programs, read them and do not look at the dataset.
        A dataset of sparse tensors raises UnimplementedError with a file name.
        """
        return self._plain(
            "CacheDataset", filename=tf.convert_to_tensor(filename, tf.string, name="filename")
        )

    def prefetch(self, buffer_size: Any) -> Dataset:
        """Elements made up to `buffer_size` ahead, by a thread (-1: as many as seem good)."""
        size = int64(-1 if buffer_size is None else buffer_size, "buffer_size")
        return self._plain("PrefetchDataset", buffer_size=size)

    def enumerate(self, start: Any = 0) -> Dataset:
        """Pairs of a number, from `start` on, and an element."""
        return Dataset.zip((Dataset.range(start, INT64_MAX), self))

    def window(
        self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False
    ) -> Dataset:
        """For each component a dataset of its values in a window of `size` elements.

        Windows begin `shift` (None: `size`) elements apart, and take every `stride`th element.
        """
        specs = nest.mapped(structure.DatasetSpec, self._specs)
        return self._plain(
            "WindowDataset",
            specs=specs,
            size=int64(size, "size"),
            shift=int64(size if shift is None else shift, "shift"),
            stride=int64(stride, "stride"),
            drop_remainder=tf.convert_to_tensor(drop_remainder, tf.bool, name="drop_remainder"),
        )

    # Batches.

    def batch(self, batch_size: Any, drop_remainder: Any = False) -> Dataset:
        """`batch_size` elements stacked to one; the last may have fewer unless `drop_remainder`."""
        size = int64(batch_size, "batch_size")
        drop = tf.convert_to_tensor(drop_remainder, tf.bool, name="drop_remainder")
        known = static(size) if static(drop) else None
        specs = structure.batched(self._specs, known)
        return self._plain("BatchDatasetV2", specs=specs, batch_size=size, drop_remainder=drop)

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any,
        padding_values: Any = None,
        drop_remainder: Any = False,
    ) -> Dataset:
        """Elements padded at their ends to `padded_shapes`, and stacked.

        A dimension None (or -1) is as long as the batch's longest. `padding_values`: 0, "".
        """
        size = int64(batch_size, "batch_size")
        shapes, values, padded = padding_arguments(self._specs, padded_shapes, padding_values)
        drop = tf.convert_to_tensor(drop_remainder, tf.bool, name="drop_remainder")
        specs = structure.batched(padded, static(size) if static(drop) else None)
        made = tf.raw_ops.PaddedBatchDatasetV2(
            input_dataset=self._variant_tensor,
            batch_size=size,
            padded_shapes=shapes,
            padding_values=values,
            drop_remainder=drop,
            output_shapes=structure.flat_shapes(specs),
        )
        return self._made(made, specs)

    def unbatch(self) -> Dataset:
        """The rows of each element."""
        if any(structure.is_sparse(spec) for spec in nest.flatten(self._specs)):
            raise NotImplementedError("tf.data: unbatch of sparse tensors. Make them dense first.")
        return self._plain("UnbatchDataset", specs=structure.unbatched(self._specs))

    # Functions.

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None) -> Dataset:
        """What `map_func` makes of each element; `num_parallel_calls` at a time, order kept."""
        function = Function(map_func, "Dataset.map", self._specs)
        arguments: dict[str, Any] = {
            "specs": function.specs,
            "other_arguments": function.captured,
            "blocks": (function.block,),
        }
        if num_parallel_calls is None:
            return self._plain("MapDataset", **arguments)
        calls = tf.convert_to_tensor(num_parallel_calls, tf.int32, name="num_parallel_calls")
        return self._plain("ParallelMapDataset", num_parallel_calls=calls, **arguments)

    map_with_legacy_function = map

    def filter(self, predicate: Callable[..., Any]) -> Dataset:
        """The elements for which `predicate` is true."""
        function = predicate_function(predicate, "Dataset.filter", self._specs)
        return self._plain(
            "FilterDataset", other_arguments=function.captured, blocks=(function.block,)
        )

    filter_with_legacy_function = filter

    def flat_map(self, map_func: Callable[..., Any]) -> Dataset:
        """The elements of the datasets that `map_func` makes, one dataset after the other."""
        function = dataset_function(map_func, "Dataset.flat_map", self._specs)
        return self._plain(
            "FlatMapDataset",
            specs=function.specs._element_spec,
            other_arguments=function.captured,
            blocks=(function.block,),
        )

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = -1,
        block_length: Any = 1,
        num_parallel_calls: Any = None,
    ) -> Dataset:
        """Blocks of elements by turns from `cycle_length` of the datasets that `map_func` makes.

        With `num_parallel_calls` each of these has a thread that reads ahead.
        """
        function = dataset_function(map_func, "Dataset.interleave", self._specs)
        arguments: dict[str, Any] = {
            "specs": function.specs._element_spec,
            "other_arguments": function.captured,
            "blocks": (function.block,),
            "cycle_length": int64(cycle_length, "cycle_length"),
            "block_length": int64(block_length, "block_length"),
        }
        if num_parallel_calls is None:
            return self._plain("InterleaveDataset", **arguments)
        calls = int64(num_parallel_calls, "num_parallel_calls")
        return self._plain("ParallelInterleaveDatasetV2", num_parallel_calls=calls, **arguments)

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
        """The state after `state = reduce_func(state, element)` for all elements, as tensors."""
        state = structure.normalized(initial_state)
        specs = structure.specs_of(state)
        function = Function(reduce_func, "Dataset.reduce", (specs, self._specs))
        check_state(specs, function.specs, "reduce_func")
        specs = nest.mapped(structure.common, specs, function.specs)
        outputs = tf.raw_ops.ReduceDataset(
            input_dataset=self._variant_tensor,
            initial_state=structure.to_tensors(state),
            other_arguments=function.captured,
            blocks=(function.block,),
            **structure.flat_arguments(specs),
        )
        return structure.from_tensors(specs, outputs)

    def apply(self, transformation_func: Callable[[Any], Any]) -> Dataset:
        """`transformation_func(self)`, which must be a dataset."""
        found = transformation_func(self)
        if not isinstance(found, Dataset):
            raise TypeError(f"`transformation_func` must return a Dataset. Got {found}.")
        return found


class DatasetV1Adapter(Dataset):
    """A dataset of a tensor and of what its elements are."""

    def __init__(self, variant: Any, specs: Any, options: Options | None = None) -> None:
        self._variant_tensor = variant
        variant.__dict__.setdefault(_DATASET, self)
        self._specs = specs
        self._options = Options() if options is None else options


_DATASET = "_dataset"
"""The attribute of a dataset's tensor that tells the dataset."""


def _type_text(types: Any) -> str:
    return str(types)


def predicate_function(predicate: Callable[..., Any], what: str, specs: Any) -> Function:
    """A function to a boolean. ValueError where it is to something else."""
    function = Function(predicate, what, specs)
    wanted = tf.TensorSpec([], tf.bool)
    if not structure.compatible(wanted, function.specs):
        raise ValueError(
            "`predicate` return type must be convertible to a scalar boolean tensor. "
            f"Was {function.specs}."
        )
    return function


def dataset_function(map_func: Callable[..., Any], what: str, specs: Any) -> Function:
    """A function to a dataset. TypeError where it is to something else."""
    function = Function(map_func, what, specs)
    if not isinstance(function.specs, structure.DatasetSpec):
        raise TypeError(f"`map_func` must return a `Dataset` object. Got {type(function.specs)}")
    return function


def check_state(before: Any, after: Any, what: str) -> None:
    """TypeError unless the new state of a function may stand where the old one stood."""
    types = [structure.legacy_types(specs) for specs in (before, after)]
    if not nest.same(*types) or nest.flatten(types[0]) != nest.flatten(types[1]):
        raise TypeError(
            f"The element types for the new state must match the initial state. "
            f"Expected {types[0]}; got {types[1]} from {what}."
        )
