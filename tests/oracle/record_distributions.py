"""Writes tests/recorded_distributions.json. To be run with TensorFlow 1.15, in this folder."""

from recording import TESTS, record

if __name__ == "__main__":
    record("distribution_cases", TESTS, "recorded_distributions.json", "record_distributions.py")
