"""Records TensorFlow 1.15.5's tf.contrib.opt, for tests/contrib/test_opt.py, test_opt_external.py.

    PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_contrib_opt.py

It needs SciPy too (1.7.3 was used). TensorFlow is no dependency of the project or of its tests:
they read the recorded files.
"""

import os

from recording import TESTS, record

if __name__ == "__main__":
    for cases, file_name in (
        ("opt_cases", "recorded_opt.json"),
        ("external_cases", "recorded_opt_external.json"),
    ):
        record(cases, os.path.join(TESTS, "contrib"), file_name, "record_contrib_opt.py")
