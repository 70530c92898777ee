"""`scopeflow convert --module`: between checkpoints and the state dicts of PyTorch modules."""

import sys

import numpy as np
import pytest
import safetensors.torch
import torch

import scopeflow as tf
from scopeflow.alias import children, install_as_tensorflow
from scopeflow.cli import main

PROGRAM = '''
import tensorflow as tf


def network(x, training=False):
    with tf.variable_scope("body"):
        x = tf.layers.dense(x, 4, name="fc")
        return tf.layers.batch_normalization(x, training=training, name="norm")


def without_inputs():
    return network(tf.placeholder(tf.float32, [None, 3]))


module = tf.module(network) if hasattr(tf, "module") else None
number = 3
'''
KEYS = ["fc.kernel", "fc.bias", "norm.gamma", "norm.beta", "norm.moving_mean",
        "norm.moving_variance"]  # fmt: skip


@pytest.fixture(autouse=True)
def _alias_ends_with_the_test(monkeypatch):
    """`import tensorflow` means scopeflow for the model alone."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(children, "begin", install_as_tensorflow)
    yield
    for name in [n for n in sys.modules if n.partition(".")[0] == "tensorflow"]:
        del sys.modules[name]


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(PROGRAM)
    return path


@pytest.fixture
def checkpoint(tmp_path):
    """What a training left: the network's variables, and an optimizer's."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3])
        with tf.variable_scope("body"):
            y = tf.layers.dense(x, 4, name="fc")
            y = tf.layers.batch_normalization(y, training=True, name="norm")
        tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(y * y))
        session.run(tf.global_variables_initializer())
        return tf.train.Saver().save(session, str(tmp_path / "trained"), write_meta_graph=False)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [("network", ["--input", "float32[?,3]"]), ("without_inputs", [])],
)
def test_there_and_back(tmp_path, program, checkpoint, capsys, name, inputs):
    there, back = str(tmp_path / "state.safetensors"), str(tmp_path / "back")
    options = ["convert", "--module", f"{program}:{name}", *inputs]
    assert main([*options, checkpoint, there]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"{there}: 6 variables, ")
    assert "not in the module: body/fc/bias/Momentum, " in printed
    state = safetensors.torch.load_file(there)
    assert sorted(state) == sorted(f"body.{key}" for key in KEYS)
    assert main([*options, there, back]) == 0
    found, wanted = (tf.train.load_checkpoint(path) for path in (back, checkpoint))
    assert sorted(found.get_variable_to_shape_map()) == sorted(k.replace(".", "/") for k in state)
    for variable in found.get_variable_to_shape_map():
        assert found.get_tensor(variable).tobytes() == wanted.get_tensor(variable).tobytes()


def test_a_state_dict_of_torch(tmp_path, program, checkpoint):
    @tf.module
    def network(x):
        with tf.variable_scope("body"):
            x = tf.layers.dense(x, 4, name="fc")
            return tf.layers.batch_normalization(x, name="norm")

    network.build(tf.TensorSpec([None, 3], tf.float32))
    safetensors.torch.save_file(network.state_dict(), str(tmp_path / "torch.safetensors"))
    options = ["convert", "--module", f"{program}:network", "--input", "float32[?,3]"]
    assert main([*options, str(tmp_path / "torch.safetensors"), str(tmp_path / "made")]) == 0
    value = tf.train.load_variable(str(tmp_path / "made"), "body/fc/kernel")
    assert np.array_equal(value, network.scopes["body/fc"].kernel.detach().numpy())
    assert value.dtype == np.float32 and isinstance(network.scopes["body/fc"].kernel, torch.Tensor)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--module", "nothing.py:f"], "there is no file 'nothing.py'"),
        (["--module", "{}:nothing"], "has no function 'nothing'"),
        (["--module", "{}:number"], "has no function 'number'"),
        (["--module", "{}:network"], "Say what its inputs are: --input"),
        (["--module", "{}:network", "--input", "3"], "written like float32[?,28,28,1]"),
        (["--module", "{}:network", "--input", "float32[?,5]"],
         "body/fc/kernel: shape [3, 4] there, [5, 4] in the module"),
    ],
)  # fmt: skip
def test_what_does_not_fit(tmp_path, program, checkpoint, capsys, options, text):
    options = [option.format(program) for option in options]
    assert main(["convert", *options, checkpoint, str(tmp_path / "out.safetensors")]) == 1
    assert text in capsys.readouterr().err
