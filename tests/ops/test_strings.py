"""String ops against what TensorFlow 1.15.5 gave."""

from __future__ import annotations

import pytest
from ops import recorded, strings_cases
from ops.common import run

import scopeflow as tf

RECORDED = recorded.load("strings")


def test_all_samples_are_recorded():
    assert RECORDED.keys() == strings_cases.SAMPLES.keys()


@pytest.mark.parametrize("label", strings_cases.SAMPLES)
def test_as_in_tensorflow(label):
    recorded.check(tf, strings_cases.SAMPLES[label], RECORDED[label])


def test_punctuation_class_as_programs_write_it():
    import re
    import string

    with tf.Graph().as_default():
        pattern = f"[{re.escape(string.punctuation)}]"
        found = tf.regex_replace("It's [ok], no? a&&b --c~~", pattern, "")
        plain = tf.regex_replace("x&&y||z--[", "[&&||[]", "")
        assert run([found, plain]) == [b"Its ok no ab c", b"xyz--"]


@pytest.mark.parametrize("pattern", [r"\pL", r"\Q.\E", "[[:^alpha:]]"])
def test_what_is_not_supported_in_patterns(pattern):
    with tf.Graph().as_default():
        with pytest.raises(tf.errors.InvalidArgumentError, match="is not supported"):
            run(tf.regex_replace("a", pattern, ""))


def test_ragged_results_are_refused():
    with tf.Graph().as_default():
        texts = tf.constant(["a b", "c"])
        for build in (
            lambda: tf.string_split(texts, result_type="RaggedTensor"),
            lambda: tf.strings.split(texts, result_type="RaggedTensor"),
            lambda: tf.strings.bytes_split(texts),
            lambda: tf.strings.unicode_decode(texts, "UTF-8"),
            lambda: tf.strings.unicode_split(texts, "UTF-8"),
        ):
            with pytest.raises(NotImplementedError, match="ragged"):
                build()


def test_messages():
    with tf.Graph().as_default():
        for tensor, match in (
            (tf.string_to_number("1x"), "could not correctly convert string: 1x"),
            (tf.substr("abc", 4, 1), "pos 4 out of range for string"),
            (tf.decode_base64("*"), "Invalid character found in base64"),
            (tf.regex_replace("a", "(", ""), r"Invalid pattern: \(, error"),
        ):
            with pytest.raises(tf.errors.InvalidArgumentError, match=match):
                run(tensor)


def test_graph():
    # TF 1.15.5
    def of(build):
        with tf.Graph().as_default() as graph:
            build(tf.placeholder(tf.string, [2], name="x"))
            return [op.name for op in graph.get_operations()[1:]]

    assert of(tf.string_split) == ["StringSplit/Const", "StringSplit/StringSplit"]
    assert of(tf.strings.split) == ["StringSplit/Const", "StringSplit/StringSplitV2"]
    assert of(tf.reduce_join) == ["ReduceJoin/Const", "ReduceJoin/ReduceJoin"]
    assert of(lambda x: tf.regex_replace(x, "a", "b")) == ["StaticRegexReplace"]
    assert of(lambda x: tf.string_join([x, "b"])) == ["StringJoin/inputs_1", "StringJoin"]
    assert of(lambda x: tf.substr(x, 0, 1)) == ["Substr/pos", "Substr/len", "Substr"]
    assert of(tf.string_to_number) == ["StringToNumber"]
    assert of(lambda x: x + "b") == ["add/y", "add"]


def test_scripts_of_characters():
    # ICU's codes, from TF 1.15.5: Latin, common, Cyrillic, Han, Katakana, Hiragana, Hangul
    points = [ord(c) for c in "aé1я中ヒひ가"] + [-1, 0x110000, 0x378]
    with tf.Graph().as_default():
        found = tf.strings.unicode_script(points)
        assert found.dtype == tf.int32 and found.shape.as_list() == [11]
        assert run(found).tolist() == [25, 25, 0, 8, 17, 22, 20, 18, -1, -1, 103]
        with pytest.raises(TypeError):
            tf.strings.unicode_script(["a"])
