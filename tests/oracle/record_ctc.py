"""Writes tests/recorded_ctc.json. To be run with TensorFlow 1.15, in this folder."""

from recording import TESTS, record

if __name__ == "__main__":
    record("ctc_cases", TESTS, "recorded_ctc.json", "record_ctc.py")
