"""Readers. Keys, values, counts and texts are TensorFlow 1.15.5's."""

import zlib

import pytest

import scopeflow as tf

FILES = {
    "a.txt": b"h1\na\nb\n\nlast",
    "b.txt": b"h2\r\nx\r\n",
    "fixed": b"HHabcdefghijF",
    "packed": zlib.compress(b"HHabcdefghijF"),
}


@pytest.fixture
def folder(tmp_path):
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    for name, kind, records in (("r", "", [b"r0", b"r1", b"r2"]), ("g", "GZIP", [b"g0"])):
        with tf.python_io.TFRecordWriter(str(tmp_path / name), kind) as writer:
            for record in records:
                writer.write(record)
    with tf.Graph().as_default():
        yield tmp_path


def read(folder, reader, names, up_to=None):
    """(name:key, value, records produced, files completed) of each run until the queue ends."""
    queue = tf.FIFOQueue(10, tf.string, [[]])
    fetches = reader.read(queue) if up_to is None else reader.read_up_to(queue, up_to)
    counts = [reader.num_records_produced(), reader.num_work_units_completed()]
    found = []
    with tf.Session() as session:
        session.run(queue.enqueue_many([[str(folder / name) for name in names]]))
        session.run(queue.close())
        with pytest.raises(tf.errors.OutOfRangeError, match="is closed and has insufficient elem"):
            while True:
                key, value = session.run(fetches)
                start = len(str(folder)) + 1
                if up_to is not None:
                    key, value = [item[start:] for item in key], value.tolist()
                else:
                    key = key[start:]
                found.append((key, value, *session.run(counts)))
        assert session.run(counts)[1] == len(names)
        session.run(reader.reset())
        assert session.run(counts) == [0, 0]
    return found


CASES = [
    (
        tf.TFRecordReader,
        ["r", "r"],
        [
            (b"r:0", b"r0", 1, 0),
            (b"r:18", b"r1", 2, 0),
            (b"r:36", b"r2", 3, 0),
            (b"r:0", b"r0", 4, 1),
            (b"r:18", b"r1", 5, 1),
            (b"r:36", b"r2", 6, 1),
        ],
    ),
    (
        lambda: tf.TFRecordReader(options=tf.python_io.TFRecordOptions("GZIP")),
        ["g"],
        [(b"g:0", b"g0", 1, 0)],
    ),
    (
        lambda: tf.TextLineReader(skip_header_lines=1),
        ["a.txt", "b.txt"],
        [
            (b"a.txt:2", b"a", 1, 0),
            (b"a.txt:3", b"b", 2, 0),
            (b"a.txt:4", b"", 3, 0),
            (b"a.txt:5", b"last", 4, 0),
            (b"b.txt:2", b"x", 5, 1),
        ],
    ),
    (
        tf.WholeFileReader,
        ["a.txt", "fixed"],
        [(b"a.txt", FILES["a.txt"], 1, 1), (b"fixed", FILES["fixed"], 2, 2)],
    ),
    (
        lambda: tf.FixedLengthRecordReader(3, header_bytes=2, footer_bytes=1),
        ["fixed"],
        [(b"fixed:0", b"abc", 1, 0), (b"fixed:1", b"def", 2, 0), (b"fixed:2", b"ghi", 3, 0)],
    ),
    (
        lambda: tf.FixedLengthRecordReader(3, 2, 1, encoding="ZLIB"),
        ["packed"],
        [(b"packed:0", b"abc", 1, 0), (b"packed:1", b"def", 2, 0), (b"packed:2", b"ghi", 3, 0)],
    ),
    (
        lambda: tf.FixedLengthRecordReader(4, hop_bytes=3),
        ["fixed"],
        [
            (b"fixed:0", b"HHab", 1, 0),
            (b"fixed:1", b"bcde", 2, 0),
            (b"fixed:2", b"efgh", 3, 0),
            (b"fixed:3", b"hijF", 4, 0),
        ],
    ),
]


@pytest.mark.parametrize(("make", "names", "expected"), CASES)
def test_records(folder, make, names, expected):
    assert read(folder, make(), names) == expected


def test_several_at_once(folder):
    assert read(folder, tf.TextLineReader(), ["a.txt", "b.txt"], up_to=4) == [
        ([b"a.txt:1", b"a.txt:2", b"a.txt:3", b"a.txt:4"], [b"h1", b"a", b"b", b""], 4, 0),
        ([b"a.txt:5"], [b"last"], 5, 1),
        ([b"b.txt:1", b"b.txt:2"], [b"h2", b"x"], 7, 2),
    ]


def test_names_and_shapes(folder):
    queue = tf.FIFOQueue(10, tf.string, [[]])
    reader = tf.TextLineReader(name="T")
    key, value = reader.read(queue)
    keys, values = reader.read_up_to(queue, 3)
    assert [t.shape.as_list() for t in (key, value, keys, values)] == [[], [], [None], [None]]
    assert (key.name, value.name) == ("ReaderReadV2:0", "ReaderReadV2:1")
    assert (reader.reader_ref.name, reader.supports_serialize) == ("T:0", False)
    assert tf.TFRecordReader().reader_ref.op.type == "TFRecordReaderV2"


def test_state(folder):
    queue = tf.FIFOQueue(10, tf.string, [[]])
    reader = tf.IdentityReader()
    record, state = reader.read(queue), reader.serialize_state()
    place = tf.placeholder(tf.string)
    restore = reader.restore_state(place)
    with tf.Session() as session:
        assert session.run(state) == b""
        session.run(queue.enqueue_many([["a", "b"]]))
        assert list(session.run(record)) == [b"a", b"a"]
        saved = session.run(state)
        assert saved == b'\x08\x01\x10\x01\x18\x01"\x01a'
        session.run(record)
        session.run(restore, {place: saved})
        assert session.run(reader.num_records_produced()) == 1
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse state for reade"):
            session.run(restore, {place: b"\xff"})
        with pytest.raises(tf.errors.UnimplementedError, match="Reader SerializeState"):
            session.run(tf.TextLineReader().serialize_state())


def test_mistakes(folder):
    def run(reader, name):
        queue = tf.FIFOQueue(10, tf.string, [[]])
        with tf.Session() as session:
            session.run(queue.enqueue(str(folder / name)))
            session.run(reader.read(queue))

    with pytest.raises(tf.errors.NotFoundError, match="none; No such file or directory"):
        run(tf.TFRecordReader(), "none")
    with pytest.raises(tf.errors.DataLossError, match="corrupted record at 0"):
        run(tf.TFRecordReader(), "a.txt")
    with pytest.raises(tf.errors.InvalidArgumentError, match="record_bytes must be >= 1 not 0"):
        run(tf.FixedLengthRecordReader(0), "fixed")
    numbers = tf.FIFOQueue(10, tf.int32, [[]])
    with (
        tf.Session() as session,
        pytest.raises(
            tf.errors.InvalidArgumentError, match="needs a queue of one string component"
        ),
    ):
        session.run(tf.TextLineReader().read(numbers))
    with pytest.raises(NotImplementedError, match="tf.LMDBReader.*TFRecord"):
        tf.LMDBReader()
