"""What the recording scripts share: run a module of cases under TensorFlow, write the results."""

import importlib
import json
import os
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def record(module, folder, file_name, script):
    """Run `run(tf, *case)` of each of the module's `cases()` and write the results."""
    import tensorflow as tf

    sys.path.insert(0, folder)
    cases = importlib.import_module(module)
    recorded = {"|".join(case): rounded(cases.run(tf, *case)) for case in cases.cases()}
    source = f"TensorFlow {tf.__version__}, by tests/oracle/{script}"
    with open(os.path.join(folder, file_name), "w") as file:
        json.dump(
            {"source": source, "cases": recorded},
            file,
            indent=None,
            separators=(",", ":"),
            sort_keys=True,
        )
        file.write("\n")


def rounded(value):
    """Floats to nine digits."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value
