"""Graphs and functions as PyTorch modules."""

import copy
import io
import re

import numpy as np
import pytest
import torch

import scopeflow as tf
from scopeflow.runtime.module_scopes import state_key, variable_name


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session() as session:
        yield session


def network(training):
    """A layer, batch normalization, a layer."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    hidden = tf.layers.dense(x, 4, name="fc")
    hidden = tf.layers.batch_normalization(hidden, training=training, name="bn")
    with tf.variable_scope("top"):
        return x, tf.layers.dense(tf.nn.relu(hidden), 2, name="out")


def data(rows=5):
    return np.random.RandomState(0).randn(rows, 3).astype(np.float32)


@pytest.fixture
def pair(session):
    """A module and what it was made of: (module, run), run(training) the session's numbers."""
    flag = tf.placeholder(tf.bool, [], name="is_training")
    x, y = network(flag)
    session.run(tf.global_variables_initializer())
    module = tf.to_module(y, x)
    return module, lambda training: session.run(y, {x: data(), flag: training})


def conv_relu(images, kernel_shape, bias_shape):
    weights = tf.get_variable("weights", kernel_shape, initializer=tf.random_normal_initializer())
    biases = tf.get_variable("biases", bias_shape, initializer=tf.constant_initializer(0.0))
    conv = tf.nn.conv2d(images, weights, strides=[1, 1, 1, 1], padding="SAME")
    return tf.nn.relu(conv + biases)


def create_model(images):
    with tf.variable_scope("conv1"):
        hidden = conv_relu(images, [5, 5, 4, 4], [4])
    with tf.variable_scope("conv2"):
        return conv_relu(hidden, [5, 5, 4, 4], [4])


def normalized(x, training=False):
    with tf.variable_scope("bn"):
        return tf.layers.batch_normalization(x, training=training)


# Names.


@pytest.mark.parametrize(
    ("name", "others", "key"),
    [
        ("conv1/weights", (), "conv1.weights"),
        ("w", ("w/Adam",), "w.%"),
        ("w/Adam", ("w",), "w.Adam"),
        ("train/w", (), "%train.w"),
        ("a.b/c", (), "a%2eb.c"),
        ("a//b", (), "a.%.b"),
        ("forward", (), "%forward"),
    ],
)
def test_names_go_both_ways(name, others, key):
    assert state_key(name, [name, *others]) == key
    assert variable_name(key) == name


def test_parameters_and_buffers(pair):
    module, _ = pair
    assert [k for k, _ in module.named_parameters()] == [
        "fc.kernel", "fc.bias", "bn.gamma", "bn.beta", "top.out.kernel", "top.out.bias",
    ]  # fmt: skip
    assert [k for k, _ in module.named_buffers()] == ["bn.moving_mean", "bn.moving_variance"]
    assert module.variable_names["top.out.kernel"] == "top/out/kernel"
    assert list(module.scopes) == ["fc", "bn", "top", "top/out"]
    with pytest.raises(KeyError, match="no scope 'fx'"):
        module.scopes["fx"]
    assert "kernel: parameter 3×4 float32" in repr(module)
    assert "fc_BiasAdd = fused.matmul_bias(x, fc_kernel.value, fc_bias.value)" in module.source


# Values.


def test_numbers_are_the_sessions(pair):
    module, run = pair
    module.eval()
    np.testing.assert_array_equal(module(data()).detach().numpy(), run(False))
    module.train()
    before = module.scopes["bn"].moving_mean.clone()
    np.testing.assert_array_equal(module(torch.tensor(data())).detach().numpy(), run(True))
    assert not torch.equal(before, module.scopes["bn"].moving_mean)
    module.eval()
    before = module.scopes["bn"].moving_mean.clone()
    module(x=data())
    assert torch.equal(before, module.scopes["bn"].moving_mean)
    assert "moments" not in module.source  # of the branch that is not taken nothing is left


def test_gradients_are_the_sessions(session):
    x, y = network(training=True)
    session.run(tf.global_variables_initializer())
    module = tf.to_module(y, x)
    module(data()).square().sum().backward()
    wanted = session.run(tf.gradients(tf.reduce_sum(y * y), tf.trainable_variables()), {x: data()})
    for parameter, gradient in zip(module.parameters(), wanted, strict=True):
        np.testing.assert_allclose(parameter.grad.numpy(), gradient, rtol=1e-4, atol=1e-5)


def test_structures(session):
    a, b = tf.placeholder(tf.float32, [2], name="a"), tf.placeholder(tf.float32, [2], name="b")
    module = tf.to_module({"sum": a + b, "parts": (a * b, tf.shape(a))}, {"left": a, "right": b})
    assert module.input_names == ["left", "right"]
    found = module(right=[1.0, 2.0], left=torch.tensor([3.0, 4.0]))
    assert found["sum"].tolist() == [4.0, 6.0] and found["parts"][0].tolist() == [3.0, 8.0]
    assert isinstance(found["parts"][1], torch.Tensor) and found["parts"][1].dtype is torch.int32


def test_loops_and_functions_of_tensors():
    x = tf.placeholder(tf.float32, [None], name="x")
    module = tf.to_module(tf.map_fn(lambda t: t * t, x), x)
    assert module([1.0, 2.0, 3.0]).tolist() == [1.0, 4.0, 9.0]


def test_without_values(session):
    x, y = network(training=False)
    with pytest.raises(tf.errors.FailedPreconditionError, match="fc/kernel, fc/bias"):
        tf.to_module(y, x, session=session)


def test_initial_values():
    with tf.Graph().as_default():
        x, y = network(training=False)
        module = tf.to_module(y, x)
    assert module(data()).shape == (5, 2)


def test_checkpoints_travel_both_ways(session, tmp_path):
    x, y = network(training=False)
    session.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(session, str(tmp_path / "from_session"))
    module = tf.to_module(y, x, checkpoint=path)
    np.testing.assert_array_equal(module(data()).detach().numpy(), session.run(y, {x: data()}))
    with torch.no_grad():
        module.scopes["fc"].bias.add_(1.0)
    again = module.save_checkpoint(str(tmp_path / "from_module"))
    tf.train.Saver().restore(session, again)
    np.testing.assert_array_equal(module(data()).detach().numpy(), session.run(y, {x: data()}))


def test_a_checkpoint_that_does_not_fit(session, tmp_path):
    tf.get_variable("fc/kernal", [3, 4])
    session.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(session, str(tmp_path / "other"))
    with tf.Graph().as_default():
        x, y = network(training=False)
        with pytest.raises(tf.errors.NotFoundError, match="fc/kernel: not in the checkpoint"):
            tf.to_module(y, x, checkpoint=path)


# As PyTorch people expect it.


def test_copies_and_pickles(pair):
    module, _ = pair
    module.eval()
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    loaded = torch.load(file, weights_only=False)
    for other in (copy.deepcopy(module), loaded):
        assert torch.equal(other(data()), module(data()))
        with torch.no_grad():
            other.scopes["fc"].bias.add_(1.0)
        assert not torch.equal(other(data()), module(data()))
    loaded.train()
    loaded(data())


def test_a_loop_survives_pickling():
    x = tf.placeholder(tf.float32, [], name="x")
    _, y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), (0, x))
    file = io.BytesIO()
    torch.save(tf.to_module(y, x), file)
    file.seek(0)
    assert torch.load(file, weights_only=False)(2.0).item() == 16.0


def test_state_dicts(pair):
    module, _ = pair
    other = copy.deepcopy(module)
    state = {k: v + 1 for k, v in module.state_dict().items()}
    other.load_state_dict(state)
    assert all(torch.equal(v, state[k]) for k, v in other.state_dict().items())
    del state["top.out.bias"]
    with pytest.raises(RuntimeError, match="the variable top/out/bias. is missing"):
        other.load_state_dict(state)


def test_other_dtypes(pair):
    module, run = pair
    module.eval().double()
    found = module(torch.tensor(data(), dtype=torch.float64))
    assert found.dtype is torch.float64
    np.testing.assert_allclose(found.detach().numpy(), run(False), rtol=1e-5, atol=1e-6)
    assert module.bfloat16()(torch.tensor(data(), dtype=torch.bfloat16)).dtype is torch.bfloat16


def test_autocast(pair):
    module, _ = pair
    seen = []
    module.eval().scopes["top/out"].register_forward_hook(
        lambda scope, inputs, output: seen.append(output)
    )
    plain = module(data())
    with torch.autocast("cpu", torch.bfloat16):
        rounded = module(data())
    assert not torch.equal(rounded, plain)
    torch.testing.assert_close(rounded.float(), plain, rtol=2e-2, atol=2e-2)


def test_a_gru_under_autocast():
    x = tf.placeholder(tf.float32, [None, 4, 3], name="x")
    y, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(5), x, dtype=tf.float32)
    module = tf.to_module(y, x)
    given = torch.randn(2, 4, 3)
    with torch.autocast("cpu", torch.bfloat16):
        found = module(given)
    torch.testing.assert_close(found.float(), module(given), rtol=2e-2, atol=2e-2)


@pytest.mark.traced_by_torch
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # torch's own, while it traces
def test_functional_forms(pair):
    module, _ = pair
    module.eval()
    parameters = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    x = torch.tensor(data())
    zero = {k: torch.zeros_like(v) for k, v in parameters.items()}
    assert torch.func.functional_call(module, zero, (x,)).abs().max() == 0
    gradient = torch.func.grad(lambda p: torch.func.functional_call(module, p, (x,)).sum())(
        parameters
    )
    module(x).sum().backward()
    torch.testing.assert_close(gradient["fc.kernel"], module.scopes["fc"].kernel.grad)
    rows = torch.func.vmap(lambda row: module(row[None])[0])(x)
    torch.testing.assert_close(rows, module(x))


@pytest.mark.traced_by_torch
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # torch's own, while it traces
def test_compile_without_graph_breaks(pair):
    module, _ = pair
    for mode in (module.eval(), module.train()):
        compiled = torch.compile(mode, backend="eager", fullgraph=True)
        torch.testing.assert_close(compiled(torch.tensor(data())), mode(torch.tensor(data())))


@pytest.mark.traced_by_torch
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # torch's own, while it traces
def test_export_with_a_dynamic_batch(pair):
    module, _ = pair
    module.eval()
    batch = torch.export.Dim("batch")
    exported = torch.export.export(module, (torch.tensor(data()),), dynamic_shapes=({0: batch},))
    x = torch.tensor(data(9))
    torch.testing.assert_close(exported.module()(x), module(x))


def test_hooks_of_scopes(pair):
    module, _ = pair
    module.eval()
    plain = module(data())
    seen = []
    handle = module.scopes["fc"].register_forward_hook(
        lambda scope, inputs, output: seen.append((scope, inputs[0].shape, output.shape))
    )
    torch.testing.assert_close(module(data()), plain)
    assert seen == [(module.scopes["fc"], (5, 3), (5, 4))]
    handle.remove()
    module(data())
    assert len(seen) == 1
    module.scopes["top/out"].register_forward_hook(lambda scope, inputs, output: output * 0)
    assert module(data()).abs().max() == 0
    with pytest.raises(NotImplementedError, match="register_forward_hook"):
        module.scopes["fc"].register_forward_pre_hook(print)


# Functions.


def test_a_function_as_a_module():
    model = tf.module(create_model)
    x = torch.randn(2, 6, 6, 4)
    y = model(x)
    assert list(model.state_dict()) == [
        "conv1.weights", "conv1.biases", "conv2.weights", "conv2.biases",
    ]  # fmt: skip
    y.sum().backward()
    assert model.scopes["conv1"].weights.grad.shape == (5, 5, 4, 4)
    assert model(torch.randn(3, 8, 8, 4)).shape == (3, 8, 8, 4)
    assert len(model.state_dict()) == 4
    assert torch.equal(copy.deepcopy(model)(x), model(x))


def test_specs_make_the_variables():
    model = tf.module(create_model).build(tf.TensorSpec([None, 6, 6, 4], tf.float32))
    assert sum(p.numel() for p in model.parameters()) == 2 * (5 * 5 * 4 * 4 + 4)
    assert model(np.zeros([1, 6, 6, 4], np.float32)).shape == (1, 6, 6, 4)


def test_static_arguments_select_variants():
    model = tf.module(normalized)
    x = torch.tensor(data()) + 3.0
    trained = model(x, training=True)
    assert trained.mean().abs() < 1e-5
    names = sorted(model.state_dict())
    assert not torch.allclose(model(x, training=False), trained)
    assert sorted(model.state_dict()) == names
    model.eval()
    assert torch.equal(model(x), model(x, training=False))
    model.train()
    torch.testing.assert_close(model(x), trained)


def test_modules_inside_modules():
    inner = tf.module(create_model)

    @tf.module
    def outer(x):
        with tf.variable_scope("filters") as scope:
            first = inner(x)
            scope.reuse_variables()
            return first + inner(x)

    assert outer(torch.randn(1, 6, 6, 4)).shape == (1, 6, 6, 4)
    assert sorted(outer.state_dict())[0] == "filters.conv1.biases" and len(outer.state_dict()) == 4


def test_the_rules_of_get_variable_hold():
    @tf.module
    def twice(x):
        return create_model(create_model(x))

    with pytest.raises(ValueError, match="Variable conv1/weights already exists, disallowed"):
        twice(torch.randn(1, 6, 6, 4))


def test_other_inputs_must_fit_the_variables():
    @tf.module
    def layer(x):
        return tf.layers.dense(x, 2, name="fc")

    layer(torch.zeros(1, 3))
    with pytest.raises(ValueError, match="Trying to share variable fc/kernel"):
        layer(torch.zeros(1, 4))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda m: m(), TypeError, "forward() misses its inputs x."),
        (lambda m: m(data(), data()), TypeError, "forward() takes 1 inputs (x), got 2."),
        (lambda m: m(y=data()), TypeError, "forward() has no input 'y'. It has: x."),
        (lambda m: m(np.zeros([2, 4])), ValueError, "The input 'x' of the module has shape (?, 3)"),
        (lambda m: m.scopes["fc"](1), NotImplementedError, "call the whole module"),
    ],
)
def test_bad_calls(pair, call, error, text):
    with pytest.raises(error, match=re.escape(text)):
        call(pair[0])


def test_missing_inputs():
    x, y = tf.placeholder(tf.float32, [2], name="x"), tf.placeholder(tf.float32, [2], name="y")
    with pytest.raises(ValueError, match="The outputs need the placeholders y:0"):
        tf.to_module(x + y, x)
