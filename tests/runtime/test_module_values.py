"""What a module takes and gives: gradients of its own, strings, sparse tensors, variables."""

import numpy as np
import pytest
import torch

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(2)
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session() as session:
        yield session


def rows(count=5):
    return np.random.RandomState(count).randn(count, 3).astype(np.float32)


def critic():
    """(input, score, its gradient by the input, what else is computed of the hidden layer)."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    hidden = tf.layers.dense(x, 4, tf.tanh, name="hidden")
    score = tf.layers.dense(hidden, 1, name="score")
    return x, score, tf.gradients(score, x)[0], tf.layers.dense(hidden, 2, name="side")


def test_gradients_lead_through_gradients_that_the_program_takes(session):
    x, score, slope, side = critic()
    penalty = tf.reduce_mean(tf.square(tf.norm(slope, axis=1) - 1.0))
    weight = tf.gradients(score, tf.trainable_variables()[0])[0]
    loss = penalty + tf.reduce_mean(score) + tf.nn.l2_loss(side) + tf.nn.l2_loss(weight)
    variables = tf.trainable_variables()
    wanted = tf.gradients(loss, [*variables, x], unconnected_gradients="zero")
    session.run(tf.global_variables_initializer())
    module = tf.to_module(loss, x)
    given = torch.tensor(rows(), requires_grad=True)
    module(given).backward()
    parameters = dict(module.named_parameters())
    found = [parameters[v.op.name.replace("/", ".")].grad for v in variables]
    for mine, theirs in zip([*found, given.grad], session.run(wanted, {x: rows()}), strict=True):
        np.testing.assert_allclose(0 if mine is None else mine, theirs, rtol=1e-4, atol=1e-5)


def test_what_stands_beside_a_gradient_keeps_its_own():
    x, _, slope, side = critic()
    module = tf.to_module([slope, side], x)
    module(rows())[1].sum().backward()
    assert module.scopes["hidden"].kernel.grad.abs().sum() > 0


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_gradients_where_autograd_records_nothing(session, mode):
    x, score, slope, _ = critic()
    session.run(tf.global_variables_initializer())
    module = tf.to_module([score, slope], x)
    with mode():
        found = module(torch.tensor(rows()))
    assert not any(tensor.requires_grad for tensor in found)
    np.testing.assert_allclose(found[1], session.run(slope, {x: rows()}), rtol=1e-5, atol=1e-6)


def test_strings():
    x = tf.placeholder(tf.string, [None], name="x")
    module = tf.to_module([tf.string_join([x, x]), tf.string_to_number(x)], x)
    for given in (["12", "3"], np.array(["12", "3"]), np.array([b"12", b"3"], object)):
        joined, numbers = module(given)
        assert joined.tolist() == [b"1212", b"33"] and numbers.tolist() == [12.0, 3.0]


def test_sparse_tensors_are_tuples_of_tensors():
    ids = tf.sparse_placeholder(tf.int64, name="ids")
    table = tf.get_variable("table", [9, 4])
    means = tf.nn.embedding_lookup_sparse(table, ids, None, combiner="mean")
    value = tf.SparseTensorValue(np.array([[0, 0], [0, 1], [1, 0]]), np.array([1, 2, 3]), [2, 2])
    module = tf.to_module([means, ids], ids)
    assert module.input_names == ["indices", "values", "shape"]
    found, same = module(value)
    rows = module.table
    torch.testing.assert_close(found, torch.stack([(rows[1] + rows[2]) / 2, rows[3]]))
    assert isinstance(same, tf.SparseTensorValue) and same.values.tolist() == [1, 2, 3]
    assert torch.equal(module(*map(torch.tensor, value))[0], found)
    named = tf.to_module(means, {"words": ids})
    assert named.input_names == ["words/indices", "words/values", "words/shape"]
    named.load_state_dict(module.state_dict())
    assert torch.equal(named(words=value), found)


def test_slices_and_variables():
    x = tf.placeholder(tf.int32, [None], name="x")
    table = tf.get_variable("table", [9, 4])
    slices = tf.gradients(tf.nn.l2_loss(tf.gather(table, x)), table)[0]
    module = tf.to_module({"gradient": slices, "table": table}, x)
    found = module(torch.tensor([1, 5]))
    assert torch.equal(found["table"], module.table)
    assert found["gradient"].indices.tolist() == [1, 5]
    assert torch.equal(found["gradient"].values, module.table[[1, 5]])


def test_what_belongs_to_a_session():
    x = tf.placeholder(tf.string, [None], name="x")
    table = tf.contrib.lookup.index_table_from_tensor(["a", "b"])
    with pytest.raises(NotImplementedError, match="hash_table_Lookup.*Make what it gives an input"):
        tf.to_module(table.lookup(x), x)
    names = tf.get_variable("names", initializer=tf.constant(["a", "b"]), trainable=False)
    with pytest.raises(NotImplementedError, match="The variable names holds strings"):
        tf.to_module(tf.identity(names), [])


def test_parametrizations():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    module = tf.to_module(tf.layers.dense(x, 4, name="fc"), x)
    wanted = module(rows())
    torch.nn.utils.parametrizations.weight_norm(module.scopes["fc"], "kernel")
    torch.testing.assert_close(module(rows()), wanted)
    module(rows()).sum().backward()
    assert module.fc.parametrizations.kernel.original0.grad is not None


# Checks of values, and random ones, where torch traces.


def checked(x):
    x = tf.check_numerics(tf.Print(x, [x]), "bad")
    with tf.control_dependencies([tf.assert_less(x, 9.0), tf.Assert(tf.size(x) > 0, ["empty"])]):
        return tf.identity(x)


def drawn(x):
    noise = tf.random_normal(tf.shape(x)) + tf.random_uniform(tf.shape(x))
    return x + noise + tf.truncated_normal(tf.shape(x)) + tf.to_float(tf.multinomial(x, 3))


@pytest.mark.traced_by_torch
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # torch's own, while it traces
@pytest.mark.parametrize("function", [checked, drawn])
def test_checks_and_random_values_are_traced(function):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    module = tf.to_module(function(x), x)
    torch._dynamo.reset()
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    batch = torch.export.Dim("batch", min=2, max=64)
    given = torch.tensor(rows())
    exported = torch.export.export(module, (given,), dynamic_shapes=({0: batch},)).module()
    for run in (compiled, exported):
        for count in (5, 7, 8):
            assert run(torch.tensor(rows(count))).shape == (count, 3)
    if function is checked:
        with pytest.raises(tf.errors.InvalidArgumentError, match="assertion failed"):
            module(torch.full([2, 3], 10.0))
        with pytest.raises(tf.errors.InvalidArgumentError, match="bad : Tensor had NaN"):
            module(torch.full([2, 3], torch.nan))
    else:
        many = torch.func.vmap(module, randomness="different")(torch.zeros(40, 5, 3))
        assert float(many.std(0).min()) > 0.5


def loss_of(x):
    """A loss with a gradient of its own, of the values that a gather by rows has picked."""
    labels = tf.cast(tf.argmax(x, 1), tf.int32)
    picked = tf.gather_nd(x, tf.stack([tf.range(tf.shape(x)[0]), labels], 1))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=x)
    images = tf.image.resize_image_with_crop_or_pad(tf.reshape(x, [-1, 3, 1, 1]), 4, 1)
    return losses + picked + tf.reduce_sum(images, [1, 2, 3])


@pytest.mark.traced_by_torch
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # torch's own, while it traces
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")  # likewise
def test_ranges_and_losses_of_a_batch_of_any_size():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    module = tf.to_module(loss_of(x), x)
    torch._dynamo.reset()
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    batch = torch.export.Dim("batch", min=2, max=64)
    given = torch.tensor(rows())
    exported = torch.export.export(module, (given,), dynamic_shapes=({0: batch},)).module()
    for count in (5, 7, 8):
        found = torch.tensor(rows(count), requires_grad=True)
        wanted = torch.tensor(rows(count), requires_grad=True)
        compiled(found).sum().backward()
        module(wanted).sum().backward()
        torch.testing.assert_close(found.grad, wanted.grad)
        torch.testing.assert_close(exported(found), module(found))
