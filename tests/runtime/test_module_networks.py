"""Five networks as PyTorch modules, through everything that PyTorch people do with one."""

import copy
import io

import numpy as np
import pytest
import torch

import scopeflow as tf
from scopeflow.checkpoint.convert import convert, read_items
from scopeflow.runtime.module_scopes import variable_name

from .module_networks import NETWORKS

ROWS = 3

pytestmark = [
    pytest.mark.traced_by_torch,
    pytest.mark.filterwarnings("ignore:The .grad attribute"),  # torch's own, while it traces
]


class Built:
    """A network in a session, and the module made of it."""

    def __init__(self, name):
        self.name = name
        self.graph = tf.Graph()
        with self.graph.as_default():
            tf.set_random_seed(7)
            self.inputs, self.output, self.batch = NETWORKS[name]()
            self.variables = tf.trainable_variables()
            weights = np.cos(np.arange(1000.0))[: self.output.shape[-1].value]
            self.gradients = tf.gradients(
                tf.reduce_sum(self.output * self.output * weights.astype(np.float32)),
                self.variables,
            )
            self.weights = torch.tensor(weights, dtype=torch.float32)
            self.saver = tf.train.Saver()
            self.session = tf.Session()
            self.session.run(tf.global_variables_initializer())
            self.updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        self.module = tf.to_module(self.output, self.inputs, self.session)
        self.flag = self.module._plan.flag

    def run(self, fetches, rows=ROWS, training=False):
        feed = dict(zip(self.inputs, self.batch(rows), strict=True))
        if self.flag is not None:
            feed[self.flag] = training
        return self.session.run(fetches, feed)

    def given(self, rows=ROWS):
        return tuple(torch.tensor(value) for value in self.batch(rows))

    def loss(self, output):
        return (output * output * self.weights.to(output.dtype)).sum()


KEPT = {}


@pytest.fixture(params=sorted(NETWORKS))
def built(request):
    if request.param not in KEPT:
        KEPT[request.param] = Built(request.param)
    return KEPT[request.param]


@pytest.fixture
def module(built):
    """A copy of the network's module, in evaluation mode."""
    return copy.deepcopy(built.module).eval()


def same(found, wanted, tolerance=1e-6):
    found = found.detach().numpy() if isinstance(found, torch.Tensor) else found
    wanted = wanted.detach().numpy() if isinstance(wanted, torch.Tensor) else wanted
    scale = max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * scale)


def bits(state):
    return {key: value.numpy().tobytes() for key, value in state.items()}


# The session's numbers.


@pytest.mark.parametrize("training", [False, True])
def test_outputs_and_gradients_are_the_sessions(built, module, training):
    module.train(training)
    output = module(*built.given())
    built.loss(output).backward()
    same(output, built.run(built.output, training=training))
    wanted = built.run(built.gradients, training=training)
    parameters = dict(module.named_parameters())
    assert len(parameters) == len(built.variables)
    for variable, gradient in zip(built.variables, wanted, strict=True):
        if isinstance(gradient, tf.IndexedSlicesValue):
            dense = np.zeros(variable.shape.as_list(), np.float32)
            np.add.at(dense, gradient.indices, gradient.values)
            gradient = dense
        key = next(k for k, name in module.variable_names.items() if name == variable.op.name)
        same(parameters[key].grad, gradient)


def test_moving_averages_are_the_sessions(built, module):
    module.train()(*built.given())
    with tf.Session(graph=built.graph) as session:
        built.saver.restore(session, built.module.save_checkpoint(_prefix(built)))
        feed = dict(zip(built.inputs, built.batch(ROWS), strict=True))
        if built.flag is not None:
            feed[built.flag] = True
        session.run(built.updates, feed)
        for key, buffer in module.named_buffers():
            same(buffer, session.run(module.variable_names[key] + ":0"))


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory):
    Built.folder = tmp_path_factory.mktemp("networks")


def _prefix(built, name="initial"):
    return str(built.folder / f"{built.name}_{name}")


def test_a_checkpoint_goes_all_the_way_round(built, tmp_path):
    first = built.saver.save(built.session, str(tmp_path / "session"), write_meta_graph=False)
    module = tf.to_module(built.output, built.inputs, checkpoint=first)
    path = str(tmp_path / "module.safetensors")
    convert(read_items(module.save_checkpoint(str(tmp_path / "module"))), path, lambda size: None)
    second = tf.to_module(built.output, built.inputs, checkpoint=path)
    assert bits(second.state_dict()) == bits(module.state_dict())
    last = second.save_checkpoint(str(tmp_path / "last"))
    with tf.Session(graph=built.graph) as session:
        built.saver.restore(session, last)
        for variable in built.graph.get_collection("variables"):
            found, wanted = session.run(variable), built.session.run(variable)
            assert found.tobytes() == wanted.tobytes(), variable


# State dicts, copies, files.


def test_state_dicts_are_strict_and_name_scopes(built, module):
    state = module.state_dict()
    names = {v.op.name for v in built.graph.get_collection("variables")}
    assert {variable_name(key) for key in state} == names
    changed = {key: value + 1 for key, value in state.items()}
    module.load_state_dict(changed)
    assert bits(module.state_dict()) == bits(changed)
    lost = next(iter(changed))
    value = changed.pop(lost)
    with pytest.raises(RuntimeError, match=variable_name(lost)):
        module.load_state_dict(changed)
    with pytest.raises(RuntimeError, match=variable_name(lost)):
        module.load_state_dict({**changed, lost: value[None]})
    with pytest.raises(RuntimeError, match="conv1/weighs"):
        module.load_state_dict({**changed, lost: value, "conv1.weighs": value})


def test_copies_pickles_and_files(built, module):
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    loaded = torch.load(file, weights_only=False)
    wanted = module(*built.given())
    for other in (copy.deepcopy(module), loaded):
        assert torch.equal(other(*built.given()), wanted)
        with torch.no_grad():
            next(other.parameters()).add_(1.0)
        assert not torch.equal(other(*built.given()), wanted)
        assert torch.equal(module(*built.given()), wanted)
    built.loss(loaded.train()(*built.given())).backward()
    assert all(p.grad is not None for p in loaded.parameters())


def test_other_dtypes_and_devices(built, module):
    wanted = module(*built.given()).detach()
    there = copy.deepcopy(module).to("meta")
    assert all(value.device.type == "meta" for value in there.state_dict().values())
    precise = copy.deepcopy(module).to(torch.float64)
    given = [v.double() if v.is_floating_point() else v for v in built.given()]
    found = precise(*given)
    assert found.dtype is torch.float64
    same(found, wanted, 1e-5)
    half = module.to(torch.bfloat16)
    found = half(*(v.bfloat16() if v.is_floating_point() else v for v in given))
    assert found.dtype is torch.bfloat16
    torch.testing.assert_close(
        found.float(), wanted, rtol=0.1, atol=0.1 * float(wanted.abs().max())
    )


# What torch does with modules.


@pytest.mark.parametrize("training", [False, True])
def test_compile_without_graph_breaks(built, module, training):
    module.train(training)
    torch._dynamo.reset()
    compiled = torch.compile(copy.deepcopy(module), backend="aot_eager", fullgraph=True)
    found, wanted = compiled(*built.given()), module(*built.given())
    same(found, wanted)
    built.loss(found).backward()
    built.loss(wanted).backward()
    for one, other in zip(compiled.parameters(), module.parameters(), strict=True):
        same(one.grad, other.grad)
    assert bits(dict(compiled.named_buffers())).keys() == {
        f"_orig_mod.{key}" for key in bits(dict(module.named_buffers()))
    }


def test_export_with_a_dynamic_batch(built, module):
    batch = torch.export.Dim("batch", min=2, max=64)
    exported = torch.export.export(
        module, built.given(), dynamic_shapes=tuple({0: batch} for _ in built.inputs)
    )
    same(exported.module()(*built.given(7)), module(*built.given(7)))


@pytest.mark.filterwarnings("ignore")  # of torch's exporter
def test_onnx(built, module):
    pytest.importorskip("onnxscript", reason="ONNX export needs onnx and onnxscript")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime checks what is exported")
    batch = torch.export.Dim("batch", min=2, max=64)
    program = torch.onnx.export(
        module,
        built.given(),
        dynamo=True,
        dynamic_shapes=tuple({0: batch} for _ in built.inputs),
        verbose=False,
    )
    file = io.BytesIO()
    program.save(file)
    session = runtime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])
    feed = {i.name: v for i, v in zip(session.get_inputs(), built.batch(7), strict=True)}
    (found,) = session.run(None, feed)
    same(found, module(*built.given(7)), 1e-5)


def test_functional_forms(built, module):
    given = built.given()
    parameters = dict(module.named_parameters())
    buffers = dict(module.named_buffers())

    def loss(p, *values):
        return built.loss(torch.func.functional_call(module, {**p, **buffers}, values))

    found = torch.func.grad(loss)(parameters, *given)
    built.loss(module(*given)).backward()
    for key, parameter in parameters.items():
        same(found[key], parameter.grad)
    each = torch.func.vmap(lambda *row: module(*(v[None] for v in row))[0])(*given)
    same(each, module(*given))
    # The gradient of each row by itself, which sums up to the batch's.
    rows = torch.func.vmap(
        torch.func.grad(lambda p, *row: loss(p, *(v[None] for v in row))),
        in_dims=(None, *(0 for _ in given)),
    )(parameters, *given)
    for key, parameter in parameters.items():
        same(rows[key].sum(0), parameter.grad, 1e-5)


def test_autocast(built, module):
    plain = module(*built.given())
    with torch.autocast("cpu", torch.bfloat16):
        rounded = module(*built.given())
    assert not torch.equal(rounded.float(), plain)
    torch.testing.assert_close(
        rounded.float(), plain, rtol=0.1, atol=0.1 * float(plain.detach().abs().max())
    )


def test_hooks_of_scopes(built, module):
    plain = module(*built.given())
    scope = {"transformer": "layer", "lstm": "model"}.get(built.name)
    scope = scope or next(name for name in module.scopes if "/" not in name)
    seen = []
    handle = module.scopes[scope].register_forward_hook(
        lambda at, inputs, output: seen.append((at, output))
    )
    same(module(*built.given()), plain)  # with hooks, fewer ops are fused
    assert seen and seen[0][0] is module.scopes[scope]
    handle.remove()
    assert torch.equal(module(*built.given()), plain)
    assert len(seen) == (4 if built.name == "transformer" else 1)  # in a loop, once a round


def test_source_and_print(built, module):
    assert module.source.startswith("def program(")
    assert "Scope" in repr(module)
