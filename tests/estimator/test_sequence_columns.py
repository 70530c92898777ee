"""Columns of sequences, layers of columns, and columns of a program's own."""

import numpy as np
import pytest

import scopeflow as tf

fc = tf.feature_column
DenseFeatures, SequenceFeatures = (
    tf.keras.layers.DenseFeatures, tf.keras.experimental.SequenceFeatures,
)  # fmt: skip


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def run(fetches):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.tables_initializer()])
        return session.run(fetches)


def words():
    return tf.SparseTensor(
        [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0]], tf.constant([2, 0, 1, 1, 1], tf.int64), [2, 4]
    )


def test_numbers_and_embeddings_of_sequences():
    """Shapes, names and values as TensorFlow 1.15.5 gave them."""
    numbers = tf.SparseTensor(
        [[0, n] for n in range(8)] + [[1, 0], [1, 1]], [1.0, 2, 3, 4, 1, 2, 3, 4, 5, 6], [2, 8]
    )
    table = tf.constant_initializer([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    a = fc.embedding_column(
        fc.sequence_categorical_column_with_identity("a", 3), 2, initializer=table
    )
    b = fc.sequence_numeric_column("b", shape=2)
    layer = SequenceFeatures([b, a])
    found, length = layer({"a": words(), "b": numbers})
    assert found.name == "sequence_features/concat:0" and found.shape == [2, 4, 4]
    names = [v.name for v in layer.trainable_variables]
    assert names == ["sequence_features/a_embedding/embedding_weights:0"]
    assert layer.compute_output_shape((None, None)) == (None, None, 4)
    values, lengths = run([found, length])
    np.testing.assert_array_equal(
        values,
        [
            [[3, 3, 1, 2], [1, 1, 3, 4], [2, 2, 1, 2], [2, 2, 3, 4]],
            [[2, 2, 5, 6], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
        ],
    )
    assert lengths.tolist() == [4, 1] and lengths.dtype == np.int64
    gradient = tf.gradients(found[..., :2], layer.trainable_variables)[0]
    assert run(tf.convert_to_tensor(gradient)).tolist() == [[1, 1], [3, 3], [1, 1]]


def test_ids_of_three_dimensions_are_counted_step_by_step():
    ids = tf.SparseTensor(
        [[0, 0, 0], [1, 0, 0], [1, 0, 1], [1, 1, 0]], tf.constant(["x", "x", "y", "y"]), [3, 2, 2]
    )
    column = fc.sequence_categorical_column_with_vocabulary_list("a", ["x", "y"])
    found, length = SequenceFeatures([fc.indicator_column(column)])({"a": ids})
    values, lengths = run([found, length])
    np.testing.assert_array_equal(values, [[[1, 0], [0, 0]], [[1, 1], [0, 1]], [[0, 0], [0, 0]]])
    assert lengths.tolist() == [1, 2, 0]


def test_sequences_of_different_lengths_are_refused_when_running():
    one, other = fc.sequence_numeric_column("a"), fc.sequence_numeric_column("b")
    _, length = SequenceFeatures([one, other])(
        {
            "a": tf.SparseTensor([[0, 0], [0, 1]], [1.0, 2.0], [1, 2]),
            "b": tf.SparseTensor([[0, 0]], [1.0], [1, 2]),
        }
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match="x == y"):
        run(length)


def test_parsing_spec_and_normalizer():
    column = fc.sequence_numeric_column(
        "a", dtype=tf.int64,
        normalizer_fn=lambda s: tf.SparseTensor(s.indices, tf.cast(s.values, tf.float32) * 2,
                                                s.dense_shape),
    )  # fmt: skip
    assert fc.make_parse_example_spec([column]) == {"a": tf.VarLenFeature(tf.int64)}
    sparse = tf.SparseTensor([[0, 0]], tf.constant([3], tf.int64), [1, 1])
    assert run(SequenceFeatures([column])({"a": sparse})[0]).tolist() == [[[6.0]]]
    for make in (
        lambda: fc.sequence_categorical_column_with_hash_bucket("a", 5),
        lambda: fc.sequence_categorical_column_with_identity("a", 5),
    ):
        assert list(fc.make_parse_example_spec([fc.indicator_column(make())])) == ["a"]


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: fc.sequence_numeric_column("b", shape=0), ValueError, "greater than 0"),
        (lambda: fc.sequence_numeric_column("b", dtype=tf.string), ValueError, "convertible"),
        (lambda: fc.sequence_numeric_column("b", normalizer_fn=3), TypeError, "callable"),
        (lambda: SequenceFeatures([fc.numeric_column("z")]), ValueError, "SequenceColumn"),
        (lambda: DenseFeatures([fc.sequence_numeric_column("b")]), ValueError, "DenseColumn"),
        (lambda: DenseFeatures([]), ValueError, "must not be empty"),
        (lambda: DenseFeatures("x"), ValueError, "must be a FeatureColumn"),
        (lambda: DenseFeatures([fc.numeric_column("a")])(tf.ones([1])), ValueError, "dictionary"),
        (
            lambda: fc.input_layer(
                {"a": words()},
                [fc.indicator_column(fc.sequence_categorical_column_with_identity("a", 3))],
            ),
            ValueError,
            "must not be of type SequenceCategoricalColumn",
        ),
        (
            lambda: SequenceFeatures(
                [fc.indicator_column(fc.categorical_column_with_identity("a", 3))]
            )({"a": words()}),
            ValueError,
            "must be of type SequenceCategoricalColumn",
        ),
        (
            lambda: fc.input_layer(
                {"a": tf.ones([2, 1]), "b": tf.ones([3, 1])},
                [fc.numeric_column("a"), fc.numeric_column("b")],
            ),
            ValueError,
            "Batch size",
        ),
        (
            lambda: fc.numeric_column("a", shape=[2], default_value=[1, 2, 3]),
            ValueError,
            "shape of default_value",
        ),
        (
            lambda: fc.numeric_column("a", default_value=[1.5], dtype=tf.int32),
            TypeError,
            "compatible with dtype",
        ),
    ],
)
def test_refusals(make, error, text):
    with pytest.raises(error, match=text):
        make()


def test_dense_features_share_their_variables():
    table = tf.constant_initializer([[1.0], [2.0], [3.0]])
    embedded = fc.embedding_column(
        fc.categorical_column_with_identity("a", 3), 1, initializer=table
    )
    layer = DenseFeatures([fc.numeric_column("b"), embedded])
    columns = {}
    first = layer({"a": [[2], [0]], "b": [[1.0], [2.0]]}, cols_to_output_tensors=columns)
    second = layer({"a": [[1], [1]], "b": [[1.0], [2.0]]})
    assert first.name == "dense_features/concat:0" and first.shape == [2, 2]
    assert [v.name for v in layer.weights] == ["dense_features/a_embedding/embedding_weights:0"]
    assert columns[embedded].shape == [2, 1]
    one, other = run([first, second])
    assert one.tolist() == [[3, 1], [1, 2]] and other.tolist() == [[2, 1], [2, 2]]


def test_weighted_categories_add_up_and_unknown_ones_count_nothing():
    """TensorFlow 1.15.5 gives these numbers."""
    ids = fc.categorical_column_with_vocabulary_list("ids", ("a", "b", "c"))
    column = fc.indicator_column(fc.weighted_categorical_column(ids, "w"))
    features = {
        "ids": tf.constant([["c", "b", "a", "c"], ["c", "z", "", ""]]),
        "w": tf.constant([[2.0, 4.0, 6.0, 1.0], [5.0, 7.0, 0.0, 0.0]]),
    }
    assert run(fc.input_layer(features, [column])).tolist() == [[6, 4, 3], [0, 0, 5]]


def test_features_of_unknown_rank():
    a, b = tf.placeholder(tf.float32), tf.placeholder(tf.string)
    sparse = tf.sparse_placeholder(tf.string)
    named = [fc.categorical_column_with_vocabulary_list(key, ["x", "y"]) for key in ("b", "c")]
    layer = fc.input_layer(
        {"a": a, "b": b, "c": sparse},
        [fc.numeric_column("a"), *map(fc.indicator_column, named)],
    )
    with tf.Session() as session:
        session.run(tf.tables_initializer())
        feeds = {
            a: [1.0, 2.0], b: ["x", "y"],
            sparse: tf.SparseTensorValue([[0], [1]], ["y", "y"], [2]),
        }  # fmt: skip
        assert session.run(layer, feeds).tolist() == [[1, 1, 0, 0, 1], [2, 0, 1, 0, 1]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="cannot have rank 0"):
            session.run(layer, {**feeds, a: 1.0})


def test_a_programs_own_columns():
    """Classes that define what TensorFlow 1.15's protected classes ask for."""
    from scopeflow.alias.modules.feature_column import _CategoricalColumn, _DenseColumn

    class Doubled(_DenseColumn):
        name = "doubled"
        _parse_example_spec = {"x": tf.FixedLenFeature([1], tf.float32)}
        _variable_shape = tf.TensorShape([1])

        def _transform_feature(self, inputs):
            return inputs.get("x") * 2.0

        def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
            return inputs.get(self)

    class Parity(_CategoricalColumn):
        name = "parity"
        _parse_example_spec = {"n": tf.VarLenFeature(tf.int64)}
        _num_buckets = 2

        def _transform_feature(self, inputs):
            n = inputs.get("n")
            return tf.SparseTensor(n.indices, n.values % 2, n.dense_shape)

        def _get_sparse_tensors(self, inputs, weight_collections=None, trainable=None):
            return _CategoricalColumn.IdWeightPair(inputs.get(self), None)

    n = tf.SparseTensor([[0, 0], [1, 0]], tf.constant([4, 7], tf.int64), [2, 1])
    features = {"x": tf.constant([[1.0], [2.0]]), "n": n}
    columns = [Doubled(), fc.indicator_column(Parity())]
    assert sorted(fc.make_parse_example_spec(columns)) == ["n", "x"]
    assert run(fc.input_layer(features, columns)).tolist() == [[2, 1, 0], [4, 0, 1]]
    assert run(fc.linear_model(features, [Doubled(), Parity()])).shape == (2, 1)
    word = fc.categorical_column_with_identity("n", 9)
    assert word._num_buckets == 9 and word._var_scope_name == "n"
