"""Record what TensorFlow gives for the samples of op families (see tests/ops/recorded.py).

Run with TensorFlow 1.15.5: python tests/oracle/record_ops.py sparse strings lookup
"""

import importlib
import json
import os
import sys

from recording import TESTS

sys.path.insert(0, TESTS)
sys.path.insert(0, os.path.join(TESTS, "ops"))

import tensorflow as tf
from ops import recorded

for family in sys.argv[1:]:
    samples = importlib.import_module(f"ops.{family}_cases").SAMPLES
    cases = {label: recorded.outcome(tf, build) for label, build in samples.items()}
    source = f"TensorFlow {tf.__version__}, by tests/oracle/record_ops.py"
    with open(recorded.path(family), "w") as file:
        json.dump({"source": source, "cases": cases}, file, separators=(",", ":"), sort_keys=True)
        file.write("\n")
