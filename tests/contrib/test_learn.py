"""tf.contrib.learn.preprocessing; what is expected was observed in TensorFlow 1.15.5."""

import pickle

import pytest

import scopeflow as tf

learn = tf.contrib.learn
TEXTS = [
    "I like green apples, it's cool-ish 3.5",
    "Apples Apples don't like I",
    "ü x_y #tag a.b @me",
]


def test_words_are_numbered_as_they_come():
    processor = learn.preprocessing.VocabularyProcessor(5)
    rows = list(processor.fit_transform(TEXTS))
    expected = [[1, 2, 3, 4, 5], [9, 9, 10, 2, 1], [11, 12, 13, 14, 15]]
    assert [row.tolist() for row in rows] == expected
    assert rows[0].dtype == "int64"
    assert len(processor.vocabulary_) == 17
    assert list(processor.vocabulary_._mapping)[:7] == (
        "<UNK> I like green apples it's cool-ish".split()
    )
    assert next(processor.transform(["unknown I like"])).tolist() == [0, 1, 2, 0, 0]
    assert next(processor.reverse(rows)) == "I like green apples it's"


def test_rare_words_go():
    processor = learn.preprocessing.VocabularyProcessor(4, min_frequency=1)
    rows = list(processor.fit_transform(["a a b c", "a b d", "b"]))
    assert [row.tolist() for row in rows] == [[1, 1, 2, 0], [1, 2, 0, 0], [2, 0, 0, 0]]
    assert processor.vocabulary_._mapping == {"<UNK>": 0, "a": 1, "b": 2}


def test_saved_and_restored(tmp_path):
    processor = learn.preprocessing.VocabularyProcessor(5)
    processor.fit(TEXTS)
    processor.save(str(tmp_path / "vocab"))
    restored = learn.preprocessing.VocabularyProcessor.restore(str(tmp_path / "vocab"))
    assert next(restored.transform(["apples I zebra"])).tolist() == [4, 1, 0, 0, 0]


def test_words():
    words = learn.preprocessing.tokenizer(["a HelloWorld ABCdef XMLFile"])
    assert list(words) == [["a", "Hello", "World", "AB", "Cdef", "XML", "File"]]


def test_vocabulary():
    vocabulary = learn.preprocessing.CategoricalVocabulary()
    for word, count in (("a", 1), ("b", 5), ("c", 3), ("d", 3)):
        vocabulary.add(word, count)
    copy = pickle.loads(pickle.dumps(vocabulary))
    vocabulary.trim(2)
    assert vocabulary._mapping == {"<UNK>": 0, "b": 1, "c": 2, "d": 3}
    assert vocabulary.reverse(2) == "c"
    copy.trim(2, max_frequency=4)
    assert copy._mapping == {"<UNK>": 0, "c": 1, "d": 2}
    assert copy.get("a") == 3
    copy.freeze()
    assert copy.get("new") == 0
    blind = learn.preprocessing.CategoricalVocabulary(support_reverse=False)
    with pytest.raises(ValueError, match="support_reverse"):
        blind.reverse(0)


def test_tables():
    processor = learn.preprocessing.CategoricalProcessor(min_frequency=1)
    rows = processor.fit_transform([["1", "Male"], ["2", "Female"], ["1", "Male"]])
    assert [row.tolist() for row in rows] == [[1, 1], [0, 0], [1, 1]]


def test_mode_keys():
    assert (learn.ModeKeys.TRAIN, learn.ModeKeys.INFER) == ("train", tf.estimator.ModeKeys.PREDICT)
