"""tf.make_template. Names and first lines of errors: recorded from TensorFlow 1.15.5."""

import functools

import pytest

import scopeflow as tf
from scopeflow.scopes.template import Template


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def names(things):
    return [thing.name for thing in things]


def linear(x, scale=1.0):
    w = tf.get_variable("w", [], initializer=tf.constant_initializer(3.0))
    return x * w * scale


def run(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def fails(message, make, kind=ValueError):
    with pytest.raises(kind) as caught:
        make()
    assert str(caught.value).split("\n")[0] == message
    return str(caught.value)


def test_later_calls_share():
    lin = tf.make_template("lin", linear)
    first, second = lin(1.0), lin(2.0)
    with tf.name_scope("n"):
        third = lin(3.0)
    with tf.variable_scope("v"):
        fourth = lin(4.0)
    assert names([first, second, third, fourth]) == [
        "lin/mul_1:0",
        "lin_1/mul_1:0",
        "n/lin/mul_1:0",
        "v/lin/mul_1:0",
    ]
    assert names(tf.global_variables()) == ["lin/w:0"]
    assert run([first, second, third, fourth]) == [3, 6, 9, 12]


def test_what_it_knows():
    lin = tf.make_template("lin", linear)
    assert isinstance(lin, Template)
    assert (lin.name, lin.func) == ("lin", linear)
    assert (lin.variable_scope, lin.var_scope, lin.variable_scope_name) == (None, None, None)
    assert lin.variables == lin.trainable_variables == lin.global_variables == []
    lin(1.0)
    assert lin.variable_scope is lin.var_scope
    assert (lin.var_scope.name, lin.variable_scope_name) == ("lin", "lin/")
    assert names(lin.variables) == ["lin/w:0"]


def test_its_variables_by_kind():
    def many():
        tf.get_variable("a", [1])
        tf.get_variable("b", [1], trainable=False)
        tf.get_local_variable("c", [1])
        tf.get_variable("e", [4], partitioner=tf.fixed_size_partitioner(2))
        tf.Variable(1.0, name="f", collections=["mine"])

    t = tf.make_template("m", many)
    t()
    tf.get_variable("m2/other", [1])
    parts = ["m/e/part_0:0", "m/e/part_1:0"]
    assert names(t.global_variables) == ["m/a:0", "m/b:0", *parts]
    assert names(t.local_variables) == ["m/c:0"]
    assert names(t.variables) == ["m/a:0", "m/b:0", *parts, "m/c:0"]
    assert names(t.trainable_variables) == ["m/a:0", *parts, "m/f:0"]
    assert names(t.non_trainable_variables) == ["m/b:0"]
    assert t.weights == t.variables
    assert t.trainable_weights == t.trainable_variables
    assert t.non_trainable_weights == t.non_trainable_variables
    with tf.Graph().as_default():
        assert t.variables == []


def test_bound_arguments():
    lin = tf.make_template("lin", linear, scale=10.0)
    assert run([lin(1.0), lin(1.0, scale=2.0)]) == [30, 6]
    assert isinstance(lin.func, functools.partial)


def test_names_are_unique():
    t, u = tf.make_template("lin", linear), tf.make_template("lin", linear)
    t(1.0), u(1.0), t(2.0)
    assert names(tf.global_variables()) == ["lin/w:0", "lin_1/w:0"]
    assert (u.variable_scope.name, u.name) == ("lin_1", "lin")


def test_scope_at_the_first_call_or_at_once(graph):
    late = tf.make_template("lin", linear)
    early = tf.make_template("lin", linear, create_scope_now_=True)
    assert (early.variable_scope.name, early.variable_scope.original_name_scope) == ("lin", "lin")
    assert graph.get_operations() == []
    with tf.variable_scope("outer"):
        assert names([late(1.0), early(1.0)]) == ["outer/lin/mul_1:0", "outer/lin_1/mul_1:0"]
    assert names(tf.global_variables()) == ["outer/lin/w:0", "lin/w:0"]
    another = tf.make_template("lin", linear, create_scope_now_=True)
    assert names([early(1.0), another(1.0)]) == ["lin/mul_1:0", "lin_1/mul_1:0"]


def test_scope_at_once_inside_a_scope():
    with tf.variable_scope("o"):
        late = tf.make_template("lin", linear)
        early = tf.make_template("lin", linear, create_scope_now_=True)
        assert names([late(1.0), early(1.0)]) == ["o/lin/mul_1:0", "o/lin_1/mul_1:0"]
    assert (late.variable_scope.name, early.variable_scope.name) == ("o/lin_1", "o/lin")
    assert late.variable_scope.original_name_scope == "o/lin/"
    assert early.variable_scope.original_name_scope == "lin"
    assert names([late(1.0), early(1.0)]) == ["lin_1/mul_1:0", "lin/mul_1:0"]


def test_unique_name():
    t = tf.make_template("t", linear, unique_name_="exact")
    assert names([t(1.0), t(1.0)]) == ["exact/mul_1:0", "exact_1/mul_1:0"]
    assert (t.name, t.variable_scope.name) == ("t", "exact")
    u = tf.make_template("u", linear, unique_name_="exact")
    with pytest.raises(ValueError, match="^Variable exact/w already exists, disallowed"):
        u(1.0)
    with tf.variable_scope("z"):
        early = tf.make_template("u", linear, unique_name_="exact", create_scope_now_=True)
        early(1.0)
    assert names(early.variables) == ["z/exact/w:0"]


def test_names_that_are_none():
    fails("name cannot be None.", lambda: tf.make_template(None, linear))
    wrong = tf.make_template("a b", linear)
    fails("'a b' is not a valid scope name", lambda: wrong(1.0))


def test_new_variables_at_a_later_call():
    calls = []

    def new():
        calls.append(1)
        return tf.get_variable(f"v{len(calls)}", [1])

    t = tf.make_template("t", new)
    t()
    text = fails(
        "Variable t/v2 does not exist, or was not created with tf.get_variable(). Did you mean "
        "to set reuse=tf.AUTO_REUSE in VarScope?",
        t,
    )
    assert "This was a call of the template 't', made here:" in text
    assert "test_template.py" in text
    assert names(tf.global_variables()) == ["t/v1:0"]


def test_tf_variable_at_a_later_call():
    trained = []
    t = tf.make_template("g", lambda: tf.Variable(1.0, name="k", trainable=bool(trained)))
    assert names([t(), t()]) == ["g/k:0", "g_1/k:0"]
    trained.append(True)
    fails(
        "Trainable variable created when calling a template after the first time, perhaps you "
        "used tf.Variable when you meant tf.get_variable: "
        "[<tf.Variable 'g_2/k:0' shape=() dtype=float32_ref>]",
        t,
    )


def test_another_shape_at_a_later_call():
    t = tf.make_template("h", lambda n: tf.get_variable("v", [n]))
    t(1)
    message = "Trying to share variable h/v, but specified shape (2,) and found shape (1,)."
    fails(message, lambda: t(2))


def test_a_first_call_that_fails_does_not_count():
    answers = iter([ValueError("oops"), None])

    def once():
        answer = next(answers, None)
        if answer is not None:
            raise answer
        return tf.get_variable("v", [1])

    t = tf.make_template("t", once)
    fails("oops", t)
    assert t() is t()
    made = tf.make_template("made", lambda: [tf.get_variable("v", [1]), 1 / 0])
    fails("division by zero", made, ZeroDivisionError)
    assert made.variables == []
    with pytest.raises(ValueError, match="^Variable made/v already exists"):
        made()


def test_errors_keep_their_kind_and_arguments():
    class Wrong(Exception):
        pass

    for args in ((), (3, "b"), ("a", "b")):

        def fail(args=args):
            raise Wrong(*args)

        with pytest.raises(Wrong) as caught:
            tf.make_template("t", fail)()
        assert caught.value.args[1:] == args[1:]
    with pytest.raises(TypeError, match="unexpected keyword argument 'foo'\n"):
        tf.make_template("t", linear, foo=1)(1.0)


def test_reuse_around_it():
    with tf.variable_scope("o", reuse=tf.AUTO_REUSE):
        early = tf.make_template("lin", linear, create_scope_now_=True)
        early(1.0), early(1.0)
        assert early.variable_scope.reuse is tf.AUTO_REUSE
    with tf.variable_scope("o", reuse=True):
        again = tf.make_template("lin", linear)
        again(1.0)
    assert names(again.variables) == names(early.variables) == ["o/lin/w:0"]


def test_custom_getter():
    seen = []

    def inner(getter, name, *args, **kwargs):
        seen.append(("inner", name, kwargs["reuse"]))
        return getter(name, *args, **kwargs)

    def outer(getter, name, *args, **kwargs):
        seen.append(("outer", name, kwargs["reuse"]))
        return getter(name, *args, **kwargs)

    t = tf.make_template("lin", linear, custom_getter_=inner)
    with tf.variable_scope("o", custom_getter=outer):
        t(1.0)
    t(1.0)
    early = tf.make_template("lin", linear, True, custom_getter_=inner)
    early(1.0)
    assert seen == [
        ("inner", "o/lin/w", False),
        ("outer", "o/lin/w", False),
        ("inner", "o/lin/w", True),
        ("outer", "o/lin/w", True),
        ("inner", "lin/w", False),
    ]


def test_nested_templates():
    def twice(x):
        inner = tf.make_template("i", linear)
        return inner(x) + inner(x)

    outer = tf.make_template("o", twice)
    y, z = outer(1.0), outer(2.0)
    assert names([y, z]) == ["o/add:0", "o_1/add:0"]
    assert names(outer.variables) == ["o/i/w:0"]
    assert run([y, z]) == [6, 12]

    def two(x):
        return tf.make_template("i", linear)(x) + tf.make_template("i", linear)(x)

    outer = tf.make_template("two", two)
    outer(1.0), outer(1.0)
    assert names(outer.variables) == ["two/i/w:0", "two/i_1/w:0"]


def test_a_template_made_outside_and_called_inside():
    inner = tf.make_template("inner", linear)
    outer = tf.make_template("outer", lambda x: inner(x) + inner(x))
    other = tf.make_template("other", lambda x: inner(x) + inner(x))
    outer(1.0), outer(1.0), other(1.0)
    assert names(outer.variables) == names(inner.variables) == ["outer/inner/w:0"]
    assert other.variables == []


def test_nested_templates_that_change():
    calls = []

    def changing(x):
        calls.append(1)
        return tf.make_template(f"i{len(calls)}", linear)(x)

    t = tf.make_template("four", changing)
    t(1.0)
    text = fails(
        "Variable four/i2/w does not exist, or was not created with tf.get_variable(). Did you "
        "mean to set reuse=tf.AUTO_REUSE in VarScope?",
        lambda: t(1.0),
    )
    assert text.index("template 'i2'") < text.index("template 'four'")


def test_a_partitioned_variable_is_shared():
    t = tf.make_template(
        "e", lambda: tf.get_variable("v", [4], partitioner=tf.fixed_size_partitioner(2))
    )
    assert t() is t()
    assert names(t.variables) == ["e/v/part_0:0", "e/v/part_1:0"]
