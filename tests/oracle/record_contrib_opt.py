"""Records TensorFlow 1.15.5's tf.contrib.opt, for tests/contrib/test_opt.py.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_contrib_opt.py

TensorFlow is no dependency of the project or of its tests: they read the recorded file.
"""

import os

from recording import TESTS, record

if __name__ == "__main__":
    record(
        "opt_cases",
        os.path.join(TESTS, "contrib"),
        "recorded_opt.json",
        "record_contrib_opt.py",
    )
