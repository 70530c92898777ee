"""Damaged TFRecord files: reading ends, or raises DataLossError, and never gives a wrong record.

`python -m tests.fuzz.tfrecords [COUNT]`
"""

import random
import struct
import sys
import tempfile
import tracemalloc
from pathlib import Path

import scopeflow as tf
from scopeflow.checkpoint.checksums import masked_crc32c

COUNT = 10_000
SEED = 5
MEMORY = 16 << 20
RECORDS = [b"", b"a", b"hello" * 10, bytes(range(256)) * 4, b"\0" * 100, b"last"]


def files(folder):
    """A good file of each compression: (type, its bytes)."""
    for kind in ("", "ZLIB", "GZIP"):
        path = Path(folder) / f"good{kind}"
        with tf.python_io.TFRecordWriter(str(path), kind) as writer:
            for record in RECORDS:
                writer.write(record)
        yield kind, path.read_bytes()


def hostile_length(rng):
    """The head of a record that says it is huge, with a right checksum."""
    length = struct.pack(
        "<Q", rng.choice([1 << 20, 1 << 31, 1 << 40, (1 << 63) - 1, (1 << 64) - 1])
    )
    return length + struct.pack("<I", masked_crc32c(length))


def mutated(data, rng):
    """The bytes with one to four kinds of damage."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        to = min(len(data), at + rng.randint(1, 40))
        kind = rng.randrange(7)
        if kind == 0 and data:
            data[min(at, len(data) - 1)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            del data[at:to]
        elif kind == 3:
            data[at:at] = rng.randbytes(rng.randint(1, 40))
        elif kind == 4:
            data[at:to] = bytes(to - at)
        elif kind == 5:
            data[at:at] = data[:to]
        else:
            data[at:at] = hostile_length(rng)
    return bytes(data)


def fuzz(count, seed=SEED, tell=lambda line: None):
    """Read `count` damaged files. Returns how many could be read to the end, and how many not."""
    rng = random.Random(seed)
    whole = damaged = 0
    known = set(RECORDS)
    with tempfile.TemporaryDirectory() as folder:
        good = list(files(folder))
        path = Path(folder) / "mutated"
        for number in range(count):
            kind, data = good[number % len(good)]
            path.write_bytes(mutated(data, rng))
            tracemalloc.start()
            try:
                for record in tf.python_io.tf_record_iterator(str(path), kind):
                    assert record in known, f"file {number}: a record that was never written"
                whole += 1
            except tf.errors.DataLossError as error:
                assert "mutated" in error.message
                damaged += 1
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < MEMORY, f"file {number}: {peak} bytes of memory"
            if (number + 1) % 1000 == 0:
                tell(f"{number + 1} files: {whole} read to an end, {damaged} found damaged")
    return whole, damaged


if __name__ == "__main__":
    fuzz(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT, tell=print)
