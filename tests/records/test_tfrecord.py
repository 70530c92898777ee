"""TFRecord files. Bytes and error texts are what TensorFlow 1.15.5 wrote and said."""

import gzip
import zlib

import pytest
from fuzz.tfrecords import fuzz

import scopeflow as tf

TWO = (
    b"\x05\0\0\0\0\0\0\0\xea\xb2\x04>hello\xbb\x1f\x1c\x19"
    b"\0\0\0\0\0\0\0\0)\x03\x98\x07\xd8\xea\x82\xa2"
)
"""The records b"hello" and b"", as TensorFlow writes them."""
Options = tf.python_io.TFRecordOptions
Type = tf.python_io.TFRecordCompressionType


def write(path, records, options=None):
    with tf.python_io.TFRecordWriter(str(path), options) as writer:
        for record in records:
            writer.write(record)
    return path.read_bytes()


def read(path, options=None):
    return list(tf.python_io.tf_record_iterator(str(path), options))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.tfrecord"


def test_bytes_are_tensorflows(path):
    assert write(path, [b"hello", b""]) == TWO
    assert read(path) == [b"hello", b""]
    assert read(path, Options()) == read(path, "") == read(path, Options(Type.NONE))
    large = [bytes(3_000_000), b"x" * 100]
    write(path, large)
    assert read(path) == large


@pytest.mark.parametrize(
    "options",
    [
        Options("GZIP"),
        Options(Type.ZLIB),
        "GZIP",
        Type.ZLIB,
        Options("GZIP", compression_level=9, mem_level=3, window_bits=12),
        Options("ZLIB", compression_strategy=zlib.Z_RLE, flush_mode=zlib.Z_FULL_FLUSH),
    ],
)
def test_compression(path, options):
    packed = write(path, [b"hello", b""], options)
    kind = Options.get_compression_type_string(options)
    assert (gzip if kind == "GZIP" else zlib).decompress(packed) == TWO
    assert read(path, options) == [b"hello", b""]
    path.write_bytes(packed[:-5])  # the stream's end is missing, the records are not
    assert read(path, options) == [b"hello", b""]
    path.write_bytes(TWO)
    with pytest.raises(tf.errors.DataLossError, match="inflate.*error -3: incorrect header check"):
        read(path, options)


def test_gzip_members_follow_each_other(path):
    path.write_bytes(gzip.compress(TWO[:10]) + gzip.compress(TWO[10:] + TWO))
    assert read(path, "GZIP") == [b"hello", b""] * 2
    path.write_bytes(b"")
    assert read(path, "GZIP") == read(path) == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda d: d[:12], "truncated record at 0"),
        (lambda d: d[:14], "truncated record at 0"),
        (lambda d: d[:-1], "truncated record at 21"),
        (lambda d: b"\4" + d[1:], "corrupted record at 0"),
        (lambda d: d[:9] + b"\0" + d[10:], "corrupted record at 0"),
        (lambda d: d[:13] + b"E" + d[14:], "corrupted record at 12"),
        (lambda d: d[:18] + b"\0" + d[19:], "corrupted record at 12"),
        (lambda d: d[:22] + b"\1" + d[23:], "corrupted record at 21"),
    ],
)
def test_damage(path, damage, message):
    path.write_bytes(damage(TWO))
    with pytest.raises(tf.errors.DataLossError, match=f"^{message}\n.*x.tfrecord"):
        read(path)


@pytest.mark.parametrize("length", [1, 8, 11])
def test_an_end_inside_a_header_just_ends(path, length):
    path.write_bytes(TWO[:length])
    assert read(path) == []
    path.write_bytes(TWO + TWO[:length])
    assert read(path) == [b"hello", b""]


def test_mutated_files():
    whole, damaged = fuzz(1500)
    assert whole > 10
    assert damaged > 1000


def test_mistakes(path, tmp_path):
    for make in (read, lambda p: tf.python_io.TFRecordWriter(str(p))):
        with pytest.raises(tf.errors.NotFoundError, match="no/x; No such file or directory"):
            make(tmp_path / "no" / "x")
        with pytest.raises(tf.errors.FailedPreconditionError, match="Is a directory"):
            make(tmp_path)
    for wrong in ("FOO", 5):
        with pytest.raises(ValueError, match=f'Not a valid compression_type: "{wrong}"'):
            Options(wrong)
    with pytest.raises(ValueError, match='Not a valid compression_type: "FOO"'):
        tf.python_io.TFRecordWriter(str(path), "FOO")
    writer = tf.python_io.TFRecordWriter(str(path))
    with pytest.raises(TypeError, match="expected bytes, int found"):
        writer.write(3)
    with pytest.raises(TypeError, match=r"expected bytes, str found \(encode it"):
        writer.write("text")
    writer.write(b"1")
    writer.flush()
    assert len(path.read_bytes()) == 17
    writer.close()
    writer.close()
    for use in (lambda: writer.write(b""), writer.flush):
        with pytest.raises(
            tf.errors.FailedPreconditionError, match="Writer not initialized or previously closed"
        ):
            use()


def test_names():
    assert (Type.NONE, Type.ZLIB, Type.GZIP) == (0, 1, 2)
    assert Options.compression_type_map == {0: "", 1: "ZLIB", 2: "GZIP"}
    for name in ("TFRecordWriter", "TFRecordOptions", "tf_record_iterator"):
        assert getattr(tf.io, name) is getattr(tf.python_io, name)
