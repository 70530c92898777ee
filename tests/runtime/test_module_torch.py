"""Modules of common networks under what torch does with modules, where it once went wrong."""

import copy

import numpy as np
import pytest
import torch
from torch.utils.checkpoint import checkpoint

import scopeflow as tf

pytestmark = [
    pytest.mark.traced_by_torch,
    pytest.mark.filterwarnings("ignore:The .grad attribute"),  # torch's own, while it traces
]
BATCH = torch.export.Dim("batch", min=2, max=64)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(2)
        yield graph


def given(*shape):
    return torch.tensor(np.random.RandomState(0).randn(*shape).astype(np.float32))


def exported(module, *inputs):
    program = torch.export.export(module, inputs, dynamic_shapes=({0: BATCH},) * len(inputs))
    return program.module()


def close(found, wanted):
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)


@pytest.fixture
def flagged():
    """Batch normalization under a training flag of unknown shape, as programs declare it."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    phase = tf.placeholder(tf.bool, name="phase")
    hidden = tf.layers.batch_normalization(tf.layers.dense(x, 3, name="fc"), training=phase)
    frozen = tf.cond(tf.logical_not(phase), lambda: hidden * 2.0, lambda: hidden)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        module = tf.to_module(frozen, x)
        wanted = [
            session.run(frozen, {x: given(5, 4).numpy(), phase: mode}) for mode in (False, True)
        ]
    return module, wanted


@pytest.mark.parametrize("training", [False, True])
def test_a_flag_of_unknown_shape_decides_the_program(flagged, training):
    module, wanted = flagged
    module.train(training)
    assert " if " not in f" {module.source}"
    close(module(given(5, 4)), torch.tensor(wanted[training]))
    torch._dynamo.reset()
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    close(compiled(given(5, 4)), torch.tensor(wanted[training]))
    if not training:
        close(exported(module, given(3, 4))(given(5, 4)), torch.tensor(wanted[False]))


def test_activation_checkpointing(flagged):
    module, _ = flagged
    other = copy.deepcopy(module)
    x = given(5, 4)
    module(x).square().sum().backward()
    checkpoint(other, x, use_reentrant=False).square().sum().backward()
    for one, two in zip(module.parameters(), other.parameters(), strict=True):
        close(one.grad, two.grad)


def test_the_meta_device():
    ids = tf.placeholder(tf.int32, [None, 5], name="ids")
    lengths = tf.placeholder(tf.int32, [None], name="lengths")
    words = tf.nn.embedding_lookup(tf.get_variable("table", [9, 4]), ids)
    cell = tf.nn.rnn_cell.GRUCell(6)
    _, state = tf.nn.dynamic_rnn(cell, words, sequence_length=lengths, dtype=tf.float32)
    module = tf.to_module(state, [ids, lengths])
    there = copy.deepcopy(module).to("meta")
    inputs = torch.zeros(3, 5, dtype=torch.int32), torch.tensor([1, 5, 3], dtype=torch.int32)
    found = there(*(t.to("meta") for t in inputs))
    assert found.is_meta and found.shape == (3, 6)
    here = there.to_empty(device="cpu")
    here.load_state_dict(module.state_dict())
    assert torch.equal(here(*inputs), module(*inputs))


def test_functions_on_the_meta_device():
    model = tf.module(lambda x: tf.layers.dense(x, 2)).build(tf.TensorSpec([None, 3], tf.float32))
    assert model.to("meta")(torch.zeros(5, 3, device="meta")).shape == (5, 2)


def generator(z):
    """Batch normalization by the batch in every mode, resized images, one channel at the end."""
    h = tf.reshape(tf.layers.dense(z, 16), [-1, 2, 2, 4])
    h = tf.nn.relu(tf.layers.batch_normalization(h, training=True))
    h = tf.image.resize_bilinear(h, [4, 4])
    h = tf.pad(h, [[0, 0], [1, 1], [2, 0], [0, 0]], "REFLECT")
    return tf.layers.conv2d(h, 1, 3)


@pytest.fixture
def images():
    z = tf.placeholder(tf.float32, [None, 6], name="z")
    return tf.to_module(generator(z), z)


def test_images_in_float64(images):
    wanted = images(given(3, 6))
    images.double()
    found = images(given(3, 6).double())
    assert found.dtype is torch.float64
    found.square().sum().backward()
    close(found.float(), wanted)


def test_batch_normalization_and_padding_are_compiled_and_exported(images):
    wanted = images(given(5, 6))
    torch._dynamo.reset()
    close(torch.compile(images, backend="aot_eager", fullgraph=True)(given(5, 6)), wanted)
    close(exported(images, given(3, 6))(given(5, 6)), wanted)


@pytest.mark.filterwarnings("ignore")  # of torch's exporter
def test_onnx_normalizes_by_the_batch(images, tmp_path):
    pytest.importorskip("onnxscript", reason="ONNX export needs onnx and onnxscript")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime checks what is exported")
    program = torch.onnx.export(
        images, (given(3, 6),), dynamo=True, dynamic_shapes=({0: BATCH},), verbose=False
    )
    program.save(str(tmp_path / "m.onnx"))
    found = runtime.InferenceSession(str(tmp_path / "m.onnx")).run(None, {"z": given(5, 6).numpy()})
    close(torch.tensor(found[0]), images(given(5, 6)))


def test_gradients_of_each_batch_of_many(images):
    """vmap over batches: each is normalized by itself."""
    images.eval()  # (the moving averages of many batches have no place)
    batches = given(4, 3, 6)
    close(torch.func.vmap(images)(batches), torch.stack([images(batch) for batch in batches]))


def test_dropout_at_a_rate_that_is_a_tensor():
    x = tf.placeholder(tf.float32, [None, 400], name="x")
    training = tf.keras.backend.learning_phase()
    y = tf.keras.layers.Dropout(0.25)(x, training=training)
    module = tf.to_module(y, x)
    torch._dynamo.reset()
    ones = torch.ones(50, 400)
    for run in (torch.compile(module, backend="aot_eager", fullgraph=True), exported(module, ones)):
        found = run(torch.ones(60, 400))
        close(found.unique(), torch.tensor([0.0, 4 / 3]))
        assert abs(float(found.mean()) - 1) < 0.03
    assert torch.equal(module.eval()(ones), ones)


def test_a_decoder_with_a_tensor_array_is_exported():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    cell = tf.nn.rnn_cell.GRUCell(4)

    def step(i, state, array):
        output, state = cell(state, state)
        return i + 1, state, array.write(i, output)

    array = tf.TensorArray(tf.float32, size=3)
    *_, array = tf.while_loop(lambda i, *_: i < 3, step, [tf.constant(0), x, array])
    module = tf.to_module(array.stack(), x)
    close(exported(module, given(3, 4))(given(5, 4)), module(given(5, 4)))
