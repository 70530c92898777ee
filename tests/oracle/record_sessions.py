"""Record what TensorFlow does in tests/train/session_cases.py (run under TensorFlow 1.15)."""

import os

from recording import TESTS, record

record(
    "session_cases", os.path.join(TESTS, "train"), "recorded_sessions.json", "record_sessions.py"
)
