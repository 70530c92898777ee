"""Records which ops TensorFlow's input producers and batches add, for tests/train/test_input.py.

python tests/oracle/record_input.py   # under TensorFlow 1.15.5
"""

import os

from recording import TESTS, record

if __name__ == "__main__":
    record("input_cases", os.path.join(TESTS, "train"), "recorded_input.json", "record_input.py")
