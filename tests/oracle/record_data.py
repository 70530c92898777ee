"""Write tests/recorded_data.json: run in an environment with TensorFlow 1.15."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from recording import TESTS, record

if __name__ == "__main__":
    record("data_cases", TESTS, "recorded_data.json", "record_data.py")
