"""Resource variables. Ops, names, values and first lines of errors: TensorFlow 1.15.5's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import scopeflow as tf
from scopeflow.scopes.resource_variable import (
    disable_resource_variables,
    enable_resource_variables,
    resource_variables_enabled,
)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session(graph=graph) as session:
        yield session


@pytest.fixture
def enabled():
    enable_resource_variables()
    yield
    disable_resource_variables()


def make(value, session=None, **keywords):
    v = tf.Variable(value, use_resource=True, **keywords)
    if session is not None:
        session.run(v.initializer)
    return v


def added(graph, function) -> tuple:
    """What the function returns, and the ops that it adds: (type, name, inputs, waits for)."""
    before = len(graph.get_operations())
    result = function()
    return result, [
        (op.type, op.name, [t.op.name for t in op.inputs], [c.name for c in op.control_inputs])
        for op in graph.get_operations()[before:]
    ]


def first_line(raised) -> str:
    return str(raised.value).split("\n")[0]


# Making.


def test_ops_of_get_variable(graph):
    initializer = tf.zeros_initializer()
    v, ops = added(
        graph, lambda: tf.get_variable("v", [2, 3], initializer=initializer, use_resource=True)
    )
    assert [op[:3] for op in ops] == [
        ("Const", "v/Initializer/zeros", []),
        ("VarHandleOp", "v", []),
        ("VarIsInitializedOp", "v/IsInitialized/VarIsInitializedOp", ["v"]),
        ("AssignVariableOp", "v/Assign", ["v", "v/Initializer/zeros"]),
        ("ReadVariableOp", "v/Read/ReadVariableOp", ["v"]),
    ]
    assert repr(v) == str(v) == "<tf.Variable 'v:0' shape=(2, 3) dtype=float32>"
    assert isinstance(v, tf.Variable)
    assert (v.name, v.op.type, v.dtype, v.trainable) == ("v:0", "VarHandleOp", tf.float32, True)
    assert str(v.handle) == 'Tensor("v:0", shape=(), dtype=resource)'
    assert v.shape.as_list() == v.get_shape().as_list() == [2, 3]
    assert v.initializer is v.create is graph.get_operation_by_name("v/Assign")
    assert v.initial_value.name == "v/Initializer/zeros:0"
    assert graph.as_graph_element(v).name == "v/Read/ReadVariableOp:0"
    assert tf.global_variables() == tf.trainable_variables() == [v]
    assert added(graph, lambda: tf.group(v))[1] == [("NoOp", "group_deps", [], ["v"])]


def test_ops_of_tf_variable(graph):
    _, ops = added(graph, lambda: make([1.0, 2.0], name="v"))
    assert [op[1] for op in ops] == [
        "v/Initializer/initial_value", "v", "v/IsInitialized/VarIsInitializedOp", "v/Assign",
        "v/Read/ReadVariableOp",
    ]  # fmt: skip
    _, ops = added(graph, lambda: make(lambda: tf.ones([2])))
    assert [op[1] for op in ops[:2]] == ["Variable/Initializer/ones", "Variable"]
    k = make([1.0], name="k")
    _, ops = added(graph, lambda: make(k, name="kk"))
    assert ops[0][:3] == ("ReadVariableOp", "kk/Initializer/ReadVariableOp", ["k"])


def test_a_caching_device_reads_once(graph):
    v = make([1.0], name="v", caching_device="/cpu:0")
    assert v.value().name == (v + 0.0).op.inputs[0].name == "v/Read/Identity:0"


def test_who_makes_them(enabled):
    def kind(v):
        return {"VarHandleOp": "resource", "VariableV2": "reference"}[v.op.type]

    def kinds(scope_argument):
        with tf.variable_scope(None, "s", use_resource=scope_argument) as scope:
            assert scope.use_resource is scope_argument
            return [
                kind(tf.Variable(1.0)), kind(tf.get_variable("a", [])),
                kind(tf.Variable(1.0, use_resource=False)),
                kind(tf.get_variable("b", [], use_resource=False)),
                kind(tf.get_variable("c", [], use_resource=True)),
            ]  # fmt: skip

    assert resource_variables_enabled()
    assert kinds(None) == kinds(True) == ["resource"] * 2 + ["reference"] * 2 + ["resource"]
    assert kinds(False) == ["reference"] * 4 + ["resource"]
    disable_resource_variables()
    assert not resource_variables_enabled()
    assert kinds(None) == kinds(False)
    assert kinds(True) == ["resource"] * 2 + ["reference"] * 2 + ["resource"]
    assert tf.get_variable_scope().use_resource is None


def test_sharing_and_partitions():
    with tf.variable_scope("s", use_resource=True, reuse=tf.AUTO_REUSE):
        v = tf.get_variable("v", [2])
        assert tf.get_variable("v", [2]) is v
        with pytest.raises(ValueError, match="specified dtype float64 and found dtype float32."):
            tf.get_variable("v", [2], tf.float64)
        parts = tf.get_variable("p", [4], partitioner=tf.fixed_size_partitioner(2))
        assert [p.op.type for p in parts] == ["VarHandleOp"] * 2
    with tf.variable_scope("s"), pytest.raises(ValueError) as raised:
        tf.get_variable("v", [2])
    assert first_line(raised) == (
        "Variable s/v already exists, disallowed. Did you mean to set reuse=True or "
        "reuse=tf.AUTO_REUSE in VarScope?"
    )
    assert __file__ in str(raised.value)


def test_shapes(session):
    assert make(tf.placeholder(tf.float32)).shape.ndims is None
    v = make([1.0, 2.0], session, shape=[None])
    assert repr(v) == "<tf.Variable 'Variable_1:0' shape=(?,) dtype=float32>"
    assert_array_equal(session.run(v.assign([1.0, 2.0, 3.0])), [1, 2, 3])
    with pytest.raises(ValueError) as raised:
        make(tf.ones([2]), shape=[3])
    assert first_line(raised) == (
        "The initial value's shape ((2,)) is not compatible with the explicitly supplied `shape` "
        "argument ([3])."
    )
    with pytest.raises(NotImplementedError, match="ResourceVariable does not implement set_shape"):
        v.set_shape([3])


# Reading.


def test_each_use_reads(graph):
    v = make([[1.0, 2.0, 3.0]] * 2, name="v")
    for use, expected in (
        (lambda: v.value(), [("ReadVariableOp", "ReadVariableOp")]),
        (lambda: v.read_value(), [("ReadVariableOp", "Read/ReadVariableOp"),
                                  ("Identity", "Identity")]),
        (lambda: v + 1.0, [("ReadVariableOp", "ReadVariableOp_1"), ("Const", "add/y"),
                           ("AddV2", "add")]),
        (lambda: 1.0 + v, [("ReadVariableOp", "ReadVariableOp_2"), ("Const", "add_1/x"),
                           ("AddV2", "add_1")]),
        (lambda: v * v, [("ReadVariableOp", "ReadVariableOp_3"),
                         ("ReadVariableOp", "mul/ReadVariableOp"), ("Mul", "mul")]),
        (lambda: -v, [("ReadVariableOp", "ReadVariableOp_4"), ("Neg", "Neg")]),
        (lambda: tf.convert_to_tensor(v), [("ReadVariableOp", "ReadVariableOp_5")]),
        (lambda: tf.identity(v), [("ReadVariableOp", "Identity_1/ReadVariableOp"),
                                  ("Identity", "Identity_1")]),
        (lambda: tf.gather(v, [0]), [("Const", "Gather/indices"), ("ResourceGather", "Gather"),
                                     ("Identity", "Identity_2")]),
        (lambda: v.sparse_read([0]), [("Const", "Gather_1/indices"),
                                      ("ResourceGather", "Gather_1"), ("Identity", "Identity_3")]),
        (lambda: tf.gather(v, [0], axis=1), [
            ("ReadVariableOp", "GatherV2/ReadVariableOp"), ("Const", "GatherV2/indices"),
            ("Const", "GatherV2/axis"), ("GatherV2", "GatherV2")]),
        (lambda: tf.gather_nd(v, [[0]]), [("Const", "GatherNd/indices"),
                                          ("ResourceGatherNd", "GatherNd"),
                                          ("Identity", "Identity_4")]),
        (lambda: tf.nn.embedding_lookup(v, [0]), [
            ("Const", "embedding_lookup/ids"), ("ResourceGather", "embedding_lookup"),
            ("Identity", "embedding_lookup/Identity"),
            ("Identity", "embedding_lookup/Identity_1")]),
        (lambda: tf.is_variable_initialized(v), [("VarIsInitializedOp", "VarIsInitializedOp")]),
        (lambda: v.is_initialized(), [("VarIsInitializedOp", "VarIsInitializedOp_1")]),
        (lambda: tf.cast(v, tf.float32), []),
    ):  # fmt: skip
        assert [op[:2] for op in added(graph, use)[1]] == expected


def test_embedding_lookup_in_several(graph, session):
    tables = [make([1.0, 3.0], session), make([2.0, 4.0], session)]
    found, ops = added(graph, lambda: tf.nn.embedding_lookup(tables, [0, 1, 2, 3], name="e"))
    gathers = [op for op in ops if op[0] == "ResourceGather"]
    assert [op[1] for op in gathers] == ["e/Gather", "e/Gather_1"]
    assert_array_equal(session.run(found), [1.0, 2.0, 3.0, 4.0])


def test_running(session):
    v = make([1.0, 2.0], name="v")
    missing = "Resource localhost/v/N10tensorflow3VarE does not exist."
    for read in (v, v + 1.0, v[0]):
        with pytest.raises(tf.errors.FailedPreconditionError) as raised:
            session.run(read)
        assert first_line(raised) == (
            "Error while reading resource variable v from Container: localhost. This could mean "
            f"that the variable was uninitialized. Not found: {missing}"
        )
    for use in (v.assign_add([1.0, 1.0]), tf.gather(v, [0]), tf.scatter_add(v, [0], [1.0])):
        with pytest.raises(tf.errors.NotFoundError) as raised:
            session.run(use)
        assert first_line(raised) == missing
    assert not session.run(tf.is_variable_initialized(v))
    assert list(session.run(tf.report_uninitialized_variables())) == [b"v"]
    with pytest.raises(tf.errors.FailedPreconditionError):
        session.run(tf.assert_variables_initialized())
    session.run(tf.global_variables_initializer())
    assert session.run(tf.is_variable_initialized(v))
    assert_array_equal(session.run(v), [1.0, 2.0])
    v.load([5.0, 6.0])
    assert_array_equal(v.eval(), [5.0, 6.0])
    assert session.run(v.op) is None
    assert_array_equal(session.run(v, {v: [9.0, 9.0]}), [9.0, 9.0])
    assert_array_equal(session.run(v + 1.0, {v: [9.0, 9.0]}), [6.0, 7.0])
    assert_array_equal(session.run(tf.gather(v, [1, 1, 0])), [6.0, 6.0, 5.0])
    assert_array_equal(session.run(v.gather_nd([[1]])), [6.0])
    index = tf.placeholder(tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError) as raised:
        session.run(tf.gather(v, index), {index: [0, 5]})
    assert first_line(raised) == "indices[1] = 5 is not in [0, 2)"


def test_each_session_has_its_value():
    v = make(1.0)
    with tf.Session() as a, tf.Session() as b:
        a.run(v.initializer)
        b.run(v.initializer)
        a.run(v.assign(2.0))
        assert (a.run(v), b.run(v)) == (2.0, 1.0)


# Changing.


def test_assign_returns_the_variable_after_it(graph, session):
    v = make([1.0, 2.0], session, name="v")
    for change, type_ in (
        (v.assign, "AssignVariableOp"), (v.assign_add, "AssignAddVariableOp"),
        (v.assign_sub, "AssignSubVariableOp"),
    ):  # fmt: skip
        after, ops = added(graph, lambda: change([1.0, 1.0]))  # noqa: B023
        assert repr(after) == f"<tf.Variable '{type_}' shape=(2,) dtype=float32>"
        assert [op[0] for op in ops] == ["Const", type_, "ReadVariableOp"]
        assert ops[-1][3] == [type_]
        assert (after.op.name, after.handle, after.trainable) == (type_, v.handle, True)
        assert added(graph, lambda: change([1.0, 1.0], read_value=False))[0].type == type_  # noqa: B023
    after = v.assign([3.0, 4.0], name="foo")
    assert after.name == "foo"
    assert_array_equal(session.run(after), [3.0, 4.0])
    assert session.run(after.op) is None
    doubled, ops = added(graph, lambda: after * 2.0)
    assert ops[0][0] == "ReadVariableOp" and ops[0][3] == ["foo"]
    assert_array_equal(session.run(doubled), [6.0, 8.0])
    assert_array_equal(session.run(after.assign_add([1.0, 1.0])), [4.0, 5.0])
    grouped = tf.group(after)
    assert [op.name for op in grouped.control_inputs] == ["foo"]
    assert tf.assign_sub(v, [1.0, 1.0], name="dropped").name == "AssignSubVariableOp_2"


def test_errors_of_assignments(session):
    v, value = make([1.0, 2.0], session), tf.placeholder(tf.float32)
    with pytest.raises(ValueError) as raised:
        v.assign([1.0])
    assert first_line(raised) == "Shapes (2,) and (1,) are incompatible"
    with pytest.raises(ValueError, match="Tensor conversion requested dtype float32 for Tensor"):
        v.assign(tf.constant([1, 2]))
    with pytest.raises(ValueError) as raised:
        v.assign_add([1.0, 2.0, 3.0])
    assert first_line(raised) == (
        "Dimension 0 in both shapes must be equal, but are 2 and 3. Shapes are [2] and [3]. for "
        "'AssignAddVariableOp' (op: 'AssignAddVariableOp') with input shapes: [], [3]."
    )
    with pytest.raises(tf.errors.InvalidArgumentError) as raised:
        session.run(v.assign_add(value), {value: 1.0})
    assert first_line(raised) == (
        "Cannot update variable with shape [2] using a Tensor with shape [], shapes must be equal."
    )
    for operator in ("__iadd__", "__isub__", "__imul__", "__itruediv__", "__ipow__"):
        with pytest.raises(RuntimeError, match="= value not supported. Use "):
            getattr(v, operator)(1.0)
    with pytest.raises(
        tf.errors.OperatorNotAllowedInGraphError
        if hasattr(tf.errors, "OperatorNotAllowedInGraphError")
        else TypeError
    ):
        bool(v)
    with pytest.raises(NotImplementedError, match=r"numpy\(\) is only available when eager"):
        v.numpy()


def test_scatters(graph, session):
    v = make([1.0, 2.0, 3.0], session)
    rows = tf.IndexedSlices(tf.constant([4.0]), tf.constant([0]))
    for method, expected in (
        ("add", 5), ("sub", 1), ("mul", 4), ("div", 1), ("max", 4), ("min", 4), ("update", 4),
    ):  # fmt: skip
        after = getattr(v, f"scatter_{method}")(rows)
        type_ = f"ResourceScatter{method.capitalize()}"
        assert repr(after) == f"<tf.Variable '{type_}' shape=(3,) dtype=float32>"
        assert_array_equal(session.run(after), [expected, 2, 3])
        again = getattr(tf, f"scatter_{method}")(v, [1], [2.0])
        assert again.op.type == type_
    assert_array_equal(session.run(v.scatter_nd_update([[2]], [7.0])), [4, 2, 7])
    assert_array_equal(session.run(v.scatter_nd_add([[2], [2]], [1.0, 1.0])), [4, 2, 9])
    with pytest.raises(TypeError, match="sparse_delta is not IndexedSlices: 3"):
        v.scatter_add(3)
    with pytest.raises(ValueError, match="Shapes must be equal rank, but are 2 and 1 for"):
        tf.scatter_add(v, [0], [[1.0, 2.0]])


def test_slices_and_counting(session):
    v, n = make([1.0, 2.0], session), make(0, session)
    after = v[0].assign(9.0)
    assert repr(after) == "<tf.Variable 'strided_slice/_assign' shape=(2,) dtype=float32>"
    assert after.op.type == "ResourceStridedSliceAssign"
    assert_array_equal(session.run(after), [9.0, 2.0])
    count = tf.count_up_to(n, 1)
    assert (count.name, session.run(count), session.run(n)) == ("ResourceCountUpTo:0", 0, 1)
    with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 1"):
        session.run(count)
    with pytest.raises(TypeError, match="'T' has DataType float32 not in list of allowed values"):
        v.count_up_to(1)


# Order.


def test_a_read_keeps_the_value_of_its_place(session):
    v = make([1.0, 2.0], session)
    before = v.value()
    with tf.control_dependencies([before]):
        change = v.assign_add([10.0, 10.0])
    with tf.control_dependencies([change]):
        old, new, again = tf.identity(before), v.read_value(), v + 0.0
    for _ in range(2):
        found = session.run([before, change, old, new, again])
        first = found[0]
        for value, expected in zip(found, (first, first + 10, first, first + 10, first + 10)):
            assert_array_equal(value, expected)


@pytest.mark.parametrize("change", ["assign", "assign_add", "scatter_add", "slice"])
def test_what_was_read_survives_every_change(session, change):
    v = make([1.0, 2.0], session)
    kept = tf.reshape(v.value(), [2, 1])  # a view of what was read
    with tf.control_dependencies([kept]):
        after = {
            "assign": lambda: v.assign([5.0, 5.0]),
            "assign_add": lambda: v.assign_add([5.0, 5.0]),
            "scatter_add": lambda: tf.scatter_add(v, [0], [5.0]),
            "slice": lambda: v[0].assign(5.0),
        }[change]()
    with tf.control_dependencies([after]):
        found = session.run(kept * 1.0)
    assert_array_equal(found, [[1.0], [2.0]])
    assert session.run(v)[0] in (5.0, 6.0)


def test_branches(session):
    v, taken = make([1.0], session), tf.placeholder(tf.bool)
    read = tf.cond(taken, lambda: v + 1.0, lambda: v * 5.0)
    assert [session.run(read, {taken: t})[0] for t in (True, False)] == [2.0, 5.0]
    change = tf.cond(taken, lambda: v.assign([7.0]), lambda: v.assign_add([1.0]))
    assert [session.run(change, {taken: t})[0] for t in (True, False)] == [7.0, 8.0]
    gradient = tf.gradients(read, v)[0]
    assert [session.run(gradient, {taken: t})[0] for t in (True, False)] == [1.0, 5.0]


def test_initialized_value(session):
    x = make([0.0], name="x")
    y = make(x.initialized_value() + 1.0)
    session.run(y.initializer)
    assert_array_equal(session.run(y), [1.0])


# Gradients.


def test_dense_gradients(session):
    v = make([1.0, 2.0, 3.0], session)
    for y, expected in (
        (v * v, [2, 4, 6]),
        (tf.reduce_sum(tf.gather(v, [0, 1, 0])) + tf.reduce_sum(v), [3, 2, 1]),
        (tf.gradients(v * v * v, v)[0], [6, 12, 18]),
        (v.assign_add([1.0, 1.0, 1.0]) * 2.0, [2, 2, 2]),
    ):
        assert_array_equal(session.run(tf.gradients(y, v)[0]), expected)
    session.run(v.initializer)
    assert_array_equal(session.run(tf.gradients(v * v, v.handle)[0]), [2, 4, 6])
    read = v.value()
    both = tf.gradients(read * read * v, [read, v])
    assert_array_equal(session.run(both), [[2, 8, 18], [3, 12, 27]])
    assert_array_equal(session.run(tf.hessians(tf.reduce_sum(v * v), v)[0]), 2 * np.eye(3))
    assert tf.gradients(tf.constant(1.0), v) == [None]
    zero = tf.gradients(tf.constant(1.0), v, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    assert_array_equal(session.run(zero[0]), [0, 0, 0])


def test_gradients_of_gathered_rows(session):
    table = make(np.arange(6.0, dtype=np.float32).reshape(3, 2), session)
    for y, rows in (
        (tf.gather(table, [0, 2, 0]), [0, 2, 0]),
        (tf.nn.embedding_lookup(table, [1]), [1]),
        (tf.reduce_sum(tf.gather(table, [0])) + tf.reduce_sum(tf.gather(table, [2])), [0, 2]),
    ):
        [gradient] = tf.gradients(y, table)
        assert isinstance(gradient, tf.IndexedSlices)
        found = session.run(gradient)
        assert_array_equal(found.indices, rows)
        assert_array_equal(found.values, np.ones([len(rows), 2]))
        assert_array_equal(found.dense_shape, [3, 2])


# Optimizers: the values are those that TensorFlow 1.15.5 reaches from ones after two steps.


@pytest.mark.parametrize(
    ("make_optimizer", "dense", "sparse", "ops"),
    [
        (lambda: tf.train.GradientDescentOptimizer(0.1), 0.64, 0.36,
         ["GradientDescent/update_v/ResourceApplyGradientDescent"]),
        (lambda: tf.train.MomentumOptimizer(0.1, 0.9), 0.46, 0.0,
         ["Momentum/update_v/ResourceApplyMomentum"]),
        (lambda: tf.train.AdamOptimizer(0.1), 0.8004126, 0.8004126,
         ["Adam/update_v/ResourceApplyAdam/ReadVariableOp",
          "Adam/update_v/ResourceApplyAdam/ReadVariableOp_1",
          "Adam/update_v/ResourceApplyAdam"]),
        (lambda: tf.train.AdagradOptimizer(0.1), None, 0.833517, None),
        (lambda: tf.train.RMSPropOptimizer(0.1), 0.6872513, 0.57846785, None),
    ],
)  # fmt: skip
def test_optimizers(graph, session, make_optimizer, dense, sparse, ops):
    for gathered, expected in ((False, dense), (True, sparse)):
        if expected is None:
            continue
        with tf.Graph().as_default() as graph, tf.Session() as session:
            v = tf.get_variable("v", [2, 2], initializer=tf.ones_initializer(), use_resource=True)
            loss = tf.reduce_sum(tf.gather(v, [0, 0]) ** 2.0 if gathered else v * v)
            optimizer = make_optimizer()
            train_op = optimizer.minimize(loss)
            assert all(s.op.type == "VarHandleOp" for s in optimizer.variables())
            if ops is not None and not gathered:
                updates = [
                    op.name for op in graph.get_operations() if op.name.startswith(
                        f"{optimizer.get_name()}/update_v/")
                ]  # fmt: skip
                assert updates == ops
            session.run(tf.global_variables_initializer())
            for _ in range(2):
                session.run(train_op)
            found = session.run(v)
            assert_allclose(found[0], [expected] * 2, rtol=1e-5, atol=1e-6)
            assert_allclose(found[1], [1.0 if gathered else expected] * 2, rtol=1e-5)


def test_a_resource_global_step(graph, session):
    v = make([1.0, 2.0], name="v", constraint=lambda value: tf.minimum(value, 1.0))
    step = make(0, name="step", trainable=False)
    train_op = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(v * v), step)
    assert (train_op.name, train_op.type) == ("GradientDescent", "AssignAddVariableOp")
    session.run(tf.global_variables_initializer())
    session.run(train_op)
    assert session.run(step) == 1
    assert_allclose(session.run(v), [0.8, 1.0], rtol=1e-6)


def test_slots_are_of_the_variables_kind(enabled):
    v = tf.Variable(1.0, use_resource=False)
    w = tf.Variable(1.0)
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.minimize(v * w)
    assert optimizer.get_slot(v, "momentum").op.type == "VariableV2"
    assert optimizer.get_slot(w, "momentum").op.type == "VarHandleOp"


def test_own_optimizers_get_resource_variables_by_their_own_methods():
    called = []

    class Own(tf.train.Optimizer):
        def __init__(self):
            super().__init__(False, "Own")

        def _apply_dense(self, grad, var):
            called.append(("dense", var))
            return tf.no_op()

        def _resource_apply_dense(self, grad, handle):
            called.append(("resource dense", handle))
            return tf.no_op()

        def _resource_apply_sparse(self, grad, handle, indices):
            called.append(("resource sparse", handle))
            return tf.no_op()

    v, w, table = make(1.0), tf.Variable(1.0), make([[1.0], [2.0]])
    Own().minimize(v * w * tf.reduce_sum(tf.gather(table, [0, 0])))
    assert called == [("resource dense", v), ("dense", w), ("resource sparse", table)]


def test_raw_ops(session):
    v = make([1.0, 2.0], session)
    read = tf.raw_ops.ReadVariableOp(resource=v.handle, dtype=tf.float32)
    assert_array_equal(session.run(read), [1.0, 2.0])
    with pytest.raises(TypeError) as raised:
        tf.raw_ops.ReadVariableOp(resource=tf.constant(1), dtype=tf.float32)
    assert first_line(raised) == (
        "Input 'resource' of 'ReadVariableOp' Op has type int32 that does not match expected type "
        "of resource."
    )
    with pytest.raises(ValueError, match="Trying to read variable with wrong dtype. Expected"):
        tf.raw_ops.ReadVariableOp(resource=v.handle, dtype=tf.int32)
    with pytest.raises(ValueError, match="Dimension 0 in both shapes must be equal, but are 2 and"):
        tf.raw_ops.AssignVariableOp(resource=v.handle, value=[1.0, 2.0, 3.0])
