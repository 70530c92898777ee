"""tf.train.Example and its parts, against what TensorFlow 1.15.5 serializes."""

import pickle

import numpy as np
import pytest
from google.protobuf import json_format, text_format

import scopeflow as tf

t = tf.train
NUMBERS = t.Feature(int64_list=t.Int64List(value=[1, -2]))
FEATURES = t.Features(
    feature={
        "a": NUMBERS,
        "b": t.Feature(bytes_list=t.BytesList(value=[b"x"])),
        "f": t.Feature(float_list=t.FloatList(value=[1.5])),
    }
)
WIRE = (
    b"\n1\n\x14\n\x01a\x12\x0f\x1a\r\n\x0b\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\n\n\n\x01b"
    b"\x12\x05\n\x03\n\x01x\n\r\n\x01f\x12\x08\x12\x06\n\x04\x00\x00\xc0?"
)
LISTS = (
    b"\x12\x18\n\x16\n\x01q\x12\x11\n\x0f\x1a\r\n\x0b\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"
)


def test_the_wire_is_tensorflows():
    example = t.Example(features=FEATURES)
    assert example.SerializeToString(deterministic=True) == WIRE
    assert t.Example.FromString(WIRE) == example
    lists = t.FeatureLists(feature_list={"q": t.FeatureList(feature=[NUMBERS])})
    sequence = t.SequenceExample(context=FEATURES, feature_lists=lists)
    assert sequence.SerializeToString(deterministic=True) == WIRE + LISTS
    assert t.SequenceExample.FromString(WIRE + LISTS) == sequence


def test_use_as_in_programs():
    example = t.Example()
    example.features.feature["x"].int64_list.value.extend([1, 2])
    example.features.feature["x"].int64_list.value.append(3)
    example.features.feature["s"].bytes_list.value[:] = [b"a", b"b"]
    assert list(example.features.feature["x"].int64_list.value) == [1, 2, 3]
    assert example.features.feature["s"].WhichOneof("kind") == "bytes_list"
    assert example.DESCRIPTOR.full_name == "tensorflow.Example"
    again = t.Example()
    again.ParseFromString(example.SerializeToString())
    assert again == example
    assert pickle.loads(pickle.dumps(example)) == example
    assert text_format.Parse(text_format.MessageToString(example), t.Example()) == example
    assert json_format.Parse(json_format.MessageToJson(example), t.Example()) == example
    assert str(NUMBERS) == "int64_list {\n  value: 1\n  value: -2\n}\n"


def test_wrong_values():
    for make in (
        lambda: t.Int64List(value=[1.5]),
        lambda: t.Int64List(value=3),
        lambda: t.FloatList(value=["x"]),
        lambda: t.Feature(int64_list=[1]),
    ):
        with pytest.raises(TypeError):
            make()
    with pytest.raises(ValueError, match="no_list"):
        t.Feature(no_list=1)


def test_numpy_bools_are_integers():
    mask = np.array([True, False, True])
    assert list(tf.train.Int64List(value=mask).value) == [1, 0, 1]
    assert list(tf.train.Int64List(value=None).value) == []
    with pytest.raises(TypeError):
        tf.train.Int64List(value=[1.5])
