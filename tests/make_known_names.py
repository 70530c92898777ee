"""Writes scopeflow/api/known_names.txt, TensorFlow 1.15's names, from tests/tf1_signatures.json.gz.

One line a namespace: `tf.nn: all_candidate_sampler atrous_conv2d …`.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "scopeflow" / "api" / "known_names.txt"


def table() -> str:
    """The file's text. Of tf.contrib, whose parts export much that is not theirs, two levels."""
    recorded = gzip.decompress((TESTS / "tf1_signatures.json.gz").read_bytes())
    signatures = json.loads(recorded)["signatures"]
    namespaces = {"tf", *(n for n, s in signatures.items() if s.get("kind") == "module")}
    found: dict[str, list[str]] = defaultdict(list)
    for path in signatures:
        namespace, _, name = path.rpartition(".")
        deep = namespace.startswith("tf.contrib.") and namespace.count(".") > 2
        if namespace in namespaces and not name.startswith("_") and not deep:
            if namespace != "tf.raw_ops" and namespace != "tf.contrib.quantization":
                found[namespace].append(name)
    lines = [f"{space}: {' '.join(sorted(set(names)))}" for space, names in sorted(found.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table())
