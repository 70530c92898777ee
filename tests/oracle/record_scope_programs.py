"""Record what TensorFlow 1.15.5 does with generated programs of scopes and variables.

Run under it, from the repository's root:

    python tests/oracle/record_scope_programs.py tests/scopes/recorded_programs.json
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scopes"))

import scope_programs
import tensorflow as tf

COUNT = 200

if __name__ == "__main__":
    assert tf.__version__ == "1.15.5", tf.__version__
    tf.compat.v1.logging.set_verbosity("ERROR")
    cases = []
    for seed in range(COUNT):
        program = scope_programs.generate(seed)
        cases.append({"program": program, **scope_programs.run(tf, program)})
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    made_by = "tests/oracle/record_scope_programs.py under TensorFlow 1.15.5"
    with open(sys.argv[1], "w") as file:
        file.write(f'{{"made_by": {json.dumps(made_by)},\n"cases": [\n{lines}\n]}}\n')
