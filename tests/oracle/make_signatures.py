"""Writes tests/tf1_signatures.json, for tests/test_signatures.py.

    python tests/oracle/make_signatures.py SIGNATURES.JSON [PYTHON_WITH_TENSORFLOW_1.15.5]

SIGNATURES.JSON is the table of TensorFlow 1.15's public names (../shared/tf1-api/signatures.json).
Of it the names that scopeflow exports are taken. What the table lacks (tf.keras, tf.contrib, …) is
asked of TensorFlow itself; without that interpreter it stays as it was recorded before.
"""

import json
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent

# Runs under TensorFlow: paths on stdin, their signatures on stdout.
ASK = r"""
import inspect, json, os, sys, warnings
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.filterwarnings("ignore")
import tensorflow as tf
import tensorflow.contrib
from tensorflow.python.util import tf_inspect

def text(value):
    return value if isinstance(value, str) else str(value) if isinstance(value, tf.DType) \
        else repr(value)

def entry(value):
    if inspect.ismodule(value):
        return {"kind": "module"}
    if inspect.isclass(value):
        return {"kind": "class"}
    if not inspect.isroutine(value):
        return {"kind": "property" if isinstance(value, property) else "constant"}
    spec = tf_inspect.getfullargspec(value)
    defaults = dict(zip(reversed(spec.args), reversed(spec.defaults or ())))
    defaults.update(spec.kwonlydefaults or {})
    return {"kind": "function", "args": spec.args + spec.kwonlyargs, "varargs": spec.varargs,
            "kwargs": spec.varkw, "defaults": {k: text(v) for k, v in defaults.items()}}

found = {}
for path in json.load(sys.stdin):
    value = tf
    try:
        for part in path.split(".")[1:]:
            value = getattr(value, part)
        found[path] = entry(value)
    except (AttributeError, ImportError, TypeError):
        pass
print("\n" + json.dumps({"version": tf.__version__, "found": found}))
"""


def main(table_path, interpreter=None):
    """Write the file; say which names TensorFlow does not have."""
    sys.path[:0] = [str(TESTS.parent), str(TESTS)]
    import test_signatures

    table = json.loads(Path(table_path).read_text())
    names = sorted(test_signatures.exported())
    missing = [name for name in names if name not in table]
    if interpreter:
        asked = subprocess.run(
            [interpreter, "-c", ASK], input=json.dumps(missing), capture_output=True, text=True
        )
        if asked.returncode:
            raise SystemExit(asked.stderr)
        answer = json.loads(asked.stdout.splitlines()[-1])
        assert answer["version"] == "1.15.5", answer["version"]
        more = answer["found"]
    else:
        more = test_signatures.recorded() if test_signatures.RECORDED.exists() else {}
        more = {name: {"kind": "function", **entry} for name, entry in more.items()}
    lines = []
    for name in names:
        entry = table.get(name, more.get(name))
        if entry is None:
            if name not in test_signatures.OWN:
                print(f"{name} is not TensorFlow's, and not in OWN")
            continue
        kept = {"kind": entry["kind"]}
        if entry["kind"] in ("function", "method"):
            keys = ("args", "defaults", "varargs", "kwargs")
            kept = {key: entry[key] for key in keys if entry.get(key)}
        lines.append(f"  {json.dumps(name)}: {json.dumps(kept, sort_keys=True)}")
    source = "TensorFlow 1.15.5, by tests/oracle/make_signatures.py"
    text = f'{{"source": "{source}",\n "signatures": {{\n' + ",\n".join(lines) + "\n}}\n"
    test_signatures.RECORDED.write_text(text)
    print(f"{len(lines)} names in {test_signatures.RECORDED}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
