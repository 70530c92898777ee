"""Graph: scopes, dependencies, collections, look-ups. Observed in TensorFlow 1.15.5."""

import re
import threading

import pytest

import scopeflow as tf


@pytest.fixture
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


# Name scopes.


def test_name_scopes(graph):
    with graph.name_scope("a"):
        a = tf.constant(1)
    with graph.name_scope("a"):
        b = tf.constant(1)
    with graph.name_scope("a/"):
        c = tf.constant(1)
    with graph.name_scope("A"):
        d = tf.constant(1)
    with graph.name_scope(None):
        e = tf.constant(1, name="a")
    with tf.name_scope("") as root:
        f = tf.constant(1, name="A")
    names = [t.op.name for t in (a, b, c, d, e, f)]
    assert names == ["a/Const", "a_1/Const", "a/Const_1", "A_2/Const", "a_3", "A_4"]
    assert root == ""


def test_what_a_name_scope_yields(graph):
    with tf.name_scope("a") as a, tf.name_scope("b") as b:
        with tf.name_scope(a) as again:
            inside = tf.constant(1)
        with tf.name_scope(None) as root:
            outside = tf.constant(1)
        assert graph.get_name_scope() == "a/b"
    assert (a, b, again, root) == ("a/", "a/b/", "a/", "")
    assert (inside.name, outside.name) == ("a/Const:0", "Const:0")
    assert graph.get_name_scope() == ""


def test_a_scope_ends_with_an_exception(graph):
    with pytest.raises(ZeroDivisionError), tf.name_scope("a"), tf.control_dependencies(None):
        raise ZeroDivisionError
    assert graph.get_name_scope() == ""


def test_name_scope_needs_a_name(graph):
    with pytest.raises(TypeError, match="must be a string"):
        tf.name_scope(1).__enter__()
    with pytest.raises(ValueError, match="At least one of name .None. and default_name .None."):
        tf.name_scope(None, None, [1]).__enter__()
    with tf.name_scope(None, "usual", [1]) as scope:
        assert scope == "usual/"


def test_values_choose_the_graph(graph):
    other = tf.Graph()
    with other.as_default():
        a = tf.constant(1)
    with tf.name_scope("s", values=[a, 3]):
        assert tf.get_default_graph() is other
        assert tf.constant(1).graph is other
    assert tf.get_default_graph() is graph


# Control dependencies.


def waits(*tensors):
    return {t.op.name: [op.name for op in t.op.control_inputs] for t in tensors}


def test_control_dependencies_are_pruned(graph):
    """An op whose input was made in the block already waits for the block's inputs."""
    a, b = tf.constant(1, name="a"), tf.constant(2, name="b")
    with tf.control_dependencies([a]):
        c = tf.add(b, b, name="c")
        d = tf.add(c, c, name="d")
        e = tf.add(a, b, name="e")
        f = tf.constant(1, name="f")
        with tf.control_dependencies([b]):
            h = tf.add(c, c, name="h")
            i = tf.constant(3, name="i")
            j = tf.add(i, i, name="j")
            k = tf.add(i, c, name="k")
            m = tf.add(f, a, name="m")
            with tf.control_dependencies(None):
                n = tf.constant(9, name="n")
            o = tf.constant(3, name="o")
    assert waits(c, d, e, f, h, i, j, k, m, n, o) == {
        "c": ["a"], "d": [], "e": [], "f": ["a"], "h": ["b"], "i": ["a", "b"], "j": [], "k": [],
        "m": ["b"], "n": [], "o": ["a", "b"],
    }  # fmt: skip


def test_what_control_dependencies_take(graph):
    a = tf.constant(1, name="a")
    v = tf.Variable(1, name="v")
    slices = tf.IndexedSlices(tf.constant([1.0], name="rows"), tf.constant([0]))
    with tf.control_dependencies([a, a, a.op, v, "a", slices]):
        op = tf.no_op()
    assert [before.name for before in op.control_inputs] == ["a", "v", "rows"]
    assert a.op.control_outputs == [op]
    with pytest.raises(TypeError, match="Can not convert a int into a Tensor or Operation."):
        tf.control_dependencies([3]).__enter__()
    with pytest.raises(TypeError, match="not iterable"):
        tf.control_dependencies(3).__enter__()


# Collections.


def test_collections(graph):
    tf.add_to_collection("k", 1)
    tf.add_to_collections(["k", "l", "k"], 3)
    tf.get_collection("k").append(5)  # a copy
    tf.get_collection_ref("k").append(7)
    graph.clear_collection("l")
    assert tf.get_collection("k") == [1, 3, 7]
    assert tf.get_collection("l") == tf.get_collection("never") == []
    assert graph.get_all_collection_keys() == ["k"]
    tf.get_collection_ref("new").append(1)
    assert tf.get_collection("new") == [1]


def test_collections_by_scope(graph):
    for scope in ("foo", "bar"):
        with tf.name_scope(scope):
            tf.add_to_collection("k", tf.constant(1, name="foo"))
    tf.add_to_collection("k", 3)  # it has no name: in no scope
    found = {s: [t.name for t in tf.get_collection("k", s)] for s in ("foo", "fo", ".*foo", "foo$")}
    assert found == {
        "foo": ["foo/foo:0"],
        "fo": ["foo/foo:0"],
        ".*foo": ["foo/foo:0", "bar/foo:0"],
        "foo$": [],
    }


# Look-ups.

FORM = 'Tensor names must be of the form "<op_name>:<output_index>".'


@pytest.mark.parametrize(
    ("kind", "name", "error", "text"),
    [
        ("tensor", "a", ValueError, f"The name 'a' refers to an Operation, not a Tensor. {FORM}"),
        (
            "tensor",
            "z",
            ValueError,
            f"The name 'z' looks like an (invalid) Operation name, not a Tensor. {FORM}",
        ),
        (
            "tensor",
            "z:0",
            KeyError,
            "The name 'z:0' refers to a Tensor which does not exist. The operation, 'z', does not "
            "exist in the graph.",
        ),
        (
            "tensor",
            "a:1",
            KeyError,
            "The name 'a:1' refers to a Tensor which does not exist. The operation, 'a', exists "
            "but only has 1 outputs.",
        ),
        (
            "tensor",
            "a:x",
            ValueError,
            f"The name 'a:x' looks a like a Tensor name, but is not a valid one. {FORM}",
        ),
        ("tensor", 3, TypeError, "Tensor names are strings (or similar), not int."),
        (
            "operation",
            "a:0",
            ValueError,
            "Name 'a:0' appears to refer to a Tensor, not a Operation.",
        ),
        ("operation", "z", KeyError, "The name 'z' refers to an Operation not in the graph."),
        ("operation", 3, TypeError, "Operation names are strings (or similar), not int."),
    ],
)
def test_names_that_are_not_found(graph, kind, name, error, text):
    tf.constant(1, name="a")
    with pytest.raises(error) as caught:
        getattr(graph, f"get_{kind}_by_name")(name)
    assert caught.value.args == (text,)


def test_names_that_are_found(graph):
    a = tf.constant(1, name="a")
    v = tf.Variable(1.0, name="v")
    assert graph.get_tensor_by_name("a:0") is a
    assert graph.get_operation_by_name("a") is a.op
    assert graph.as_graph_element("a") is a.op
    assert graph.as_graph_element(b"a:0") is a
    assert graph.as_graph_element(v).name == "v:0"


def test_elements_of_the_wrong_kind(graph):
    a = tf.constant(1, name="a")
    with pytest.raises(TypeError, match="Can not convert a Operation into a Tensor."):
        graph.as_graph_element(a.op, allow_operation=False)
    with pytest.raises(TypeError, match="Can not convert a Tensor into a Operation."):
        graph.as_graph_element(a, allow_tensor=False)
    with pytest.raises(TypeError, match="Can not convert a list into a Tensor or Operation."):
        graph.as_graph_element([1])
    with pytest.raises(ValueError, match="can't both be False"):
        graph.as_graph_element("a", allow_tensor=False, allow_operation=False)


# Several graphs.


def test_graphs_mixed_up(graph):
    other = tf.Graph()
    with other.as_default():
        a = tf.constant(1, name="aa")
    b = tf.constant(1, name="bb")
    text = (
        'Tensor("bb:0", shape=(), dtype=int32) must be from the same graph as '
        'Tensor("aa:0", shape=(), dtype=int32).'
    )
    with pytest.raises(ValueError, match=re.escape(text)):
        a + b
    with pytest.raises(ValueError, match="must be from the same graph as"):
        tf.add_n([a, b])
    with pytest.raises(ValueError, match="is not an element of this graph."):
        tf.control_dependencies([a]).__enter__()
    with pytest.raises(ValueError, match="is not an element of this graph."):
        graph.as_graph_element(a.op)
    assert tf.add(a, 1).graph is other  # ops go where their inputs are
    with pytest.raises(ValueError, match="the tensor's graph is different from the session's"):
        b.eval(session=tf.Session(graph=other))


def test_default_graphs_nest():
    before = tf.get_default_graph()
    with tf.Graph().as_default() as outer:
        with tf.Graph().as_default() as inner:
            assert tf.get_default_graph() is inner
            with pytest.raises(AssertionError, match="Do not use tf.reset_default_graph"):
                tf.reset_default_graph()
        assert tf.get_default_graph() is outer
    assert tf.get_default_graph() is before
    tf.reset_default_graph()
    assert tf.get_default_graph() is not before


def test_threads_stand_at_the_root(graph):
    seen = []

    def look():
        own = tf.get_default_graph()
        with graph.as_default():
            seen.append((own is graph, tf.constant(1, name="c").name, tf.no_op().control_inputs))

    with tf.name_scope("scope"), tf.control_dependencies([tf.constant(1)]):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [(False, "c:0", [])]


# Finality, devices, versions.


def test_finalized(graph):
    a = tf.constant(1)
    version = graph.version
    assert not graph.finalized
    graph.finalize()
    assert graph.finalized
    for change in (
        lambda: a + 1,
        lambda: tf.Variable(1),
        lambda: tf.add_to_collection("k", 1),
        lambda: graph.clear_collection("k"),
    ):
        with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified."):
            change()
    assert graph.version == version
    assert tf.get_collection("k") == []
    assert tf.Session().run(a) == 1


def test_devices(graph):
    with tf.device("/gpu:0"):
        a = tf.constant(1)
    with tf.device("/job:ps/task:1"):
        with tf.device("/cpu:0"):
            b = tf.constant(1)
        with tf.device(None):
            c = tf.constant(1)
        with tf.device(""):
            d = tf.constant(1)
        with tf.device(lambda op: "/gpu:1" if op.type == "Const" else ""):
            e, f = tf.constant(1), tf.no_op()
        with tf.device(tf.DeviceSpec(device_type="cpu", device_index=3)):
            g = tf.constant(1)
    with tf.device("/device:GPU:2"), tf.device("/device:CPU:*"):
        h = tf.constant(1)
    assert [x.device for x in (a, b, c, d, e, f, g)] == [
        "/device:GPU:0",
        "/job:ps/task:1/device:CPU:0",
        "",
        "/job:ps/task:1",
        "/job:ps/task:1/device:GPU:1",
        "/job:ps/task:1",
        "/job:ps/task:1/device:CPU:3",
    ]
    assert h.device == "/device:CPU:2"
    with pytest.raises(ValueError, match="Unknown attribute: 'foo' in '/foo'"), tf.device("/foo"):
        tf.constant(1)


def test_operations_in_creation_order(graph):
    a = tf.constant(1, name="a")
    b = tf.add(a, a, name="b")
    assert [op.name for op in graph.get_operations()] == ["a", "b"]
    assert graph.version == 2
    assert b.op.inputs[0] is a
    assert set(a.consumers()) == {b.op}


# Tensors as Python values.


def test_a_tensor_is_no_value(graph):
    a = tf.constant([1], name="a")
    with pytest.raises(TypeError, match="using a `tf.Tensor` as a Python `bool` is not allowed"):
        bool(a)
    with pytest.raises(TypeError, match="iterating over `tf.Tensor` is not allowed"):
        iter(a)
    with pytest.raises(TypeError):
        len(a)
    with pytest.raises(NotImplementedError, match=r"Cannot convert a symbolic Tensor .a:0. to a"):
        import numpy as np

        np.array(a)
    assert a == a
    assert a != 1
    assert a in [a]
    assert {a: 1}[a] == 1
    assert str(a) == 'Tensor("a:0", shape=(1,), dtype=int32)'
    assert repr(a) == "<tf.Tensor 'a:0' shape=(1,) dtype=int32>"


def test_set_shape(graph):
    x = tf.placeholder(tf.float32)
    x.set_shape([2, None])
    x.set_shape([None, 3])
    assert x.shape.as_list() == [2, 3]
    with pytest.raises(ValueError):
        x.set_shape([4, 3])


def test_operation(graph):
    a = tf.constant(1, name="a")
    assert (a.op.type, a.op.values(), a.op.get_attr("dtype")) == ("Const", (a,), tf.int32)
    with pytest.raises(ValueError, match="Operation 'a' has no attr named 'nope'."):
        a.op.get_attr("nope")
    assert repr(a.op) == "<tf.Operation 'a' type=Const>"


def test_names_that_programs_read_though_they_are_private():
    x = tf.placeholder(tf.float32, [None, 2])
    y = x + 1.0
    assert (x._op.type, y._value_index, y._dtype) == ("Placeholder", 0, tf.float32)
    assert y._shape.as_list() == [None, 2]
    assert y.op._graph is y.graph and y.op._inputs[0] is x and list(y.op._outputs) == [y]
    assert y.op._control_inputs == []
