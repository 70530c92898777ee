"""`@op`: how an op type is defined. The error texts are TensorFlow 1.15.5's."""

import re

import pytest
import torch

import scopeflow as tf
from scopeflow.core.held import held_object
from scopeflow.core.op import ShapeError, define, op, registry
from scopeflow.core.shape_rules import all_alike, unchanged
from scopeflow.core.types import FLOAT, INDEX, NUMBER, REAL


@pytest.fixture
def types():
    """Ops that a test defines are forgotten after it."""
    before = dict(registry)
    with tf.Graph().as_default():
        yield
    registry.clear()
    registry.update(before)


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


@pytest.fixture
def scaled(types):
    @op("T, host int32 -> T", shape=lambda x, times: x._dims, T=NUMBER)
    def Scaled(x, times, *, factor, power=1, label="x"):
        """x · factor^power · times"""
        return x * factor**power * times

    return Scaled


def test_a_function_with_the_ops_signature(scaled):
    x = tf.constant([1.0, 2.0])
    y = scaled(x, 2, 3, name="here")
    assert (y.name, y.op.type, y.shape.as_list(), y.dtype) == ("here:0", "Scaled", [2], tf.float32)
    assert run(y).tolist() == [6, 12]
    assert run(scaled(x=[1], times=tf.constant(2), factor=3, power=2)).tolist() == [18]
    assert scaled.__doc__ == "x · factor^power · times"
    assert scaled(x, 1, 1).name == "Scaled_1:0"
    with pytest.raises(TypeError, match="factor"):
        scaled(x, 2)
    with pytest.raises(TypeError, match="sorts"):
        scaled(x, 2, 3, sorts=1)


def test_attributes(scaled):
    attrs = scaled(tf.constant(1.0), 1, 3, label=["a", "b"]).op.attrs
    assert attrs == {"T": tf.float32, "factor": 3, "power": 1, "label": ("a", "b")}
    source = tf.Session().program(scaled(tf.constant(1.0), 1, 2, label="it's # = x")).source
    assert "factor=2" in source
    assert run(scaled(tf.constant(1.0), 1, 2, label="a = b  # c")) == 2


def test_host_inputs_are_ints(types):
    seen = []

    @op("T, host Index, host Index -> T", shape=unchanged, Index=INDEX)
    def Peek(x, number, vector):
        seen.append((number, vector))
        return x + 0

    n = tf.placeholder(tf.int64, [])
    run(Peek(1.0, n, [n, 7]), {n: 5})
    run(Peek(1.0, tf.shape([[1, 2]])[1], [1]))
    assert seen == [(5, (5, 7)), (2, (1,))]


def test_lists(types):
    @op("N * T, M * float32 -> T", shape=lambda ones, others: all_alike(*ones), T=REAL)
    def Total(ones, others):
        return sum(ones) + len(others)

    t = Total([tf.constant([1.0]), [2.0]], [])
    assert run(t).tolist() == [3]
    assert (t.op.get_attr("N"), t.op.get_attr("M")) == (2, 0)
    with pytest.raises(TypeError, match="Expected list for 'ones' argument to 'Total' Op, not 3."):
        Total(3, [])
    with pytest.raises(
        TypeError,
        match=re.escape(
            "Tensors in list passed to 'ones' of 'Total' Op have types [int32, float32] that don't "
            "all match."
        ),
    ):
        Total([tf.constant(1), tf.constant(2.0)], [])
    text = "Dimension 0 in both shapes must be equal, but are 1 and 2. Shapes are [1] and [2]. for "
    with pytest.raises(ValueError, match=re.escape(text)):
        Total([[1.0], [1.0, 2.0]], [])


def test_mixed_lists_and_several_outputs(types):
    @op("[Tin] -> [Tin]", shape=lambda values: [v._dims for v in values], view=True)
    def Swapped(values):
        return values

    a, b = Swapped([tf.constant(1), tf.constant([2.0])])
    assert [a.dtype, b.dtype, b.shape.as_list()] == [tf.int32, tf.float32, [1]]
    assert (a.name, b.name) == ("Swapped:0", "Swapped:1")
    assert run([b, a])[1] == 1


def test_named_outputs(types):
    @op("T -> low: T, high: int64", shape=lambda x: [(), ()], T=FLOAT)
    def Ends(x):
        return x.min(), x.argmax()

    ends = Ends([3.0, 1.0, 9.0])
    assert type(ends).__name__ == "Ends"
    assert ends.high.dtype is tf.int64
    assert run(ends) == (1, 2)
    assert run(ends)._fields == ("low", "high")
    assert run(ends.high) == 2


def test_no_outputs(types):
    seen = []
    Note = define("Note", ["x"], "float32 ->", lambda x: seen.append(x.item()), stateful=True)
    made = Note(3)
    assert isinstance(made, tf.Operation)
    assert run(made) is None
    with tf.control_dependencies([made]):
        after = tf.constant(1)
    run(after)
    assert seen == [3, 3]


def test_output_types_by_attribute(types):
    @op("float32 -> out", shape=unchanged, out=REAL)
    def To(x, *, out=tf.int32):
        return x.to(out)

    assert To([1.5]).dtype is tf.int32
    assert run(To([1.5], out="float64")).dtype == "float64"
    with pytest.raises(TypeError, match="parameter 'out' has DataType string not in list"):
        To([1.5], out=tf.string)


def test_type_sets(types):
    define("Half", ["x", "y"], "T, T -> T", lambda x, y: x, shape=unchanged, T=FLOAT)
    half = registry["Half"].function
    with pytest.raises(
        TypeError,
        match="Value passed to parameter 'x' has DataType int32 not in list of allowed values: "
        "bfloat16, float16, float32, float64",
    ):
        half(1, 2)
    with pytest.raises(
        TypeError,
        match="Input 'y' of 'Half' Op has type float32 that does not match type float64 of "
        "argument 'x'.",
    ):
        half(tf.constant(1, tf.float64), tf.constant(1.0))
    assert half(tf.constant(1, tf.float16), 2).op.inputs[1].dtype is tf.float16


def test_fixed_types(types):
    define("Not", ["x"], "bool -> bool", "torch.logical_not", shape=unchanged)
    invert = registry["Not"].function
    with pytest.raises(
        TypeError,
        match="Input 'x' of 'Not' Op has type int32 that does not match expected type of bool.",
    ):
        invert(tf.constant(1))
    text = (
        "Expected bool passed to parameter 'x' of op 'Not', got 1 of type 'int' instead. "
        "Error: Expected bool, got 1 of type 'int' instead."
    )
    with pytest.raises(TypeError, match=text):
        invert(1)
    text = "Tried to convert 'x' to a tensor and failed. Error: None values not supported."
    with pytest.raises(ValueError, match=text):
        invert(None)


def test_inputs_are_named_after_the_argument(types, scaled):
    y = scaled(1.0, 2, 3, name="s")
    assert [t.name for t in y.op.inputs] == ["s/x:0", "s/times:0"]


def test_variables_by_reference(types):
    @op("Ref(T), T -> Ref(T)", shape=unchanged)
    def Doubled(ref, by, *, in_place):
        ref.value = ref.value * by
        return ref.value

    v = tf.Variable(2.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(Doubled(v, 3)) == 6
        assert session.run(v) == 6
    with pytest.raises(TypeError, match="'Doubled' Op requires that input 'ref' be a mutable"):
        Doubled(tf.constant(1.0), 3)


def test_what_a_kernel_may_ask_for(types):
    @op("dims T -> float32", shape=lambda like: like._dims, stateful=True)
    def Noise(like, *, seed=1, seed2=2, device, generator, op):
        assert op.type == "Noise"
        return torch.rand(like, generator=generator, device=device)

    a, b = Noise(tf.zeros([2, 3])), Noise(tf.zeros([2, 3]))
    assert set(a.op.attrs) == {"T", "seed", "seed2"}
    x, y = run([a, b])
    assert x.shape == (2, 3)
    assert (x == y).all()


def test_shape_rules(types):
    def rule(x, *, odd):
        if odd:
            raise ShapeError("That is odd")
        return (*x._dims, 1)

    define("Odd", ["x"], "T -> T", lambda x: x, attrs={"odd": False}, shape=rule)
    odd = registry["Odd"].function
    x = tf.placeholder(tf.float32, [None, 3])
    assert odd(x).shape.as_list() == [None, 3, 1]
    text = "That is odd for 's/Odd' (op: 'Odd') with input shapes: [?,3]."
    with tf.name_scope("s"), pytest.raises(ValueError, match=re.escape(text)):
        odd(x, odd=True)
    define("Unknown", ["x"], "T -> T", lambda x: x)
    assert registry["Unknown"].function(x).shape.ndims is None


def test_held_objects_and_lists_among_several_outputs(types):
    @op("-> resource")
    def Counter(*, op, held, container="", shared_name=""):
        return held_object(held, op, lambda: [0])

    @op("held resource, N * T -> N * T, count: int64")
    def Counted(handle, values):
        handle[0] += 1
        return [*(v + 0 for v in values), torch.tensor(handle[0])]

    counter = Counter(shared_name="c", name="c")
    values, count = Counted(counter, [1.0, tf.constant(2.0)])
    with tf.Session() as session, tf.Session() as other:
        assert session.run([values, count]) == [[1.0, 2.0], 1]
        assert session.run([Counted(Counter(shared_name="c"), [3.0])]) == [([3.0], 2)]
        assert other.run(count) == 1


def test_host_functions_compute_shapes(types):
    @op("T -> T", shape=unchanged, host=lambda x: tuple(None if i is None else i + 1 for i in x))
    def Longer(x):
        return x + 1

    x = tf.placeholder(tf.float32, [None, 3])
    y = tf.zeros(Longer(tf.shape(x)))
    assert y.shape.as_list() == [None, 4]
    assert run(y, {x: [[0, 0, 0]]}).shape == (2, 4)
    assert run(Longer([1.0])).tolist() == [2]  # not on the host


def test_mistakes_in_a_definition(types):
    with pytest.raises(ValueError, match="op type Identity is defined twice"):
        define("Identity", ["x"], "T -> T")
    with pytest.raises(ValueError, match="Two: inputs"):
        define("Two", ["x", "y"], "T -> T")


def test_every_op_says_what_it_does():
    for name, op_def in registry.items():
        assert op_def.doc, name
        assert name.isidentifier(), name
        assert op_def.function.__doc__ == op_def.doc


@pytest.mark.parametrize(
    ("make", "stateful"),
    [
        (lambda: tf.constant(1.0), False),
        (lambda: tf.matmul([[1.0]], [[1.0]]), False),
        (lambda: tf.random_shuffle([1, 2]), True),
        (lambda: tf.FIFOQueue(1, tf.int32).dequeue(), True),
        (lambda: tf.get_variable("v", [], use_resource=True).read_value().op.inputs[0], True),
        (lambda: tf.TensorArray(tf.float32, 1).write(0, 1.0).flow, True),
    ],
)
def test_op_definitions_say_what_is_stateful(make, stateful):
    with tf.Graph().as_default():
        assert make().op.op_def.is_stateful is stateful
