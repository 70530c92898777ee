"""Variable scopes, get_variable. Names, values and first lines of errors: TensorFlow 1.15.5's."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def first_line(raised) -> str:
    return str(raised.value).split("\n")[0]


def rest(raised) -> str:
    return str(raised.value).split("\n", 1)[1]


def names(variables) -> list[str]:
    return [v.name for v in variables]


def state(scope) -> tuple:
    return (
        scope.name, scope.original_name_scope, scope.reuse, scope.initializer, scope.regularizer,
        scope.caching_device, scope.partitioner, scope.custom_getter, scope.dtype,
        scope.use_resource, scope.constraint,
    )  # fmt: skip


def getter(getter, *args, **kwargs):
    return getter(*args, **kwargs)


# What a scope holds.


def test_the_root_scope():
    root = ("", "", False, None, None, None, None, None, tf.float32, None, None)
    assert state(tf.get_variable_scope()) == root


def test_arguments_become_properties_and_are_inherited():
    with tf.variable_scope(
        "a", initializer=1, regularizer=2, caching_device="/cpu:0", partitioner=4,
        custom_getter=getter, reuse=True, dtype=tf.float64, use_resource=False, constraint=7,
    ) as scope:  # fmt: skip
        assert state(scope) == (
            "a", "a/", True, 1, 2, "/cpu:0", 4, getter, tf.float64, False, 7,
        )  # fmt: skip
        with tf.variable_scope("b") as inner:
            assert state(inner) == ("a/b", "a/b/", *state(scope)[2:])
        with tf.variable_scope("b", initializer=3, dtype=tf.int32, use_resource=True) as inner:
            assert (inner.initializer, inner.dtype, inner.use_resource) == (3, tf.int32, True)
            assert inner.original_name_scope == "a/b_1/"


def test_setters():
    with tf.variable_scope("a") as scope:
        scope.set_initializer(5)
        scope.set_regularizer(6)
        scope.set_caching_device("/gpu:0")
        scope.set_partitioner(8)
        scope.set_custom_getter(None)
        scope.set_dtype(tf.int32)
        scope.set_use_resource(True)
    found = ("a", "a/", False, 5, 6, "/gpu:0", 8, None, tf.int32, True, None)
    assert state(scope) == found
    scope.reuse_variables()
    assert scope.reuse is True
    with tf.variable_scope(scope) as again:  # what was set after the exit holds
        assert again is not scope
        assert state(again) == (*found[:2], True, *found[3:])
    with tf.variable_scope(scope, reuse=False) as again:
        assert again.reuse is True
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE) as again:
        assert again.reuse is tf.AUTO_REUSE


@pytest.mark.parametrize("name", ["name", "reuse", "initializer", "dtype", "constraint"])
def test_properties_cannot_be_assigned(name):
    with pytest.raises(AttributeError):
        setattr(tf.get_variable_scope(), name, 1)


def test_setters_act_on_what_follows():
    with tf.variable_scope("a") as scope:
        assert tf.get_variable("x", [1]).dtype.base_dtype is tf.float32
        scope.set_dtype(tf.float64)
        scope.set_initializer(tf.ones_initializer())
        x = tf.get_variable("y", [1])
    assert x.dtype.base_dtype is tf.float64
    assert x.initial_value.op.type in ("Const", "Fill")


# Entering.


@pytest.mark.parametrize(
    ("arguments", "keywords", "error", "message"),
    [
        ([None], {}, TypeError, "If default_name is None then name_or_scope is required"),
        ([None, "d"], {"reuse": True}, ValueError,
         "reuse=True cannot be used without a name_or_scope"),
        ([None, "d"], {"reuse": tf.AUTO_REUSE}, ValueError,
         "reuse=True cannot be used without a name_or_scope"),
        (["a"], {"reuse": 3}, ValueError, "The reuse parameter must be True or False or None."),
        (["a"], {"reuse": "yes"}, ValueError,
         "The reuse parameter must be True or False or None."),
        (["a"], {"auxiliary_name_scope": 1}, TypeError,
         "The auxiliary_name_scope must be `True` or `False`, while get 1"),
        ([3], {}, TypeError, "VariableScope: name_or_scope must be a string or VariableScope."),
        (["a b"], {}, ValueError, "'a b' is not a valid scope name"),
        (["_a"], {}, ValueError, "'_a' is not a valid scope name"),
        (["/a"], {}, ValueError, "'/a' is not a valid scope name"),
    ],
)  # fmt: skip
def test_errors_of_entering(arguments, keywords, error, message):
    with pytest.raises(error) as raised, tf.variable_scope(*arguments, **keywords):
        pass
    assert first_line(raised) == message
    assert tf.get_variable_scope().name == ""
    assert tf.get_default_graph().get_name_scope() == ""


@pytest.mark.parametrize(
    ("name", "original", "op"),
    [("a/b", "a/b/", "a/b/NoOp"), ("a/_b", "a/_b/", "a/_b/NoOp"), ("", "", "NoOp"),
     ("a/", "a/", "a/NoOp"), ("a//b", "a//b/", "a//b/NoOp")],
)  # fmt: skip
def test_names(name, original, op):
    with tf.variable_scope(name) as scope:
        assert (scope.name, scope.original_name_scope) == (name, original)
        assert tf.no_op().name == op


def test_default_names_are_unique_and_forgotten_with_the_parent():
    for scope_name, name_scope in (("a", "a"), ("a", "a_1")):
        with tf.variable_scope("a") as scope:
            assert scope.original_name_scope == name_scope + "/"
            found = []
            for _ in range(3):
                with tf.variable_scope(None, "d") as inner:
                    found.append(inner.name)
            assert found == ["a/d", "a/d_1", "a/d_2"]
            assert scope.name == scope_name


def test_captured_scopes_have_absolute_names_and_new_op_names():
    with tf.variable_scope("a"), tf.variable_scope("b") as scope:
        first = tf.get_variable("v", [1])
    with tf.variable_scope("other"), tf.variable_scope(scope, reuse=True) as again:
        assert (again.name, again.original_name_scope) == ("a/b", "a/b/")
        assert tf.get_variable("v", [1]) is first
        assert tf.no_op().name == "other/b/NoOp"
        with tf.name_scope(again.original_name_scope):
            assert tf.no_op().name == "a/b/NoOp"
        with tf.variable_scope("c") as inner:
            assert (inner.name, inner.reuse) == ("a/b/c", True)
    assert tf.get_variable_scope().name == ""


def test_without_auxiliary_name_scope():
    with tf.name_scope("n"), tf.variable_scope("a", auxiliary_name_scope=False) as scope:
        assert (scope.name, scope.original_name_scope) == ("a", "n/")
        assert tf.no_op().name == "n/NoOp"
        assert tf.get_variable("v", [1]).name == "a/v:0"
        assert tf.Variable(1.0, name="v").name == "n/v:0"


def test_one_object_enters_several_times():
    scope = tf.variable_scope("twice", reuse=tf.AUTO_REUSE)
    found = []
    for _ in range(2):
        with scope as entered:
            found += [entered.name, entered.original_name_scope, tf.no_op().name]
            found.append(tf.get_variable("w", [1]).name)
    assert found[:4] == ["twice", "twice/", "twice/NoOp", "twice/w:0"]
    assert found[4:] == ["twice", "twice/", "twice_1/NoOp", "twice/w:0"]
    default = tf.variable_scope(None, "d")
    with default, tf.variable_scope(None, "e"):
        pass
    with default as entered:  # the name that was free the first time
        assert (entered.name, tf.no_op().name) == ("d", "d_1/NoOp")


def test_the_graph_of_values_is_the_default_inside():
    other = tf.Graph()
    with other.as_default():
        c = tf.constant(1.0)
    with tf.variable_scope("v", values=[c]):
        assert tf.get_default_graph() is other
    with pytest.raises(ValueError, match="must be from the same graph as"):
        tf.variable_scope("v", values=[c, tf.constant(1.0)]).__enter__()


def test_variable_op_scope():
    with tf.variable_op_scope([], "a", "d") as scope:
        assert scope.name == "a"
    for expected in ("d", "d_1"):
        with tf.variable_op_scope([], None, "d") as scope:
            assert scope.name == expected


def test_an_error_inside_leaves_the_scope():
    with pytest.raises(KeyError), tf.variable_scope("a"), tf.variable_scope("b"):
        raise KeyError
    assert tf.get_variable_scope().name == ""
    assert tf.no_op().name == "NoOp"


# Sharing.


def test_exists():
    with tf.variable_scope("s"):
        tf.get_variable("w", [2, 3])
        with pytest.raises(ValueError) as raised:
            tf.get_variable("w", [2, 3])
    assert first_line(raised) == (
        "Variable s/w already exists, disallowed. Did you mean to set reuse=True or "
        "reuse=tf.AUTO_REUSE in VarScope? Originally defined at:"
    )
    assert f'File "{__file__}", line ' in rest(raised)
    assert 'tf.get_variable("w", [2, 3])' in rest(raised)


def test_missing_names_the_nearest():
    for scope in ("conv1", "conv2"):
        with tf.variable_scope(scope):
            tf.get_variable("weights", [1])
            tf.get_variable("biases", [1])
    with tf.variable_scope("conv1", reuse=True), pytest.raises(ValueError) as raised:
        tf.get_variable("weigths", [1])
    assert first_line(raised) == (
        "Variable conv1/weigths does not exist, or was not created with tf.get_variable(). "
        "Did you mean to set reuse=tf.AUTO_REUSE in VarScope?"
    )
    near = "Did you mean conv1/weights? The nearest variables that exist:\n  conv1/weights "
    assert rest(raised).startswith(near)
    with tf.variable_scope("net", reuse=True), pytest.raises(ValueError) as raised:
        tf.get_variable("biases", [1])
    assert "conv1/biases" in rest(raised) and "conv2/biases" in rest(raised)


def test_missing_where_nothing_is_near():
    tf.get_variable(None, [1])  # has no name to be near to
    with tf.variable_scope("s", reuse=True), pytest.raises(ValueError) as raised:
        tf.get_variable("w", [1])
    assert "\n" not in str(raised.value)


def test_tf_variable_is_not_shared():
    tf.Variable(1.0, name="s/x")
    with tf.variable_scope("s", reuse=True):
        with pytest.raises(ValueError, match="was not created with tf.get_variable"):
            tf.get_variable("x", [])
    with tf.variable_scope("s"):
        assert tf.get_variable("x", []).name == "s/x_1:0"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([3, 2],), "Trying to share variable s/w, but specified shape (3, 2) and found shape "
         "(2, 3)."),
        (([4],), "Trying to share variable s/w, but specified shape (4,) and found shape (2, 3)."),
        (([2, 3], tf.float64), "Trying to share variable s/w, but specified dtype float64 and "
         "found dtype float32_ref."),
    ],
)  # fmt: skip
def test_a_clash_shows_both_places(arguments, message):
    with tf.variable_scope("s"):
        tf.get_variable("w", [2, 3])
    with tf.variable_scope("s", reuse=True), pytest.raises(ValueError) as raised:
        tf.get_variable("w", *arguments)
    assert first_line(raised) == message
    made, asked = rest(raised).split("It is asked for here:")
    assert 'tf.get_variable("w", [2, 3])' in made
    assert 'tf.get_variable("w", *arguments)' in asked


def test_what_is_shared():
    with tf.variable_scope("s"):
        w = tf.get_variable("w", [2, 3])
    with tf.variable_scope("s", reuse=True):
        assert tf.get_variable("w") is w
        assert tf.get_variable("w", [None, 3]) is w
        assert tf.get_variable("w", trainable=False) is w and w.trainable
        with pytest.raises(ValueError) as raised:
            tf.get_variable("w", [2, 3], initializer=tf.ones([2, 3]))
        assert first_line(raised) == "If initializer is a constant, do not specify shape."
    with pytest.raises(ValueError, match="Variable s/w already exists"):
        tf.get_variable("s/w", [2, 3])


# What get_variable makes.


@pytest.mark.parametrize(
    ("keywords", "text"),
    [
        ({"initializer": [1, 2]}, "shape=(2,) dtype=int32_ref"),
        ({"initializer": 1.5}, "shape=() dtype=float32_ref"),
        ({"initializer": "text"}, "shape=() dtype=string_ref"),
        ({"shape": 3}, "shape=(3,) dtype=float32_ref"),
        ({"shape": tf.TensorShape([2])}, "shape=(2,) dtype=float32_ref"),
        ({"shape": (2, 3)}, "shape=(2, 3) dtype=float32_ref"),
        ({"shape": [tf.Dimension(2)]}, "shape=(2,) dtype=float32_ref"),
        ({"shape": []}, "shape=() dtype=float32_ref"),
        ({"shape": [0]}, "shape=(0,) dtype=float32_ref"),
        ({"shape": [2], "dtype": tf.bool}, "shape=(2,) dtype=bool_ref"),
        ({"shape": [2], "dtype": tf.int64}, "shape=(2,) dtype=int64_ref"),
        ({"shape": [2], "dtype": "float64"}, "shape=(2,) dtype=float64_ref"),
        ({"shape": [2], "dtype": np.float16}, "shape=(2,) dtype=float16_ref"),
        ({"shape": [2], "initializer": tf.zeros_initializer}, "shape=(2,) dtype=float32_ref"),
        ({"initializer": lambda: tf.ones([3])}, "shape=(3,) dtype=float32_ref"),
    ],
)
def test_shapes_and_dtypes(keywords, text):
    assert repr(tf.get_variable("v", **keywords)) == f"<tf.Variable 'v:0' {text}>"


@pytest.mark.parametrize(
    ("keywords", "error", "message"),
    [
        ({"shape": [2], "initializer": np.ones([2])}, ValueError,
         "If initializer is a constant, do not specify shape."),
        ({"initializer": [1, 2], "dtype": tf.float32}, ValueError,
         "Initializer type '<dtype: 'int32'>' and explicit dtype '<dtype: 'float32'>' don't "
         "match."),
        ({"shape": [2], "dtype": tf.complex64}, ValueError,
         "An initializer for variable v of <dtype: 'complex64'> is required"),
        ({"shape": [2], "constraint": 3}, ValueError,
         "The `constraint` argument must be a callable."),
        ({"shape": [2], "custom_getter": 3}, ValueError,
         "Passed a custom_getter which is not callable: 3"),
        ({"shape": [2], "collections": "c"}, ValueError,
         "collections argument to Variable constructor must be a list, tuple, or set. Got c of "
         "type <class 'str'>"),
        ({"shape": [2], "aggregation": "x"}, ValueError,
         "Invalid variable aggregation mode: x for variable: v"),
        ({"shape": [2], "synchronization": "ON_READ"}, ValueError,
         "Invalid variable synchronization mode: ON_READ for variable: v"),
        ({"shape": [2], "regularizer": 3}, TypeError, "'int' object is not callable"),
    ],
)  # fmt: skip
def test_errors_of_get_variable(keywords, error, message):
    with pytest.raises(error) as raised:
        tf.get_variable("v", **keywords)
    assert first_line(raised) == message


def test_an_unknown_shape_needs_another_initializer():
    with pytest.raises(ValueError) as raised:
        tf.get_variable("v")
    assert first_line(raised).startswith("The initializer passed is not valid. It should be a")
    with pytest.raises(ValueError, match="The initializer passed is not valid."):
        tf.get_variable("v", [None, 2])


@pytest.mark.parametrize("name", ["a b", "_a", "/a"])
def test_invalid_names(name):
    with pytest.raises(ValueError, match=f"'{name}' is not a valid scope name"):
        tf.get_variable(name, [1])


def test_made_outside_of_name_scopes_and_control_dependencies():
    with tf.name_scope("n"), tf.control_dependencies([tf.no_op()]):
        v = tf.get_variable("v", [1], regularizer=lambda v: tf.reduce_sum(v, name="loss"))
    assert v.name == "v:0"
    assert v.op.control_inputs == v.initializer.control_inputs == []
    loss = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)[0]
    assert loss.name == "v/Regularizer/loss:0"
    assert loss.op.control_inputs == []


# Getters, creators, regularizers, constraints.


def test_getters_innermost_first():
    asked = []

    def tagged(tag):
        def getter(getter, name, *args, **kwargs):
            asked.append((tag, name, args, sorted(kwargs)))
            return getter(name, *args, **kwargs)

        return getter

    with tf.variable_scope("o", custom_getter=tagged("outer")):
        with tf.variable_scope("i", custom_getter=tagged("inner")) as scope:
            tf.get_variable("w", [1])
            keywords = [
                "aggregation", "caching_device", "collections", "constraint", "dtype",
                "initializer", "partitioner", "regularizer", "reuse", "shape", "synchronization",
                "trainable", "use_resource", "validate_shape",
            ]  # fmt: skip
            assert asked == [("inner", "o/i/w", (), keywords), ("outer", "o/i/w", (), keywords)]
            asked.clear()
            tf.get_variable("x", [1], custom_getter=tagged("own"))  # instead of the scope's
            assert [tag for tag, *_ in asked] == ["own"]
    asked.clear()
    with tf.variable_scope(scope, custom_getter=tagged("new")):
        tf.get_variable("z", [1])
    assert [tag for tag, *_ in asked] == ["new", "inner", "outer"]


def test_getters_change_what_is_made():
    def renamed(getter, name, **kwargs):
        return getter(name + "_renamed", **kwargs)

    def sum_of_two(getter, name, *args, **kwargs):
        return getter(name + "_a", *args, **kwargs) + getter(name + "_b", *args, **kwargs)

    def frozen(getter, name, shape, dtype, initializer, regularizer, reuse, trainable, **kwargs):
        return getter(name, shape, dtype, initializer, regularizer, reuse, False, **kwargs)

    assert tf.get_variable("r", [1], custom_getter=renamed).name == "r_renamed:0"
    assert tf.get_variable("u", [1], custom_getter=sum_of_two).name == "add:0"
    assert not tf.get_variable("d", [1], custom_getter=frozen).trainable
    assert names(tf.global_variables()) == ["r_renamed:0", "u_a:0", "u_b:0", "d:0"]


def test_creators():
    asked = []

    def tagged(tag):
        def creator(next_creator, **kwargs):
            asked.append((tag, kwargs["name"], kwargs["trainable"], kwargs["use_resource"]))
            assert len(kwargs) == 15
            return next_creator(**kwargs)

        return creator

    with tf.variable_creator_scope(tagged("a")), tf.variable_creator_scope(tagged("b")):
        tf.Variable(1.0, name="v")
        tf.get_variable("g", [1])
    assert asked == [
        ("b", "v", None, None), ("a", "v", None, None),
        ("b", "g", True, False), ("a", "g", True, False),
    ]  # fmt: skip

    def changed(next_creator, **kwargs):
        return next_creator(**{**kwargs, "name": "changed"})

    with tf.variable_creator_scope(changed):
        assert tf.Variable(1.0, name="v").name == "changed:0"
        assert tf.get_variable("h", [1]).name == "changed_1:0"
    with tf.variable_creator_scope(lambda next_creator, **kwargs: "none"):
        assert tf.Variable(1.0) == "none"
    assert isinstance(tf.Variable(1.0), tf.Variable)


def test_regularizers_once_per_variable():
    asked = []

    def tagged(tag):
        def regularizer(variable):
            asked.append((tag, variable.name))
            return tf.reduce_sum(variable, name="loss")

        return regularizer

    with tf.variable_scope("s", regularizer=tagged("scope")):
        tf.get_variable("a", [1])
        tf.get_variable("b", [1], regularizer=tagged("own"))
        tf.get_variable("c", [1], regularizer=tf.no_regularizer)
        with tf.variable_scope("in", regularizer=tf.no_regularizer):
            tf.get_variable("d", [1])
        tf.get_variable("e", [1], regularizer=lambda v: None)
    with tf.variable_scope("s", reuse=True, regularizer=tagged("again")):
        tf.get_variable("a", [1])
    assert asked == [("scope", "s/a:0"), ("own", "s/b:0")]
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert names(losses) == ["s/a/Regularizer/loss:0", "s/b/Regularizer/loss:0"]
    assert tf.no_regularizer(1) is None


def test_constraints():
    def constraint(value):
        return value

    with tf.variable_scope("s", constraint=constraint) as scope:
        assert tf.get_variable("a", [1]).constraint is constraint
    with tf.variable_scope(scope):  # TensorFlow 1.15.5 forgets it here; its documentation does not
        assert tf.get_variable("b", [1]).constraint is constraint
    assert tf.get_variable("c", [1]).constraint is None


# Modes and collections.


@pytest.mark.parametrize("make", ["get_variable", "Variable"])
def test_synchronization_and_aggregation(make):
    synchronization, aggregation = tf.VariableSynchronization, tf.VariableAggregation
    numbers = itertools.count()

    def modes(**keywords):
        if make == "Variable":
            v = tf.Variable(1.0, **keywords)
        else:
            v = tf.get_variable(f"v{next(numbers)}", [1], **keywords)
        assert v.trainable == any(v is t for t in tf.trainable_variables())
        return v.trainable, v.synchronization, v.aggregation

    assert modes() == (True, synchronization.AUTO, aggregation.NONE)
    on_read = synchronization.ON_READ
    assert modes(synchronization=on_read) == (False, on_read, aggregation.NONE)
    assert modes(synchronization=on_read, trainable=True) == (True, on_read, aggregation.NONE)
    assert modes(synchronization=on_read, trainable=None)[0] is False
    assert modes(synchronization=None, aggregation=None) == modes()
    assert modes(synchronization=3) == (False, on_read, aggregation.NONE)
    assert modes(aggregation=aggregation.MEAN)[2] is aggregation.MEAN
    assert aggregation.ONLY_FIRST_TOWER is aggregation.ONLY_FIRST_REPLICA


def test_collections():
    with tf.variable_scope("s") as scope:
        tf.get_variable("w", [1])
        tf.get_variable("n", [1], trainable=False)
        tf.get_local_variable("l", [1])
        tf.Variable(1.0, name="x")
        tf.get_variable("m", [1], collections=["my"])
        tf.get_variable("m2", [1], collections=["my", tf.GraphKeys.GLOBAL_VARIABLES],
                        trainable=False)  # fmt: skip
        with tf.variable_scope("in"):
            tf.get_variable("w", [1])
    with tf.variable_scope("s2"):
        tf.get_variable("w", [1])
    inside = ["s/w:0", "s/n:0", "s/x:0", "s/m2:0", "s/in/w:0"]
    assert names(scope.global_variables()) == inside
    assert names(scope.trainable_variables()) == ["s/w:0", "s/x:0", "s/m:0", "s/in/w:0"]
    assert names(scope.local_variables()) == ["s/l:0"]
    assert names(scope.get_collection("my")) == ["s/m:0", "s/m2:0"]
    assert names(tf.get_variable_scope().global_variables()) == [*inside, "s2/w:0"]
    assert names(tf.global_variables("s")) == [*inside, "s2/w:0"]  # a pattern for the beginning
    assert names(tf.global_variables("s/")) == inside
    assert names(tf.global_variables(".*w")) == ["s/w:0", "s/in/w:0", "s2/w:0"]
    assert tf.model_variables() == tf.moving_average_variables() == []
    bare = tf.get_variable("bare", [1], collections=[])
    assert bare not in tf.global_variables() and bare in tf.trainable_variables()


def test_local_variables():
    v = tf.get_local_variable("v", [1], trainable=True, collections=["my"])
    assert not v.trainable
    assert tf.local_variables() == tf.get_collection("my") == [v]
    assert tf.global_variables() == tf.trainable_variables() == []
    with pytest.raises(ValueError, match="Variable v already exists"):
        tf.get_local_variable("v", [1])
    with tf.variable_scope("", reuse=True):
        assert tf.get_local_variable("v", [1]) is tf.get_variable("v", [1]) is v


def test_name_scope_objects_open_several_blocks():
    scope = tf.name_scope("n")
    found = []
    for _ in range(2):
        with scope as full:
            found.append((full, tf.no_op().name))
    assert found == [("n/", "n/NoOp"), ("n_1/", "n_1/NoOp")]


def test_a_name_is_given_once():
    tf.no_op(name="n")
    with pytest.raises(ValueError, match=re.escape("Duplicate node name in graph: 'n'")):
        tf.no_op(name="n/")
