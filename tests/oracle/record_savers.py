"""Writes tests/train/recorded_savers.json with TensorFlow 1.15.5.

PYTHON_WITH_TENSORFLOW_1.15.5 tests/oracle/record_savers.py
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import recording
import tensorflow as tf

tf.logging.set_verbosity("FATAL")
recording.record(
    "saver_cases",
    os.path.join(recording.TESTS, "train"),
    "recorded_savers.json",
    "record_savers.py",
)
