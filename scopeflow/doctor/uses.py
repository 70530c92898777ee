"""Where a program uses which names of TensorFlow, and with which keyword arguments."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

ROOTS = ("tensorflow", "tf_slim", "tensorflow_estimator", "keras")


class Use(NamedTuple):
    """A use of a name ("tensorflow.nn.relu"): of a call, with its keywords; or an assignment."""

    symbol: str
    keywords: tuple[str, ...]
    place: str
    line: int
    sets: bool = False


def uses(tree: ast.Module, place: str, names_of: Callable[[str], Iterable[str]]) -> Iterator[Use]:
    """The uses in a file. `names_of` tells what a module has, for `from … import *`."""
    reader = _Reader(place, names_of)
    reader.bind(tree.body)
    reader.visit(tree)
    return iter(reader.found)


class _Reader(ast.NodeVisitor):
    """Follows imports and assignments like `slim = tf.contrib.slim`, scope by scope."""

    def __init__(self, place: str, names_of: Callable[[str], Iterable[str]]) -> None:
        self.place = place
        self.names_of = names_of
        self.found: list[Use] = []
        # Name -> the path that it stands for; None where it is something of the program's.
        self.scopes: list[dict[str, str | None]] = [{}]

    # What names stand for.

    def bind(self, body: list) -> None:
        """Note what the statements import and assign, also those inside ifs and loops."""
        for node in _statements(body):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._import(alias)
            elif isinstance(node, ast.ImportFrom):
                self._import_from(node)
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._assign(node.targets[0], node.value)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.scopes[-1].setdefault(node.name, None)

    def _import(self, alias: ast.alias) -> None:
        root = alias.name.split(".")[0]
        known = root in ROOTS
        name = alias.asname or root
        self.scopes[-1][name] = (alias.name if alias.asname else root) if known else None

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        known = not node.level and module.split(".")[0] in ROOTS
        for alias in node.names:
            if known and alias.name == "*":
                names = self.names_of(module)
                self.scopes[-1].update({n: f"{module}.{n}" for n in names})
            else:
                name = alias.asname or alias.name
                self.scopes[-1][name] = f"{module}.{alias.name}" if known else None

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            path = self.path(value)
            if path is not None or target.id not in self.scopes[-1]:
                self.scopes[-1][target.id] = path

    def path(self, node: ast.expr) -> str | None:
        """The path that an expression of names and dots stands for."""
        if isinstance(node, ast.Name):
            for scope in reversed(self.scopes):
                if node.id in scope:
                    return scope[node.id]
            return None
        if isinstance(node, ast.Attribute):
            base = self.path(node.value)
            return None if base is None else f"{base}.{node.attr}"
        return None

    # Where they are used.

    def _note(self, symbol: str, node: ast.AST, keywords: tuple[str, ...] = ()) -> None:
        sets = isinstance(getattr(node, "ctx", None), ast.Store)
        self.found.append(Use(symbol, keywords, self.place, getattr(node, "lineno", 0), sets))

    def visit_Import(self, node: ast.Import) -> None:
        """An import of a module is a use of it."""
        for alias in node.names:
            if alias.name.split(".")[0] in ROOTS and "." in alias.name:
                self._note(alias.name, node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """So is that of a name."""
        module = node.module or ""
        if not node.level and module.split(".")[0] in ROOTS:
            for alias in node.names:
                self._note(module if alias.name == "*" else f"{module}.{alias.name}", node)

    def visit_Call(self, node: ast.Call) -> None:
        """A call, with its keywords."""
        path = self.path(node.func)
        if path is not None and path not in ROOTS:
            self._note(path, node, tuple(k.arg for k in node.keywords if k.arg is not None))
        else:
            self.visit(node.func)
        for child in (*node.args, *node.keywords):
            self.visit(child)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """A name with dots."""
        path = self.path(node)
        if path is None:
            self.visit(node.value)
        elif path not in ROOTS:
            self._note(path, node)

    def visit_Name(self, node: ast.Name) -> None:
        """A name that was imported."""
        path = self.path(node)
        if path is not None and "." in path and isinstance(node.ctx, ast.Load):
            self._note(path, node)

    # Scopes.

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        for child in (*arguments.defaults, *filter(None, arguments.kw_defaults)):
            self.visit(child)
        body: list = [node.body] if isinstance(node, ast.Lambda) else node.body
        if not isinstance(node, ast.Lambda):
            for decorator in node.decorator_list:
                self.visit(decorator)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        self.scopes.append({argument.arg: None for argument in every})
        if not isinstance(node, ast.Lambda):
            self.bind(node.body)
        for child in body:
            self.visit(child)
        self.scopes.pop()

    visit_FunctionDef = _function
    visit_AsyncFunctionDef = _function
    visit_Lambda = _function

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class's own names are seen in its body alone; functions in it do not see them."""
        for child in (*node.bases, *node.keywords, *node.decorator_list):
            self.visit(child)
        for child in node.body:
            self.visit(child)


def _statements(body: list) -> Iterator[ast.stmt]:
    """The statements of a scope, in order."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _statements(handler.body)
        for case in getattr(node, "cases", []):
            yield from _statements(case.body)
