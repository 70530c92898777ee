"""Records TensorFlow 1.15.5's legacy_seq2seq and crf, for tests/contrib/test_sequences.py.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_contrib_sequences.py

TensorFlow is no dependency of the project or of its tests: they read the recorded file.
"""

import os

from recording import TESTS, record

if __name__ == "__main__":
    record(
        "sequence_cases",
        os.path.join(TESTS, "contrib"),
        "recorded_sequences.json",
        "record_contrib_sequences.py",
    )
