"""Partitioned variables. Names, numbers and first lines of errors: recorded from TensorFlow 1.15.5.

Where scopeflow differs on purpose, the test says so.
"""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.scopes.partitioned import PartitionedVariable
from scopeflow.scopes.slice_info import PartitionInfo, SaveSliceInfo

parts_of = tf.fixed_size_partitioner


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def names(things):
    return [thing.name for thing in things]


def ops(graph, start=0):
    return [op.name for op in graph.get_operations()[start:]]


def get(name, shape=None, parts=None, reuse=None, **kwargs):
    partitioner = parts_of(parts) if isinstance(parts, int) else parts
    with tf.variable_scope("", reuse=reuse):
        return tf.get_variable(name, shape, partitioner=partitioner, **kwargs)


def run(fetches):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        return session.run(fetches)


def fails(message, make, kind=ValueError):
    with pytest.raises(kind) as caught:
        make()
    assert str(caught.value).split("\n")[0] == message


# What is made.


def test_parts_are_variables_of_their_own(graph):
    with tf.name_scope("ignored"), tf.variable_scope("s", partitioner=parts_of(3)) as scope:
        v = tf.get_variable("v", [7, 2], initializer=tf.ones_initializer())
    assert isinstance(v, PartitionedVariable)
    assert (v.name, v.dtype, v.shape.as_list(), len(v)) == ("s/v", tf.float32, [7, 2], 3)
    assert v.get_shape() == v.shape
    assert names(v) == ["s/v/part_0:0", "s/v/part_1:0", "s/v/part_2:0"]
    assert [p.shape.as_list() for p in v] == [[3, 2], [2, 2], [2, 2]]
    assert list(v) == v._get_variable_list() == tf.global_variables() == tf.trainable_variables()
    assert scope.global_variables() == scope.trainable_variables() == list(v)
    assert scope.get_collection(tf.GraphKeys.GLOBAL_VARIABLES) == list(v)
    assert (v._get_partitions(), v._partition_axes()) == ([3, 1], [0])
    assert ops(graph)[:5] == [
        "s/v/part_0/Initializer/ones",
        "s/v/part_0",
        "s/v/part_0/Assign",
        "s/v/part_0/read",
        "s/v/part_1/Initializer/ones",
    ]
    assert repr(v) == "<tf.PartitionedVariable 's/v' shape=(7, 2) dtype=float32 partitions=[3, 1]>"


def test_local_variable_constraint_and_dtype():
    v = tf.get_local_variable("v", [4], tf.float64, partitioner=parts_of(2), constraint=tf.abs)
    assert tf.local_variables() == list(v)
    assert tf.global_variables() == tf.trainable_variables() == []
    assert [p.dtype.name for p in v] == ["float64_ref", "float64_ref"]
    assert [p.constraint for p in v] == [tf.abs, tf.abs]


def test_scalars_stay_whole():
    with tf.variable_scope("s", partitioner=parts_of(2)):
        v = tf.get_variable("v", [])
    assert isinstance(v, tf.Variable)
    fails(
        "A partitioned Variable must have rank at least 1, shape: ()",
        lambda: get("w", parts=2, initializer=tf.constant(1.0)),
    )


def test_save_slice_info():
    v = get("v", [2, 5], tf.fixed_size_partitioner(2, axis=1))
    assert v._partition_axes() == [1]
    infos = [p._save_slice_info for p in v]
    assert [(i.full_name, i.full_shape, i.var_offset, i.var_shape) for i in infos] == [
        ("v", [2, 5], [0, 0], [2, 3]),
        ("v", [2, 5], [0, 3], [2, 2]),
    ]
    assert [i.spec for i in infos] == ["2 5 0,2:0,3", "2 5 0,2:3,2"]
    assert next(iter(get("w", [5, 2], 1)))._save_slice_info.spec == "5 2 0,5:0,2"


def test_save_slice_info_as_a_record():
    info = SaveSliceInfo("a/b", [3, 4], [0, 0], [2, 4])
    record = info.to_proto()
    assert record == ("a/b", (3, 4), (0, 0), (2, 4))
    assert info.to_proto(export_scope="a").full_name == "b"
    assert info.to_proto(export_scope="x") is None
    again = SaveSliceInfo(save_slice_info_def=record, import_scope="q")
    assert (again.full_name, again.spec) == ("q/a/b", info.spec)
    with pytest.raises(TypeError):
        _ = SaveSliceInfo().spec
    with pytest.raises(TypeError):
        SaveSliceInfo().to_proto()


# Initializers.


def test_initializers_are_told_of_the_whole():
    seen = []

    def initializer(shape, dtype=None, partition_info=None):
        info = partition_info
        seen.append(
            (
                shape,
                info.full_shape,
                info.var_offset,
                info.single_offset(shape),
                info.single_slice_dim(shape),
            )
        )
        return tf.ones(shape, dtype)

    get("a", [5, 3], 2, initializer=initializer)
    get("b", [5, 3], tf.fixed_size_partitioner(2, axis=1), initializer=initializer)
    get("c", [5, 3], 1, initializer=initializer)
    assert seen == [
        ([3, 3], [5, 3], [0, 0], 0, 0),
        ([2, 3], [5, 3], [3, 0], 3, 0),
        ([5, 2], [5, 3], [0, 0], 0, 1),
        ([5, 1], [5, 3], [0, 2], 2, 1),
        ([5, 3], [5, 3], [0, 0], 0, None),
    ]


def test_initializers_with_any_keywords_are_told_too():
    seen = []
    get("a", [4], 2, initializer=lambda shape, **kwargs: seen.append(kwargs) or tf.ones(shape))
    get("b", [4], initializer=lambda shape, **kwargs: seen.append(kwargs) or tf.ones(shape))
    assert [sorted(kwargs) for kwargs in seen] == [["dtype", "partition_info"]] * 3
    assert seen[2]["partition_info"] is None


def test_variance_follows_the_whole():
    v = get("v", [1000, 40], 10, initializer=tf.glorot_uniform_initializer())
    limit = np.sqrt(6 / 1040)
    value = run(v.as_tensor())
    assert 0.98 * limit < np.abs(value).max() <= limit


def test_a_tensor_is_cut(graph):
    whole = tf.constant(np.arange(10.0, dtype=np.float32).reshape(5, 2))
    v = get("v", initializer=whole, parts=2)
    assert ops(graph)[1:] == [
        f"v/part_{i}{end}"
        for i in (0, 1)
        for end in (
            "/PartitionedInitializer/Slice/begin",
            "/PartitionedInitializer/Slice/size",
            "/PartitionedInitializer/Slice",
            "",
            "/Assign",
            "/read",
        )
    ]
    first, second, together = run([*v, v.as_tensor()])
    assert first.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert second.tolist() == [[6, 7], [8, 9]]
    assert together.tolist() == run(whole).tolist()


def test_a_tensor_gives_its_dtype():
    whole = tf.ones([4, 2], tf.int32)
    v = get("v", [4, 2], 2, initializer=whole)
    assert (v.dtype, [p.dtype.base_dtype for p in v]) == (tf.int32, [tf.int32, tf.int32])
    fails(
        "Trying to reuse partitioned variable v, but specified dtype float32 and found dtype "
        "int32.",
        lambda: get("v", [4, 2], 2, initializer=whole, reuse=True),
    )


def test_arrays_and_lists_are_cut_where_the_shape_is_given(graph):
    v = get("v", [4, 2], 2, initializer=[[1, 2]] * 4)
    w = get("w", [4, 2], 2, initializer=np.arange(8.0).reshape(4, 2))
    assert ops(graph)[0] == "v/part_0/PartitionedInitializer/Const"
    assert (v.dtype, w.dtype) == (tf.float32, tf.float32)
    assert run([v.as_tensor(), w.as_tensor()])[1].tolist() == np.arange(8).reshape(4, 2).tolist()


def test_another_variable_as_initializer():
    u = get("u", [4, 2])
    v = get("v", [4, 2], 2, initializer=u.initialized_value())
    before, after = run([u, v.as_tensor()])
    assert before.tolist() == after.tolist()


def test_shape_must_be_known():
    message = "Shape of a new partitioned variable must be fully defined, but instead was {}."
    unknown, open_ = message.format("<unknown>"), message.format("(?, 3)")
    fails(unknown, lambda: get("a", parts=2))
    fails(unknown, lambda: get("a", parts=2, initializer=np.ones([5, 3])))
    fails(unknown, lambda: get("a", parts=2, initializer=lambda: tf.ones([5, 3])))
    fails(open_, lambda: get("a", [None, 3], 2))
    fails(open_, lambda: get("a", parts=2, initializer=tf.placeholder(tf.float32, [None, 3])))
    fails(
        "Shapes (5, 4) and (5, 3) are not compatible",
        lambda: get("a", [5, 4], 2, initializer=tf.ones([5, 3])),
    )


# Regularizers, getters, creators.


def test_regularizer_once_for_each_part():
    def scope(**kwargs):
        return tf.variable_scope(
            "s",
            partitioner=parts_of(2),
            regularizer=lambda t: tf.reduce_sum(t, name="sum"),
            **kwargs,
        )

    with scope():
        tf.get_variable("v", [5, 2])
    with scope(reuse=True):
        tf.get_variable("v", [5, 2])
    assert names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) == [
        "s/v/part_0/Regularizer/sum:0",
        "s/v/part_1/Regularizer/sum:0",
    ]


def test_custom_getters_see_the_whole():
    seen = []

    def getter(getter, **kwargs):
        found = getter(**kwargs)
        seen.append((kwargs["name"], kwargs["shape"], kwargs["partitioner"], found))
        return found

    def renaming(getter, name, *args, **kwargs):
        return getter(name + "x", *args, **kwargs)

    halves = parts_of(2)
    with tf.variable_scope("s", custom_getter=getter, partitioner=halves):
        v = tf.get_variable("v", [4, 2])
        assert seen == [("s/v", [4, 2], halves, v)]
    with tf.variable_scope("t", custom_getter=renaming, partitioner=halves):
        assert names(tf.get_variable("v", [4])) == ["t/vx/part_0:0", "t/vx/part_1:0"]


def test_creators_see_the_parts():
    seen = []

    def creator(next_creator, **kwargs):
        seen.append((kwargs["name"], kwargs["shape"]))
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator):
        get("v", [4], 2)
    assert seen == [("v/part_0", None), ("v/part_1", None)]


# Sharing.


def test_sharing():
    v = get("v", [4, 2], 2)
    assert get("v", [4, 2], 2, reuse=True) is v
    assert get("v", [4, 2], 2, reuse=tf.AUTO_REUSE) is v
    assert get("v", [4, 2], reuse=True) is v
    assert get("v", reuse=True) is v
    assert get("v/part_0", [2, 2], reuse=True) is next(iter(v))
    assert len(tf.global_variables()) == 2


def test_errors_of_sharing():
    get("v", [4, 2], 2)
    get("w", [4, 2])
    fails(
        "Partitioned variable with name v already exists. Did you mean to set reuse=True or "
        "reuse=tf.AUTO_REUSE in VarScope?",
        lambda: get("v", [4, 2], 2),
    )
    no_partitioner = (
        "No partitioner was provided, but a partitioned version of the variable was found: "
        "v/part_0. Perhaps a variable of the same name was already created with partitioning?"
    )
    fails(no_partitioner, lambda: get("v", [4, 2]))
    fails(no_partitioner, lambda: get("v", [4, 2], reuse=tf.AUTO_REUSE))
    begin = "Trying to reuse partitioned variable v, but specified"
    fails(
        f"{begin} dtype int32 and found dtype float32.",
        lambda: get("v", [4, 2], 2, reuse=True, dtype=tf.int32),
    )
    fails(f"{begin} shape (4, 3) and found shape (4, 2).", lambda: get("v", [4, 3], reuse=True))
    fails(
        f"{begin} shape (5, 2) and found shape (4, 2).",
        lambda: get("v", [5, 2], 3, reuse=True, dtype=tf.int32),
    )
    fails(
        f"{begin} partitions [1, 2] and found partitions [2, 1].",
        lambda: get("v", [4, 2], tf.fixed_size_partitioner(2, axis=1), reuse=True),
    )
    for reuse in (None, True, tf.AUTO_REUSE):
        fails(
            "A partitioner was provided, but an unpartitioned version of the variable was found: "
            "w.  Perhaps a variable of the same name was already created without partitioning?",
            lambda reuse=reuse: get("w", [4, 2], 2, reuse=reuse),
        )
    fails(
        "PartitionedVariable vv does not exist, or was not created with tf.get_variable(). Did "
        "you mean to set reuse=False or reuse=tf.AUTO_REUSE in VarScope?",
        lambda: get("vv", [4, 2], 2, reuse=True),
    )


def test_errors_help():
    get("layer/v", [4, 2], 2)
    with pytest.raises(ValueError, match=r"It was made here:\n.*test_partitioned"):
        get("layer/v", [4, 2], 2)
    with pytest.raises(ValueError, match="nearest partitioned variables that exist: layer/v"):
        get("layer/w", [4, 2], 2, reuse=True)


def test_parts_that_exist_already():
    for name, count in (("one", 1), ("two", 2), ("three", 3)):
        for i in range(count):
            get(f"{name}/part_{i}", [2, 2])
    begin = (
        "Partitioner returned a different partitioning than what was already found.  Partitioner "
        "returned 2 shards, and shard"
    )
    too_few = f"{begin} one/part_0 was found, but one/part_1 was not."
    fails(too_few, lambda: get("one", [4, 2], 2))
    fails(too_few, lambda: get("one", [4, 2], 2, reuse=tf.AUTO_REUSE))
    with pytest.raises(ValueError, match="^PartitionedVariable one does not exist"):
        get("one", [4, 2], 2, reuse=True)
    fails(
        f"{begin} three/part_0 was found, but so was the extra shard three/part_2.",
        lambda: get("three", [4, 2], 2),
    )
    with pytest.raises(ValueError, match="^Variable two/part_0 already exists, disallowed"):
        get("two", [4, 2], 2)
    v = get("two", [4, 2], 2, reuse=tf.AUTO_REUSE)
    assert list(v) == tf.global_variables()[1:3]
    assert [p._save_slice_info.spec for p in v] == ["4 2 0,2:0,2", "4 2 2,2:0,2"]


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (3, ValueError, "Partitioner must return a sequence, but saw: 3"),
        (None, ValueError, "Partitioner must return a sequence, but saw: None"),
        (np.array([1, 3]), ValueError, "Partitioner must return a sequence, but saw: [1 3]"),
        (
            [3],
            ValueError,
            "Partitioner returned a partition list that does not match the "
            "Variable's rank: [3] vs. (2, 3)",
        ),
        ([1, 0], ValueError, "Partitioner returned zero partitions for some axes: [1, 0]"),
        (
            [2, 3],
            ValueError,
            "Can only slice a variable along one dimension: shape: (2, 3), partitioning: [2, 3]",
        ),
        (
            [1, 5],
            ValueError,
            "Expected 0 <= offset < shape but found offset=3, shape=3 for "
            "var_offset=[0, 3], full_shape=[2, 3]",
        ),
        ([1, 1.5], TypeError, "'float' object cannot be interpreted as an integer"),
    ],
)
def test_bad_answers_of_a_partitioner(answer, kind, message):
    fails(message, lambda: get("v", [2, 3], lambda shape, dtype: answer), kind)
    assert tf.global_variables() == []  # TensorFlow leaves the first parts behind


def test_a_partitioner_is_called_with_keywords():
    seen = []

    def partitioner(**kwargs):
        seen.append(kwargs)
        return (1, 3)

    assert len(get("v", [2, 3], partitioner)) == 3
    assert seen == [{"shape": tf.TensorShape([2, 3]), "dtype": tf.float32}]
    fails(
        "Partitioner must be callable, but received: 3",
        lambda: tf.get_variable("w", [4], partitioner=3),
    )


# What a program does with it.


def test_conversion_names(graph):
    v = get("s/v", [5, 2], 2, initializer=tf.ones_initializer())
    start = len(ops(graph))
    with tf.name_scope("q"):
        assert v.as_tensor().name == "s/v:0"
        assert tf.convert_to_tensor(v, name="unused").name == "s/v_1:0"
        total = tf.add(v, 1.0)
    assert ops(graph, start) == [
        "s/v/ConcatPartitions/concat/axis",
        "s/v/ConcatPartitions/concat",
        "s/v",
        "s/v/ConcatPartitions/concat_1/axis",
        "s/v/ConcatPartitions/concat_1",
        "s/v_1",
        "s/v/ConcatPartitions/concat_2/axis",
        "s/v/ConcatPartitions/concat_2",
        "s/v_2",
        "q/Add/y",
        "q/Add",
    ]
    assert run(total).tolist() == [[2.0, 2.0]] * 5
    assert v.as_tensor().shape.as_list() == [5, 2]
    w = get("w", [5], 1)
    start = len(ops(graph))
    assert (w.as_tensor().name, ops(graph, start)) == ("w:0", ["w"])


def test_axis_1_is_put_together():
    value = np.arange(10, dtype=np.float32).reshape(2, 5)
    v = get("v", [2, 5], tf.fixed_size_partitioner(2, axis=1), initializer=tf.constant(value))
    assert [p.shape.as_list() for p in v] == [[2, 3], [2, 2]]
    assert run(tf.identity(v)).tolist() == value.tolist()
    assert run(tf.matmul(v, v, transpose_b=True)).tolist() == (value @ value.T).tolist()


def test_no_operators_and_no_reference():
    v = get("v", [4], 2)
    for use in (lambda: v + 1.0, lambda: 1.0 + v, lambda: v[0], lambda: -v):
        with pytest.raises(TypeError):
            use()
    fails(
        "Incompatible type conversion requested to type 'int32' for variable of type 'float32'",
        lambda: tf.convert_to_tensor(v, tf.int32),
    )
    fails(
        "PartitionedVariable doesn't support being used as a reference.",
        lambda: tf.gradients(tf.reduce_sum(v), v),
        NotImplementedError,
    )
    with pytest.raises(TypeError, match="Can not convert a PartitionedVariable into a "):
        tf.Session().run(v)
    assert {v: 1}[v] == 1


def test_assign(graph):
    v = get("v", [5, 2], 2, initializer=tf.zeros_initializer())
    start = len(ops(graph))
    value = np.arange(10, dtype=np.float32).reshape(5, 2)
    changed = v.assign(value)
    assert names(changed) == ["Assign:0", "Assign_1:0"]
    assert ops(graph, start) == [
        "Const",
        "split/value",
        "split/split_dim",
        "split",
        "Assign",
        "Assign_1",
    ]
    more = v.assign_add(tf.ones([5, 2]), name="more")
    less = v.assign_sub([tf.ones([3, 2]), 2 * tf.ones([2, 2])], use_locking=True)
    assert names(more + less) == ["more:0", "more_1:0", "AssignSub:0", "AssignSub_1:0"]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        last = value + np.array([[0], [0], [0], [-1], [-1]])
        for change, expected in ((changed, value), (more, value + 1), (less, last)):
            assert np.concatenate(session.run(change)).tolist() == expected.tolist()
            assert session.run(v.as_tensor()).tolist() == expected.tolist()


def test_assign_from_another_one_and_as_ops():
    v, w = get("v", [4], 2, initializer=tf.zeros_initializer()), get("w", [4], 2)
    u = get("u", [6], 3)
    ops_ = v.assign(w, read_value=False)  # an AttributeError in TensorFlow
    assert [op.type for op in ops_] == ["Assign", "Assign"]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(ops_)
        first, second = session.run([v.as_tensor(), w.as_tensor()])
    assert first.tolist() == second.tolist()
    for value in ([tf.ones([2])], [[1.0], [2.0], [3.0]], u):  # TensorFlow drops the rest of u
        with pytest.raises(AssertionError, match="v has 2 parts, the value "):
            v.assign(value)
    with pytest.raises(ValueError, match="^can't split axis of size 6 into pieces of size"):
        v.assign(tf.ones([6]))


def test_gradients_and_training():
    target = np.arange(6, dtype=np.float32).reshape(3, 2)
    v = get("v", [3, 2], 2, initializer=tf.zeros_initializer())
    loss = tf.reduce_sum(tf.square(tf.subtract(v, target)))
    first, second = tf.gradients(loss, list(v))
    train = tf.train.GradientDescentOptimizer(0.25).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(first).tolist() == (-2 * target[:2]).tolist()
        assert session.run(second).tolist() == (-2 * target[2:]).tolist()
        session.run(train)
        assert session.run(v.as_tensor()).tolist() == (target / 2).tolist()


# Embeddings.

LOOKED_UP = {  # the first column of what tf.nn.embedding_lookup finds for the ids 0, 1, 2, …
    (2, "mod", 10): [0, 10, 2, 12, 4, 14, 6, 16, 8, 18],
    (2, "mod", 11): [0, 12, 2, 14, 4, 16, 6, 18, 8, 20, 10],
    (3, "mod", 10): [0, 8, 14, 2, 10, 16, 4, 12, 18, 6],
    (3, "mod", 11): [0, 8, 16, 2, 10, 18, 4, 12, 20, 6, 14],
    (3, "mod", 12): [0, 8, 16, 2, 10, 18, 4, 12, 20, 6, 14, 22],
    (4, "mod", 10): [0, 6, 12, 16, 2, 8, 14, 18, 4, 10],
    **{(n, "div", rows): [*range(0, 2 * rows, 2)] for n in (1, 2, 3, 4) for rows in (10, 11, 12)},
    **{(1, "mod", rows): [*range(0, 2 * rows, 2)] for rows in (10, 11)},
}


def table(parts, rows=10, axis=0):
    whole = tf.constant(np.arange(2 * rows, dtype=np.float32).reshape(rows, 2))
    return get("t", parts=tf.fixed_size_partitioner(parts, axis), initializer=whole)


@pytest.mark.parametrize(("parts", "strategy", "rows"), LOOKED_UP)
def test_embedding_lookup(parts, strategy, rows):
    ids = np.arange(rows)[None]
    found = tf.nn.embedding_lookup(table(parts, rows), ids, partition_strategy=strategy)
    assert found.name == f"embedding_lookup/{'Identity' if parts == 1 else 'Reshape_1'}:0"
    assert found.shape.as_list() == [1, rows, 2]
    assert run(found)[0, :, 0].tolist() == LOOKED_UP[parts, strategy, rows]


def test_embedding_lookup_ops(graph):
    t = table(2, 11)
    start = len(ops(graph))
    tf.nn.embedding_lookup(t, np.array([[1, 2]]), partition_strategy="div")
    assert [name.removeprefix("embedding_lookup/") for name in ops(graph, start)] == [
        "ids",
        "Reshape/shape",
        "Reshape",
        "Size",
        "range/start",
        "range/delta",
        "range",
        "Const",
        "floordiv/y",
        "floordiv",
        "mod/y",
        "mod",
        "add/y",
        "add",
        "floordiv_1",
        "sub",
        "floordiv_2",
        "Maximum",
        "Less",
        "add_1/y",
        "add_1",
        "mod_1",
        "sub_1",
        "mod_2",
        "Select",
        "Cast",
        "DynamicPartition",
        "DynamicPartition_1",
        "GatherV2/axis",
        "GatherV2",
        "GatherV2_1/axis",
        "GatherV2_1",
        "embedding_lookup",
        "Shape",
        "concat/values_1",
        "concat/axis",
        "concat",
        "Reshape_1",
    ]


def test_embedding_gradients_touch_rows_of_parts():
    t = table(3)
    ids = tf.placeholder_with_default(np.array([[0, 3, 6], [9, 2, 2]]), [None, 3])
    found = tf.nn.embedding_lookup(t, ids, partition_strategy="div", name="emb")
    assert (found.name, found.shape.as_list()) == ("emb/Reshape_1:0", [None, 3, 2])
    gradients = tf.gradients(tf.reduce_sum(found), list(t))
    assert all(isinstance(g, tf.IndexedSlices) for g in gradients)
    values = run(gradients)
    assert [g.indices.tolist() for g in values] == [[0, 3, 2, 2], [2], [2]]
    assert [g.dense_shape.tolist() for g in values] == [[4, 2], [3, 2], [3, 2]]
    assert all((g.values == 1).all() for g in values)


def test_embedding_max_norm():
    ids = [[0, 3, 6], [9, 2, 2]]
    found = tf.nn.embedding_lookup(table(3), ids, partition_strategy="div", max_norm=3.0)
    assert found.name == "embedding_lookup/clip_by_norm:0"
    assert run(found) == pytest.approx(
        np.array(
            [
                [[0, 1], [1.9523741, 2.2777698], [2.0348401, 2.2044103]],
                [[2.0632339, 2.1778581], [1.8740851, 2.3426063], [1.8740851, 2.3426063]],
            ]
        )
    )


def test_embedding_errors():
    t = table(2)
    fails(
        "Unrecognized partition strategy: foo",
        lambda: tf.nn.embedding_lookup(t, [1], partition_strategy="foo"),
    )
    wrong = tf.errors.InvalidArgumentError
    with pytest.raises(wrong, match=r"50 is not in \[0, 5\)"):
        run(tf.nn.embedding_lookup(t, [[100]]))
    with pytest.raises(wrong, match=r"^partitions\[0\] = 20 is not in \[0, 2\)"):
        run(tf.nn.embedding_lookup(t, [[100]], partition_strategy="div"))
    two_columns = get("c", [10, 2], tf.fixed_size_partitioner(2, axis=1))
    assert tf.nn.embedding_lookup(two_columns, [[1, 2]]).shape.as_list() == [1, 2, 1]


# PartitionInfo.


def test_partition_info():
    info = PartitionInfo([5, 3], [3, 0])
    assert (info.single_offset([2, 3]), info.single_slice_dim([2, 3])) == (3, 0)
    for shape, kind, message in (
        (
            [2],
            ValueError,
            "Expected equal length, but received shape=[2] of length 1 while "
            "self.full_shape=[5, 3] is of length 2.",
        ),
        (
            [3, 3],
            ValueError,
            "With self.var_offset=[3, 0], a partition of shape=[3, 3] would "
            "exceed self.full_shape=[5, 3] in dimension 0.",
        ),
        (
            [1, 2],
            ValueError,
            "Cannot use single_slice_dim() with shape=[1, 2] and "
            "self.full_shape=[5, 3] since slice dim could be either dimension 1 or 0.",
        ),
        (5, TypeError, "`shape` must be a sequence (like tuple or list) instead of int"),
    ):
        fails(message, lambda shape=shape: info.single_offset(shape), kind)
    fails(
        "`full_shape` must be a sequence (like tuple or list) instead of int",
        lambda: PartitionInfo(3, [0]),
        TypeError,
    )
    fails(
        "Expected equal length, but `var_offset` is of length 1 while full_shape is of length 2.",
        lambda: PartitionInfo([3, 4], [0]),
    )


# Partitioners.

FLOATS, STRINGS = tf.float32, tf.string


@pytest.mark.parametrize(
    ("partitioner", "shape", "dtype", "expected"),
    [
        (parts_of(3), [7, 2], FLOATS, [3, 1]),
        (parts_of(3, 1), [7, 2], FLOATS, [1, 2]),
        (parts_of(3, -1), [2, 5], FLOATS, [1, 3]),
        (parts_of(3), [2], FLOATS, [2]),
        (parts_of(0), [3], FLOATS, [0]),
        (tf.variable_axis_size_partitioner(64), [10, 4], FLOATS, [3, 1]),
        (tf.variable_axis_size_partitioner(64), [10, 4], tf.float64, [5, 1]),
        (tf.variable_axis_size_partitioner(64), [10, 4], tf.bool, [1, 1]),
        (tf.variable_axis_size_partitioner(64), [10, 4], STRINGS, [10, 1]),
        (tf.variable_axis_size_partitioner(64, 1), [10, 4], FLOATS, [1, 4]),
        (tf.variable_axis_size_partitioner(64, 0, 16, 2), [10, 4], FLOATS, [2, 1]),
        (tf.variable_axis_size_partitioner(64, max_shards=0), [10, 4], FLOATS, [3, 1]),
        (tf.variable_axis_size_partitioner(64.5), [10, 4], FLOATS, [3, 1]),
        (tf.variable_axis_size_partitioner(1), [10, 4], FLOATS, [10, 1]),
        (tf.variable_axis_size_partitioner(10**9), [10, 4], FLOATS, [1, 1]),
        (tf.min_max_variable_partitioner(4, 0, 32), [16, 4], FLOATS, [4, 1]),
        (tf.min_max_variable_partitioner(4, 0, 32), [2, 2], FLOATS, [1, 1]),
        (tf.min_max_variable_partitioner(4, 1, 16), [16, 4], FLOATS, [1, 4]),
        (tf.min_max_variable_partitioner(), [16, 4], FLOATS, [1, 1]),
        (tf.min_max_variable_partitioner(0), [16, 4], FLOATS, [1, 1]),
        (tf.min_max_variable_partitioner(8, 0, 100), [3, 100], FLOATS, [3, 1]),
        (tf.min_max_variable_partitioner(8, 0, 100), [8, 8], FLOATS, [3, 1]),
        (tf.min_max_variable_partitioner(8, 0, 100), [8, 8], STRINGS, [8, 1]),
        (tf.min_max_variable_partitioner(8, 0, 100, 1), [8, 8], STRINGS, [1, 1]),
        (tf.min_max_variable_partitioner(8, -1, 10), [8, 8], FLOATS, [1, 8]),
        (tf.min_max_variable_partitioner(100, 0, 1), [16, 4], FLOATS, [16, 1]),
        (tf.min_max_variable_partitioner(4, 0, 32), [0, 3], FLOATS, [1, 1]),
    ],
)
def test_partitioners(partitioner, shape, dtype, expected):
    assert partitioner(shape=tf.TensorShape(shape), dtype=dtype) == expected


def test_errors_of_partitioners():
    positive = "Both max_shard_bytes and bytes_per_string_element must be positive."
    by_size = tf.variable_axis_size_partitioner
    fails(positive, lambda: by_size(0))
    fails(positive, lambda: by_size(64, bytes_per_string_element=0))
    fails("max_shards must be positive.", lambda: by_size(64, max_shards=-1))
    fails("shape is not a TensorShape: [10, 4]", lambda: by_size(64)([10, 4], FLOATS))
    fails(
        "shape is not fully defined: (?, 4)",
        lambda: by_size(64)(tf.TensorShape([None, 4]), FLOATS),
    )
    fails(
        "Can not partition variable along axis 2 when shape is only (16, 4)",
        lambda: tf.min_max_variable_partitioner(4, 2)(tf.TensorShape([16, 4]), FLOATS),
    )
    with pytest.raises(IndexError):
        parts_of(2, 2)(tf.TensorShape([16, 4]))


# create_partitioned_variables.


def test_create_partitioned_variables(graph):
    create = tf.create_partitioned_variables
    made = create([5, 2], [2, 1], tf.ones_initializer())
    assert names(made) == ["PartitionedVariable/part_0:0", "PartitionedVariable/part_1:0"]
    assert isinstance(made, list)
    assert create([5, 2], [1, 1], None, tf.int32)[0].name == "PartitionedVariable_1/part_0:0"
    with tf.variable_scope("s", regularizer=lambda t: tf.reduce_sum(t, name="sum")):
        with tf.name_scope("unused"):
            named = create([5, 2], [1, 2], tf.ones([5, 2]), tf.float32, False, ["mine"], "n")
        assert names(named) == ["s/n/part_0:0", "s/n/part_1:0"]
        assert [p.shape.as_list() for p in named] == [[5, 1], [5, 1]]
        assert create([5, 2], [1, 2], None, name="n", reuse=True) == named
    assert tf.get_collection("mine") == named
    assert not set(named) & {*tf.trainable_variables(), *tf.global_variables()}
    assert names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) == [
        "s/n/part_0/Regularizer/sum:0",
        "s/n/part_1/Regularizer/sum:0",
    ]
    with tf.variable_scope("d", dtype=tf.float64, initializer=tf.ones_initializer()):
        assert run(create([2], [2], None, None)[1]).dtype == np.float64
    with tf.variable_scope("root") as root:
        pass
    assert create([4], [2], None, name=root)[0].name == "root/part_0:0"


def test_errors_of_create_partitioned_variables():
    create = tf.create_partitioned_variables
    ones = tf.ones_initializer()
    create([5, 2], [2, 1], ones, name="n")
    fails(
        "Partitioned variable with name n already exists. Did you mean to set reuse=True or "
        "reuse=tf.AUTO_REUSE in VarScope?",
        lambda: create([5, 2], [2, 1], ones, name="n"),
    )
    fails(
        "Trying to reuse partitioned variable n, but specified partitions [3, 1] and found "
        "partitions [2, 1].",
        lambda: create([5, 2], [3, 1], ones, name="n", reuse=True),
    )
    fails(
        "The 'shape' and 'slicing' of a partitioned Variable must have the length: shape: [5, 2], "
        "slicing: [2]",
        lambda: create([5, 2], [2], ones),
    )
    fails(
        "A partitioned Variable must have rank at least 1: shape: []",
        lambda: create([], [], ones),
    )
    fails(
        "Can only slice a variable along one dimension: shape: (5, 2), partitioning: [2, 2]",
        lambda: create([5, 2], [2, 2], ones),
    )
    with tf.variable_scope("g", custom_getter=lambda getter, *args, **kwargs: None):
        with pytest.raises(ValueError, match="^Private access to _get_partitioned_variable is not"):
            create([5, 2], [2, 1], ones)


def _part(name: str, offset: int, full: int = 2) -> tf.Variable:
    part = tf.Variable([0.0], name=name)
    part._set_save_slice_info(tf.Variable.SaveSliceInfo("whole", [full], [offset], [1]))
    return part


def test_a_partitioned_variable_sorts_and_checks_its_parts():
    from scopeflow.scopes.partitioned import PartitionedVariable

    with tf.Graph().as_default():
        first, second = _part("a", 0), _part("b", 1)
        made = PartitionedVariable("whole", [2], tf.float32, [second, first], [2])
        assert list(made) == [first, second]
        for parts, counts, text in (
            ([], [], "empty"),
            ([tf.Variable([0.0])], [1], "must have a save_slice_info"),
            ([first, _part("c", 1, full=3)], [2], "full shapes must match"),
            ([first], [0], "must be positive"),
        ):
            with pytest.raises(ValueError, match=text):
                PartitionedVariable("whole", [2], tf.float32, parts, counts)
