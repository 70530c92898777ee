"""Records what TensorFlow 1.15.5 does with each op sample: python record_op_samples.py, with it.

Each sample is computed in a process of its own, as TensorFlow may abort. (Its threads begin with
its first session, so that the process that forks has none.)
"""

import gzip
import json
import os
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import tensorflow as tf  # noqa: E402

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "ops"))
import op_sample_cases as cases  # noqa: E402

tf.logging.set_verbosity(tf.logging.FATAL)
SAMPLES = TESTS / "ops" / "op_samples.json.gz"
TARGET = TESTS / "ops" / "recorded_op_samples.json.gz"


def outcomes(sample, parts):
    return {part: compute(tf, sample) for part, compute in parts.items()}


def in_a_process(compute, *arguments):
    """What `compute(*arguments)` returns, as JSON; None if it does not live to tell."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with os.fdopen(writing, "w") as pipe:
            json.dump(compute(*arguments), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    try:
        return json.loads(text)
    except ValueError:
        return None


def main():
    samples = json.loads(gzip.open(str(SAMPLES)).read().decode())
    found = []
    for i, sample in enumerate(samples):
        got = in_a_process(outcomes, sample, cases.PARTS)
        if got is None:
            got = {
                part: (in_a_process(outcomes, sample, {part: compute}) or {}).get(part)
                for part, compute in cases.PARTS.items()
            }
        found.append(got)
        print(i, sample["op"], flush=True)
    text = json.dumps(found, separators=(",", ":"))
    with open(str(TARGET), "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


if __name__ == "__main__":
    main()
