"""What a program of tests needs beside the test cases."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from functools import cache
from typing import Any, NoReturn

from absl.testing.absltest import main as _absl_main


def main(argv: list[str] | None = None) -> None:
    """Run the tests of the program's main module, and exit; with `--benchmarks=REGEX`, those."""
    arguments = sys.argv if argv is None else argv
    chosen = [a.split("=", 1)[1] for a in arguments if a.startswith(("--benchmarks=",))]
    if chosen:
        from .benchmark import run_benchmarks

        run_benchmarks(chosen[-1])
        return
    _absl_main(argv=argv)


@cache
def get_temp_dir() -> str:
    """A folder for files of this process's tests; it is gone when the process ends."""
    folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def test_src_dir_path(relative_path: str) -> str:
    """A path in the folder that the environment variable TEST_SRCDIR names."""
    return os.path.join(os.environ["TEST_SRCDIR"], "org_tensorflow/tensorflow", relative_path)


test_src_dir_path.__test__ = False  # type: ignore[attr-defined]  # no test, whatever pytest thinks


def assert_equal_graph_def(
    actual: Any, expected: Any, checkpoint_v2: bool = False, hash_table_shared_name: bool = False
) -> None:
    """AssertionError, with the first difference, unless two GraphDefs have the same nodes.

    The order of nodes does not matter. `checkpoint_v2` and `hash_table_shared_name` leave the
    random parts out of the attributes of checkpoint and table ops.
    """
    found, wanted = ({node.name: node for node in graph.node} for graph in (actual, expected))
    for name in sorted(found.keys() | wanted.keys()):
        if name not in found or name not in wanted:
            raise AssertionError(
                f"node {name!r} is only in the {'actual' if name in found else 'expected'} graph"
            )
        left, right = type(found[name])(), type(wanted[name])()
        for copy, node in ((left, found[name]), (right, wanted[name])):
            copy.CopyFrom(node)
            if checkpoint_v2 and any(b"_temp" in v for v in copy.attr["value"].tensor.string_val):
                del copy.attr["value"]
            if hash_table_shared_name and copy.op.startswith(("HashTable", "MutableHashTable")):
                del copy.attr["shared_name"]
        if left != right:
            raise AssertionError(f"node {name!r} differs:\n{left}\nis not\n{right}")


def create_local_cluster(
    num_workers: int, num_ps: int, protocol: str = "grpc",
    worker_config: Any = None, ps_config: Any = None,
) -> NoReturn:  # fmt: skip
    """Raises NotImplementedError: there are no servers that graphs are sent to."""
    raise NotImplementedError(
        "tf.test.create_local_cluster(): a session of scopeflow runs in its own process, there are "
        "no workers and parameter servers. Run the graph in a tf.Session."
    )


class StubOutForTesting:
    """Replaces attributes for the time of a test, and gives them back.

    >>> import os
    >>> stubs = StubOutForTesting()
    >>> stubs.Set(os, "getcwd", lambda: "/here")
    >>> os.getcwd()
    '/here'
    >>> stubs.CleanUp()
    """

    def __init__(self) -> None:
        self._set: list[tuple[Any, str, Any]] = []
        self._smart: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> StubOutForTesting:
        return self

    def __exit__(self, *unused: Any) -> None:
        self.CleanUp()

    def Set(self, parent: Any, child_name: str, new_child: Any) -> None:
        """Replace an attribute of `parent`; `UnsetAll` gives it back."""
        self._set.append((parent, child_name, _own(parent, child_name)))
        setattr(parent, child_name, new_child)

    def SmartSet(self, obj: Any, attr_name: str, new_attr: Any) -> None:
        """Replace an attribute where it is defined: in the object, or in its class or a base."""
        owners = [obj, *(obj.__mro__ if isinstance(obj, type) else type(obj).__mro__)]
        owner = next((o for o in owners if attr_name in getattr(o, "__dict__", ())), None)
        if owner is None:
            raise AttributeError(f"{obj!r} has no attribute {attr_name!r}")
        self._smart.append((owner, attr_name, _own(owner, attr_name)))
        setattr(owner, attr_name, new_attr)

    def UnsetAll(self) -> None:
        """Give back what `Set` replaced."""
        _restore(self._set)

    def SmartUnsetAll(self) -> None:
        """Give back what `SmartSet` replaced."""
        _restore(self._smart)

    def CleanUp(self) -> None:
        """Give everything back."""
        self.UnsetAll()
        self.SmartUnsetAll()


def _own(parent: Any, name: str) -> Any:
    return vars(parent)[name] if name in getattr(parent, "__dict__", ()) else getattr(parent, name)


def _restore(replaced: list[tuple[Any, str, Any]]) -> None:
    while replaced:
        parent, name, old = replaced.pop()
        setattr(parent, name, old)
