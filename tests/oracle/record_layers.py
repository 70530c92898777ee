"""Records what TensorFlow 1.15.5's layers leave in a graph.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_layers.py

For the tests in tests/layers, which read the recorded files; see tests/layers/observing.py.
"""

import os
import sys

from recording import TESTS, record

FILES = ["contrib_cases", "keras_cases", "layer_cases", "slim_cases"]


def main():
    """Write the recorded files."""
    folder = os.path.join(TESTS, "layers")
    for module in sys.argv[1:] or FILES:
        record(module, folder, f"recorded_{module}.json", "record_layers.py")


if __name__ == "__main__":
    main()
