"""Writes tests/tf1_signatures.json.gz, for tests/test_signatures.py.

    python tests/oracle/make_signatures.py SIGNATURES.JSON PYTHON_WITH_TENSORFLOW_1.15.5

SIGNATURES.JSON is the table of TensorFlow 1.15's public names (../shared/tf1-api/signatures.json).
What it lacks (tf.keras, tf.contrib, tf.compat) is asked of TensorFlow itself. All names are
recorded, whether scopeflow has them or not: a new name needs no new recording.
"""

import gzip
import json
import subprocess
import sys
from pathlib import Path

RECORDED = Path(__file__).resolve().parent.parent / "tf1_signatures.json.gz"

# Runs under TensorFlow: the signatures of all that tf.keras and tf.contrib have, on stdout.
ASK = r"""
import importlib, inspect, json, os, pkgutil, sys, warnings
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

found = {"tf." + name: {"kind": "module"} for name in ("compat", "contrib", "keras")}

def take(path, value):
    try:
        found[path] = entry(value)
    except TypeError:
        pass

def walk(path, module, depth):
    for name in dir(module):
        if name.startswith("_"):
            continue
        try:
            value = getattr(module, name)
        except Exception:
            continue
        if inspect.ismodule(value):
            inside = path.split(".")[1]  # keras, contrib, compat: what belongs there, no imports
            ours = "." + inside in value.__name__ and name != "python"
            if ours and depth and path + "." + name not in found:
                found[path + "." + name] = {"kind": "module"}
                walk(path + "." + name, value, depth - 1)
            continue
        take(path + "." + name, value)
        if inspect.isclass(value):
            for member in dir(value):
                if not member.startswith("_") or member == "__init__":
                    try:
                        take(path + "." + name + "." + member, getattr(value, member))
                    except Exception:
                        pass

walk("tf.compat", tf.compat, 0)
walk("tf.keras", tf.keras, 4)
for info in pkgutil.iter_modules(tf.contrib.__path__):
    try:
        importlib.import_module("tensorflow.contrib." + info.name)
    except Exception:
        pass
walk("tf.contrib", tf.contrib, 4)
for member in dir(tf.test.TestCase):
    if not member.startswith("_"):
        value = getattr(tf.test.TestCase, member)
        take("tf.test.TestCase." + member, getattr(value, "__wrapped__", value))
print("\n" + json.dumps({"version": tf.__version__, "found": found}))
"""


def main(table_path, interpreter):
    """Write the file."""
    table = json.loads(Path(table_path).read_text())
    asked = subprocess.run([interpreter, "-c", ASK], capture_output=True, text=True)
    if asked.returncode:
        raise SystemExit(asked.stderr)
    answer = json.loads(asked.stdout.splitlines()[-1])
    assert answer["version"] == "1.15.5", answer["version"]
    signatures = {}
    for name, entry in sorted({**answer["found"], **table}.items()):
        kept = {"kind": entry["kind"]}
        if entry["kind"] in ("function", "method"):
            keys = ("args", "defaults", "varargs", "kwargs")
            kept = {key: entry[key] for key in keys if entry.get(key)}
        signatures[name] = kept
    source = "TensorFlow 1.15.5, by tests/oracle/make_signatures.py"
    text = json.dumps({"source": source, "signatures": signatures}, sort_keys=True)
    RECORDED.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{len(signatures)} names in {RECORDED}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
