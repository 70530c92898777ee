"""Small programs of scopes and variables, and what a TensorFlow does with them.

A program is JSON: a list of statements, each a list that begins with its kind.

    ["scope", arguments, body]  with tf.variable_scope(…): body; see `_enter` for the arguments
    ["name_scope", name, body]  with tf.name_scope(name): body
    ["reuse"]                   tf.get_variable_scope().reuse_variables()
    ["get", name, arguments]    tf.get_variable
    ["local", name]             tf.get_local_variable
    ["variable", name]          tf.Variable
    ["op", name]                tf.no_op
    ["set", what]               a setter of the current scope

`run` executes a program with the module given as `tf`; it runs under Python 3.7 too, where
tests/oracle/record_scope_programs.py records what TensorFlow 1.15.5 does.
"""

from __future__ import annotations

import random
from typing import Any

NAMES = ["a", "b", "c", "A"]


class Run:
    """One execution: `trace` tells what each statement did, in order."""

    def __init__(self, tf: Any) -> None:
        self.tf = tf
        self.trace = []  # type: list[Any]
        self.scopes = {}  # type: dict[str, Any]
        self.variables = []  # type: list[Any]

    def all(self, statements: list) -> None:
        """Execute the statements; one that raises is noted, and the next follows."""
        for statement in statements:
            try:
                getattr(self, "do_" + statement[0])(*statement[1:])
            except (ValueError, TypeError, KeyError) as error:
                first_line = str(error).split("\n")[0]
                self.trace.append(["error", type(error).__name__, first_line])

    def do_scope(self, arguments: dict, body: list) -> None:
        scope_of = self._enter(arguments)
        with scope_of as scope:
            if "as" in arguments:
                self.scopes[arguments["as"]] = scope
            self.trace.append(
                [
                    "scope",
                    scope.name,
                    scope.original_name_scope,
                    self.tf.get_default_graph().get_name_scope() or "",  # TensorFlow: None, too
                    scope.reuse if isinstance(scope.reuse, bool) else "auto",
                    scope.dtype.name,
                ]
            )
            self.all(body)

    def _enter(self, arguments: dict) -> Any:
        tf = self.tf
        keywords = {}
        if "of" in arguments:  # a scope object; the root scope until it is there
            name = self.scopes.get(arguments["of"], tf.get_variable_scope())
        else:
            name = arguments.get("name")
        if "reuse" in arguments:
            reuse = arguments["reuse"]
            keywords["reuse"] = tf.AUTO_REUSE if reuse == "auto" else reuse
        if "aux" in arguments:
            keywords["auxiliary_name_scope"] = arguments["aux"]
        if "dtype" in arguments:
            keywords["dtype"] = getattr(tf, arguments["dtype"])
        if "use_resource" in arguments:
            keywords["use_resource"] = arguments["use_resource"]
        if "regularizer" in arguments:
            keywords["regularizer"] = _regularizer(tf, arguments["regularizer"])
        if "getter" in arguments:
            keywords["custom_getter"] = self._getter(arguments["getter"])
        return tf.variable_scope(name, arguments.get("default"), **keywords)

    def _getter(self, tag: str) -> Any:
        def getter(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
            reuse = kwargs.get("reuse")
            self.trace.append(["getter", tag, name, reuse if reuse in (True, False) else "auto"])
            return getter(name, *args, **kwargs)

        return getter

    def do_name_scope(self, name: Any, body: list) -> None:
        with self.tf.name_scope(name) as scope:
            self.trace.append(["name_scope", scope])
            self.all(body)

    def do_reuse(self) -> None:
        self.tf.get_variable_scope().reuse_variables()

    def do_set(self, what: str) -> None:
        scope = self.tf.get_variable_scope()
        if what == "float64":
            scope.set_dtype(self.tf.float64)
        elif what == "regularizer":
            scope.set_regularizer(_regularizer(self.tf, True))
        else:
            scope.set_use_resource(what == "resource")

    def do_get(self, name: str, arguments: dict) -> None:
        tf = self.tf
        keywords = {"initializer": tf.zeros_initializer()}
        if "trainable" in arguments:
            keywords["trainable"] = arguments["trainable"]
        if "dtype" in arguments:
            keywords["dtype"] = getattr(tf, arguments["dtype"])
        self._made("get", tf.get_variable(name, arguments.get("shape", [2]), **keywords))

    def do_local(self, name: str) -> None:
        initializer = self.tf.zeros_initializer()
        self._made("local", self.tf.get_local_variable(name, [2], initializer=initializer))

    def do_variable(self, name: str) -> None:
        self._made("variable", self.tf.Variable(0.0, name=name))

    def _made(self, kind: str, variable: Any) -> None:
        same = [i for i, known in enumerate(self.variables) if known is variable]
        if not same:
            same = [len(self.variables)]
            self.variables.append(variable)
        self.trace.append([kind, same[0], repr(variable)])

    def do_op(self, name: str) -> None:
        self.trace.append(["op", self.tf.no_op(name=name).name])


def _regularizer(tf: Any, some: bool) -> Any:
    return (lambda v: tf.identity(v, name="loss")) if some else tf.no_regularizer


def run(tf: Any, program: list) -> dict:
    """What `tf` does with the program: the trace, the ops' names, the collections."""
    with tf.Graph().as_default() as graph:
        execution = Run(tf)
        execution.all(program)
        collections = ("trainable_variables", "local_variables")
        return {
            "trace": execution.trace,
            "ops": " ".join(n for n in (op.name for op in graph.get_operations()) if _counts(n)),
            "collections": [[v.name for v in graph.get_collection(key)] for key in collections],
            "losses": [t.name for t in graph.get_collection("regularization_losses")],
        }


def _counts(name: str) -> bool:
    """Leave out what every variable has below its name."""
    return not name.endswith(("/Assign", "/read", "/zeros", "/ReadVariableOp", "InitializedOp"))


# Programs by a seed: the recorded ones.


def generate(seed: int) -> list:
    """A program of some thirty statements, always the same for a seed."""
    source = random.Random(seed)
    captured = []  # type: list[str]
    return _body(source, captured, 0, source.randint(5, 8))


def _body(source: random.Random, captured: list, depth: int, length: int) -> list:
    return [_statement(source, captured, depth) for _ in range(length)]


def _statement(source: random.Random, captured: list, depth: int) -> list:
    kinds = ["get"] * 6 + ["variable", "op", "local"]
    if depth:
        kinds += ["reuse", "set"]
    if depth < 4:
        kinds += ["scope"] * (9 if depth < 2 else 5) + ["name_scope"]
    kind = source.choice(kinds)
    if kind in ("scope", "name_scope"):
        if kind == "name_scope":
            name = source.choice([*NAMES, "a/", "", None])
            return [kind, name, _body(source, captured, depth + 1, source.randint(0, 3))]
        arguments = _arguments(source, captured)
        body = _body(source, captured, depth + 1, source.randint(1, 3))
        return [kind, arguments, body]
    if kind == "get":
        arguments = {}  # type: dict[str, Any]
        if source.random() < 0.1:
            arguments["trainable"] = False
        if source.random() < 0.05:
            arguments["shape"] = [3]
        if source.random() < 0.05:
            arguments["dtype"] = "float64"
        return [kind, source.choice([*NAMES, "a/b"]), arguments]
    if kind == "set":
        return [kind, source.choice(["float64", "regularizer", "resource", "reference"])]
    return [kind] if kind == "reuse" else [kind, source.choice(NAMES)]


def _arguments(source: random.Random, captured: list) -> dict:
    found = {}  # type: dict[str, Any]
    which = source.random()
    if captured and which < 0.3:
        found["of"] = source.choice(captured)
    elif which < 0.5:
        found["default"] = source.choice(NAMES)
        if source.random() < 0.1:
            found["name"] = source.choice(NAMES)
    else:
        found["name"] = source.choice([*NAMES, "a/b", ""])
    if source.random() < 0.45:
        found["reuse"] = source.choice([None, True, False, "auto", "auto", "auto"])
    if source.random() < 0.15:
        found["aux"] = source.choice([True, False])
    if source.random() < 0.08:
        found["dtype"] = "float64"
    if source.random() < 0.1:
        found["use_resource"] = source.choice([True, False])
    if source.random() < 0.1:
        found["regularizer"] = source.choice([True, True, False])
    if source.random() < 0.1:
        found["getter"] = source.choice(["g", "h"])
    if source.random() < 0.4:
        found["as"] = f"s{len(captured)}"
        captured.append(found["as"])
    return found
