"""tf.contrib.graph_editor."""

import numpy as np
import pytest

import scopeflow as tf

ge = tf.contrib.graph_editor


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def names(items):
    return sorted(item.name for item in items)


def chain():
    """a → b → c → d, and e = b · d."""
    a = tf.placeholder(tf.float32, [], name="a")
    b = tf.square(a, name="net/b")
    c = tf.sin(b, name="net/c")
    d = tf.exp(c, name="net/d")
    return a, b, c, d, tf.multiply(b, d, name="e")


def run(fetch, feeds):
    with tf.Session() as session:
        return session.run(fetch, feeds)


def test_walks(graph):
    a, b, c, d, e = chain()
    assert names(ge.get_forward_walk_ops(b.op)) == ["e", "net/b", "net/c", "net/d"]
    assert names(ge.get_forward_walk_ops(b.op, inclusive=False)) == ["e", "net/c", "net/d"]
    assert names(ge.get_forward_walk_ops([b])) == ["e", "net/c", "net/d"]  # a tensor's consumers
    assert names(ge.get_backward_walk_ops(d.op, stop_at_ts=[b])) == ["net/c", "net/d"]
    assert names(ge.get_backward_walk_ops([e], inclusive=True, within_ops=[c.op, d.op, e.op])) == [
        "e", "net/c", "net/d",
    ]  # fmt: skip
    found = ge.get_forward_walk_ops([a.op], within_ops_fn=lambda op: op.name.startswith("net"))
    assert found == []
    assert names(ge.get_walks_intersection_ops(b.op, d.op)) == ["net/b", "net/c", "net/d"]
    assert names(ge.get_walks_union_ops(d.op, b.op)) == ["a", "e", "net/b", "net/d"]
    with tf.control_dependencies([d]):
        last = tf.no_op(name="last")
    assert last not in ge.get_forward_walk_ops(d.op)
    assert last in ge.get_forward_walk_ops(d.op, control_outputs=True)
    assert d.op in ge.get_backward_walk_ops(last, control_inputs=True)


def test_selections(graph):
    _, b, c, d, _ = chain()
    assert names(ge.select_ops("^net/", graph=graph)) == ["net/b", "net/c", "net/d"]
    assert ge.select_ops([b.op, [c.op]], positive_filter=lambda op: op is c.op) == [c.op]
    assert ge.select_ts("net/.:0$", graph=graph) == [b, c, d]
    assert ge.filter_ts([b.op, c.op], True) == [b, c]
    assert ge.filter_ts_from_regex([b.op, c.op], "b") == [b]
    assert ge.filter_ops_from_regex(graph, "net/c") == [c.op]
    assert names(ge.get_name_scope_ops(graph.get_operations(), "net/")) == names(
        ge.sgv_scope("net", graph).ops
    )
    assert ge.get_tensors(graph)[1] is b
    with pytest.raises(ValueError, match="keyword argument 'graph'"):
        ge.select_ops("^net/")
    with pytest.raises(TypeError, match="Expected a tf.Operation"):
        ge.make_list_of_op([b])
    assert ge.make_list_of_op([b, c.op], ignore_ts=True) == [c.op]


def test_views():
    a, b, c, d, _ = chain()
    view = ge.sgv([b.op, c.op])
    assert (view.inputs, view.outputs, view.ops) == ([a], [b, c], [b.op, c.op])
    assert names(view.consumers()) == ["e", "net/d"]
    assert view.find_op_by_name("net/c") is c.op
    assert ge.sgv(view) is view
    assert ge.sgv(view, d.op).outputs == [b, d]


def test_reroute():
    a, b, c, d, e = chain()
    other = tf.constant(2.0, name="other")
    assert ge.reroute_ts([other], [b], can_modify=[e.op]) == 1
    assert run(e, {a: 3.0}) == pytest.approx(2 * np.exp(np.sin(9.0)), rel=1e-5)
    assert (b.consumers(), other.consumers()) == ([c.op], [e.op])
    with tf.Session() as session:  # the session's program is made anew
        before = session.run(d, {a: 3.0})
        ge.reroute_ts(other, b)
        assert session.run(d, {a: 3.0}) != before
    with pytest.raises(TypeError, match="different dtypes"):
        ge.reroute_ts([tf.constant(1)], [b])
    with pytest.raises(ValueError, match="different lengths"):
        ge.reroute_ts([other, other], [b])


def test_swap():
    x, y = tf.constant(1.0), tf.constant(2.0)
    first, second = tf.negative(x), tf.exp(y)
    assert ge.swap_ts([x], [y]) == 2
    assert run([first, second], {}) == [-2, pytest.approx(np.e)]


def test_shapes_follow_a_reroute():
    x, sizes, other = tf.zeros([6]), tf.constant([2, 3]), tf.constant([3, 2])
    shape = tf.identity(sizes)
    y = tf.reshape(x, shape)
    ge.reroute_ts([other], [sizes])
    assert run(tf.shape(y), {}).tolist() == [3, 2]


def test_copies_with_replacements():
    """As programs do that compute parts of the forward pass a second time for the gradients."""
    a, b, c, d, e = chain()
    stopped = tf.stop_gradient(b)
    copied, info = ge.copy_with_input_replacements(ge.sgv([c.op, d.op]), {b: stopped})
    new = info._transformed_ops[d.op]
    assert (new.name, info.transformed(d), info.original(new)) == ("net/d_1", new.outputs[0], d.op)
    assert names(copied.ops) == ["net/c_1", "net/d_1"]
    assert info._transformed_ops[c.op].inputs[0] is stopped
    ge.reroute_ts([new.outputs[0]], [d], can_modify=[e.op])
    ge.add_control_inputs(new, [a.op])
    assert a.op in new.control_inputs
    with pytest.raises(ValueError, match="already has control input"):
        ge.add_control_inputs(new, [a.op])
    ge.remove_control_inputs(new, a.op)
    assert run(e, {a: 1.5}) == pytest.approx(2.25 * np.exp(np.sin(2.25)), rel=1e-5)
    (slope,) = tf.gradients(e, a)
    assert run(slope, {a: 1.5}) == pytest.approx(3 * np.exp(np.sin(2.25)), rel=1e-5)


def test_copies_into_another_graph():
    _, _, _, _, e = chain()
    with tf.Graph().as_default() as other:
        copied, info = ge.copy(ge.sgv_scope("net", e.graph), other, "again", "net")
        assert names(copied.ops) == ["again/b", "again/c", "again/d"]
        (place,) = [op for op in other.get_operations() if op.type == "Placeholder"]
        out = info.transformed("net/d:0")
        assert run(out, {place.outputs[0]: 2.0}) == pytest.approx(np.exp(np.sin(4.0)), rel=1e-5)


def test_graph_replace():
    a, b, _, d, e = chain()
    other = tf.constant(4.0)
    new = ge.graph_replace(e, {b: other})
    assert run(new, {}) == pytest.approx(4 * np.exp(np.sin(4.0)), rel=1e-5)
    new = ge.graph_replace([d, e], {a: other})
    assert run(new[1], {}) == pytest.approx(16 * np.exp(np.sin(16.0)), rel=1e-5)
    with pytest.raises(ValueError, match="not connected"):
        ge.graph_replace(a, {b: other})


def test_control_flow_is_not_copied():
    x = tf.constant(1.0)
    y = tf.cond(tf.constant(True), lambda: x + 1, lambda: x)
    with pytest.raises(NotImplementedError, match="graph_editor cannot copy"):
        ge.copy_with_input_replacements(ge.get_backward_walk_ops(y), {})
