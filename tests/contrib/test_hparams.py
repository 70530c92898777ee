"""tf.contrib.training.HParams: what TensorFlow 1.15.5 did with the same calls."""

import pytest

import scopeflow as tf


def new():
    return tf.contrib.training.HParams(
        a=1, b=2.0, c="s", d=[1, 2], e=True, f=None, g=[1.5], h=["x", "y"]
    )


@pytest.mark.parametrize(
    "text, changed",
    [
        ("a=5", {"a": 5}),
        ("a = 7", {"a": 7}),
        ("a=-3,", {"a": -3}),
        ("b=1e-3,a=2", {"b": 0.001, "a": 2}),
        ("c=a b", {"c": "a b"}),
        ("c=", {"c": ""}),
        ("c=a=b", {"c": "a=b"}),
        ("d=[3,4,5]", {"d": [3, 4, 5]}),
        ("d=[]", {"d": []}),
        ("e=false", {"e": False}),
        ("e=0", {"e": False}),
        ("e=1", {}),
        ("g=[1,2.5]", {"g": [1.0, 2.5]}),
        ("h=[a b,c]", {"h": ["a", "b", "c"]}),
        ("", {}),
    ],
)
def test_parse(text, changed):
    assert new().parse(text).values() == {**new().values(), **changed}


@pytest.mark.parametrize(
    "text, error",
    [
        ("d=[1,2", r"Malformed hyperparameter value: d=\[1,2"),
        (" ", "Malformed"),
        ("a=1.5", "Could not parse hparam 'a' of type 'int' with value '1.5' in a=1.5"),
        ("e=yes", "of type 'bool' with value 'yes'"),
        ("zz=1", "Unknown hyperparameter type for zz"),
        ("a=1,a=2", "Multiple assignments to variable 'a' in a=1,a=2"),
        ("d=3", "Must pass a list for multi-valued parameter: d."),
        ("a=[1,2]", "Must not pass a list for single-valued parameter: a"),
        ("a[0]=1", r"Could not cast hparam 'a' of type '<class 'int'>' from value \{0: 1\}"),
    ],
)
def test_what_cannot_be_parsed(text, error):
    with pytest.raises(ValueError, match=error):
        new().parse(text)


def test_values_keep_their_types():
    hparams = new()
    hparams.set_hparam("b", 7)
    assert type(hparams.b) is float
    for name, value in (("a", 7.5), ("a", "7"), ("a", True), ("e", 1), ("c", 1), ("d", [5.5])):
        with pytest.raises(ValueError, match=f"Could not cast hparam '{name}'"):
            hparams.set_hparam(name, value)
    with pytest.raises(KeyError, match="zz"):
        hparams.override_from_dict({"zz": 1})
    hparams.f = 3
    assert hparams.values()["f"] == 3
    assert hparams.parse_json('{"a": 9}').set_from_map({"c": "k"}).a == 9


def test_texts():
    hparams = tf.contrib.training.HParams(b=1, a=2)
    assert str(hparams) == "b=1,a=2" and repr(hparams) == "HParams([('a', 2), ('b', 1)])"
    assert hparams.to_json() == '{"b": 1, "a": 2}'
    assert hparams.to_json(sort_keys=True) == '{"a": 2, "b": 1}'
    with pytest.raises(NotImplementedError, match="to_json"):
        hparams.to_proto()


def test_names_come_and_go():
    hparams = new()
    assert "a" in hparams and "z" not in hparams
    assert (hparams.get("a"), hparams.get("z"), hparams.get("z", 5)) == (1, None, 5)
    with pytest.raises(ValueError, match="is incompatible with default=x. Could not cast"):
        hparams.get("a", "x")
    hparams.add_hparam("n", 3)
    hparams.del_hparam("n")
    assert "n" not in hparams
    for name in ("a", "values"):
        with pytest.raises(ValueError, match=f"Hyperparameter name is reserved: {name}"):
            hparams.add_hparam(name, 3)
    with pytest.raises(ValueError, match="cannot be empty: m"):
        hparams.add_hparam("m", [])
