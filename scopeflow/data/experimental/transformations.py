"""Transformations for `Dataset.apply`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf

from .. import nest, structure
from ..dataset import (
    Dataset,
    DatasetV1Adapter,
    check_state,
    dataset_function,
    int64,
    predicate_function,
    seeds,
)
from ..functions import Function, captured

Transformation = Callable[[Any], Any]
_MANY = 2**63 - 1


def map_and_batch(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Transformation:
    """`map(map_func)` and `batch(batch_size)`, mapped in several threads."""
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError(
            "The `num_parallel_batches` and `num_parallel_calls` arguments are mutually exclusive."
        )
    calls = num_parallel_calls
    if calls is None and num_parallel_batches is not None:
        calls = -1

    def transformed(dataset: Any) -> Any:
        return dataset.map(map_func, calls).batch(batch_size, drop_remainder)

    return transformed


map_and_batch_with_legacy_function = map_and_batch


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Transformation:
    """`shuffle(buffer_size, seed)` and `repeat(count)`: every epoch in another order."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def parallel_interleave(
    map_func: Callable[..., Any],
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Transformation:
    """`interleave` with a thread for each of `cycle_length` datasets.

    The order is the deterministic one also where `sloppy` would allow another; the two buffer
    sizes are accepted without effect.
    """
    return lambda dataset: dataset.interleave(
        map_func, cycle_length, block_length, num_parallel_calls=cycle_length
    )


def unbatch() -> Transformation:
    """The rows of each element."""
    return lambda dataset: dataset.unbatch()


def ignore_errors() -> Transformation:
    """The elements without those whose making fails."""
    return lambda dataset: dataset._plain("IgnoreErrorsDataset")


def enumerate_dataset(start: Any = 0) -> Transformation:
    """Pairs of a number, from `start` on, and an element."""
    return lambda dataset: dataset.enumerate(start)


def unique() -> Transformation:
    """Each different element once. TypeError unless elements are int32, int64 or strings."""

    def transformed(dataset: Any) -> Any:
        types = dataset.output_types
        if types not in (tf.int32, tf.int64, tf.string):
            raise TypeError(
                "`tf.data.experimental.unique()` only supports inputs with a single component of "
                f"type `tf.int32`, `tf.int64`, or `tf.string`, not {types}."
            )
        return dataset._plain("UniqueDataset")

    return transformed


def take_while(predicate: Callable[..., Any]) -> Transformation:
    """The elements before the first for which `predicate` is false."""

    def transformed(dataset: Any) -> Any:
        function = predicate_function(predicate, "take_while", dataset.element_spec)
        return dataset._plain(
            "TakeWhileDataset", other_arguments=function.captured, blocks=(function.block,)
        )

    return transformed


def scan(initial_state: Any, scan_func: Callable[..., Any]) -> Transformation:
    """`state, result = scan_func(state, element)` for each element: the results."""

    def transformed(dataset: Any) -> Any:
        state = structure.normalized(initial_state)
        specs = structure.specs_of(state)
        function = Function(scan_func, "scan", (specs, dataset.element_spec))
        if not isinstance(function.specs, tuple) or len(function.specs) != 2:
            raise TypeError(
                "The scan function must return a pair comprising the new state and the output "
                "value."
            )
        new, output = function.specs
        check_state(specs, new, "scan_func")
        return dataset._plain(
            "ScanDataset",
            specs=output,
            initial_state=structure.to_tensors(state),
            other_arguments=function.captured,
            blocks=(function.block,),
        )

    return transformed


def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Transformation:
    """Elements of different sizes, up to `row_shape`, as one SparseTensor a batch."""

    def transformed(dataset: Any) -> Any:
        spec = dataset.element_spec
        if not structure.is_plain(spec):
            raise TypeError(
                "DenseToSparseDataset requires an input whose elements have a single component, "
                f"whereas the input has {dataset.output_types}."
            )
        shape = tf.TensorShape(row_shape)
        sizes = [-1 if size is None else size for size in shape.as_list()]
        made = tf.SparseTensorSpec(tf.TensorShape([None]).concatenate(shape), spec.dtype)
        return dataset._plain(
            "DenseToSparseBatchDataset",
            specs=made,
            batch_size=int64(batch_size, "batch_size"),
            row_shape=tf.constant(sizes, tf.int64, [len(sizes)]),
        )

    return transformed


def prefetch_to_device(device: Any, buffer_size: Any = None) -> Transformation:
    """`prefetch(buffer_size)`; a session moves elements to its device itself."""
    return lambda dataset: dataset.prefetch(buffer_size)


def copy_to_device(target_device: Any, source_device: Any = "/cpu:0") -> Transformation:
    """The same elements: a session moves them to its device itself."""
    return lambda dataset: dataset


# Grouping.


def group_by_window(
    key_func: Callable[..., Any],
    reduce_func: Callable[..., Any],
    window_size: Any = None,
    window_size_func: Any = None,
) -> Transformation:
    """Elements of one key gathered to windows: `reduce_func(key, window)` makes a dataset of each.

    A window has `window_size` elements, or `window_size_func(key)`.
    """
    if (window_size is None) == (window_size_func is None):
        raise ValueError("Must pass either window_size or window_size_func, but not both.")
    key_spec = tf.TensorSpec([], tf.int64)

    def size_of(key: Any) -> Any:
        size = window_size if window_size is not None else window_size_func(key)
        return tf.cast(size, tf.int64)

    def transformed(dataset: Any) -> Any:
        specs = dataset.element_spec
        key = Function(
            lambda *element: tf.cast(key_func(*element), tf.int64), "group_by_window", specs
        )
        window = structure.DatasetSpec(specs)
        reduced = dataset_function(reduce_func, "group_by_window", (key_spec, window))
        size = Function(size_of, "group_by_window", key_spec)
        functions = (key, reduced, size)
        return dataset._plain(
            "GroupByWindowDataset",
            specs=reduced.specs._element_spec,
            key_func_other_arguments=captured(*functions),
            blocks=tuple(function.block for function in functions),
        )

    return transformed


class Reducer:
    """For `group_by_reducer`: key → state, (state, element) → state, state → result."""

    def __init__(self, init_func: Any, reduce_func: Any, finalize_func: Any) -> None:
        self._init_func = init_func
        self._reduce_func = reduce_func
        self._finalize_func = finalize_func

    @property
    def init_func(self) -> Any:
        """From a key to its first state."""
        return self._init_func

    @property
    def reduce_func(self) -> Any:
        """From a state and an element to the next state."""
        return self._reduce_func

    @property
    def finalize_func(self) -> Any:
        """From the last state to the result."""
        return self._finalize_func


def group_by_reducer(key_func: Callable[..., Any], reducer: Any) -> Transformation:
    """One result for each key, in ascending order, of all elements that have it."""

    def transformed(dataset: Any) -> Any:
        specs = dataset.element_spec
        key = Function(key_func, "group_by_reducer", specs)
        begin = Function(reducer.init_func, "group_by_reducer", tf.TensorSpec([], tf.int64))
        reduced = Function(reducer.reduce_func, "group_by_reducer", (begin.specs, specs))
        check_state(begin.specs, reduced.specs, "reduce_func")
        finished = Function(reducer.finalize_func, "group_by_reducer", begin.specs)
        functions = (key, begin, reduced, finished)
        return dataset._plain(
            "GroupByReducerDataset",
            specs=finished.specs,
            key_func_other_arguments=captured(*functions),
            blocks=tuple(function.block for function in functions),
        )

    return transformed


def bucket_by_sequence_length(
    element_length_func: Callable[..., Any],
    bucket_boundaries: Any,
    bucket_batch_sizes: Any,
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: Any = False,
    no_padding: Any = False,
    drop_remainder: Any = False,
) -> Transformation:
    """Batches of elements of similar length, padded to the longest in the batch.

    Bucket i has lengths below `bucket_boundaries[i]`, the last one all the longer ones.
    With `pad_to_bucket_boundary` batches are as long as their bucket allows, with `no_padding`
    they are not padded.
    """
    if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
        raise ValueError("len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1")
    bounds = [*bucket_boundaries, np.iinfo(np.int32).max]
    sizes = tf.constant(bucket_batch_sizes, tf.int64)

    def bucket(*element: Any) -> Any:
        length = tf.cast(element_length_func(*element), tf.int32)
        limits = tf.constant(bounds, tf.int32)
        return tf.reduce_sum(tf.cast(tf.greater_equal(length, limits), tf.int64))

    def window_size(number: Any) -> Any:
        return tf.gather(sizes, number)

    def batch(number: Any, window: Any) -> Any:
        size = window_size(number)
        if no_padding:
            return window.batch(size, drop_remainder=drop_remainder)
        shapes = window.output_shapes if padded_shapes is None else padded_shapes
        if pad_to_bucket_boundary:
            message = (
                "When pad_to_bucket_boundary=True, elements must have length "
                "< max(bucket_boundaries)."
            )
            check = tf.debugging.assert_less(
                number, tf.constant(len(bucket_batch_sizes) - 1, tf.int64), message=message
            )
            with tf.control_dependencies([check]):
                limits = tf.constant(bounds, tf.int64)
                longest = tf.gather(limits, number) - 1
            shapes = nest.pack(
                window.output_types,
                [
                    _bounded(shape, longest)
                    for shape in structure.shapes_like(window.output_types, shapes)
                ],
            )
        return window.padded_batch(size, shapes, padding_values, drop_remainder)

    return group_by_window(bucket, batch, window_size_func=window_size)


def _bounded(shape: Any, longest: Any) -> Any:
    """The shape with its unknown sizes replaced, as a tensor."""
    sizes = [longest if size is None else tf.constant(size, tf.int64) for size in shape.as_list()]
    return tf.stack(sizes) if sizes else tf.constant([], tf.int64)


# Choosing between datasets.


def choose_from_datasets(datasets: Any, choice_dataset: Any) -> Any:
    """Elements of the datasets whose numbers (int64) `choice_dataset` has."""
    if choice_dataset.output_types != tf.int64 or choice_dataset.output_shapes.ndims != 0:
        raise TypeError("`choice_dataset` must be a dataset of scalar `tf.int64` tensors.")
    return _directed(choice_dataset, list(datasets))


def sample_from_datasets(datasets: Any, weights: Any = None, seed: Any = None) -> Any:
    """Elements of datasets drawn at random, with `weights` (a list, a tensor or a dataset)."""
    datasets = list(datasets)
    count = len(datasets)
    if count == 1:
        return datasets[0]
    if isinstance(weights, Dataset):
        rows = weights
    else:
        if weights is None:
            weights = [1.0 / count] * count
        values = tf.convert_to_tensor(weights, name="weights")
        if values.dtype not in (tf.float32, tf.float64):
            raise TypeError(
                "`weights` must be convertible to a tensor of `tf.float32` or `tf.float64` "
                f"elements, not {values.dtype}."
            )
        if not values.shape.is_compatible_with([count]):
            raise ValueError("`weights` must be a vector of length `len(datasets)`.")
        rows = Dataset.from_tensors(values).repeat()

    def drawn(row: Any) -> Any:
        logits = tf.log(tf.expand_dims(row, 0))
        return tf.squeeze(tf.multinomial(logits, 1, seed=seed), [0, 1])

    return _directed(rows.map(drawn), datasets)


def _directed(selector: Any, datasets: list) -> Any:
    first = datasets[0]
    specs = first.element_spec
    for other in datasets[1:]:
        types = other.output_types
        if types != first.output_types:
            raise TypeError(
                f"Dataset {other!r} must have the same types as {first!r}: {first.output_types}."
            )
        specs = nest.mapped(structure.common, specs, other.element_spec)
    made = tf.raw_ops.DirectedInterleaveDataset(
        selector_input_dataset=selector._variant_tensor,
        data_input_datasets=[dataset._variant_tensor for dataset in datasets],
        **structure.flat_arguments(specs),
    )
    return DatasetV1Adapter(made, specs)


def rejection_resample(
    class_func: Callable[..., Any], target_dist: Any, initial_dist: Any = None, seed: Any = None
) -> Transformation:
    """Pairs (class, element) whose classes are distributed as `target_dist`.

    Elements are left out at random. `initial_dist` is the distribution that they come with; where
    it is None it is estimated on the way.
    """

    def transformed(dataset: Any) -> Any:
        target = tf.convert_to_tensor(target_dist, name="target_dist")
        classes = dataset.map(class_func)
        pairs = Dataset.zip((classes, dataset))
        if initial_dist is not None:
            initial = tf.convert_to_tensor(initial_dist, name="initial_dist")
            with_dist = pairs.map(lambda c, x: (initial, c, x))
        else:
            number = target.shape[0].value

            def counted(counts: Any, pair: Any) -> Any:
                label, element = pair
                new = counts + tf.one_hot(label, number, dtype=tf.int64)
                dist = tf.cast(new, target.dtype) / tf.cast(tf.reduce_sum(new), target.dtype)
                return new, (dist, label, element)

            start = tf.constant([1] * number, tf.int64)
            with_dist = pairs.map(lambda c, x: ((c, x),)).apply(scan(start, counted))

        def kept(dist: Any, label: Any, element: Any) -> Any:
            tiny = np.finfo(target.dtype.as_numpy_dtype).tiny
            ratios = target / tf.maximum(dist, tiny)
            chance = ratios / tf.reduce_max(ratios)
            return tf.random_uniform([], seed=seed, dtype=target.dtype) < chance[label]

        return with_dist.filter(kept).map(lambda dist, label, element: (label, element))

    return transformed


# Sources and single elements.


def Counter(start: Any = 0, step: Any = 1, dtype: Any = tf.int64) -> Any:
    """Integers from `start` on, without end."""
    first = tf.cast(start, tf.int64)
    width = tf.cast(step, tf.int64)
    numbers = Dataset.range(0, _MANY, 1).map(lambda i: first + i * width)
    return numbers if dtype == tf.int64 else numbers.map(lambda i: tf.cast(i, dtype))


class RandomDataset(DatasetV1Adapter):
    """Random int64 numbers below 2³², without end."""

    def __init__(self, seed: Any = None) -> None:
        first, second = seeds(seed)
        del first, second

        def drawn(_: Any) -> Any:
            return tf.random_uniform([], 0, 2**32, tf.int64, seed=seed)

        made = Dataset.range(0, _MANY).map(drawn)
        super().__init__(made._variant_tensor, made.element_spec)


def get_single_element(dataset: Any) -> Any:
    """The element of a dataset that has exactly one, as tensors."""
    if not isinstance(dataset, Dataset):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    outputs = tf.raw_ops.DatasetToSingleElement(
        dataset=dataset._variant_tensor, **structure.flat_arguments(dataset.element_spec)
    )
    return structure.from_tensors(dataset.element_spec, outputs)


def cardinality(dataset: Any) -> Any:
    """The number of elements as a tensor: -1 for infinitely many, -2 where it is not known."""
    return tf.raw_ops.ExperimentalDatasetCardinality(input_dataset=dataset._variant_tensor)


def to_variant(dataset: Any) -> Any:
    """The dataset as a tensor."""
    return dataset._variant_tensor


def from_variant(variant: Any, structure: Any) -> Any:
    """The dataset that a tensor is."""
    return DatasetV1Adapter(variant, structure)


def get_structure(dataset_or_iterator: Any) -> Any:
    """What its elements are: `element_spec`."""
    return dataset_or_iterator.element_spec


def TensorStructure(dtype: Any, shape: Any) -> Any:
    """`tf.TensorSpec(shape, dtype)`."""
    return tf.TensorSpec(shape, dtype)


def SparseTensorStructure(dtype: Any, shape: Any) -> Any:
    """`tf.SparseTensorSpec(shape, dtype)`."""
    return tf.SparseTensorSpec(shape, dtype)
