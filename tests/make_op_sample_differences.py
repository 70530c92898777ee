"""Writes tests/ops/op_sample_differences.json: what differs from TensorFlow, and is known to."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from ops import test_op_samples as samples

found = {
    name: different
    for name, (sample, recorded) in zip(samples.IDS, samples.SAMPLES, strict=True)
    if (different := samples.differences(sample, recorded))
}
samples.DIFFERENCES.write_text(json.dumps(found, indent=1) + "\n")
