"""Forward hooks on the scopes of a module: wherever the scope's variables are used."""

import numpy as np
import pytest
import torch

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(2)
        yield graph


def rows(count=3, width=4):
    return torch.tensor(np.random.RandomState(count).randn(count, width).astype(np.float32))


def watch(module, scope):
    """The shapes that a hook on the scope has seen: [(inputs, output)]."""
    seen = []
    module.scopes[scope].register_forward_hook(
        lambda at, inputs, output: seen.append(([tuple(i.shape) for i in inputs], output.shape))
    )
    return seen


def siamese():
    def tower(x):
        with tf.variable_scope("tower", reuse=tf.AUTO_REUSE):
            return tf.layers.dense(tf.layers.dense(x, 5, tf.nn.relu, name="fc1"), 3, name="fc2")

    a = tf.placeholder(tf.float32, [None, 4], name="a")
    b = tf.placeholder(tf.float32, [None, 4], name="b")
    return tf.to_module(tower(a) - tower(b), [a, b])


def test_a_shared_scope_is_called_for_each_use():
    module = siamese()
    seen, inner = watch(module, "tower"), watch(module, "tower/fc1")
    module(rows(2), rows(3)[:1])
    assert seen == [([(2, 4)], (2, 3)), ([(1, 4)], (1, 3))]
    assert inner == [([(2, 4)], (2, 5)), ([(1, 4)], (1, 5))]


def test_what_a_hook_returns_takes_the_place_of_each_output():
    module = siamese()
    module.scopes["tower/fc2"].register_forward_hook(lambda scope, inputs, output: output * 0 + 1)
    assert module(rows(), rows()).abs().max() == 0
    module.scopes["tower"].register_forward_hook(lambda scope, inputs, output: inputs[0][:, :3])
    torch.testing.assert_close(module(rows(), rows() * 2), -rows()[:, :3])


def test_a_cell_in_a_loop_is_called_once_a_round():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.variable_scope("rnn"):
        result = tf.while_loop(
            lambda i, h: i < 3,
            lambda i, h: (i + 1, tf.layers.dense(h, 4, name="cell", reuse=tf.AUTO_REUSE)),
            [tf.constant(0), x],
        )[1]
    module = tf.to_module(result, x)
    seen = watch(module, "rnn/cell")
    plain = module(rows())
    assert seen == [([(3, 4)], (3, 4))] * 3
    module.scopes["rnn/cell"].register_forward_hook(lambda scope, inputs, output: inputs[0] + 1)
    torch.testing.assert_close(module(rows()), rows() + 3)
    assert not torch.allclose(plain, rows() + 3)


def test_a_recurrent_cell_and_a_keras_model():
    x = tf.placeholder(tf.float32, [None, 5, 4], name="x")
    hidden, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(6), x, dtype=tf.float32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(5, 6))])
    module = tf.to_module(model(hidden), x)
    cell, dense = [], watch(module, "dense")
    module.scopes["rnn/gru_cell"].register_forward_hook(lambda *call: cell.append(call))
    module(torch.zeros(3, 5, 4))
    assert len(cell) == 1 and dense == [([(3, 5, 6)], (3, 5, 2))]


def test_a_scope_of_another_ones_name_is_not_called():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.variable_scope("body"):
        y = tf.layers.dense(tf.layers.dense(x, 4, name="fc"), 4, name="fc_1")
    module = tf.to_module(tf.layers.dense(y, 2, name="fc"), x)
    seen = watch(module, "fc")
    inner = watch(module, "body/fc")
    module(rows())
    assert seen == [([(3, 4)], (3, 2))] and inner == [([(3, 4)], (3, 4))]


def test_variables_without_computation():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.variable_scope("table"):
        w = tf.get_variable("w", [4, 2])
    module = tf.to_module(tf.matmul(x, w), x)
    module.scopes["table"].register_forward_hook(print)
    with pytest.raises(NotImplementedError, match="'table' has a forward hook, but there is no"):
        module(rows())


@pytest.mark.traced_by_torch
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # torch's own, while it traces
@pytest.mark.parametrize("function", [False, True])
def test_compiled_hooks(function):
    torch._dynamo.reset()
    if function:
        module = tf.module(lambda x: tf.layers.dense(tf.layers.dense(x, 4, name="a"), 4, name="b"))
        module.build(tf.TensorSpec([None, 4], tf.float32))
    else:
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        y = tf.layers.dense(tf.layers.dense(x, 4, name="a"), 4, name="b")
        module = tf.to_module(y, x)
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    plain = module(rows())
    torch.testing.assert_close(compiled(rows()), plain)
    handle = module.scopes["a"].register_forward_hook(lambda scope, inputs, output: output + 1)
    changed = module(rows())
    assert not torch.allclose(changed, plain)
    torch.testing.assert_close(compiled(rows()), changed)
    module.scopes["b"].register_forward_hook(lambda scope, inputs, output: output * 2)
    torch.testing.assert_close(compiled(rows()), changed * 2 - 0 * plain)
    handle.remove()
    torch.testing.assert_close(compiled(rows()), plain * 2)


def test_a_hooked_program_is_made_once():
    module = siamese()
    watch(module, "tower")
    module(rows(), rows())
    (made,) = module._special.values()
    module(rows(), rows())
    assert list(module._special.values()) == [made]
