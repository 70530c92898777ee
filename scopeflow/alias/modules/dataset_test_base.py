"""tensorflow.python.data.kernel_tests.test_base: test cases of datasets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf
from scopeflow.data import nest

from .combinations import combine


def default_test_combinations() -> list:
    """The modes that tests of datasets run in."""
    return combine(tf_api_version=[1, 2], mode=["eager", "graph"])


def eager_only_combinations() -> list:
    """The modes of a test of eager execution: none of them is possible here."""
    return combine(tf_api_version=[1, 2], mode="eager")


def graph_only_combinations() -> list:
    """The modes of a test of graphs."""
    return combine(tf_api_version=[1, 2], mode="graph")


def v1_only_combinations() -> list:
    """The modes of a test of version 1."""
    return combine(tf_api_version=1, mode=["eager", "graph"])


def v2_only_combinations() -> list:
    """The modes of a test of version 2: none of them is possible here."""
    return combine(tf_api_version=2, mode=["eager", "graph"])


class DatasetTestBase(tf.test.TestCase):
    """A test case that looks at a dataset's elements."""

    def getNext(
        self, dataset: Any, requires_initialization: bool = False, shared_name: str | None = None
    ) -> Callable[[], Any]:
        """A function that gives the tensors of the dataset's next element."""
        if requires_initialization:
            iterator = tf.data.make_initializable_iterator(dataset, shared_name)
            self.evaluate(iterator.initializer)
        else:
            iterator = tf.data.make_one_shot_iterator(dataset)
        element = iterator.get_next()
        return lambda: element

    def getDatasetOutput(self, dataset: Any, requires_initialization: bool = False) -> list:
        """The values of all elements."""
        element = self.getNext(dataset, requires_initialization)()
        found = []
        while True:
            try:
                found.append(self.evaluate(element))
            except tf.errors.OutOfRangeError:
                return found

    def assertValuesEqual(self, expected: Any, actual: Any) -> None:
        """Two values of one component are equal: arrays, or sparse values in all their parts."""
        if isinstance(expected, tf.SparseTensor | tf.SparseTensorValue):
            self.assertAllEqual(expected.indices, actual.indices)
            self.assertAllEqual(expected.dense_shape, actual.dense_shape)
            expected, actual = expected.values, actual.values
        self.assertAllEqual(expected, actual)

    def assertDatasetProduces(
        self,
        dataset: Any,
        expected_output: Any = None,
        expected_shapes: Any = None,
        expected_error: Any = None,
        requires_initialization: bool = False,
        num_test_iterations: int = 1,
        assert_items_equal: bool = False,
        expected_error_iter: int = 1,
    ) -> None:
        """The dataset has these elements and ends; or an error, a class and a pattern, comes.

        It comes within `expected_error_iter` elements. `assert_items_equal` leaves the order open;
        `num_test_iterations` iterators are tried.
        """
        if expected_error is not None:
            with self.assertRaisesWithPredicateMatch(*expected_error):
                get_next = self.getNext(dataset, requires_initialization)
                for _ in range(expected_error_iter):
                    self.evaluate(get_next())
            return
        if expected_output is None:
            raise ValueError("Give expected_output or expected_error.")
        if expected_shapes is not None:
            self.assertEqual(expected_shapes, tf.data.get_output_shapes(dataset))
        for _ in range(num_test_iterations):
            get_next = self.getNext(dataset, requires_initialization)
            found = [self.evaluate(get_next()) for _ in expected_output]
            with self.assertRaises(tf.errors.OutOfRangeError):
                self.evaluate(get_next())
            if assert_items_equal:
                self.assertItemsEqual(expected_output, found)
                continue
            for wanted, element in zip(expected_output, found, strict=True):
                pairs = zip(nest.flatten(wanted), nest.flatten(element), strict=True)
                for one, other in pairs:
                    self.assertValuesEqual(one, other)

    def assertDatasetsEqual(self, dataset1: Any, dataset2: Any) -> None:
        """Two datasets have elements of the same types, classes and values, and end together."""
        for facts in (tf.data.get_output_classes, tf.data.get_output_types):
            self.assertEqual(facts(dataset1), facts(dataset2))
        self.assertDatasetProduces(dataset2, self.getDatasetOutput(dataset1))

    def structuredDataset(
        self, structure: Any, shape: Any = None, dtype: Any = tf.int64
    ) -> tf.data.Dataset:
        """A dataset of one element: zeros in the structure, a nested list of None."""
        if structure is None:
            return tf.data.Dataset.from_tensors(tf.zeros(shape or [], dtype))
        return tf.data.Dataset.zip(
            tuple(self.structuredDataset(s, shape, dtype) for s in structure)
        )

    def structuredElement(self, structure: Any, shape: Any = None, dtype: Any = tf.int64) -> Any:
        """The element of `structuredDataset`."""
        if structure is None:
            return tf.zeros(shape or [], dtype)
        return tuple(self.structuredElement(s, shape, dtype) for s in structure)
