"""Records TensorFlow 1.15.5's tf.contrib.rnn, for tests/contrib/test_rnn.py.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_contrib_rnn.py

TensorFlow is no dependency of the project or of its tests: they read the recorded file.
"""

import os

from recording import TESTS, record

if __name__ == "__main__":
    record(
        "rnn_cases", os.path.join(TESTS, "contrib"), "recorded_rnn.json", "record_contrib_rnn.py"
    )
