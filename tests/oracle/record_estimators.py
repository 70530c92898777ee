"""Record what TensorFlow does in tests/estimator/estimator_cases.py (run under TensorFlow 1.15)."""

import os

from recording import TESTS, record

FOLDER = os.path.join(TESTS, "estimator")

record("estimator_cases", FOLDER, "recorded_estimators.json", "record_estimators.py")
record("transformer_cases", FOLDER, "recorded_transformer.json", "record_estimators.py")
record("column_cases", FOLDER, "recorded_columns.json", "record_estimators.py")
record("canned_cases", FOLDER, "recorded_canned.json", "record_estimators.py")
