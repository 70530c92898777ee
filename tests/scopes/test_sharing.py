"""The sharing report: variables requested from several places, and those requested only once."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import scopeflow as tf
from scopeflow.scopes.sharing import sharing_report

HERE = Path(__file__).name
ROOT = Path(__file__).resolve().parents[2]


def line():
    """The line that calls this function."""
    return sys._getframe(1).f_lineno


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def dense(name="w"):
    return tf.get_variable(name, [2])


INNER = dense.__code__.co_firstlineno + 1


def names(requested):
    return [variable.name for variable in requested]


def lines(variable):
    """(line, line of the caller) of each place."""
    return [(p.line.line, p.caller and p.caller.line) for p in variable.places]


def test_callers_tell_places_apart():
    with tf.variable_scope("fc", reuse=tf.AUTO_REUSE):
        first = line() + 1
        dense()
        for _ in range(3):
            dense()
        tf.get_variable("w", [2])
    (variable,) = sharing_report().shared
    assert variable.name == "fc/w"
    assert lines(variable) == [(INNER, first), (INNER, first + 2), (first + 3, None)]
    assert {place.line.file for place in variable.places} == {__file__}
    assert [place.times for place in variable.places] == [1, 3, 1]
    assert {place.reuse for place in variable.places} == {tf.AUTO_REUSE}
    assert sharing_report().requested_once == ()


def inner():
    return dense()


def test_the_innermost_call_that_differs():
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        start = line()
        inner()
        inner()
        dense()
    (variable,) = sharing_report().shared
    assert lines(variable) == [(INNER, start + 1), (INNER, start + 2), (INNER, start + 3)]


def test_a_loop_is_one_place():
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        for _ in range(3):
            dense()
    report = sharing_report()
    assert report.shared == report.requested_once == ()


def test_explicit_reuse_is_sharing_too():
    with tf.variable_scope("fc") as scope:
        dense()
        dense("b")
        scope.reuse_variables()
        dense()
    report = sharing_report()
    (variable,) = report.shared
    assert [bool(place.reuse) for place in variable.places] == [False, True]
    assert "shared, reuse=True" in str(report)
    assert report.requested_once == ()


def test_requested_once_under_auto_reuse():
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
        with tf.variable_scope("b"):
            at = line() + 1
            tf.get_variable("weights", [2])
        tf.Variable(1.0, name="no_request")
    with tf.variable_scope("c"):
        dense()
    report = sharing_report()
    (variable,) = report.requested_once
    assert variable.name == "a/b/weights"
    assert lines(variable) == [(at, None)]
    assert report.shared == ()


def test_optimizer_slots_are_not_listed():
    with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
        w = dense()
        v = tf.Variable([1.0], name="v")
        tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(w) * v)
        tf.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(w) * v)
    assert names(sharing_report().requested_once) == ["net/w"]


def test_parts_are_one_variable():
    part = tf.fixed_size_partitioner(2)
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        at = line() + 1
        tf.get_variable("w", [4], partitioner=part)
        tf.get_variable("w", [4], partitioner=part)
        tf.get_variable("once", [4], partitioner=part)
    report = sharing_report()
    assert names(report.requested_once) == ["once"]
    (variable,) = report.shared
    assert variable.name == "w" and lines(variable) == [(at, None), (at + 1, None)]


def test_failed_requests_do_not_count():
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        dense()
        with pytest.raises(ValueError, match="Trying to share variable w"):
            tf.get_variable("w", [3])
    assert names(sharing_report().requested_once) == ["w"]


def test_of_another_graph():
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        dense()
    other = tf.Graph()
    assert sharing_report(other).requested_once == ()
    with other.as_default():
        assert sharing_report().requested_once == ()


def example():
    with tf.variable_scope("fc", reuse=tf.AUTO_REUSE):
        dense()
        for _ in range(2):
            dense()
        tf.get_variable("w", [2])
        dense("wieghts")


def test_text():
    example()
    at = example.__code__.co_firstlineno
    width = len(f"{HERE}:{at}")
    inner, direct = (f"{HERE}:{number}".ljust(width) for number in (INNER, at + 5))
    called = [f"called at {HERE}:{number}" for number in (at + 2, at + 4)]
    assert str(sharing_report()).split("\n") == [
        "requested from more than one place: 1 variable",
        f"  fc/w  {inner}  {called[0]}  made, AUTO_REUSE",
        f"        {inner}  {called[1]}  shared, AUTO_REUSE, 2 times",
        f"        {direct}  {' ' * len(called[1])}  shared, AUTO_REUSE",
        "requested only once, under AUTO_REUSE: 1 variable",
        f"  fc/wieghts  {inner.rstrip()}",
    ]


def test_html():
    example()
    html = sharing_report()._repr_html_()
    assert html.count("<tr>") == html.count("</tr>") == 4
    assert html.count("<table>") == html.count("</table>") == 2
    assert "fc/wieghts" in html and "requested only once, under AUTO_REUSE: 1 variable" in html


def test_nothing_to_report():
    dense()
    report = sharing_report()
    assert str(report) == (
        "requested from more than one place: no variable\n"
        "requested only once, under AUTO_REUSE: no variable"
    )
    assert "<table>" not in report._repr_html_()


def test_only_graphs_have_reports():
    with pytest.raises(TypeError, match=r"sharing_report\(\) looks at a tf.Graph, but got 3"):
        sharing_report(3)


PROGRAM = """\
import tensorflow as tf

with tf.variable_scope("fc", reuse=tf.AUTO_REUSE):
    w = tf.get_variable("w", [2])
    tf.get_variable("w", [2])
    tf.get_variable("b", [2])
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
"""


@pytest.mark.parametrize("tree", [True, False])
def test_of_the_command_line(tmp_path, tree):
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "scopeflow", "run", "--no-progress", "--sharing"]
    command += [*([] if tree else ["--no-tree"]), str(tmp_path / "program.py")]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=120, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ("total: 4 parameters" in done.stdout) is tree
    assert done.stdout.endswith(
        dedent(
            """
            requested from more than one place: 1 variable
              fc/w  program.py:4  made, AUTO_REUSE
                    program.py:5  shared, AUTO_REUSE
            requested only once, under AUTO_REUSE: 1 variable
              fc/b  program.py:6
            """
        )
    )
