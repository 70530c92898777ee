"""Threads start at the root: two of them never see each other's scopes."""

from __future__ import annotations

import threading

import scopeflow as tf


def in_threads(*functions) -> list:
    """The functions' results, each run in a thread of its own; they meet at each `step()`."""
    barrier = threading.Barrier(len(functions), timeout=10)
    results: list = [None] * len(functions)

    def run(i: int) -> None:
        try:
            results[i] = functions[i](barrier.wait)
        except BaseException as error:
            results[i] = error
            barrier.abort()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def model(step, name: str) -> list[str]:
    """A model in scopes, a step between any two lines."""
    found = []
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE, initializer=tf.zeros_initializer()):
        step()
        found.append(tf.get_variable("w", [2]).name)
        step()
        with tf.variable_scope(None, "layer"), tf.name_scope("ops"):
            step()
            found.append(tf.get_variable("w", [2]).name)
            found.append(tf.no_op().name)
            step()
        with tf.variable_scope(None, "layer") as scope:
            step()
            found.append(scope.name)
            found.append(tf.get_default_graph().get_name_scope())
    found.append(tf.get_variable_scope().name)
    return found


def expected(name: str) -> list[str]:
    return [
        f"{name}/w:0", f"{name}/layer/w:0", f"{name}/layer/ops/NoOp", f"{name}/layer_1",
        f"{name}/layer_1", "",
    ]  # fmt: skip


def test_two_threads_with_a_graph_each():
    def build(step):
        with tf.Graph().as_default() as graph:
            found = model(step, "net")
            assert [v.name for v in tf.global_variables()] == ["net/w:0", "net/layer/w:0"]
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                step()
                return found, graph, session.run(tf.global_variables()[0]).sum()

    (a, graph_a, sum_a), (b, graph_b, sum_b) = in_threads(build, build)
    assert a == b == expected("net")
    assert graph_a is not graph_b
    assert sum_a == sum_b == 0


def test_two_threads_in_one_graph():
    graph = tf.Graph()

    def build(name):
        def run(step):
            with graph.as_default():
                return model(step, name)

        return run

    with graph.as_default(), tf.variable_scope("main"):
        assert in_threads(build("a"), build("b")) == [expected("a"), expected("b")]
        assert tf.get_variable_scope().name == "main"
        assert tf.get_variable("w", [2]).name == "main/w:0"
    names = {f"{scope}/{v}:0" for scope in "ab" for v in ("w", "layer/w")}
    assert {v.name for v in graph.get_collection("variables")} == names | {"main/w:0"}


def test_a_thread_has_its_own_default_graph():
    with tf.Graph().as_default() as graph, tf.variable_scope("s"), tf.name_scope("n"):

        def look(step):
            default = tf.get_default_graph()
            return default, tf.get_variable_scope().name, default.get_name_scope()

        [(default, scope, name_scope)] = in_threads(look)
        assert default is not graph
        assert (scope, name_scope) == ("", "")


def test_what_was_set_in_one_thread_stays_there():
    graph = tf.Graph()

    def setting(step):
        with graph.as_default():
            tf.get_variable_scope().set_dtype(tf.float64)
            tf.get_variable_scope().reuse_variables()
            step()
            step()

    def looking(step):
        with graph.as_default():
            step()
            scope = tf.get_variable_scope()
            found = scope.dtype, scope.reuse, tf.get_variable("v", [1]).dtype.base_dtype
            step()
            return found

    assert in_threads(setting, looking)[1] == (tf.float32, False, tf.float32)


def test_creators_are_per_thread():
    graph = tf.Graph()

    def with_creator(step):
        with graph.as_default(), tf.variable_creator_scope(lambda next_creator, **kwargs: "mine"):
            step()
            made = tf.Variable(1.0)
            step()
            return made

    def without(step):
        with graph.as_default():
            step()
            made = tf.Variable(1.0)
            step()
            return isinstance(made, tf.Variable)

    assert in_threads(with_creator, without) == ["mine", True]
