"""Random programs of scopes and variables: against TensorFlow's record, and against the rules.

The rules are the tables and the small model below, written from what TensorFlow 1.15.5 does;
`recorded_programs.json` holds what it really did with generated programs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from scopes import scope_programs

import scopeflow as tf

RECORDED = json.loads((Path(__file__).parent / "recorded_programs.json").read_text())


def test_recorded_by_tensorflow():
    assert RECORDED["made_by"].endswith("under TensorFlow 1.15.5")
    assert len(RECORDED["cases"]) == 200


@pytest.mark.parametrize("part", range(10))
def test_programs_do_what_tensorflow_did(part):
    for case in RECORDED["cases"][part::10]:
        program = case["program"]
        found = json.loads(json.dumps(scope_programs.run(tf, program)))
        for key, value in found.items():
            assert value == case[key], (key, program)


# The rules.

INHERITED = {  # (the reuse that the scope had, the reuse asked for) -> the scope's reuse
    (False, None): False, (False, False): False, (False, True): True, (False, "auto"): "auto",
    (True, None): True, (True, False): True, (True, True): True, (True, "auto"): "auto",
    ("auto", None): "auto", ("auto", False): "auto", ("auto", True): True, ("auto", "auto"): "auto",
}  # fmt: skip
SHARING = {  # (whether the variable exists, reuse) -> what get_variable does
    (False, False): "make", (False, True): "missing", (False, "auto"): "make",
    (True, False): "exists", (True, True): "share", (True, "auto"): "share",
}  # fmt: skip
MISSING = (
    "Variable {} does not exist, or was not created with tf.get_variable(). Did you mean to set "
    "reuse=tf.AUTO_REUSE in VarScope?"
)
EXISTS = (
    "Variable {} already exists, disallowed. Did you mean to set reuse=True or "
    "reuse=tf.AUTO_REUSE in VarScope? Originally defined at:"
)
NEEDS_NAME = "reuse=True cannot be used without a name_or_scope"


class Scope:
    """A variable scope of the model. Setting `reuse` on it is what reuse_variables does."""

    def __init__(self, name: str, name_scope: str, reuse: Any) -> None:
        self.name, self.name_scope, self.reuse = name, name_scope, reuse


class Model:
    """What a program does by the rules; `trace` as in `scope_programs.Run`."""

    def __init__(self) -> None:
        self.trace: list = []
        self.scope = Scope("", "", False)
        self.here = ""  # the current name scope
        self.taken: dict[str, int] = {}  # lower-cased op and name scope names -> uses
        self.opened: dict[str, int] = {}  # scope names -> times opened, for default names
        self.variables: dict[str, tuple[int, str]] = {}
        self.made = 0
        self.captured: dict[str, Scope] = {}

    # Names of ops and name scopes: unique without regard to case, "_1" and so on appended.

    def unique(self, name: str) -> str:
        full = f"{self.here}/{name}" if self.here else name
        uses = self.taken.get(full.lower(), 0)
        self.taken[full.lower()] = uses + 1
        if not uses:
            return full
        while f"{full}_{uses}".lower() in self.taken:
            uses += 1
        self.taken[f"{full}_{uses}".lower()] = 1
        return f"{full}_{uses}"

    def all(self, statements: list) -> None:
        for kind, *rest in statements:
            try:
                getattr(self, f"do_{kind}")(*rest)
            except ValueError as error:
                self.trace.append(["error", "ValueError", str(error)])

    def do_name_scope(self, name: str | None, body: list) -> None:
        before = self.here
        # "name/" is that very scope again, None and "" are the root.
        self.here = "" if not name else name[:-1] if name.endswith("/") else self.unique(name)
        self.trace.append(["name_scope", self.here and self.here + "/"])
        self.all(body)
        self.here = before

    def do_scope(self, arguments: dict, body: list) -> None:
        outer, before = self.scope, self.here
        asked = arguments.get("reuse")
        again = None
        if "of" in arguments:
            again = self.captured.get(arguments["of"], outer)
            name, opens = again.name, again.name.split("/")[-1]
        elif arguments.get("name") is not None:
            opens = arguments["name"]
            name = f"{outer.name}/{opens}" if outer.name else opens
        else:
            if asked:
                raise ValueError(NEEDS_NAME)
            opens = arguments["default"]
        # With a name scope of its own, but for an empty name: it opens none, and notes none.
        if not arguments.get("aux", True):
            original = before and before + "/"
        elif opens:
            self.here = self.unique(opens)
            original = self.here + "/"
        else:
            original = opens
        if again is not None:
            original = again.name_scope
        elif arguments.get("name") is None:  # the default name, made unique among the scopes
            name = f"{outer.name}/{opens}" if outer.name else opens
            if self.opened.get(name):
                number = 1
                while self.opened.get(f"{name}_{number}"):
                    number += 1
                name = f"{name}_{number}"
        source = outer if again is None else again
        self.scope = Scope(name, original, INHERITED[source.reuse, asked])
        self.opened[name] = self.opened.get(name, 0) + 1
        counts = dict(self.opened)
        if "as" in arguments:
            self.captured[arguments["as"]] = self.scope
        self.trace.append(["scope", name, original, self.here, self.scope.reuse, "float32"])
        self.all(body)
        # What was opened inside is forgotten; a jump into a scope object forgets just that.
        self.opened = {k: 0 if k.startswith(name + "/") else n for k, n in self.opened.items()}
        if again is not None:
            self.opened = counts
        self.scope, self.here = outer, before

    def do_reuse(self) -> None:
        self.scope.reuse = True

    def do_get(self, name: str, _: dict) -> None:
        full = f"{self.scope.name}/{name}" if self.scope.name else name
        outcome = SHARING[full in self.variables, self.scope.reuse]
        if outcome == "missing":
            raise ValueError(MISSING.format(full))
        if outcome == "exists":
            raise ValueError(EXISTS.format(full))
        if outcome == "make":
            before, self.here = self.here, ""  # name scopes do not prefix get_variable
            self.variables[full] = self.new(self.unique(full), "(2,)")
            self.here = before
        number, text = self.variables[full]
        self.trace.append(["get", number, text])

    def do_variable(self, name: str) -> None:
        self.trace.append(["variable", *self.new(self.unique(name), "()")])

    def new(self, name: str, shape: str) -> tuple[int, str]:
        self.made += 1
        return self.made - 1, f"<tf.Variable '{name}:0' shape={shape} dtype=float32_ref>"

    def do_op(self, name: str) -> None:
        self.trace.append(["op", self.unique(name)])


# Programs.

names = st.sampled_from(scope_programs.NAMES)
tags = st.sampled_from(["s0", "s1", "s2"])
reuses = st.sampled_from([None, False, True, "auto"])
options = st.fixed_dictionaries({}, optional={"reuse": reuses, "aux": st.booleans(), "as": tags})
which = st.one_of(
    st.fixed_dictionaries({"name": st.one_of(names, st.sampled_from(["a/b", ""]))}),
    st.fixed_dictionaries({"of": tags}),
    st.fixed_dictionaries({"default": names}),
)
arguments = st.builds(lambda a, b: {**a, **b}, which, options)
leaves = st.one_of(
    st.tuples(st.just("get"), st.one_of(names, st.just("b/a")), st.just({})),
    st.tuples(st.just("variable"), names),
    st.tuples(st.just("op"), names),
    st.tuples(st.just("reuse")),
)
name_scopes = st.one_of(names, st.sampled_from(["a/", "a/b/", "", None]))
statements = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("scope"), arguments, st.lists(inner, min_size=1, max_size=4)),
        st.tuples(st.just("name_scope"), name_scopes, st.lists(inner, max_size=3)),
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(statements, min_size=1, max_size=6))
def test_programs_follow_the_rules(program):
    model = Model()
    model.all(program)
    found = scope_programs.run(tf, program)
    assert found["trace"] == model.trace
