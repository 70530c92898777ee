"""Records TensorFlow 1.15.5's tf.contrib.seq2seq, for tests/contrib/test_seq2seq.py.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_contrib_seq2seq.py

TensorFlow is no dependency of the project or of its tests: they read the recorded file.
"""

import os

from recording import TESTS, record

if __name__ == "__main__":
    record(
        "seq2seq_cases",
        os.path.join(TESTS, "contrib"),
        "recorded_seq2seq.json",
        "record_contrib_seq2seq.py",
    )
