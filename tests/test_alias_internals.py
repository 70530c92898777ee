"""What unit tests reach for inside TensorFlow: paths under tensorflow.python, and what they do."""

import unittest

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.alias.modules import (
    control_flow_ops,
    eager_function,
    errors_impl,
    functional_ops,
    resource_variable_ops,
    state_ops,
    tensor_util,
    test_util,
    variable_scope,
    variables,
)
from scopeflow.core.device import DeviceSpec
from scopeflow.core.tensor_proto import make_tensor_proto


@pytest.fixture(autouse=True)
def graph():
    tf.reset_default_graph()


def run(value, feed=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(value, feed)


def test_decorators_take_a_reason():
    def test(self):
        return "ran"

    for decorator in (test_util.run_v1_only, test_util.disable_xla, test_util.run_deprecated_v1):
        assert decorator("the reason")(test)(None) == "ran"
        assert decorator(test)(None) == decorator()(test)(None) == "ran"


def test_a_test_of_both_modes_runs_in_a_session():
    class Case(tf.test.TestCase):
        @test_util.run_in_graph_and_eager_modes(use_gpu=False)
        def test_default_session(self):
            assert tf.get_default_session() is not None
            assert tf.constant(2.0).eval() == 2.0

    result = unittest.TestResult()
    Case("test_default_session").run(result)
    assert not result.errors and not result.failures and result.testsRun == 1


def test_nodes_of_a_graph():
    tf.constant(1.0, name="one")
    graph = tf.get_default_graph()
    assert test_util.assert_ops_in_graph({"one": "Const"}, graph)["one"].name == "one"
    with pytest.raises(ValueError, match="not in the graph"):
        test_util.assert_ops_in_graph({"two": "Const"}, graph)
    with pytest.raises(ValueError, match="to be Add, it is Const"):
        test_util.assert_ops_in_graph({"one": "Add"}, graph)
    assert test_util.get_node_def_from_graph("two", graph.as_graph_def()) is None


def test_the_store_shares_or_makes_by_full_names():
    store = variable_scope._get_default_variable_store()
    made = store.get_variable("deep/v", [2])
    assert store.get_variable("deep/v", [2]) is made
    assert variable_scope._get_default_variable_store()._vars == {"deep/v": made}
    with pytest.raises(ValueError, match="already exists"):
        store.get_variable("deep/v", [2], reuse=False)
    with pytest.raises(ValueError, match="does not exist"):
        store.get_variable("other", [2], reuse=True)


def test_the_inner_class_of_variables_makes_resource_variables():
    made = variables.Variable(1.0, name="inner")
    assert resource_variable_ops.is_resource_variable(made)
    assert isinstance(made, variables.Variable) and isinstance(tf.Variable(1.0), variables.Variable)
    assert run(made.assign_add(1.0).read_value()) == 2.0


def test_a_variables_op_by_itself():
    ref = state_ops.variable_op([2], tf.float32, name="storage")
    assert ref.dtype._is_ref_dtype
    with tf.Session() as session:
        assert session.run(tf.assign(ref, [1.0, 2.0])).tolist() == [1.0, 2.0]
        assert session.run(ref).tolist() == [1.0, 2.0]


def test_a_handles_shape_may_be_a_list():
    handle = tf.raw_ops.VarHandleOp(dtype=tf.int32, shape=[2])
    assign = tf.raw_ops.AssignVariableOp(resource=handle, value=tf.constant([3, 4]))
    read = tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.int32)
    assert read.shape.as_list() == [2]
    with tf.Session() as session:
        session.run(assign)
        assert session.run(read).tolist() == [3, 4]
        assert session.run(resource_variable_ops.variable_shape(handle)).tolist() == [2]


def test_functional_conditions_and_loops():
    x = tf.placeholder(tf.float32, [])
    (chosen,) = functional_ops.If(x, [x], lambda v: v * 2, lambda v: v - 1)
    assert run(chosen, {x: 3.0}) == 6.0 and run(chosen, {x: 0.0}) == -1.0
    left, total = functional_ops.While(
        [tf.constant(4.0), x], lambda n, _: n > 0, lambda n, s: (n - 1, s + n)
    )
    assert run([left, total], {x: 1.0}) == [0.0, 11.0]
    (last,) = functional_ops.For(4, 0, -2, [x], lambda i, s: s + tf.cast(i, tf.float32))
    assert run(last, {x: 0.0}) == 6.0


def test_with_dependencies():
    v = tf.Variable(0.0)
    behind = control_flow_ops.with_dependencies([v.assign(2.0)], tf.constant(1.0))
    assert run([behind])[0] == 1.0


def test_functions_of_their_own_are_told_of_when_called():
    @eager_function.function
    def twice(x):
        return 2 * x

    with pytest.raises(NotImplementedError, match="twice"):
        twice(1.0)


@pytest.mark.parametrize(
    "build, wanted",
    [
        (lambda: tf.cast(tf.constant([1.5, 2.0]), tf.int32), [1, 2]),
        (lambda: tf.concat([[1.0], [2.0]], 0), [1.0, 2.0]),
        (lambda: tf.fill([2], tf.constant(3.0)), [3.0, 3.0]),
        (lambda: tf.equal([1, 2], [1, 3]), [True, False]),
        (lambda: tf.range(0.0, 2.0, 0.5), [0.0, 0.5, 1.0, 1.5]),
        (lambda: tf.stack([tf.constant(1.0), tf.constant(2.0)]), [1.0, 2.0]),
    ],
)
def test_values_known_without_a_run(build, wanted):
    tensor = build()
    found = tensor_util.constant_value(tensor)
    assert found.tolist() == wanted and found.dtype == tensor.dtype.as_numpy_dtype


def test_values_not_known_without_a_run():
    hole = tf.placeholder(tf.float32, [])
    both = tf.stack([tf.constant(1.0), hole])
    assert tensor_util.constant_value(both) is None
    assert tensor_util.constant_value(both, partial=True).tolist() == [1.0, None]
    assert tensor_util.constant_value(tf.Variable(1.0)) is None
    assert tensor_util.constant_value("text") == "text"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "complex64", "bool", "uint16"])
def test_protos_without_bytes(dtype):
    values = np.array([1, 0, 1]).astype(tf.as_dtype(dtype).as_numpy_dtype)
    proto = make_tensor_proto(values)
    assert not proto.tensor_content
    assert tf.make_ndarray(proto).tolist() == values.tolist()


def test_device_names_of_kinds():
    assert DeviceSpec.from_string("/device:MyKind:2").to_string() == "/device:MyKind:2"
    assert DeviceSpec.from_string("/Gpu:1").to_string() == "/device:GPU:1"
    assert DeviceSpec(device_type="cpu").to_string() == "/device:CPU:*"
    with pytest.raises(ValueError, match="multiple device types"):
        DeviceSpec.from_string("/cpu:0/gpu:1")


def test_errors_by_number():
    found = errors_impl._make_specific_exception(None, None, "text", tf.errors.NOT_FOUND)
    assert isinstance(found, tf.errors.NotFoundError) and found.message == "text"
    with pytest.warns(UserWarning, match="Unknown error code: 37"):
        errors_impl._make_specific_exception(None, None, "text", 37)


def test_a_map_over_scalars_and_other_structures():
    with pytest.raises(ValueError, match="not a scalar"):
        tf.map_fn(lambda x: x, 1)
    with pytest.raises(TypeError, match="same nested structure"):
        tf.map_fn(lambda x: (x, x), tf.constant([1]), dtype=[tf.int32, tf.int32])


def test_a_loss_may_be_a_function():
    v = tf.Variable(2.0)
    step = tf.train.GradientDescentOptimizer(0.5).minimize(lambda: v * v)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert session.run(v) == 0.0


def test_a_cell_that_ran_steps_runs_over_sequences():
    cell = tf.nn.rnn_cell.LSTMCell(2)
    cell(tf.zeros([3, 4]), cell.zero_state(3, tf.float32))
    outputs, _ = tf.nn.dynamic_rnn(cell, tf.zeros([5, 3, 4]), time_major=True, dtype=tf.float32)
    assert run(outputs).shape == (5, 3, 2)
    with pytest.raises(ValueError, match="ndim=2"):
        cell(tf.zeros([5, 3, 4]), cell.zero_state(3, tf.float32))


def test_labels_at_k_may_be_sparse_values():
    labels = tf.SparseTensorValue([[0], [1]], [3, 2], [2])
    scores = tf.constant([[0.1, 0.3, 0.2, 0.4], [0.1, 0.2, 0.3, 0.4]])
    _, update = tf.metrics.precision_at_k(labels, scores, k=1)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        assert session.run(update) == 0.5


def test_weights_of_examples_in_contrib_losses():
    losses = tf.contrib.losses
    values, wanted = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.zeros([2, 2])
    found = losses.absolute_difference(values, wanted, tf.constant([1.0, 0.0]))
    assert run(found) == 1.5
    assert losses.get_losses() == [found]
    with tf.contrib.framework.arg_scope([losses.add_loss], loss_collection=None):
        losses.mean_squared_error(values, wanted)
    assert losses.get_losses() == [found]
    three = tf.constant([[1.0, 4.0, 2.0], [3.0, 3.0, 8.0]])
    other = tf.constant([[0.0, 1.0, 1.0], [5.0, 3.0, 2.0]])
    each = losses.mean_pairwise_squared_error(three, other, tf.constant([2.0, 3.0]))
    assert run(each) == pytest.approx(72.888885)  # TensorFlow 1.15.5's number


def test_cases_known_without_a_run():
    from scopeflow.alias.modules.smart_cond import smart_case

    pairs = [(tf.constant(False), lambda: 1), (tf.constant(True), lambda: 2)]
    assert smart_case(pairs, default=lambda: 3) == 2
    assert smart_case(pairs[:1], default=lambda: 3) == 3


def test_the_step_before_it_counts_on():
    from scopeflow.alias.modules import training_util

    assert training_util._get_or_create_global_step_read() is None
    tf.train.create_global_step()
    read = training_util._get_or_create_global_step_read()
    assert training_util._get_or_create_global_step_read() is read
    count = training_util._increment_global_step(3)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([read, count]) == [0, 3]


def test_meta_graphs_of_scopes():
    from scopeflow.alias.modules import meta_graph

    with tf.variable_scope("a"):
        tf.get_variable("v", [2])
    made, variables_ = meta_graph.export_scoped_meta_graph(export_scope="a")
    assert [(name, v.name) for name, v in variables_.items()] == [("v:0", "a/v:0")]
    with tf.Graph().as_default():
        found = meta_graph.import_scoped_meta_graph(made, import_scope="b")
        assert [(name, v.name) for name, v in found.items()] == [("v:0", "b/v:0")]
        assert meta_graph.copy_scoped_meta_graph("b", "c")["v:0"].name == "c/v:0"
        with pytest.raises(ValueError, match="need to be different"):
            meta_graph.copy_scoped_meta_graph("b", "b")


def test_bounded_specs():
    from scopeflow.alias.modules.tensor_spec import BoundedTensorSpec

    spec = BoundedTensorSpec([2, 3], tf.float32, 0.0, [1.0, 2.0, 3.0])
    assert spec.maximum.tolist() == [1.0, 2.0, 3.0] and not spec.maximum.flags.writeable
    assert spec == BoundedTensorSpec.from_spec(spec) != BoundedTensorSpec([2, 3], tf.float32, 0, 9)
    assert tf.TensorSpec.from_spec(spec) == tf.TensorSpec([2, 3], tf.float32)
    with pytest.raises(ValueError, match="not compatible"):
        BoundedTensorSpec([2, 3], tf.float32, 0.0, [1.0, 2.0])


def test_dependent_variables():
    from scopeflow.alias.modules.custom_gradient import get_dependent_variables

    used, hidden = tf.Variable(1.0), tf.Variable(1.0)
    x = hidden * 2.0
    assert get_dependent_variables([x], [x + used]) == [used]


def test_devices_without_a_number():
    for name in ("/cpu", "cpu", "/CPU"):
        assert DeviceSpec.from_string(name).to_string() == "/device:CPU:*"
    with tf.device("/job:a/gpu"):
        assert tf.constant(1).device == "/job:a/device:GPU:*"
    with pytest.raises(ValueError, match="Unknown attribute"):
        DeviceSpec.from_string("/device:CPU")


def test_solving_with_batches_that_broadcast():
    from scopeflow.alias.modules import linear_operator_util as util

    matrix, rhs = np.eye(3) * [[[2.0]], [[4.0]]], np.ones((3, 1))
    found = util.matrix_solve_with_broadcast(matrix, rhs)
    assert found.shape.as_list() == [2, 3, 1]
    assert run(found)[..., 0].tolist() == [[0.5] * 3, [0.25] * 3]
    place = tf.placeholder_with_default(matrix, None)
    for solve in (util.matrix_triangular_solve_with_broadcast, util.matrix_solve_with_broadcast):
        assert run(solve(place, rhs))[..., 0].tolist() == [[0.5] * 3, [0.25] * 3]
    assert run(util.cholesky_solve_with_broadcast(place, rhs))[1, :, 0].tolist() == [1 / 16] * 3
    with pytest.raises(ValueError, match="at least two dimensions"):
        util.broadcast_matrix_batch_dims([matrix, np.ones(3)])
    run(util.assert_zero_imag_part(tf.complex(1.0, 0.0)))
    run(util.assert_no_entries_with_modulus_zero(tf.complex(1.0, 0.0)))
    for check in (util.assert_zero_imag_part, util.assert_no_entries_with_modulus_zero):
        with pytest.raises(tf.errors.InvalidArgumentError, match="why"):
            run(check(tf.complex([0.0, 0], [0.0, 1]), message="why"))


def test_the_shape_that_a_reduction_keeps():
    from scopeflow.alias.modules import math_ops

    for axes, wanted in (([], [5, 3]), ([1], [5, 1]), ([-1, 0], [1, 1])):
        assert run(math_ops.reduced_shape([5, 3], axes)).tolist() == wanted
    assert tf.constant(1).op.op_def.name == "Const"


def test_names_of_several_modules_of_ops():
    from scopeflow.alias.modules import ctc_ops, embedding_ops, nn_ops

    labels = ctc_ops.dense_labels_to_sparse([[1, 2, 0], [3, 0, 0]], [2, 1])
    ids = tf.SparseTensor([[0, 0], [1, 0]], [1, 0], [2, 1])
    summed = embedding_ops.safe_embedding_lookup_sparse_v2(
        tf.constant([[1.0], [2.0]]), ids, None, "sum", None
    )
    pooled = nn_ops.fractional_max_pool_v2(tf.ones([1, 8, 8, 1]), 2.0, seed=3)[0]
    logits = tf.zeros([3, 2, 4])
    losses = [
        ctc_ops.ctc_loss_dense([[1, 2], [3, 0]], logits, [2, 1], [3, 3]),
        tf.nn.ctc_loss_v2([[1, 2], [3, 0]], logits, [2, 1], [3, 3]),
    ]
    with tf.Session() as session:
        sparse, total, loss = session.run([labels, summed, losses])
    assert (sparse.indices.tolist(), sparse.values.tolist()) == (
        [[0, 0], [0, 1], [1, 0]],
        [1, 2, 3],
    )
    assert sparse.dense_shape.tolist() == [2, 2]
    assert total.tolist() == [[2.0], [1.0]]
    assert pooled.shape.as_list() == [1, 4, 4, 1]
    assert loss[0].tolist() == loss[1].tolist()


def test_streaming_confusion_matrix():
    """As TensorFlow 1.15.5 gave it, in float64."""
    from scopeflow.alias.modules import metrics_impl

    total, update = metrics_impl._streaming_confusion_matrix(
        tf.constant([0, 1, 2, 1]), tf.constant([[0], [2], [2], [1]]), 3, tf.constant([1, 2, 1, 0.5])
    )
    assert total.name == "total_confusion_matrix:0"
    assert tf.get_collection(tf.GraphKeys.METRIC_VARIABLES) == [total]
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        session.run(update)
        found = session.run(update)
    np.testing.assert_array_equal(found, [[2, 0, 0], [0, 1, 4], [0, 0, 2]])


def test_what_is_like_a_cell():
    from scopeflow.alias.modules import rnn_cell_impl

    assert rnn_cell_impl._like_rnncell(tf.nn.rnn_cell.GRUCell(2))
    assert not rnn_cell_impl._like_rnncell(tf.nn.relu)
