"""Damaged and hostile checkpoints: an error that says so, never a wrong value, a crash or a hang.

The first part flips, cuts and moves bytes of files that TensorFlow wrote; checksums catch that. The
second makes files whose checksums are right. `SCOPEFLOW_FUZZ=N` makes it N files of each kind.
"""

import os
import random
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from checkpoint import damaged_checkpoints as make

import scopeflow as tf
from scopeflow.checkpoint.bundle import BundleReader
from scopeflow.checkpoint.slices import slice_key

FIXTURES = Path(__file__).parent / "fixtures"
COUNT = int(os.environ.get("SCOPEFLOW_FUZZ", "1200"))
EXPECTED = tf.errors.DataLossError, tf.errors.NotFoundError, tf.errors.UnimplementedError


def values_of(prefix):
    """All values, or the errors in their place."""
    reader = tf.train.NewCheckpointReader(prefix)
    found = {}
    for name in reader.get_variable_to_shape_map():
        try:
            value = reader.get_tensor(name)
        except EXPECTED as error:
            found[name] = error
        else:
            found[name] = np.array(value, object if isinstance(value, bytes) else None)
    return found


def mutated(data, rng):
    """The bytes, changed a little."""
    changed = bytearray(data)
    kind = rng.randrange(7)
    at = rng.randrange(len(data))
    if kind <= 1:  # a bit
        changed[at] ^= 1 << rng.randrange(8)
    elif kind == 2:  # bytes
        for _ in range(rng.randrange(1, 9)):
            changed[rng.randrange(len(data))] = rng.choice(
                (0, 1, 127, 128, 255, rng.randrange(256))
            )
    elif kind == 3:  # a cut
        del changed[at:]
    elif kind == 4:  # a piece taken out
        del changed[at : at + rng.randrange(1, 20)]
    elif kind == 5:  # a piece twice
        changed[at:at] = changed[max(0, at - rng.randrange(1, 40)) : at]
    else:  # the footer, which has no checksum
        changed[-rng.randrange(1, min(48, len(data)) + 1)] = rng.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("name", ["dtypes", "slices"])
@pytest.mark.parametrize("ending", ["index", "data-00000-of-00001"])
def test_changed_files(tmp_path, name, ending):
    rng = random.Random(f"{name} {ending}")
    files = {p.name: p.read_bytes() for p in (FIXTURES / "tf1").glob(name + ".*")}
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    prefix = str(tmp_path / name)
    right = values_of(prefix)
    assert right and not any(isinstance(value, Exception) for value in right.values())
    target = f"{name}.{ending}"
    caught = 0
    for _ in range(COUNT // 2):
        data = mutated(files[target], rng)
        (tmp_path / target).unlink()
        (tmp_path / target).write_bytes(data)
        try:
            found = values_of(prefix)
        except tf.errors.DataLossError:
            caught += 1
            continue
        assert found.keys() == right.keys()
        for tensor, value in found.items():
            if isinstance(value, Exception):
                assert isinstance(value, tf.errors.DataLossError)
                caught += 1
            else:
                assert value.dtype == right[tensor].dtype
                assert value.tobytes() == right[tensor].tobytes() or value.dtype == object
                assert value.dtype != object or value.tolist() == right[tensor].tolist()
    assert caught > COUNT // 4


@pytest.mark.parametrize("ending", ["index", "data-00000-of-00001"])
def test_every_flipped_bit(tmp_path, ending):
    files = {p.name: p.read_bytes() for p in (FIXTURES / "tf1").glob("sharded.*")}
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    target = tmp_path / f"sharded.{ending}".replace("of-00001", "of-00002")
    data = target.read_bytes()
    right = values_of(str(tmp_path / "sharded"))
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        target.unlink()
        target.write_bytes(bytes(changed))
        try:
            found = values_of(str(tmp_path / "sharded"))
        except tf.errors.DataLossError:
            continue
        for name, value in found.items():
            if not isinstance(value, tf.errors.DataLossError):
                assert value.tolist() == right[name].tolist()


def test_every_truncation(tmp_path):
    for file in (FIXTURES / "tf1").glob("sharded.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    index = tmp_path / "sharded.index"
    data = index.read_bytes()
    for length in range(len(data)):
        index.write_bytes(data[:length])
        with pytest.raises(tf.errors.DataLossError, match=r"sharded\.index is damaged"):
            tf.train.NewCheckpointReader(str(tmp_path / "sharded"))


# Checksums are right, contents are not.


DATA = bytes([1, 0]) * 64
ODD_NUMBERS = 0, 1, 2, 8, 64, 2**31 - 1, 2**40, 2**62, 2**63 - 1, -1, -(2**63)


def number(rng, likely, odds=0.05):
    """A likely number, now and then an odd one."""
    return rng.choice(ODD_NUMBERS) if rng.random() < odds else likely


def random_entries(rng, name):
    """The entry of a tensor and those of its slices; most of their numbers make sense."""
    shape = [rng.randrange(1, 5) for _ in range(rng.randrange(4))]
    dtype = rng.choice((1, 3, 4, 6, 7, 9, 10, 11, 14, 18, 19, rng.randrange(40)))
    if not shape or rng.random() < 0.5:
        return {name: random_entry(rng, shape, dtype)}
    cut = rng.randrange(shape[0] + 1)
    rest = [(0, None) if rng.random() < 0.5 else (0, size) for size in shape[1:]]
    first, second = [(0, cut), *rest], [(cut, shape[0] - cut), *rest]
    slices = [
        tuple(
            (number(rng, start), length and number(rng, length))
            for start, length in rng.choice((first, second))
        )
        if rng.random() < 0.1
        else tuple(part)
        for part in (first, second)
    ]
    entries = {name: random_entry(rng, shape, dtype, slices)}
    offset = 0
    for part in slices:
        try:
            key = slice_key(name, part)
        except OverflowError:
            continue
        part_shape = [part[0][1] or 0, *shape[1:]]
        entries[key] = random_entry(rng, part_shape, dtype, offset=offset)
        offset += int(np.prod(part_shape, dtype=object)) * SIZES.get(dtype, 1)
        offset = max(-1, min(offset, 2**62))
    return entries


SIZES = {1: 4, 3: 4, 4: 1, 6: 1, 9: 8, 10: 1, 11: 1, 14: 2, 18: 16, 19: 2}


def random_entry(rng, shape, dtype, slices=(), offset=0):
    """An entry of that shape, now and then of another."""
    size = int(np.prod(shape, dtype=object)) * SIZES.get(dtype, 1)
    data = DATA[offset : offset + size] if 0 <= offset < 128 and size >= 0 else b""
    shape = [number(rng, size) for size in shape]
    fields = {"offset": number(rng, offset), "shard_id": number(rng, 0) % 2**31}
    if rng.random() < 0.1:
        fields["size"] = number(rng, len(data), 0.5)
    value = make.entry(shape, data, number(rng, dtype, 0.02) % 64, slices, **fields)
    return mutated(value, rng) if value and rng.random() < 0.1 else value


def test_contents_that_make_no_sense(tmp_path):
    rng = random.Random(5)
    right = wrong = 0
    for _ in range(COUNT):
        entries = {}
        for name in (b"a", b"b/c", b"d"):
            entries.update(random_entries(rng, name))
        prefix = make.write(tmp_path, entries, DATA, num_shards=rng.choice((1, 1, 1, 2)))
        try:
            found = values_of(prefix).values()
            tf.train.NewCheckpointReader(prefix).debug_string()
        except EXPECTED:
            wrong += 1
            continue
        right += any(not isinstance(value, Exception) for value in found)
        wrong += any(isinstance(value, Exception) for value in found)
    assert right > COUNT // 10 and wrong > COUNT // 10


def test_blocks_that_make_no_sense(tmp_path):
    rng = random.Random(6)
    good = make.raw_entry(0, b"", make.header()) + make.raw_entry(0, b"a", make.entry([2], b"ab"))
    good += make.raw_entry(1, b"b", make.entry([1], b"c", offset=2))
    (tmp_path / "c.data-00000-of-00001").write_bytes(b"abc")
    index = tmp_path / "c.index"
    for _ in range(COUNT):
        index.write_bytes(make.table(mutated(good, rng) if rng.random() < 0.9 else good))
        try:
            values_of(str(tmp_path / "c"))
        except EXPECTED:
            pass
    index.write_bytes(make.table(good))
    assert {n: bytes(v) for n, v in values_of(str(tmp_path / "c")).items()} == {
        "a": b"ab", "ab": b"c",
    }  # fmt: skip


def damage(prefix):
    """The text of the DataLossError that reading raises."""
    with pytest.raises(tf.errors.DataLossError) as caught:
        for value in values_of(prefix).values():
            if isinstance(value, Exception):
                raise value
    return str(caught.value)


def test_errors_name_the_file_and_the_variable(tmp_path):
    text = damage(make.write(tmp_path, {b"a/b": make.entry([3], b"abc")}, b"abX"))
    assert f"{tmp_path}/c.data-00000-of-00001 is damaged" in text
    assert "'a/b' (at byte 0) does not fit its checksum" in text
    text = damage(make.write(tmp_path, {b"a/b": make.entry([3], b"abc")}, b"ab"))
    assert "c.data-00000-of-00001" in text and "'a/b' is at bytes 0 to 3" in text


def test_shape_and_size_must_fit(tmp_path):
    entry = make.entry([2**20, 2**20], b"abc")
    assert "its shape needs 1099511627776" in damage(make.write(tmp_path, {b"a": entry}, b"abc"))
    entry = make.entry([2**40], b"abc", dtype=7)
    assert "its shape needs 1099511627780" in damage(make.write(tmp_path, {b"a": entry}, b"abc"))
    entry = make.entry([2**31, 2**31, 2**31], b"")
    assert "too many elements" in damage(make.write(tmp_path, {b"a": entry}))
    entry = make.entry([2**62, 0], b"", dtype=1)
    assert "0] is too large" in damage(make.write(tmp_path, {b"a": entry}))


def test_slices_stored_one_over_the_other(tmp_path):
    data = bytes(1000)
    slices = [((1000 * n, 1000),) for n in range(100)]
    entries = {slice_key(b"a", s): make.entry([1000], data) for s in slices}
    entries[b"a"] = make.entry([100_000], slices=slices)
    assert "stored one over the other" in damage(make.write(tmp_path, entries, data))


def test_slices_that_overlap(tmp_path):
    slices = [((0, 2), (0, 2)), ((1, 2), (1, 2)), ((2, 1), (0, 1))]
    data, entries = bytes(range(9)), {}
    offset = 0
    for (row, rows), (column, columns) in slices:
        part = data[offset : offset + rows * columns]
        key = slice_key(b"a", ((row, rows), (column, columns)))
        entries[key] = make.entry([rows, columns], part, offset=offset)
        offset += rows * columns
    entries[b"a"] = make.entry([3, 3], slices=slices)
    assert "its slices overlap" in damage(make.write(tmp_path, entries, data))


def test_missing_slice(tmp_path):
    entries = {b"a": make.entry([2], slices=[((0, 2),)])}
    assert "its slice [(0, 2)] is missing" in damage(make.write(tmp_path, entries))


def test_keys_longer_than_their_file(tmp_path):
    # Each key takes over 60,000 bytes: without a limit, 1 GB from 250 KB.
    block = make.raw_entry(0, b"", make.header()) + make.raw_entry(0, b"k" * 60_000, b"")
    for number in range(17_000):
        block += make.raw_entry(60_000, struct.pack(">I", number), b"")
    (tmp_path / "c.index").write_bytes(make.table(block))
    tracemalloc.start()
    try:
        assert "far longer than their file" in damage(str(tmp_path / "c"))
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


def test_one_block_named_many_times(tmp_path):
    block = [(b"", make.header()), (b"a", make.entry([1], b"a"))]
    whole = make.table(block)
    assert whole
    size = len(b"".join(make.raw_entry(0, *pair) for pair in block)) + 8
    handle = make.varint(0) + make.varint(size)
    index = [(b"%05d" % number, handle) for number in range(5000)]
    (tmp_path / "c.index").write_bytes(make.table(block, index=index))
    assert "its keys are not in order" in damage(str(tmp_path / "c"))


def test_snappy_names_the_file(tmp_path):
    (tmp_path / "c.index").write_bytes(make.table([(b"", make.header())], kind=1))
    with pytest.raises(tf.errors.UnimplementedError, match=r"c\.index is compressed with Snappy"):
        tf.train.NewCheckpointReader(str(tmp_path / "c"))


def test_other_versions_and_machines(tmp_path):
    with pytest.raises(tf.errors.UnimplementedError, match="big-endian"):
        BundleReader(make.write(tmp_path, {}, endianness=1))
    with pytest.raises(tf.errors.UnimplementedError, match="version 2"):
        BundleReader(make.write(tmp_path, {}, version={"min_consumer": 2}))
    assert "speaks of 0 data files" in damage(make.write(tmp_path, {}, num_shards=0))


def test_types_that_tensorflow_1_did_not_have(tmp_path):
    prefix = make.write(tmp_path, {b"a": make.entry([1], b"a", dtype=24)}, b"a")
    assert tf.train.list_variables(prefix) == [("a", [1])]
    for read in (lambda r: r.get_tensor("a"), lambda r: r.get_variable_to_dtype_map()):
        with pytest.raises(tf.errors.UnimplementedError, match="number 24 of its DataType"):
            read(tf.train.NewCheckpointReader(prefix))
    prefix = make.write(tmp_path, {b"a": make.entry([1], b"a", dtype=21)}, b"a")
    with pytest.raises(tf.errors.UnimplementedError, match="variant"):
        tf.train.load_variable(prefix, "a")


def test_more_axes_than_numpy_has(tmp_path):
    prefix = make.write(tmp_path, {b"a": make.entry([1] * 200, b"a")}, b"a")
    with pytest.raises(tf.errors.UnimplementedError, match="200 axes"):
        tf.train.load_variable(prefix, "a")
    assert "no possible shape" in damage(
        make.write(tmp_path, {b"a": make.entry([1] * 255, b"a")}, b"a")
    )


def test_bools_are_true_or_false(tmp_path):
    prefix = make.write(tmp_path, {b"a": make.entry([2], b"\1\2", dtype=10)}, b"\1\2")
    assert "neither true nor false" in damage(prefix)


def test_string_lengths_are_checked(tmp_path):
    data = make.varint(2**40) + bytes(4) + b"ab"
    prefix = make.write(tmp_path, {b"a": make.entry([1], data, dtype=7)}, data)
    assert "lengths that do not fit their checksum" in damage(prefix)


def test_file_cut_while_open(tmp_path):
    prefix = make.write(tmp_path, {b"a": make.entry([9000], bytes(9000))}, bytes(9000))
    reader = tf.train.NewCheckpointReader(prefix)
    assert reader.get_tensor("a").sum() == 0
    os.truncate(prefix + ".data-00000-of-00001", 10)
    with pytest.raises(tf.errors.DataLossError, match="ends at byte 10"):
        reader.get_tensor("a")


def test_file_of_more_than_4_gb(tmp_path):
    offset = 2**32 + 123
    prefix = make.write(tmp_path, {b"a": make.entry([3], b"abc", offset=offset)})
    with open(prefix + ".data-00000-of-00001", "wb") as file:  # which is mostly a hole
        file.seek(offset)
        file.write(b"abc")
    assert bytes(tf.train.load_variable(prefix, "a")) == b"abc"


def test_many_slices(tmp_path):
    count = 3000
    slices = [((n, 1), (0, None)) for n in range(count)]
    entries = {slice_key(b"a", s): make.entry([1, 2], b"ab", offset=2 * s[0][0]) for s in slices}
    entries[b"a"] = make.entry([count, 2], slices=slices)
    assert tf.train.load_variable(
        make.write(tmp_path, entries, b"ab" * count), "a"
    ).tobytes() == b"ab" * count  # fmt: skip


def test_many_shards(tmp_path):
    shards = 1100  # more than a process may have open by default
    names = {b"%05d" % n: make.entry([1], b"a", shard_id=n) for n in range(shards)}
    prefix = make.write(tmp_path, names, num_shards=shards)
    for number in range(shards):
        (tmp_path / f"c.data-{number:05d}-of-{shards:05d}").write_bytes(b"a")
    assert all(value == 97 for value in values_of(prefix).values())
