"""The tree of a checkpoint, and the statistics of its values."""

import numpy as np
from checkpoint import damaged_checkpoints as make

from scopeflow.checkpoint.bundle import BundleReader
from scopeflow.checkpoint.inspection import checkpoint_tree, statistics


def written(folder, **arrays):
    """A checkpoint of float32 arrays."""
    data, entries = b"", {}
    for name, array in arrays.items():
        raw = np.asarray(array, np.float32).tobytes()
        entries[name.encode()] = make.entry(np.shape(array), raw, dtype=1, offset=len(data))
        data += raw
    return BundleReader(make.write(folder, entries, data))


def test_statistics(tmp_path):
    values = np.random.RandomState(1).normal(1000, 0.1, [1300, 1000]).astype(np.float32)
    found = statistics(written(tmp_path, v=values), "v")
    exact = values.astype(np.float64)
    np.testing.assert_allclose(found[:4], [exact.min(), exact.mean(), exact.max(), exact.std()])
    assert found.odd == 0


def test_statistics_of_what_is_not_finite_and_of_nothing(tmp_path):
    reader = written(tmp_path, a=[1, np.nan, 3, np.inf], b=[np.nan], c=np.zeros([0, 2]))
    assert statistics(reader, "a") == (1, 2, 3, 1, 2)
    assert statistics(reader, "b").odd == 1 and statistics(reader, "c").odd == 0
    tree, heading = checkpoint_tree(reader, values=True)
    assert heading.split() == ["min", "mean", "max", "std"]
    assert tree["a"].variable.note.split() == ["1", "2", "3", "1", "2", "not", "finite"]
    assert tree["b"].variable.note.split() == ["1", "not", "finite"]
    assert tree["c"].variable.note.strip() == ""


def test_names_cannot_command_the_terminal(tmp_path):
    name = b"a\x1b[2J\r/" + b"x/" * 5000 + b"y"
    prefix = make.write(tmp_path, {name: make.entry([1], b"a")}, b"a")
    tree, _ = checkpoint_tree(BundleReader(prefix))
    text = str(tree)
    assert "a\\x1b[2J\\r" in text and "\x1b" not in text and tree.total().variables == 1
