"""Records what TensorFlow 1.15.5's optimizers do, for tests/train/test_optimizers.py.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_optimizers.py

TensorFlow is no dependency of the project or of its tests: they read the recorded file.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TRAIN = os.path.join(os.path.dirname(HERE), "train")
sys.path.insert(0, TRAIN)

import optimizer_cases  # noqa: E402
import tensorflow as tf  # noqa: E402


def main():
    """Write recorded_optimizers.json."""
    recorded = {
        "|".join(case): optimizer_cases.run(tf, *case) for case in optimizer_cases.cases()
    }
    with open(os.path.join(TRAIN, "recorded_optimizers.json"), "w") as file:
        json.dump(
            {
                "source": "TensorFlow {}, by tests/oracle/record_optimizers.py".format(
                    tf.__version__
                ),
                "cases": recorded,
            },
            file,
            indent=None,
            separators=(",", ":"),
            sort_keys=True,
        )
        file.write("\n")


if __name__ == "__main__":
    main()
