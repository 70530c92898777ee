"""Records TensorFlow 1.15.5's learning rates, moving averages and losses.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_training.py

For tests/train/test_schedules.py, tests/train/test_moving_averages.py and tests/test_losses.py.
TensorFlow is no dependency of the project or of its tests: they read the recorded files.
"""

import os

from recording import TESTS, record


def main():
    """Write the recorded files."""
    train = os.path.join(TESTS, "train")
    record("schedule_cases", train, "recorded_schedules.json", "record_training.py")
    record("average_cases", train, "recorded_moving_averages.json", "record_training.py")
    record("loss_cases", TESTS, "recorded_losses.json", "record_training.py")


if __name__ == "__main__":
    main()
