"""`@scopeflow.module` as PyTorch people use modules: copied, pickled, cast, compiled, exported."""

import copy
import os
import pickle
import subprocess
import sys
from collections import namedtuple

import numpy as np
import pytest
import torch

import scopeflow as tf

pytestmark = [
    pytest.mark.traced_by_torch,
    pytest.mark.filterwarnings("ignore:The .grad attribute"),  # torch's own, while it traces
]


def create_model(images):
    with tf.variable_scope("conv1"):
        weights = tf.get_variable("weights", [3, 3, 2, 4])
        biases = tf.get_variable("biases", [4])
        return tf.nn.relu(tf.nn.conv2d(images, weights, [1, 1, 1, 1], "SAME") + biases)


@tf.module
def decorated(images):
    """Its name is the module's, not the function's."""
    return create_model(images)


@tf.module
def normalized(x, is_training):
    return tf.layers.batch_normalization(tf.layers.dense(x, 3, name="fc"), training=is_training)


def images(rows=2):
    return torch.randn(rows, 5, 5, 2, generator=torch.Generator().manual_seed(rows))


@pytest.fixture
def model():
    return tf.module(create_model).build(tf.TensorSpec([None, 5, 5, 2], tf.float32))


# Copies and files.


def test_a_copy_keeps_what_is_frozen_and_whose_parameters_an_optimizer_has(model):
    model.scopes["conv1"].weights.requires_grad_(False)
    network = torch.nn.Sequential(model, torch.nn.Flatten())
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    network, optimizer, model = copy.deepcopy((network, optimizer, model))
    assert network[0] is model
    assert not model.scopes["conv1"].weights.requires_grad
    held = optimizer.param_groups[0]["params"]
    assert [p is q for p, q in zip(held, model.parameters(), strict=True)] == [True, True]


def test_copies_have_their_own_hooks_and_attributes(model):
    seen = []
    model.scopes["conv1"].register_forward_hook(lambda *_: seen.append(1))
    model.head = torch.nn.Linear(2, 2)
    other = copy.deepcopy(model)
    assert other.head is not model.head
    other(images())
    assert seen == [1]


@pytest.mark.parametrize("build", [True, False])
def test_a_decorated_function_can_be_pickled(build):
    if build:
        decorated(images())
    other = pickle.loads(pickle.dumps(decorated))
    assert other is not decorated
    if build:
        assert torch.equal(other(images()), decorated(images()))


def test_a_local_function_cannot_be_pickled():
    with pytest.raises(pickle.PicklingError, match="Define it there, or pickle what"):
        pickle.dumps(tf.module(lambda x: x))


def test_the_updates_of_a_variant_survive_pickling():
    x = torch.randn(4, 5)
    normalized(x)
    other = pickle.loads(pickle.dumps(normalized)).eval()
    mean = other.scopes["batch_normalization"].moving_mean
    before = mean.clone()
    other(x)
    assert torch.equal(mean, before)
    other(x, is_training=True)
    assert not torch.equal(mean, before)


# Modes and variants.


@pytest.mark.parametrize("first", [True, False])
def test_updates_without_a_flag_run_in_training_mode_alone(first):
    @tf.module
    def always(x):
        return tf.layers.batch_normalization(x, training=True, name="bn")

    x = torch.randn(4, 3)
    always.train(first)(x)
    for mode in (True, False):
        mean = always.scopes["bn"].moving_mean.clone()
        always.train(mode)(x)
        assert torch.equal(always.scopes["bn"].moving_mean, mean) is not mode


def test_structures_and_types_tell_variants_apart():
    @tf.module
    def flat(x, more):
        if isinstance(more, dict):
            return x + more["a"] + 10.0
        if isinstance(more, tuple):
            return x + more.left + 20.0
        return x * 2.0 if more is True else x * float(more[0] if isinstance(more, list) else more)

    one = torch.ones(1)
    pair = namedtuple("pair", "left")
    assert flat(one, {"a": one}).item() == 12.0 and flat(one, pair(one)).item() == 22.0
    assert flat(one, True).item() == 2.0 and flat(one, 1).item() == 1.0
    assert flat(one, [5]).item() == 5.0 and flat(one, 7).item() == 7.0


def test_arguments_that_cannot_be_hashed_are_told_apart():
    class Settings:
        __hash__ = None

        def __init__(self, factor):
            self.factor = factor

    scaled = tf.module(lambda x, settings: x * settings.factor)
    for factor in (2.0, 3.0, 4.0):  # each in the memory of the one before
        assert scaled(torch.ones(1), Settings(factor)).item() == factor


def test_a_later_variant_may_name_variables_below_another():
    @tf.module
    def grown(x, more=False):
        x = x * tf.get_variable("w", [3])
        if more:
            with tf.variable_scope("w"):
                x = x * tf.get_variable("v", [3])
        return x

    grown(torch.ones(1, 3))
    kept = grown.w
    grown(torch.ones(1, 3), more=True)
    assert list(grown.state_dict()) == ["w.%", "w.v"]
    assert grown.get_parameter("w.%") is kept
    assert grown.variable_names == {"w.%": "w", "w.v": "w/v"}


def test_variants_must_agree_about_a_variables_dtype():
    @tf.module
    def typed(x):
        return x + tf.get_variable("w", [3], x.dtype, tf.zeros_initializer())

    typed(torch.ones(1, 3))
    with pytest.raises(ValueError, match="specified dtype float64 and found dtype float32"):
        typed(torch.ones(1, 3, dtype=torch.float64))


def test_modules_without_inputs_inside_modules():
    @tf.module
    def positions(length):
        return tf.get_variable("positions", [length, 3])

    @tf.module
    def outer(x):
        with tf.variable_scope("body"):
            return x + positions(2)

    assert outer(torch.zeros(2, 3)).shape == (2, 3)
    assert list(outer.state_dict()) == ["body.positions"] and not positions.state_dict()


def test_before_the_first_call():
    model = tf.module(create_model)
    with pytest.raises(RuntimeError, match="has no variables yet"):
        model.load_state_dict({})
    with pytest.raises(RuntimeError, match="call it, or build it"):
        model.source  # noqa: B018
    with pytest.raises(RuntimeError, match="call it once"):
        torch.export.export(model, (images(),))
    model.double()
    assert model(images().double()).dtype is torch.float64
    assert model.conv1.weights.dtype is torch.float64


def test_variables_are_made_where_the_first_input_is():
    model = tf.module(lambda x: x * tf.get_variable("w", [3]))
    with torch.inference_mode():
        model(torch.ones(3))
    model(torch.ones(3)).sum().backward()
    assert model.w.grad is not None


# Dtypes.


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_a_cast_module_takes_the_other_dtype(model, dtype):
    wanted = model(images())
    found = model.to(dtype)(images().to(dtype))
    assert found.dtype is dtype and len(model.state_dict()) == 2
    torch.testing.assert_close(found.float(), wanted, rtol=2e-2, atol=2e-2)


def test_autocast_within_a_larger_network(model):
    network = torch.nn.Sequential(torch.nn.Linear(2, 2), model, torch.nn.Linear(4, 2))
    wanted = network(images())
    with torch.autocast("cpu", torch.bfloat16):
        found = network(images())
    assert found.dtype is torch.bfloat16 and len(model.state_dict()) == 2
    torch.testing.assert_close(found.float(), wanted, rtol=5e-2, atol=5e-2)


# What torch does with modules.


@pytest.mark.parametrize("build", [True, False])
def test_compile_makes_the_variables_and_variants(build):
    torch._dynamo.reset()
    model = tf.module(create_model)
    if build:
        model.build(tf.TensorSpec([None, 5, 5, 2], tf.float32))
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    for rows in (2, 3):
        torch.testing.assert_close(compiled(images(rows)), model(images(rows)))
    other = torch.zeros(2, 7, 6, 2)
    torch.testing.assert_close(compiled(other), model(other))
    assert len(model.state_dict()) == 2


def test_a_compiled_module_follows_its_mode():
    torch._dynamo.reset()
    model = copy.deepcopy(normalized)
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    x = torch.randn(4, 5)
    for mode in (True, False):
        compiled.train(mode)
        torch.testing.assert_close(compiled(x), model(x))
    torch.testing.assert_close(compiled(x, is_training=True), model(x, is_training=True))


def test_export_with_a_dynamic_batch_in_a_mode_that_did_not_run():
    model = tf.module(normalized._function.call)
    x = torch.randn(4, 5)
    model(x)
    batch = torch.export.Dim("batch", min=2, max=64)
    exported = torch.export.export(model.eval(), (x,), dynamic_shapes=({0: batch},)).module()
    x = torch.randn(9, 5)
    torch.testing.assert_close(exported(x), model(x))
    assert type(model(x)) is torch.Tensor  # nothing of the export is left in the module


def test_compile_before_anything_ran():
    program = """
import torch
import scopeflow as tf
with tf.Graph().as_default():
    x = tf.placeholder(tf.float32, [None, 5, 5, 2])
    hidden = tf.layers.max_pooling2d(tf.layers.conv2d(x, 3, 3, padding="same"), 2, 2)
    model = tf.to_module(tf.layers.dense(tf.layers.flatten(hidden), 4), x)
compiled = torch.compile(model, backend="eager", fullgraph=True)
print(tuple(compiled(torch.zeros(2, 5, 5, 2)).shape))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "(2, 4)\n", done.stderr[-2000:]


def test_functional_forms(model):
    parameters = dict(model.named_parameters())
    gradients = torch.func.grad(
        lambda p: torch.func.functional_call(model, p, (images(),)).sum()
    )(parameters)  # fmt: skip
    model(images()).sum().backward()
    torch.testing.assert_close(gradients["conv1.weights"], model.conv1.weights.grad)
    rows = torch.func.vmap(lambda row: model(row[None])[0])(images())
    torch.testing.assert_close(rows, model(images()))


def test_arrays(model):
    assert model(np.zeros([3, 5, 5, 2], np.float32)).shape == (3, 5, 5, 4)
