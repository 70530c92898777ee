"""From graph to program: what the listings say, and that nothing needless runs."""

import textwrap

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


def source(fetches, feeds=()):
    return tf.Session().program(fetches, feeds).source


def listing(text):
    return textwrap.dedent(text).lstrip("\n")


# Four listings. They are what `session.program(...)` shows a user: keep them readable.


def test_a_layer():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    b = tf.Variable(tf.zeros([3]), name="b")
    y = tf.tanh(tf.square(x * 2.0, name="xx") - b, name="y")
    assert source(y, [x]) == listing("""
        def program(state, feeds, generators, held):
            (x,) = feeds
            (b,) = state
            mul = torch.mul(x, mul_y)  # mul
            xx = torch.square(mul)  # xx
            del mul
            sub = torch.sub(xx, b.value)  # sub
            del xx
            y = torch.tanh(sub)  # y
            del sub
            return (y,)
        """)


def test_a_gradient_and_an_update():
    x = tf.placeholder(tf.float32, [2], name="x")
    v = tf.Variable([1.0, 2.0], name="v")
    y = tf.square(v * x, name="y")
    (slope,) = tf.gradients(y, v)
    update = v.assign_sub(slope)
    assert source([y, update], [x]) == listing("""
        def program(state, feeds, generators, held):
            (x,) = feeds
            (v,) = state
            # from here …
            v_leaf = leaf(v.value)
            mul = torch.mul(v_leaf, x)  # mul
            y = torch.square(mul)  # y
            del mul
            (gradients_grad,) = gradients([y], [v_leaf], [None], [], False, False)  # gradients/grad
            del v_leaf
            # … to here: replayed in later runs
            AssignSub = ops.AssignSub(v, gradients_grad, in_place=True)  # AssignSub
            del gradients_grad
            return (y, AssignSub)
        """)


def test_shape_arithmetic_needs_no_torch():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    double = tf.concat([tf.shape(x)[:1] * 2, [-1]], 0, name="double")
    text = source(tf.reshape(x, double, name="y"), [x])
    assert text == listing("""
        def program(state, feeds, generators, held):
            (x,) = feeds
            Shape = on_host.Shape(x.shape, out_type=torch.int32)  # Shape
            strided_slice = on_host.StridedSlice(Shape, (0,), (1,), (1,), begin_mask=1, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0)  # strided_slice
            del Shape
            mul = on_host.Mul_int32(strided_slice, 2)  # mul
            del strided_slice
            double = on_host.ConcatV2([mul, (-1,)], 0)  # double
            del mul
            y = ops.Reshape(x, double)  # y
            del double
            return (y,)
        """)  # noqa: E501


def test_a_condition():
    x, v = tf.placeholder(tf.float32, [], name="x"), tf.Variable(1.0, name="v")
    c = tf.cond(x > 0, lambda: tf.sqrt(x), lambda: v.assign_add(x) + 1.0)
    assert source(c, [x]) == listing("""
        def program(state, feeds, generators, held):
            (x,) = feeds
            (v,) = state
            Greater = torch.gt(x, Greater_y)  # Greater
            cond_pred_id = ops.Identity(Greater)  # cond/pred_id
            del Greater
            if cond_pred_id:  # cond/If
                cond_Sqrt = torch.sqrt(x)  # cond/Sqrt
                cond_If_0 = cond_Sqrt
                del cond_Sqrt
            else:  # cond/If
                cond_AssignAdd = ops.AssignAdd(v, x, in_place=False)  # cond/AssignAdd
                cond_add = torch.add(cond_AssignAdd, cond_add_y)  # cond/add
                del cond_AssignAdd
                cond_If_0 = cond_add
                del cond_add
            del cond_pred_id
            return (cond_If_0,)
        """)


# What stands in a program, and what does not.


def body(fetches, feeds=()):
    return [line.strip() for line in source(fetches, feeds).splitlines()[1:]]


def test_a_fetch_depends_on_its_part_only():
    x = tf.placeholder(tf.float32, name="x")
    a = tf.exp(x, name="a")
    tf.log(a, name="b")
    text = source(a, [x])
    assert "torch.exp" in text
    assert "torch.log" not in text
    assert body([a], [a]) == ["(a,) = feeds", "return (a,)"]


def test_a_fed_tensor_cuts_the_graph():
    x = tf.placeholder(tf.float32, name="x")
    a = tf.exp(x, name="a")
    assert not any("exp" in line for line in body(tf.log(a), [a]))


def test_control_inputs_are_part_of_it():
    x = tf.placeholder(tf.float32, name="x")
    with tf.control_dependencies([tf.exp(x, name="a")]):
        b = tf.log(x, name="b")
    assert [line for line in body(b, [x]) if "torch." in line] == [
        "a = torch.exp(x)  # a",
        "b = torch.log(x)  # b",
    ]


def test_what_is_known_is_computed_once():
    x = tf.placeholder(tf.float32, [4, 3], name="x")
    y = tf.reshape(x, [tf.shape(x)[0] * 3 // 2, -1], name="y")
    assert body(y, [x]) == ["(x,) = feeds", "y = ops.Reshape(x, (6, -1))  # y", "return (y,)"]


def test_every_intermediate_is_deleted():
    x = tf.placeholder(tf.float32, [2], name="x")
    y = x
    for _ in range(5):
        y = tf.exp(y * 2.0)
    lines = body(y, [x])
    made = {line.split(" = ")[0] for line in lines if " = torch" in line}
    gone = {line.removeprefix("del ") for line in lines if line.startswith("del")}
    assert len(made) == 10
    assert made - gone == {"Exp_4"}


def test_host_values_cross_over_where_they_are_needed():
    x = tf.placeholder(tf.float32, [None, 3])
    n = tf.shape(x)[0]
    mean = tf.reduce_sum(x) / tf.cast(n, tf.float32)
    y = tf.zeros([n, tf.cast(tf.reduce_max(x), tf.int32)])
    with tf.Session() as session:
        feeds = {x: [[1, 2, 3], [4, 5, 6]]}
        assert session.run([mean, n * 2], feeds) == [10.5, 4]
        assert session.run(y, feeds).shape == (2, 6)
        assert session.run([tf.shape(x), n, tf.size(x)], feeds)[0].dtype == np.int32


def test_fed_constants_and_host_values():
    c = tf.constant(3)
    n = tf.shape(tf.placeholder(tf.float32, [None]))[0]
    with tf.Session() as session:
        assert session.run([tf.zeros([c]), c * 2], {c: 4})[0].shape == (4,)
        assert session.run([tf.zeros([n]), n * 2], {n: 5})[1] == 10
        assert session.run(tf.ones([c * 2]), {c: 1}).shape == (2,)


def test_programs_are_kept(graph):
    x, y = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.float32, name="y")
    session = tf.Session()
    total = x + y
    assert session.program(total, [x, y]) is session.program(total, [x, y])
    minus = x - y
    assert session.run(minus, {x: 1, y: 2}) == session.run(minus, {y: 2, x: 1}) == -1
    assert session.program(total, [y, x]) is session.program(total, [x, y])


def test_names_that_python_uses():
    """Op names may be Python's keywords, and names that the program itself uses."""
    x = tf.placeholder(tf.float32, [2], name="state")
    y = x
    names = [
        "torch",
        "ops",
        "class",
        "feeds",
        "float",
        "leaf",
        "gradients",
        "None",
        ".",
        "1st",
        "x",
    ]
    for name in names:
        y = tf.add(y, 1.0, name=name)
    v = tf.Variable([1.0, 1.0], name="device")
    total = tf.clip_by_value(y, 0.0, float("inf")) if hasattr(tf, "clip_by_value") else y
    with tf.Session() as session:
        session.run(v.initializer)
        found, slope = session.run([total + v, tf.gradients(y * v, v)[0]], {x: [0.0, 1.0]})
    assert found.tolist() == [12, 13]
    assert slope.tolist() == [11, 12]


def test_an_op_may_get_a_younger_control_input():
    v = tf.Variable(1.0)
    old = v.read_value() * 10.0
    update = v.assign(5.0)
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(old) == 10
        old.op._add_control_input(update.op)
        assert session.run(old) == 50
        update.op._add_control_input(old.op)
        with pytest.raises(ValueError, match="The graph has a cycle"):
            session.run(old)


def test_a_long_chain():
    x = y = tf.placeholder(tf.float32, [])
    for _ in range(3000):
        y = y + 1.0
    with tf.Session() as session:
        assert session.run([y, tf.gradients(y, x)[0]], {x: 0.0}) == [3000, 1]


def test_repr_shows_the_source():
    program = tf.Session().program(tf.constant(1.0) + 2.0)
    assert repr(program).endswith(program.source)
