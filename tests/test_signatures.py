"""Names, argument names and defaults of all that scopeflow exports, against TensorFlow 1.15's.

tests/tf1_signatures.json.gz holds TensorFlow's, made by tests/oracle/make_signatures.py.
"""

import contextlib
import enum
import gzip
import inspect
import json
import re
from functools import cache
from pathlib import Path

import pytest

import scopeflow as tf
from scopeflow import contrib, keras
from scopeflow.api import raw_ops

RECORDED = Path(__file__).with_name("tf1_signatures.json.gz")
HOW = (
    "\nTensorFlow's signatures are in tests/tf1_signatures.json.gz. A name that is scopeflow's "
    "alone goes to OWN in this file, with the reason."
)

NAMESPACES = (
    "scopeflow.api",
    "scopeflow.keras",
    "scopeflow.layers",
    "scopeflow.contrib",
    "scopeflow.data",
    "scopeflow.distribute",
    "scopeflow.estimator",
    "scopeflow.feature_column",
    "scopeflow.train",
    "scopeflow.losses",
    "scopeflow.profiler",
    "scopeflow.saved_model",
    "scopeflow.summary",
    "scopeflow.metrics",
    "scopeflow.distributions",
    "scopeflow.signal",
    "scopeflow.platform.app",
    "scopeflow.platform.config",
    "scopeflow.platform.gfile",
    "scopeflow.platform.resource_loader",
    "scopeflow.platform.sysconfig",
    "scopeflow.test",
)

_GRAPH = "how ops are added to a graph: for scopeflow's own modules"
_BLOCKS = "its functions are blocks of ops"
_DECORATED = "a decorator hides its arguments there"
_LATER = "the later function of tf.data.experimental"
_VARIANT = "sparse tensors as elements of datasets"
_MADE = "users do not make it"
_TYPE = "Tout follows from the input"
_CONTRIB = "an op of tf.contrib, which TensorFlow has not in tf.raw_ops"
_EARLIER = "TensorFlow 1.10 to 1.13 have it; later it is in tf.estimator.experimental"
OWN = {
    **{
        f"tf.contrib.estimator.{name}": _EARLIER
        for name in (
            "make_early_stopping_hook",
            "make_stop_at_checkpoint_step_hook",
            "stop_if_higher_hook",
            "stop_if_lower_hook",
            "stop_if_no_decrease_hook",
            "stop_if_no_increase_hook",
        )
    },
    "tf.Graph.add_op": _GRAPH,
    "tf.GraphModule": "a graph as a torch.nn.Module",
    "tf.Graph.check_name": _GRAPH,
    "tf.Graph.check_node_name": _GRAPH,
    "tf.Graph.held_state": _GRAPH,
    "tf.Graph.op_name": _GRAPH,
    "tf.Graph.rewired": _GRAPH,
    "tf.IndexedSlicesValue": "TensorFlow returns it from Session.run, without a public name",
    "tf.IndexedSlicesValue.dense_shape": "TensorFlow has it, see IndexedSlicesValue",
    "tf.IndexedSlicesValue.indices": "TensorFlow has it, see IndexedSlicesValue",
    "tf.IndexedSlicesValue.values": "TensorFlow has it, see IndexedSlicesValue",
    "tf.TensorArray.mark_used": "TensorFlow has it on whatever should be used",
    "tf.InteractiveSession.program": "shows what a run executes",
    "tf.Operation.control_outputs": "TensorFlow has it as _control_outputs",
    "tf.Session.program": "shows what a run executes",
    "tf.errors.OperatorNotAllowedInGraphError": "TensorFlow raises it, without a public name",
    "tf.TensorArray.graph": "as other things made of tensors have it",
    "tf.TensorArray.op": "as other things made of tensors have it",
    "tf.install_as_tensorflow": "the alias",
    "tf.repeat": "TensorFlow 1.15 has it; the signatures were taken without",
    "tf.test.TestCase.__init__": "unittest makes it",
    "tf.raw_ops.CTCLossDense": "TensorFlow builds it of many ops",
    "tf.raw_ops.CTCUniqueLabels": "TensorFlow builds it of many ops",
    "tf.module": "a function as a torch.nn.Module",
    "tf.options": "how graphs are run",
    "tf.to_module": "a graph as a torch.nn.Module",
    "tf.raw_ops.GatherTree": _CONTRIB,
    "tf.raw_ops.HorovodAllgather": "horovod's",
    "tf.raw_ops.HorovodAllreduce": "horovod's",
    "tf.raw_ops.HorovodAlltoall": "horovod's",
    "tf.raw_ops.HorovodBroadcast": "horovod's",
    "tf.raw_ops.HorovodGroupedAllreduce": "horovod's gradients travel together",
    "tf.raw_ops.GRUSequence": "a whole sequence is one op here",
    "tf.raw_ops.Ndtri": "TensorFlow 1.15 computes it by many ops",
    "tf.raw_ops.BipartiteMatch": _CONTRIB,
    "tf.raw_ops.ImageConnectedComponents": _CONTRIB,
    "tf.raw_ops.ImageProjectiveTransformV2": _CONTRIB,
    "tf.raw_ops.Resampler": _CONTRIB,
    "tf.raw_ops.BytesInUse": _CONTRIB,
    "tf.raw_ops.BytesLimit": _CONTRIB,
    "tf.raw_ops.MaxBytesInUse": _CONTRIB,
    "tf.raw_ops.BoostedTreesUpdateEnsembleV2": "1.15.5 has it; the signatures were taken without",
    **{
        f"tf.raw_ops.{name}": _CONTRIB
        for name in (
            "CreateFertileStatsVariable",
            "CreateTreeVariable",
            "DecisionTreeResourceHandleOp",
            "FeatureUsageCounts",
            "FertileStatsDeserialize",
            "FertileStatsIsInitializedOp",
            "FertileStatsResourceHandleOp",
            "FertileStatsSerialize",
            "GrowTreeV4",
            "TreeDeserialize",
            "TreeIsInitializedOp",
            "TreePredictionsV4",
            "TreeSerialize",
            "TreeSize",
        )
    },
    "tf.raw_ops.Gradients": "tf.gradients is one op here",
    "tf.raw_ops.SparseRowsToVariant": _VARIANT,
    "tf.raw_ops.SparseToVariant": _VARIANT,
    "tf.raw_ops.VariantToSparse": _VARIANT,
    "tf.raw_ops.LSTMSequence": "a whole sequence is one op here",
    "tf.raw_ops.TanhSequence": "a whole sequence is one op here",
    "tf.raw_ops.SelectQueue": "tf.gather of queues there",
    "tf.sharing_report": "who shares which variables",
    "tf.variable_tree": "the variables by scope",
}
"""Exported names that TensorFlow 1.15 does not have: why there are such."""

_CELL = "TensorFlow wraps it: its own arguments are hidden, or others are recorded"
_CONFIG = "cells around cells are not made from configurations"
OTHER = {
    "tf.contrib.rnn.DeviceWrapper.__init__": _CELL,
    "tf.contrib.rnn.DeviceWrapper.call": _CELL,
    "tf.contrib.rnn.DeviceWrapper.from_config": _CONFIG,
    "tf.contrib.rnn.DropoutWrapper.__init__": _CELL,
    "tf.contrib.rnn.DropoutWrapper.call": _CELL,
    "tf.contrib.rnn.DropoutWrapper.from_config": _CONFIG,
    "tf.contrib.rnn.ResidualWrapper.__init__": _CELL,
    "tf.contrib.rnn.ResidualWrapper.call": _CELL,
    "tf.contrib.rnn.ResidualWrapper.from_config": _CONFIG,
    "tf.raw_ops.FilterDataset": _BLOCKS,
    "tf.raw_ops.FlatMapDataset": _BLOCKS,
    "tf.raw_ops.GroupByReducerDataset": _BLOCKS,
    "tf.raw_ops.GroupByWindowDataset": _BLOCKS,
    "tf.raw_ops.InterleaveDataset": _BLOCKS,
    "tf.raw_ops.MapDataset": _BLOCKS,
    "tf.raw_ops.ParallelInterleaveDatasetV2": _BLOCKS,
    "tf.raw_ops.ParallelMapDataset": _BLOCKS,
    "tf.raw_ops.ReduceDataset": _BLOCKS,
    "tf.raw_ops.ScanDataset": _BLOCKS,
    "tf.raw_ops.TakeWhileDataset": _BLOCKS,
    "tf.data.experimental.make_batched_features_dataset": "its reader is scopeflow's class",
    "tf.raw_ops.CSVDataset": "its records are taken apart by DecodeCSV",
    "tf.raw_ops.GeneratorDataset": "its function is Python's",
    "tf.raw_ops.OneShotIterator": "its dataset is a tensor, not a function",
    "tf.contrib.distributions.ConditionalTransformedDistribution.sample": _DECORATED,
    "tf.contrib.distributions.ConditionalTransformedDistribution.log_prob": _DECORATED,
    "tf.contrib.distributions.ConditionalTransformedDistribution.prob": _DECORATED,
    "tf.contrib.distributions.ConditionalTransformedDistribution.cdf": _DECORATED,
    "tf.contrib.distributions.ConditionalTransformedDistribution.log_cdf": _DECORATED,
    "tf.contrib.distributions.ConditionalTransformedDistribution.survival_function": _DECORATED,
    "tf.contrib.distributions.ConditionalTransformedDistribution.log_survival_function": _DECORATED,
    "tf.contrib.distributions.bijectors.ConditionalBijector.forward": _DECORATED,
    "tf.contrib.distributions.bijectors.ConditionalBijector.inverse": _DECORATED,
    "tf.contrib.distributions.bijectors.ConditionalBijector.forward_log_det_jacobian": _DECORATED,
    "tf.contrib.distributions.bijectors.ConditionalBijector.inverse_log_det_jacobian": _DECORATED,
    "tf.contrib.eager.restore_variables_on_create": _DECORATED,
    "tf.contrib.learn.Experiment.continuous_train_and_eval": _DECORATED,
    "tf.contrib.learn.RunConfig.uid": _DECORATED,
    "tf.contrib.data.bucket_by_sequence_length": _LATER,
    "tf.contrib.data.make_batched_features_dataset": _LATER,
    "tf.contrib.data.make_csv_dataset": _LATER,
    "tf.contrib.data.read_batch_features": _LATER,
    "tf.contrib.slim.queues.QueueRunners": "TensorFlow hides its argument",
    "tf.InteractiveSession.partial_run": "not built: it refuses whatever it is given",
    "tf.Operation.__init__": _MADE,
    "tf.Session.partial_run": "not built: it refuses whatever it is given",
    "tf.Tensor.__init__": _MADE,
    "tf.raw_ops.ComplexAbs": _TYPE,
    "tf.raw_ops.AccumulateNV2": "a shape may be left out",
    "tf.raw_ops.Angle": _TYPE,
    "tf.raw_ops.Complex": _TYPE,
    "tf.raw_ops.Imag": _TYPE,
    "tf.raw_ops.Real": _TYPE,
    "tf.raw_ops.Const": "a dtype may be left to the value",
    "tf.raw_ops.Equal": "incompatible_shape_error came late to version 1",
    "tf.raw_ops.ImageSummary": "the default is an array, not a message",
    "tf.lookup.TextFileInitializer.__init__": "the tab is recorded as two characters",
    "tf.raw_ops.InitializeTableFromTextFileV2": "the tab is recorded as two characters",
    "tf.raw_ops.If": "its branches are blocks of ops, not functions",
    "tf.raw_ops.NotEqual": "incompatible_shape_error came late to version 1",
    "tf.raw_ops.Placeholder": "a dtype may be left out",
    "tf.raw_ops.PrintV2": "the default of `end` is recorded escaped",
    "tf.raw_ops.ResourceScatterNdAdd": "one definition with the op of reference variables",
    "tf.raw_ops.ResourceScatterNdSub": "one definition with the op of reference variables",
    "tf.raw_ops.VariableV2": "shape and dtype may be left out",
    "tf.raw_ops.Where": "the type T is given",
    "tf.raw_ops.While": "its condition and body are blocks of ops, not functions",
}
"""Exported names whose signature is not TensorFlow's: why it is another."""


TO_MEND: dict[str, str] = {}
"""What is wrong, and waits for its repair."""


def exported():
    """All public names, by path: functions, classes, their members, constants."""
    found = {}
    _walk("tf", tf, found)
    for path, module in (("tf.keras", keras), ("tf.contrib", contrib)):  # exported by tf or not
        found[path] = module
        _walk(path, module, found)
    return found


def _walk(path, module, found):
    names = getattr(module, "__all__", None) or [n for n in dir(module) if not n.startswith("_")]
    for name in names:
        value = getattr(module, name)
        if inspect.ismodule(value):
            found[f"{path}.{name}"] = value
            if value.__name__.startswith(NAMESPACES) and value is not tf:
                _walk(f"{path}.{name}", value, found)
            continue
        if getattr(value, "__module__", "") in ("typing", "collections.abc", "__future__"):
            continue  # of a module without __all__
        found[f"{path}.{name}"] = value
        if inspect.isclass(value) and not hasattr(value, "DESCRIPTOR"):  # no message
            _walk_class(f"{path}.{name}", value, found)


def _walk_class(path, kind, found):
    for name in dir(kind):
        if name.startswith("_") and name != "__init__":
            continue
        value = inspect.getattr_static(kind, name)
        owner = next(c for c in kind.__mro__ if name in vars(c))
        if owner.__module__.startswith("scopeflow"):
            bound = isinstance(value, classmethod | staticmethod)
            found[f"{path}.{name}"] = getattr(kind, name) if bound else value


@cache
def recorded():
    """TensorFlow's names, with a signature or (what is no function or method) a kind each."""
    return json.loads(gzip.decompress(RECORDED.read_bytes()))["signatures"]


def _default(value):
    if isinstance(value, tf.DType):
        return f"<dtype: '{value.name}'>"
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    return value if isinstance(value, str) else _without_address(repr(value))


def _without_address(text):
    """Objects that have no text of their own are all the same."""
    return re.sub(r"<.*( at 0x[0-9a-f]+| instance)>", "<object>", text)


def signature(function):
    """What is recorded of a signature, of ours."""
    kinds = inspect.Parameter
    parameters = inspect.signature(function).parameters.values()
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    found = {
        "args": [p.name for p in named],
        "defaults": {p.name: _default(p.default) for p in named if p.default is not p.empty},
        "varargs": next((p.name for p in parameters if p.kind is kinds.VAR_POSITIONAL), None),
        "kwargs": next((p.name for p in parameters if p.kind is kinds.VAR_KEYWORD), None),
    }
    return {key: value for key, value in found.items() if value}


def _without_class(path, expected):
    of_class = recorded().get(path.rpartition(".")[0], {}).get("kind") == "class"
    if not of_class or expected.get("args", [])[:1] != ["cls"]:
        return expected
    rest = expected["args"][1:]  # ours is of the bound method
    return {key: rest if key == "args" else value for key, value in expected.items() if rest}


def _without_value(expected):
    """Members of enums as `Class.NAME`."""
    defaults = {
        key: _without_address(re.sub(r"<(\w+\.\w+): [\w']+>", r"\1", text))
        for key, text in expected.get("defaults", {}).items()
    }
    expected = {**expected, "defaults": defaults} if defaults else expected
    if expected.get("args", [])[:1] == ["instance"]:  # wrapped in TensorFlow
        expected = {**expected, "args": ["self", *expected["args"][1:]]}
    return expected


def _raw(name, signature):
    """As raw ops compare: called by keywords only; defaults as values, lists like tuples."""
    new = {own: raw for raw, own in raw_ops._RENAMED.get(name, {}).items()}
    defaults = {}
    for key, text in signature.get("defaults", {}).items():
        text = text.replace("(", "[").replace(",)", "]").replace(")", "]")
        with contextlib.suppress(ValueError):
            text = float(text)
        defaults[new.get(key, key)] = text
    return {"args": sorted(new.get(key, key) for key in signature["args"]), "defaults": defaults}


def check(path, value):
    """None, or what is not as in TensorFlow."""
    found = _difference(path, value)
    for allowed in ("OTHER", "TO_MEND"):
        if path in globals()[allowed]:
            return None if found else f"{path} stands in {allowed}, but is as in TensorFlow"
    return found


def _difference(path, value):
    expected = recorded().get(path)
    if path.rpartition(".")[0] in OWN and expected is None:
        return None  # a member of a class of our own
    if path in OWN:
        return None if expected is None else f"{path} stands in OWN, but TensorFlow has it"
    if expected is None:
        return f"{path} is not among TensorFlow's names"
    kind = expected.get("kind", "function")
    if (kind, inspect.isroutine(value)) in (("property", True), ("function", False)):
        return f"{path} is a {kind} in TensorFlow"
    if not inspect.isroutine(value) or kind != "function":
        return None
    ours, expected = signature(value), _without_value(_without_class(path, expected))
    if path.startswith("tf.raw_ops."):
        name = path.rpartition(".")[2]
        ours, expected = _raw(name, ours), _raw(name, expected)
    if ours == expected:
        return None
    return f"{path}\n    TensorFlow {expected}\n    scopeflow  {ours}"


def test_all_is_as_in_tensorflow():
    names = exported()
    assert not OTHER.keys() & TO_MEND.keys()
    wrong = list(filter(None, (check(path, value) for path, value in names.items())))
    wrong += [
        f"{path} stands in a list of this file, but is not exported"
        for path in OTHER | TO_MEND
        if path not in names
    ]
    if wrong:
        pytest.fail("\n".join([*wrong, HOW]), pytrace=False)


def test_much_is_compared():
    names = exported()
    compared = [name for name in names if "kind" not in recorded().get(name, {"kind": ""})]
    assert len(compared) > 1000
    for name in ("tf.get_variable", "tf.Graph.as_default", "tf.train.AdamOptimizer.__init__",
                 "tf.raw_ops.MatMul", "tf.keras.initializers.get", "tf.nn.relu", "tf.math.add",
                 "tf.contrib.layers.xavier_initializer", "tf.Session.run", "tf.nest.flatten",
                 "tf.compat.as_bytes", "tf.errors.NotFoundError.__init__",
                 "tf.losses.huber_loss", "tf.logging.info"):  # fmt: skip
        assert name in compared


def test_differences_are_found(monkeypatch):
    def relu(features, names=None):
        pass

    assert "scopeflow  {'args': ['features', 'names']" in check("tf.nn.relu", relu)
    assert check("tf.nn.relu", tf.nn.relu) is None
    assert check("tf.nn.rely", tf.nn.relu) == "tf.nn.rely is not among TensorFlow's names"
    monkeypatch.setitem(OWN, "tf.nn.relu", "")
    assert check("tf.nn.relu", tf.nn.relu) == "tf.nn.relu stands in OWN, but TensorFlow has it"
