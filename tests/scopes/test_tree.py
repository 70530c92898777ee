"""The tree of a graph's variables: what it holds, and what it looks like."""

import sys
from pathlib import Path
from textwrap import dedent

import pytest

import scopeflow as tf
from scopeflow.scopes.tree import human, rows_of, styled, variable_tree

HERE = Path(__file__).name


def line():
    """The line that calls this function."""
    return sys._getframe(1).f_lineno


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def dense(units):
    w = tf.get_variable("weights", [3, units])
    return w, tf.get_variable("biases", [units], trainable=units == 2)


def test_scopes_and_variables(graph):
    with tf.variable_scope("model"):
        with tf.variable_scope("fc1"):
            dense(2)
        with tf.variable_scope("fc2"):
            dense(4)
    made = line() + 1
    tf.Variable(0, trainable=False, name="step")
    tree = variable_tree()
    assert list(tree.children) == ["model", "step"]
    assert list(tree["model"].children) == ["fc1", "fc2"]
    weights = tree["model/fc1/weights"].variable
    assert (weights.shape, weights.dtype) == ((3, 2), "float32")
    assert (weights.parameters, weights.bytes, weights.trainable) == (6, 24, True)
    step = tree["step"].variable
    assert (step.shape, step.dtype, step.bytes, step.trainable) == ((), "int32", 4, False)
    assert step.made_at == (__file__, made)
    assert str(step.made_at) == f"{HERE}:{made}"
    assert tree["model/fc1"].variable is None
    with pytest.raises(KeyError):
        tree["model/fc3"]


def test_sums(graph):
    with tf.variable_scope("a"):
        dense(2)
    with tf.variable_scope("b"):
        dense(4)
    tree = variable_tree(graph)
    assert tree.total() == (4, 24, 96)
    assert tree.total(trainable=True) == (3, 20, 80)
    assert tree.total(trainable=False) == (1, 4, 16)
    assert tree["a"].total() == (2, 8, 32)


def test_places_that_share_a_variable(graph):
    with tf.variable_scope("fc") as scope:
        first = line() + 1
        dense(2)
        scope.reuse_variables()
        second = line() + 1
        dense(2)
        for _ in range(3):
            dense(2)
    info = variable_tree()["fc/weights"].variable
    # What tells the ways apart is where `dense` was called; a loop is one place.
    assert [place.line for place in info.places] == [first, second, second + 2]
    assert {place.file for place in info.places} == {__file__}
    assert info.made_at.line == dense.__code__.co_firstlineno + 1


def test_a_variable_that_is_not_shared_has_one_place(graph):
    tf.get_variable("v", [1])
    tf.Variable(1.0, name="w")
    tree = variable_tree()
    for name in ("v", "w"):
        info = tree[name].variable
        assert info.places == (info.made_at,)


def test_local_variables_and_those_in_no_collection_are_there(graph):
    tf.get_local_variable("local", [1])
    tf.get_variable("alone", [1], collections=["mine"], trainable=False)
    assert list(variable_tree().children) == ["local", "alone"]


def test_unknown_sizes(graph):
    tf.Variable(tf.zeros([2]), validate_shape=False, name="open")
    tf.Variable("text", name="text", trainable=False)
    tree = variable_tree()
    assert tree["open"].variable.shape is None
    assert tree["open"].variable.parameters is tree["open"].variable.bytes is None
    assert tree["text"].variable.parameters == 1
    assert tree["text"].variable.bytes is None
    assert tree.total() == (2, 1, 0)
    assert [row.shape for row in rows_of(tree)[1:]] == ["?", "scalar"]


def with_slots():
    with tf.variable_scope("net"):
        with tf.variable_scope("fc") as scope:
            dense(4)
            tf.get_variable("weights/Adam", [3, 4], trainable=False)
            scope.reuse_variables()
            dense(4)
    with tf.variable_scope("metrics"):
        tf.get_local_variable("count", [], dtype=tf.int64)
    tf.get_variable("top", [2])
    tf.get_variable("top/Adam", [2], trainable=False)
    tf.Variable(0, trainable=False, name="global_step")


def test_text(graph):
    with_slots()
    text = str(variable_tree())
    first, w = with_slots.__code__.co_firstlineno, dense.__code__.co_firstlineno + 1
    at = {n: f"{HERE}:{n}".ljust(len(f"{HERE}:{first}")) for n in (w, w + 1)}
    assert text == dedent(
        f"""\
        variables       shape  dtype    parameters   size  made at
        net                                     28  112 B
        └─ fc                                   28  112 B
           ├─ weights     3×4  float32          12   48 B  {at[w]}  SHARED
           │  └─ Adam     3×4  float32          12   48 B  {HERE}:{first + 4}  not trainable
           └─ biases        4  float32           4   16 B  {at[w + 1]}  not trainable, SHARED
        metrics                                  1    8 B
        └─ count       scalar  int64             1    8 B  {HERE}:{first + 8}  not trainable
        top                 2  float32           2    8 B  {HERE}:{first + 9}
        └─ Adam             2  float32           2    8 B  {HERE}:{first + 10}  not trainable
        global_step    scalar  int32             1    4 B  {HERE}:{first + 11}  not trainable
        total: 14 parameters trainable (56 B), 20 not (84 B)"""
    ).replace("SHARED", f"shared by 2 places: {HERE}:{first + 3}, {HERE}:{first + 6}")


def test_styled_lines_hold_the_same_text(graph):
    with_slots()
    lines = ["".join(text for text, _ in line) for line in styled(variable_tree(), False)]
    assert lines == [
        "variables           shape  dtype    parameters",
        "net                                         12",
        "├─ fc                                       12",
        "│  └─ weights         3×4  float32          12  shared by 2 places",
        "└─ 2 not trainable                          16  Adam, biases",
        "metrics",
        "└─ 1 not trainable                           1  count",
        "top                     2  float32           2",
        "2 not trainable                              3  Adam, global_step",
        "total: 14 parameters trainable (56 B), 20 not (84 B)",
    ]


def test_html(graph):
    with_slots()
    html = variable_tree()._repr_html_()
    assert html.count("<tr>") == html.count("</tr>") == 11
    assert html.count("<th") == html.count("</th>")
    assert "shared by 2 places" in html
    assert "total: 14 parameters trainable" in html


def test_a_graph_without_variables(graph):
    assert variable_tree().children == {}
    assert str(variable_tree()).endswith("no variables")


def test_only_graphs_have_trees():
    with pytest.raises(TypeError, match=r"variable_tree\(\) shows a tf.Graph, but got 3"):
        variable_tree(3)


def test_units():
    sizes = [0, 1023, 1024, 1536, 5 * 2**20, 3 * 2**30, 2**50]
    assert [human(size) for size in sizes] == [
        "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "5.0 MiB", "3.0 GiB", "1024.0 TiB",
    ]  # fmt: skip
