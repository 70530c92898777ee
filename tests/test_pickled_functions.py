"""Functions of the interface survive pickle: programs save `tf.nn.relu` among their arguments."""

import pickle
import subprocess
import sys

import pytest

import scopeflow as tf

SPACES = (tf, tf.nn, tf.math, tf.linalg, tf.image, tf.strings, tf.losses, tf.initializers)
LEFT_OUT = ("_", "sparse_reduce", "sparse_segment")  # the latter are made by functions


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.__name__.rpartition(".")[2])
def test_they_are_the_same_functions_again(space):
    for name in dir(space):
        value = getattr(space, name)
        if callable(value) and not isinstance(value, type) and not name.startswith(LEFT_OUT):
            assert pickle.loads(pickle.dumps(value)) is value, name


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "elu", "softplus", "softmax"])
def test_in_another_process_and_under_their_own_names(name):
    value = getattr(tf.nn, name)
    assert value.__name__ == name
    code = (
        "import pickle, sys; found = pickle.loads(sys.stdin.buffer.read()); "
        f"import scopeflow as tf; assert found is tf.nn.{name}"
    )
    subprocess.run([sys.executable, "-c", code], input=pickle.dumps(value), check=True)


def test_errors_call_them_by_these_names():
    with pytest.raises(TypeError, match=r"^relu\(\) missing 1 required"):
        tf.nn.relu()
