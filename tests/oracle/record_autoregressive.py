"""Records TensorFlow 1.15.5's numbers for tests/test_autoregressive.py.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_autoregressive.py

TensorFlow is no dependency of the project or of its tests: they read the recorded file.
"""

from recording import TESTS, record

if __name__ == "__main__":
    record(
        "autoregressive_cases", TESTS, "recorded_autoregressive.json", "record_autoregressive.py"
    )
