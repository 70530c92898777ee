"""`tf.Variable`, by reference. Names, values and first lines of errors: TensorFlow 1.15.5's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import scopeflow as tf
from scopeflow.ops import state_scatter


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session(graph=graph) as session:
        yield session


def first_line(raised) -> str:
    return str(raised.value).split("\n")[0]


def initialized(value, session, **keywords):
    v = tf.Variable(value, **keywords)
    session.run(v.initializer)
    return v


# Making.


def test_ops_and_properties(graph):
    v = tf.Variable([1.0, 2.0], name="v")
    assert [(op.name, op.type) for op in graph.get_operations()] == [
        ("v/initial_value", "Const"), ("v", "VariableV2"), ("v/Assign", "Assign"),
        ("v/read", "Identity"),
    ]  # fmt: skip
    assert repr(v) == str(v) == "<tf.Variable 'v:0' shape=(2,) dtype=float32_ref>"
    assert (v.name, v.op.name, v.dtype.name) == ("v:0", "v", "float32_ref")
    assert v.dtype.base_dtype is tf.float32
    assert v.initializer.name == "v/Assign"
    assert v.initial_value.name == "v/initial_value:0"
    assert v.value().name == "v/read:0"
    assert v.read_value().name == "read:0"
    assert (v.graph, v.device, v.constraint, v.trainable) == (graph, "", None, True)
    assert v.shape.as_list() == v.get_shape().as_list() == [2]
    assert graph.as_graph_element(v) is v.op.outputs[0]


@pytest.mark.parametrize(
    ("value", "keywords", "text"),
    [
        ([1, 2], {"dtype": tf.float32}, "shape=(2,) dtype=float32_ref"),
        ("x", {}, "shape=() dtype=string_ref"),
        (True, {}, "shape=() dtype=bool_ref"),
        (np.zeros([2], np.float16), {}, "shape=(2,) dtype=float16_ref"),
        (lambda: [1.0, 2.0], {"dtype": tf.float64}, "shape=(2,) dtype=float64_ref"),
        ([1.0], {"shape": [None]}, "shape=(?,) dtype=float32_ref"),
        ([1.0], {"expected_shape": [2]}, "shape=(1,) dtype=float32_ref"),
        ([1.0], {"validate_shape": False}, "shape=<unknown> dtype=float32_ref"),
        (1.0, {"name": "n"}, "shape=() dtype=float32_ref"),
    ],
)
def test_arguments(value, keywords, text):
    name = keywords.get("name", "Variable")
    assert repr(tf.Variable(value, **keywords)) == f"<tf.Variable '{name}:0' {text}>"


@pytest.mark.parametrize(
    ("arguments", "keywords", "error", "message"),
    [
        ([], {}, ValueError, "initial_value must be specified."),
        ([1.0], {"constraint": 3}, ValueError, "The `constraint` argument must be a callable."),
        ([1.0], {"collections": "a"}, ValueError,
         "collections argument to Variable constructor must be a list, tuple, or set. Got a of "
         "type <class 'str'>"),
        ([1.0], {"aggregation": "x", "name": "v"}, ValueError,
         "Invalid variable aggregation mode: x for variable: v"),
        ([1.0], {"synchronization": "x"}, ValueError,
         "Invalid variable synchronization mode: x for variable: None"),
        ([1.0], {"name": "a b"}, ValueError, "'a b' is not a valid scope name"),
        ([[1.0]], {"shape": [2]}, ValueError,
         "Dimension 0 in both shapes must be equal, but are 2 and 1. Shapes are [2] and [1]. for "
         "'Variable/Assign' (op: 'Assign') with input shapes: [2], [1]."),
    ],
)  # fmt: skip
def test_errors(arguments, keywords, error, message):
    with pytest.raises(error) as raised:
        tf.Variable(*arguments, **keywords)
    assert first_line(raised) == message


def test_the_initial_value_has_a_shape():
    for shape in (None, [None]):
        with pytest.raises(ValueError, match="initial_value must have a shape specified: Tensor"):
            tf.Variable(tf.placeholder(tf.float32, shape))
    v = tf.Variable(tf.placeholder(tf.float32), validate_shape=False)
    assert v.shape.ndims is None


def test_an_initial_value_from_a_branch():
    def branch():
        return tf.Variable(tf.constant(1.0)) + 0.0

    with pytest.raises(ValueError, match="is from inside a control-flow construct"):
        tf.cond(tf.constant(True), branch, branch)


def test_from_another_variable(session):
    v = initialized([1.0, 2.0], session, name="v")
    w = tf.Variable(v, name="w")
    assert w.initializer.inputs[1].name == "v/read_w:0"


def test_initialized_value():
    x = tf.Variable([0.0, 0.0], name="x")
    y = tf.Variable(x.initialized_value() + 1.0)
    with tf.Session() as session:  # x is not initialized: its initial value
        session.run(y.initializer)
        assert_array_equal(session.run(y), [1.0, 1.0])
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(x)
    with tf.Session() as session:
        session.run(x.initializer)
        session.run(tf.assign(x, [5.0, 5.0]))
        session.run(y.initializer)
        assert_array_equal(session.run(y), [6.0, 6.0])


# What it holds.


def test_eval_and_load(graph):
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError) as raised:
            v.eval()
        assert first_line(raised) == "Attempting to use uninitialized value v"
        before = len(graph.get_operations())
        assert v.load(3.0) is None
        assert v.eval() == session.run(v) == session.run("v:0") == 3.0
        with pytest.raises(ValueError) as raised:
            v.load([3.0])
        assert first_line(raised) == (
            "Cannot feed value of shape (1,) for Tensor 'v/initial_value:0', which has shape '()'"
        )
        assert len(graph.get_operations()) == before
        other = tf.Session()
        v.load(4.0, other)
        assert (v.eval(), v.eval(session=other)) == (3.0, 4.0)
    with pytest.raises(ValueError) as raised:
        v.load(3.0)
    assert first_line(raised) == (
        "Either session argument should be provided or default session should be established"
    )
    with pytest.raises(ValueError, match="No default session is registered"):
        v.eval()


def test_reads_see_the_latest_value(session):
    v = initialized(1.0, session)
    with tf.control_dependencies([v.assign(2.0)]):
        after = v + 0.0
        again = v.read_value()
    assert session.run([after, again]) == [2.0, 2.0]


# How it changes.


def test_the_assign_family(session):
    v = initialized([1.0, 2.0], session, name="v")
    assign = v.assign([3.0, 4.0])
    assert repr(assign) == "<tf.Tensor 'Assign:0' shape=(2,) dtype=float32_ref>"
    assert assign.op.inputs[1].name == "Assign/value:0"
    assert v.assign([3.0, 4.0], read_value=False).name == "Assign_1"
    assert v.assign([3.0, 4.0], name="foo").name == "foo:0"
    assert_array_equal(session.run(assign), [3.0, 4.0])
    assert_array_equal(session.run(v.assign_add([1.0, 1.0])), [4.0, 5.0])
    assert_array_equal(session.run(tf.assign_sub(v, [4.0, 4.0])), [0.0, 1.0])
    assert_array_equal(session.run(tf.assign_add(assign, [1.0, 1.0])), [4.0, 5.0])
    assert_array_equal(session.run(tf.assign(v, [1.0, 2.0, 3.0], validate_shape=False)), [1, 2, 3])
    assert_array_equal(session.run(v), [1.0, 2.0, 3.0])


def test_assign_errors(session):
    v = initialized(np.ones([2, 3], np.float32), session, name="v")
    with pytest.raises(TypeError) as raised:
        v.assign(tf.zeros([2, 3], tf.int32))
    assert first_line(raised) == (
        "Input 'value' of 'Assign' Op has type int32 that does not match type float32 of argument "
        "'ref'."
    )
    with pytest.raises(ValueError) as raised:
        v.assign(tf.zeros([3]))
    assert first_line(raised) == (
        "Shapes must be equal rank, but are 2 and 1 for 'Assign_1' (op: 'Assign') with input "
        "shapes: [2,3], [3]."
    )
    with pytest.raises(AttributeError, match="assign"):
        tf.assign(tf.zeros([2]), 3.0)
    value = tf.placeholder(tf.float32)
    with pytest.raises(tf.errors.InvalidArgumentError) as raised:
        session.run(v.assign(value), {value: [1.0]})
    assert first_line(raised) == (
        "Assign requires shapes of both tensors to match. lhs shape= [2,3] rhs shape= [1]"
    )
    for change in (v.assign_add, v.assign_sub):  # nothing is broadcast
        for given in (1.0, [1.0, 1.0, 1.0], [[1.0, 1.0, 1.0]]):
            with pytest.raises(tf.errors.InvalidArgumentError) as raised:
                session.run(change(value), {value: given})
            assert first_line(raised) == "Parameters and update must be the same size"
    assert_array_equal(session.run(v), np.ones([2, 3]))


def test_count_up_to(session):
    v = initialized(0, session)
    count = v.count_up_to(2)
    assert [session.run(count), session.run(count), session.run(v)] == [0, 1, 2]
    with pytest.raises(tf.errors.OutOfRangeError) as raised:
        session.run(count)
    assert first_line(raised) == "Reached limit of 2"
    with pytest.raises(TypeError, match="DataType float32 not in list of allowed values"):
        tf.Variable(1.0).count_up_to(2)
    with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1 for 'CountUpTo"):
        tf.Variable([1, 2]).count_up_to(2)


def test_scatters(session):
    v = initialized([1, 2], session)
    assert_array_equal(session.run(tf.scatter_update(v, [0, 1, 0], [1, 2, 3])), [3, 2])
    assert_array_equal(session.run(tf.scatter_sub(v, [0, 0], [1, 1])), [1, 2])
    assert_array_equal(session.run(tf.scatter_mul(v, [0, 0], [2, 3])), [6, 2])
    assert_array_equal(session.run(tf.scatter_div(v, [0], [3])), [2, 2])
    assert_array_equal(session.run(tf.scatter_min(v, [0, 1], 0)), [0, 0])
    assert_array_equal(session.run(tf.scatter_max(v, [0], [7])), [7, 0])
    assert_array_equal(session.run(tf.scatter_add(v, 1, 5)), [7, 5])
    assert_array_equal(session.run(tf.scatter_add(v, [[0, 1]], [[1, 1]])), [8, 6])
    rows = tf.IndexedSlices(tf.constant([2]), tf.constant([0]))
    for method, expected in (
        ("add", 10), ("sub", 8), ("mul", 16), ("div", 8), ("max", 8), ("min", 2), ("update", 2),
    ):  # fmt: skip
        scatter = getattr(v, f"scatter_{method}")(rows)
        assert scatter.op.type == f"Scatter{method.capitalize()}"
        assert_array_equal(session.run(scatter), [expected, 6])


def test_scatters_of_parts(session):
    v = initialized(np.arange(6.0).reshape(2, 3), session, dtype=tf.float32)
    update = state_scatter.scatter_nd_update(v, [[0, 1], [1, 1]], [7.0, 7.0])
    assert update.name == "ScatterNdUpdate:0"
    assert_array_equal(session.run(update), [[0, 7, 2], [3, 7, 5]])
    assert_array_equal(
        session.run(v.scatter_nd_add([[0], [0]], [[1.0, 1.0, 1.0]] * 2)), [[2, 9, 4], [3, 7, 5]]
    )
    assert_array_equal(
        session.run(v.scatter_nd_sub([[0, 1], [0, 1]], [1.0, 2.0])), [[2, 6, 4], [3, 7, 5]]
    )
    batch = tf.IndexedSlices(tf.constant([[9.0], [8.0]]), tf.constant([[0], [2]]))
    assert_array_equal(session.run(v.batch_scatter_update(batch)), [[9, 6, 4], [3, 7, 8]])
    with pytest.raises(tf.errors.InvalidArgumentError) as raised:
        session.run(v.scatter_nd_sub([[0, 5]], [1.0]))
    assert first_line(raised) == "indices[0] = [0, 5] does not index into shape [2,3]"


def test_scatter_errors(session):
    v = initialized(np.zeros([2, 3], np.float32), session)
    with pytest.raises(TypeError) as raised:
        v.scatter_add(3)
    assert first_line(raised) == "sparse_delta is not IndexedSlices: 3"
    with pytest.raises(ValueError) as raised:
        tf.scatter_add(v, [0], tf.ones([1, 4]))
    assert first_line(raised) == (
        "Dimension 1 in both shapes must be equal, but are 4 and 3. Shapes are [1,4] and [1,3]. "
        "for 'ScatterAdd' (op: 'ScatterAdd') with input shapes: [2,3], [1], [1,4]."
    )
    with pytest.raises(AttributeError):
        tf.scatter_add(tf.ones([2]), [0], [1.0])
    indices, updates = tf.placeholder(tf.int32), tf.placeholder(tf.float32)
    scatter = tf.scatter_add(v, indices, updates)
    for feeds, message in (
        ({indices: [-1], updates: [[0.0] * 3]}, "indices[0] = -1 is not in [0, 2)"),
        ({indices: [[0], [7]], updates: 0.0}, "indices[1,0] = 7 is not in [0, 2)"),
        ({indices: 7, updates: 0.0}, "indices = 7 is not in [0, 2)"),
        ({indices: [0, 1], updates: [1.0, 2.0]},
         "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
         "updates.shape [2], indices.shape [2], params.shape [2,3]"),
    ):  # fmt: skip
        with pytest.raises(tf.errors.InvalidArgumentError) as raised:
            session.run(scatter, feeds)
        assert first_line(raised) == message
    assert_array_equal(session.run(v), np.zeros([2, 3]))


def test_an_update_leaves_what_was_read_before(session):
    v = initialized([1.0, 2.0], session)
    before = v * 1.0
    kept = tf.reshape(before, [2, 1])
    with tf.control_dependencies([kept]):
        added = v.assign_add([10.0, 10.0])
        scattered = tf.scatter_add(v, [0], [100.0])
    with tf.control_dependencies([added, scattered]):
        found = session.run([kept, tf.identity(v)])
    assert_array_equal(found[0], [[1.0], [2.0]])
    assert_array_equal(found[1], [111.0, 12.0])


# Slices.


@pytest.mark.parametrize(
    ("index", "value", "expected"),
    [
        ((0,), [7.0, 8.0], [[7, 8], [3, 4]]),
        ((slice(None), slice(1, None)), [[5.0], [6.0]], [[1, 5], [3, 6]]),
        ((slice(None, None, -1),), [[1.0, 2.0], [3.0, 4.0]], [[3, 4], [1, 2]]),
        ((tf.newaxis,), [[[0.0, 0.0], [1.0, 1.0]]], [[0, 0], [1, 1]]),
        ((Ellipsis, 0), [9.0, 9.0], [[9, 2], [9, 4]]),
        ((1, 1), 5.0, [[1, 2], [3, 5]]),
        ((1, slice(None, None, -1)), [5.0, 6.0], [[1, 2], [6, 5]]),
    ],
)
def test_assigning_to_slices(session, index, value, expected):
    v = initialized([[1.0, 2.0], [3.0, 4.0]], session)
    assign = v[index].assign(value)
    assert repr(assign) == "<tf.Tensor 'strided_slice/_assign:0' shape=(2, 2) dtype=float32_ref>"
    assert_array_equal(session.run(assign), expected)
    assert_array_equal(session.run(v), expected)


def test_slices_are_not_broadcast_to(session):
    v = initialized([[1.0, 2.0], [3.0, 4.0]], session)
    with pytest.raises(tf.errors.UnimplementedError) as raised:
        session.run(v[:, 1].assign([7.0]))
    assert first_line(raised) == (
        "sliced l-value shape [2] does not match r-value shape [1]. Automatic broadcasting not "
        "yet implemented."
    )
    assert_array_equal(session.run(v), [[1.0, 2.0], [3.0, 4.0]])


def test_slicing():
    v = tf.Variable(np.zeros([2, 3], np.float32), name="v")
    assert v[0, 1:].shape.as_list() == [2]
    assert v[0].op.inputs[0].name == "v/read:0"
    assert v[tf.constant(0)].shape.as_list() == [3]
    mask = tf.Variable([1, 2])[tf.constant([True, False])]
    assert repr(mask) == "<tf.Tensor 'boolean_mask/GatherV2:0' shape=(?,) dtype=int32>"


# Operators.


@pytest.mark.parametrize(
    ("apply", "name", "type_"),
    [
        (lambda v: v + 1.0, "add", "AddV2"), (lambda v: 1.0 - v, "sub", "Sub"),
        (lambda v: v * 2.0, "mul", "Mul"), (lambda v: v / 2.0, "truediv", "RealDiv"),
        (lambda v: v // 2.0, "floordiv", "FloorDiv"), (lambda v: v % 2.0, "mod", "FloorMod"),
        (lambda v: 2.0**v, "pow", "Pow"), (lambda v: v @ tf.ones([3, 1]), "matmul", "MatMul"),
        (lambda v: -v, "Neg", "Neg"), (lambda v: abs(v), "Abs", "Abs"),
        (lambda v: v < 1.0, "Less", "Less"), (lambda v: v >= 1.0, "GreaterEqual", "GreaterEqual"),
        (lambda v: np.ones([2, 3], np.float32) * v, "mul", "Mul"),
    ],
)  # fmt: skip
def test_operators(apply, name, type_):
    found = apply(tf.Variable(np.ones([2, 3], np.float32), name="v"))
    assert (found.op.name, found.op.type) == (name, type_)
    assert "v/read:0" in [t.name for t in found.op.inputs]


def test_operators_convert_nothing():
    with pytest.raises(TypeError, match="Input 'y' of 'AddV2' Op has type float32 that does not"):
        tf.Variable([1, 2]) + 1.5
    with pytest.raises(TypeError, match="Input 'x' of 'LogicalNot' Op has type float32"):
        ~tf.Variable(1.0)


def test_identity_and_references():
    v, w = tf.Variable(1.0, name="v"), tf.Variable(1.0)
    assert v == v and v != w and v != 1.0 and bool(v)
    assert {v: 1}[v] == 1
    assert repr(v.experimental_ref()) == f"<Reference wrapping {v!r}>"
    assert v.experimental_ref() == v.experimental_ref() != w.experimental_ref()
    assert v.experimental_ref().deref() is v
    assert hash(v.experimental_ref()) == hash(v.experimental_ref())
    with pytest.raises(TypeError, match="Cannot compare wrapped object with unwrapped object"):
        v.experimental_ref() == v  # noqa: B015
    with pytest.raises(TypeError, match="'Variable' object is not iterable."):
        list(v)
    for method in ("gather_nd", "sparse_read"):
        with pytest.raises(AttributeError):
            getattr(v, method)([0])


def test_set_shape():
    v = tf.Variable(tf.placeholder(tf.float32), validate_shape=False)
    v.set_shape([None, 3])
    assert v.shape.as_list() == v.value().shape.as_list() == [None, 3]
    with pytest.raises(ValueError):
        v.set_shape([2, 4])


# Initialization of many.


def test_initializers_of_variables():
    v, w = tf.Variable(1.0, name="v"), tf.get_local_variable("w", [1])
    for make, name, waits in (
        (lambda: tf.variables_initializer([]), "init", []),
        (lambda: tf.variables_initializer([v, w], name="q"), "q", ["v/Assign", "w/Assign"]),
        (tf.global_variables_initializer, "init_1", ["v/Assign"]),
        (tf.local_variables_initializer, "init_2", ["w/Assign"]),
        (tf.initialize_all_variables, "init_3", ["v/Assign"]),
    ):
        op = make()
        assert (op.name, op.type) == (name, "NoOp")
        assert [before.name for before in op.control_inputs] == waits


def test_which_are_initialized(session):
    v, w = initialized(1.0, session, name="v"), tf.Variable(1.0, name="w")
    assert session.run([tf.is_variable_initialized(v), tf.is_variable_initialized(w)]) == [1, 0]
    assert list(session.run(tf.report_uninitialized_variables())) == [b"w"]
    assert session.run(tf.report_uninitialized_variables([v])).shape == (0,)
    checked = tf.assert_variables_initialized([v])
    assert (checked.name, session.run(checked)) == ("Rank:0", 0)
    with pytest.raises(tf.errors.FailedPreconditionError) as raised:
        session.run(tf.assert_variables_initialized())
    assert first_line(raised) == "Attempting to use uninitialized value w"


def test_nothing_to_check():
    assert tf.assert_variables_initialized() is None
    assert tf.report_uninitialized_variables().name == "report_uninitialized_variables/Const:0"
