"""Records TensorFlow 1.15.5's summaries: python record_summaries.py, with that TensorFlow."""

import os

from recording import TESTS, record

record(
    "summary_cases",
    os.path.join(TESTS, "summary"),
    "recorded_summaries.json",
    "record_summaries.py",
)
