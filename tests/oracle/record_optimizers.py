"""Records what TensorFlow 1.15.5's optimizers do, for tests/train/test_optimizers.py.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_optimizers.py

TensorFlow is no dependency of the project or of its tests: they read the recorded file.
"""

import os

from recording import TESTS, record

if __name__ == "__main__":
    record(
        "optimizer_cases",
        os.path.join(TESTS, "train"),
        "recorded_optimizers.json",
        "record_optimizers.py",
    )
