"""What TensorFlow's package has for tests of its own, under the alias."""

from __future__ import annotations

import unittest

import numpy as np
import pytest
from absl.testing import parameterized

import scopeflow as tf
from scopeflow.alias.modules import (
    combinations,
    dataset_test_base,
    fake_summary_writer,
    saver_test_utils,
    summary_util_test,
)


def _outcome(case: type) -> tuple[int, int]:
    """How many tests of the class fail, and how many skip themselves."""
    result = unittest.TestResult()
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(case)
    for test in tests:
        if not test.id().endswith(".test_session"):
            test.run(result)
    return len(result.failures) + len(result.errors), len(result.skipped)


def test_combinations():
    made = combinations.times(
        combinations.combine(mode=["graph", "eager"], tf_api_version=1),
        combinations.combine(size=[1, 2]),
    )
    assert [(c["mode"], c["size"]) for c in made] == [
        ("graph", 1), ("graph", 2), ("eager", 1), ("eager", 2),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="need to not overlap"):
        combinations.times(made, combinations.combine(size=3))
    named = combinations.NamedObject("twice", lambda x: 2 * x)
    assert (repr(named), named(4)) == ("twice", 8)


def test_a_test_runs_once_for_each_possible_combination():
    seen = []

    class Case(parameterized.TestCase):
        @combinations.generate(combinations.combine(mode=["graph", "eager"], size=[1, 2]))
        def testSizes(self, size):
            seen.append((size, tf.get_default_graph().get_operations()))
            tf.no_op()

        @combinations.generate(combinations.combine(mode="eager", size=[1]))
        def testNever(self, size):
            raise AssertionError

    assert _outcome(Case) == (0, 1)
    assert seen == [(1, []), (2, [])]


def test_the_base_of_tests_of_datasets():
    class Case(dataset_test_base.DatasetTestBase):
        def testAll(self):
            numbers = tf.data.Dataset.range(3)
            self.assertDatasetProduces(numbers, [0, 1, 2], expected_shapes=tf.TensorShape([]))
            self.assertDatasetsEqual(numbers, tf.data.Dataset.range(3))
            self.assertEqual(self.getDatasetOutput(numbers), [0, 1, 2])
            assert self.evaluate(self.getNext(numbers, requires_initialization=True)()) == 0
            sparse = tf.SparseTensorValue(np.array([[1]]), np.array([5]), np.array([3]))
            self.assertDatasetProduces(tf.data.Dataset.from_tensors(sparse), [sparse])
            wrong = numbers.map(lambda x: tf.check_numerics(1.0 / tf.to_float(x), "not a number"))
            error = (tf.errors.InvalidArgumentError, "not a number")
            self.assertDatasetProduces(wrong, expected_error=error)
            nested = self.structuredDataset((None, (None,)))
            self.assertDatasetProduces(nested, [(0, (0,))])

        def testTooFew(self):
            self.assertDatasetProduces(tf.data.Dataset.range(3), [0, 1])

        def testOther(self):
            self.assertDatasetProduces(tf.data.Dataset.range(3), [0, 1, 5])

    assert _outcome(Case) == (2, 0)


def test_a_writer_that_keeps_summaries(tmp_path):
    writer_class = fake_summary_writer.FakeSummaryWriter
    writer_class.install()
    try:
        writer = tf.summary.FileWriterCache.get(str(tmp_path))
        assert writer is tf.summary.FileWriterCache.get(str(tmp_path))
    finally:
        writer_class.uninstall()
    summary = tf.Summary(value=[tf.Summary.Value(tag="loss", simple_value=2.5)])
    writer.add_summary(summary.SerializeToString(), 7)
    case = unittest.TestCase()
    writer.assert_summaries(case, str(tmp_path), expected_summaries={7: {"loss": 2.5}})
    with pytest.raises(AssertionError):
        writer.assert_summaries(case, expected_summaries={7: {"loss": 3.5}})
    assert not list(tmp_path.iterdir())


def test_summaries_of_the_newest_event_file(tmp_path):
    assert summary_util_test.latest_events(str(tmp_path)) == []
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=1.5)]), 1)
    (event,) = summary_util_test.latest_summaries(str(tmp_path))
    assert summary_util_test.simple_values_from_events([event], ["a"]) == {"a": 1.5}
    summary_util_test.assert_summary(["a"], {"a": 1.5}, event.summary)
    with pytest.raises(AssertionError):
        summary_util_test.assert_summary(["a"], {"a": 2.5}, event.summary)


def test_a_table_that_is_saved(tmp_path):
    with tf.Graph().as_default(), tf.Session() as sess:
        table = saver_test_utils.CheckpointedOp(name="table")
        saver = tf.train.Saver({"table": table.saveable})
        sess.run(table.insert("k", 3.0))
        path = saver.save(sess, str(tmp_path / "model"), write_meta_graph=False)
    with tf.Graph().as_default(), tf.Session() as sess:
        table = saver_test_utils.CheckpointedOp(name="table")
        tf.train.Saver({"table": table.saveable}).restore(sess, path)
        assert sess.run([table.keys(), table.values()]) == [b"k", 3.0]
        assert sess.run(table.lookup(["k", "none"], 0.5)).tolist() == [3.0, 0.5]
