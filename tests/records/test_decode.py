"""tf.decode_raw, decode_csv, decode_json_example. Values and texts are TensorFlow 1.15.5's."""

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches):
    with tf.Session() as session:
        return session.run(fetches)


@pytest.mark.parametrize(
    ("data", "dtype", "shape", "expected"),
    [
        (b"\1\2\3\4", tf.uint8, [None], [1, 2, 3, 4]),
        ([b"\1\2", b"\3\4"], tf.int16, [2, None], [[513], [1027]]),
        (np.array([], object), tf.uint8, [0, None], np.empty((0, 0))),
        ([b"", b""], tf.float32, [2, None], np.empty((2, 0))),
        (b"\0\0\x80?", tf.float32, [None], [1.0]),
        (b"\0\0\x80?\0\0\0\0", tf.complex64, [None], [1.0]),
        (b"\1\0\2", tf.bool, [None], [True, False, True]),
    ],
)
def test_decode_raw(data, dtype, shape, expected):
    found = tf.decode_raw(data, dtype)
    assert found.shape.as_list() == shape
    value = run(found)
    assert value.dtype == dtype.as_numpy_dtype
    np.testing.assert_array_equal(value, expected)


def test_decode_raw_byte_order_and_old_name():
    assert run(tf.decode_raw(b"\1\2\3\4", tf.int16, little_endian=False)).tolist() == [258, 772]
    assert run(tf.decode_raw(bytes=b"a", out_type=tf.uint8)).tolist() == [97]
    with pytest.raises(ValueError, match="both 'bytes' and 'input_bytes'"):
        tf.decode_raw(b"a", tf.uint8, bytes=b"a")
    with pytest.raises(ValueError, match="missing 1 positional argument: 'out_type'"):
        tf.decode_raw(b"a")
    with pytest.raises(TypeError, match="'out_type' has DataType string not in list"):
        tf.decode_raw(b"a", tf.string)
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match="Input to DecodeRaw has length 3 that is not a multiple of 2, the size of int16",
    ):
        run(tf.decode_raw(b"abc", tf.int16))
    with pytest.raises(tf.errors.InvalidArgumentError, match="strings to all be the same size"):
        run(tf.decode_raw([b"abc", b"a"], tf.uint8))


REQUIRED = np.zeros(0, np.int32)
CSV = [
    (["1,2.5,x", '4,5,"a,b"'], [[0], [0.0], [""]], {}, [[1, 4], [2.5, 5.0], [b"x", b"a,b"]]),
    ("1,,", [[0], [7.0], ["d"]], {}, [1, 7.0, b"d"]),
    ('1|"a""b"', [[0], [""]], {"field_delim": "|"}, [1, b'a"b']),
    ('1,"a', [[0], [""]], {"use_quote_delim": False}, [1, b'"a']),
    ("NA,2", [[9], [0]], {"na_value": "NA"}, [9, 2]),
    ("1,2,3,4", [[0], [0]], {"select_cols": [1, 3]}, [2, 4]),
    ([["1,2"], ["3,4"]], [[0], [0]], {}, [[[1], [3]], [[2], [4]]]),
    (" 1 , 2", [[0], [0.0]], {}, [1, 2.0]),
    ("1,2", [0, 0], {}, [1, 2]),
    ('"1","2\n3"', [[0], [""]], {}, [1, b"2\n3"]),
    ('"",3', [["q"], [0]], {}, [b"q", 3]),
    ("1e3,-INF,0x10", [[0.0]] * 3, {}, [1000.0, -np.inf, 16.0]),
    (",1", [REQUIRED, [0]], {}, "Field 0 is required but missing in record 0!"),
    ("1,2,3", [[0], [0]], {}, "Expect 2 fields but have 3 in record 0"),
    (["1,1", "1"], [[0], [0]], {}, "Expect 2 fields but have 1 in record 1"),
    ("", [[5]], {}, "Expect 1 fields but have 0 in record 0"),
    ("x", [[0]], {}, "Field 0 in record 0 is not a valid int32: x"),
    ("1.5", [[0]], {}, "Field 0 in record 0 is not a valid int32: 1.5"),
    ("+5", [[0]], {}, r"Field 0 in record 0 is not a valid int32: \+5"),
    ("99999999999", [[0]], {}, "Field 0 in record 0 is not a valid int32: 99999999999"),
    ("x", [[0.0]], {}, "Field 0 in record 0 is not a valid float: x"),
    ('1,"a', [[0], [""]], {}, "Quoted field has to end with quote followed by delim or end"),
    ('1,a"b', [[0], [""]], {}, "Unquoted fields cannot have quotes/CRLFs inside"),
    ('1,"a"b', [[0], [""]], {}, "Quote inside a string has to be escaped by another quote"),
    ("1\n,2\r\n", [[0], [0]], {}, "Unquoted fields cannot have quotes/CRLFs inside"),
    ("1,2", [[0], [0]], {"field_delim": ",,"}, "field_delim should be only 1 char"),
]


@pytest.mark.parametrize(("records", "defaults", "options", "expected"), CSV)
def test_decode_csv(records, defaults, options, expected):
    columns = tf.decode_csv(records, defaults, **options)
    if isinstance(expected, str):
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"^{expected}"):
            run(columns)
        return
    found = run(columns)
    for column, value, wanted in zip(columns, found, expected, strict=True):
        assert column.shape.as_list() == list(np.shape(value))
        np.testing.assert_array_equal(value, wanted)


def test_decode_csv_when_building():
    with pytest.raises(ValueError, match="select_cols is not strictly increasing."):
        tf.decode_csv("1,2", [[0], [0]], select_cols=[3, 1])
    with pytest.raises(ValueError, match="Length of select_cols and record_defaults do not match"):
        tf.decode_csv("1,2", [[0], [0]], select_cols=[1])
    with pytest.raises(ValueError, match="default must be a length-0 or length-1 vector"):
        tf.decode_csv("1,2", [[0, 1], [0]])


def test_decode_json_example():
    text = '{"features": {"feature": {"a": {"int64List": {"value": [1]}}}}}'
    example = tf.train.Example.FromString(run(tf.decode_json_example(text)))
    assert list(example.features.feature["a"].int64_list.value) == [1]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Error while parsing JSON"):
        run(tf.decode_json_example(['{"x"']))


def test_strings_of_other_lengths_as_numbers():
    # TF 1.15.5: cut, or filled up with zeros
    decode = tf.raw_ops.DecodePaddedRaw
    with tf.Graph().as_default(), tf.Session() as session:
        found = decode(input_bytes=["abc", "d"], fixed_length=4, out_type=tf.uint8)
        assert found.shape.as_list() == [2, 4]
        assert session.run(found).tolist() == [[97, 98, 99, 0], [100, 0, 0, 0]]
        found = decode(input_bytes=["abc", "d"], fixed_length=2, out_type=tf.uint16)
        assert session.run(found).tolist() == [[97 + 256 * 98], [100]]
        with pytest.raises(ValueError, match="evenly divisible by 2 but is 3"):
            decode(input_bytes=["abc"], fixed_length=3, out_type=tf.uint16)
        with pytest.raises(tf.errors.InvalidArgumentError, match="must be greater than zero"):
            session.run(decode(input_bytes=["abc"], fixed_length=0, out_type=tf.uint16))
