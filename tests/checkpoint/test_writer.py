"""What is written is what TensorFlow writes, byte for byte, and is read back as it was."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.checkpoint import durable, writer
from scopeflow.checkpoint.bundle import BundleReader
from scopeflow.checkpoint.slices import slice_key
from scopeflow.checkpoint.table import read_table
from scopeflow.checkpoint.table_writer import table_bytes
from scopeflow.checkpoint.writer import BundleWriter, merge

TF1 = Path(__file__).parent / "fixtures" / "tf1"


@pytest.mark.parametrize("name", ["model-2", "dtypes", "slices", "sharded", "many"])
def test_tables_are_as_tensorflow_writes_them(name):
    path = TF1 / f"{name}.index"
    data = (
        path.read_bytes()
        if path.exists()
        else gzip.decompress((TF1 / "many.index.gz").read_bytes())
    )
    assert table_bytes(read_table(data, name).items()) == data


def test_keys_with_high_bytes_in_a_table_of_many_blocks():
    keys = sorted(bytes([a, b]) * 9 for a in (1, 128, 254, 255) for b in (0, 7, 255))
    pairs = [(key, os.urandom(200_000)) for key in keys]
    assert list(read_table(table_bytes(pairs), "t").items()) == pairs
    assert read_table(table_bytes([]), "t") == {}


def parts_of(name):
    """The tensors and slices of a recorded checkpoint, in the order of their data."""
    reader = BundleReader(TF1 / name)
    wholes = {
        slice_key(n.encode(), extents): (n, entry.shape, extents)
        for n, entry in reader.entries.items() for extents in entry.slices
    }  # fmt: skip
    stored = {n.encode(): e for n, e in reader.entries.items() if not e.slices}
    for key, entry in sorted({**stored, **reader._slices}.items(), key=lambda p: p[1].offset):
        own, shape, extents = wholes.get(key) or (key.decode(), None, None)
        yield own, entry.dtype, shape, extents, reader._stored(own, entry, plain=True)


@pytest.mark.parametrize("name", ["model-2", "slices", "dtypes"])
def test_files_are_as_tensorflow_writes_them(tmp_path, name):
    prefix = str(tmp_path / "c")
    for _ in range(2):  # the second replaces the first
        with BundleWriter(prefix) as bundle:
            for own, dtype, shape, extents, value in parts_of(name):
                if extents is None:
                    bundle.add(own, dtype, value)
                else:
                    bundle.add_slice(own, dtype, shape, extents, value)
        assert sorted(os.listdir(tmp_path)) == ["c.data-00000-of-00001", "c.index"]
        for file in os.listdir(tmp_path):
            expected = (TF1 / file.replace("c.", f"{name}.", 1)).read_bytes()
            if name != "dtypes" or "data" in file:  # there, the order of empty ones is open
                assert (tmp_path / file).read_bytes() == expected
    theirs, ours = BundleReader(TF1 / name), BundleReader(prefix)
    assert ours.get_variable_to_shape_map() == theirs.get_variable_to_shape_map()
    for tensor in theirs.entries:
        assert np.array_equal(ours.stored(tensor), theirs.stored(tensor))


def test_full_slices_are_tensors(tmp_path):
    with BundleWriter(str(tmp_path / "c")) as bundle:
        bundle.add_slice("v", tf.float32, [2, 3], [(0, 2), (0, None)], np.ones([2, 3], "f"))
    assert BundleReader(tmp_path / "c").entries["v"].slices == ()


def test_names_that_clash_or_are_missing(tmp_path):
    value = np.zeros(2, "f")
    with pytest.raises(tf.errors.InvalidArgumentError, match="Adding duplicate key: v"):
        with BundleWriter(str(tmp_path / "c")) as bundle:
            bundle.add("v", tf.float32, value)
            bundle.add("v", tf.float32, value)
    with pytest.raises(tf.errors.InvalidArgumentError, match="needs a name"):
        with BundleWriter(str(tmp_path / "c")) as bundle:
            bundle.add("", tf.float32, value)
    with pytest.raises(tf.errors.InvalidArgumentError, match="slices of 'v' are of tensors of dif"):
        with BundleWriter(str(tmp_path / "c")) as bundle:
            bundle.add_slice("v", tf.float32, [4], [(0, 2)], value)
            bundle.add_slice("v", tf.float32, [5], [(2, 2)], value)
    assert os.listdir(tmp_path) == []


# Whole at every moment.


class Stopped(BaseException):
    """The process ends here."""


def contents(prefix):
    reader = BundleReader(prefix)
    return {name: reader.get_tensor(name).tolist() for name in reader.entries}


def write(prefix, number):
    with BundleWriter(prefix) as bundle:
        bundle.add("a", tf.float32, np.full([300], number, "f"))
        bundle.add("b", tf.int32, np.full([2, 2], number, "i"))


def write_sharded(prefix, number):
    shards = [f"{prefix}_temp/part-{i:05d}-of-00002" for i in range(2)]
    for shard in shards:
        with BundleWriter(shard) as bundle:
            bundle.add(shard[-14:], tf.float32, np.full([300], number, "f"))
    merge(shards, prefix)


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("before", [write, write_sharded])
@pytest.mark.parametrize("after", [write, write_sharded])
def test_stopped_at_each_step(tmp_path, monkeypatch, before, after, links):
    monkeypatch.setenv("SCOPEFLOW_SYNC", "1")
    prefix = str(tmp_path / "c")
    steps = 0
    real = {name: getattr(os, name) for name in ("replace", "link", "unlink", "fsync", "open")}

    def stopping(name):
        def call(*args, **kwargs):
            nonlocal steps
            if steps == 0:
                raise Stopped
            steps -= 1
            if name == "link" and not links:
                raise OSError("no links here")
            return real[name](*args, **kwargs)

        return call

    for name in real:
        monkeypatch.setattr(os, name, stopping(name))
    possible = []
    for write_one, number in ((before, 1), (after, 2)):
        steps = -1
        write_one(str(tmp_path / "alone"), number)
        possible.append(contents(tmp_path / "alone"))
    stops = 0
    while True:
        steps = -1
        before(prefix, 1)
        steps = stops
        try:
            after(prefix, 2)
        except Stopped:
            assert contents(prefix) in possible
            stops += 1
            continue
        break
    assert stops > 8
    steps = -1
    assert contents(prefix) == possible[1]
    after(prefix, 2)
    left = [
        name for name in os.listdir(tmp_path) if ".tempstate" not in name and "temp" not in name
    ]
    count = 1 if after is write else 2
    assert len([name for name in left if name.startswith("c.")]) == count + 1


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    monkeypatch.setenv("SCOPEFLOW_SYNC", "1")
    prefix = str(tmp_path / "c")
    write(prefix, 1)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    real = os.fsync
    left = 0

    def full(file):
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(28, "No space left on device")
        return real(file)

    monkeypatch.setattr(durable.os, "fsync", full)
    for stop in (1, 3):  # of the data, of the index
        left = stop
        with pytest.raises(tf.errors.ResourceExhaustedError, match="No space left on device"):
            write(prefix, 2)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("waits", ["0", "1"])
def test_the_disk_is_waited_for_on_demand(tmp_path, monkeypatch, waits):
    monkeypatch.setenv("SCOPEFLOW_SYNC", waits)
    synced = []
    monkeypatch.setattr(durable.os, "fsync", synced.append)
    write(str(tmp_path / "c"), 1)
    assert bool(synced) == (waits == "1")


def test_where_nothing_can_be_written(tmp_path):
    with pytest.raises(tf.errors.NotFoundError, match=r"MakeDirs\('.*no/such'\)"):
        write(str(tmp_path / "no" / "such" / "c"), 1)
    (tmp_path / "file").write_text("")
    with pytest.raises(tf.errors.FailedPreconditionError, match="Not a directory"):
        write(str(tmp_path / "file" / "c"), 1)
    if os.geteuid():
        tmp_path.chmod(0o500)
        with pytest.raises(tf.errors.PermissionDeniedError):
            write(str(tmp_path / "c"), 1)
        tmp_path.chmod(0o700)
    with pytest.raises(tf.errors.InvalidArgumentError, match="null byte"):
        writer.write_whole("a\0b", b"")


# The V1 format.


def test_v1_files_are_as_tensorflow_writes_them(tmp_path):
    reader = tf.train.NewCheckpointReader(str(TF1 / "v1_dtypes"))
    names, specs, dtypes = [], [], []
    for name, entry in reader.entries.items():
        parts = ["3 0,2", "3 2,1"] if name == "part" else [""]
        for spec in parts:
            names.append(name)
            specs.append(spec)
            dtypes.append(entry.dtype)
    with tf.Graph().as_default(), tf.Session() as session:
        tensors = tf.raw_ops.RestoreV2(
            prefix=str(TF1 / "v1_dtypes"), tensor_names=names, shape_and_slices=specs, dtypes=dtypes
        )
        session.run(
            tf.raw_ops.SaveSlices(
                filename=str(tmp_path / "c"), tensor_names=names, shapes_and_slices=specs,
                data=tensors,
            )
        )  # fmt: skip
    theirs = read_table((TF1 / "v1_dtypes").read_bytes(), "v1")
    ours = read_table((tmp_path / "c").read_bytes(), "c")
    # The header lists the tensors in the order in which they were saved.
    assert len(ours.pop(b"")) == len(theirs.pop(b""))
    assert ours == theirs
