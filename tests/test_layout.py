"""The rooms of the house: who may import whom."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "scopeflow"
GUESTS = (
    "train", "losses", "keras", "contrib", "layers", "data", "estimator", "summary", "metrics",
    "distributions", "signal", "rnn", "saved_model", "test", "profiler",
    "feature_column", "distribute", "linear_operators",
)  # fmt: skip
ROOMS = ("core", "ops", "pipeline", "scopes", "runtime")


def imports(path):
    """(module, line) of each import; relative ones written out in full."""
    package = path.relative_to(PACKAGE.parent).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join((*base, *((node.module or "").split("."))[:99])).rstrip("."), node.lineno


def files(room):
    return sorted((PACKAGE / room).rglob("*.py"))


@pytest.mark.parametrize("guest", GUESTS)
def test_guests_use_the_public_interface_alone(guest):
    own = f"scopeflow.{guest}"
    for path in files(guest):
        if path.parent.name == guest and path.name == "__init__.py":
            continue  # the namespace tf.<guest>: it only names what there is
        for module, line in imports(path):
            internal = module.startswith("scopeflow.") and not f"{module}.".startswith(f"{own}.")
            assert not internal, f"{path}:{line} imports {module}"


@pytest.mark.parametrize("room", ROOMS)
def test_the_core_does_not_know_its_guests(room):
    strangers = tuple(f"scopeflow.{name}" for name in (*GUESTS, "alias", "api", "cli"))
    for path in files(room):
        for module, line in imports(path):
            assert module != "scopeflow", f"{path}:{line} imports the public package"
            assert not module.startswith(strangers), f"{path}:{line} imports {module}"


def test_the_core_stands_below_everything():
    for path in files("core"):
        for module, line in imports(path):
            above = module.startswith("scopeflow.") and not module.startswith("scopeflow.core")
            assert not above, f"{path}:{line} imports {module}"


@pytest.mark.parametrize("room", ["core", "ops", "pipeline", "scopes", "checkpoint", *GUESTS])
def test_torch_stands_on_one_side(room):
    for path in files(room):
        for module, line in imports(path):
            assert module.split(".")[0] != "torch", f"{path}:{line} imports torch"
            assert not module.startswith("scopeflow.runtime"), f"{path}:{line} imports the runtime"


def test_few_libraries_are_needed():
    allowed = {
        "scopeflow", "numpy", "torch", "rich", "ml_dtypes", "google", "google_crc32c",
        "tensorboard", "absl", "PIL", "safetensors",
    }  # fmt: skip
    for path in PACKAGE.rglob("*.py"):
        for module, line in imports(path):
            top = module.split(".")[0]
            assert top in allowed or top in sys.stdlib_module_names, f"{path}:{line} needs {top}"
