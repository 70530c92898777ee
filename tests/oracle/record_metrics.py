"""Writes tests/recorded_metrics.json. To be run with TensorFlow 1.15, in this folder."""

from recording import TESTS, record

if __name__ == "__main__":
    record("metric_cases", TESTS, "recorded_metrics.json", "record_metrics.py")
