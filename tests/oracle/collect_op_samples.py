"""Collects tests/ops/op_samples.json.gz from what the test suite runs.

    python -m pytest -n0 -p tests.oracle.collect_op_samples tests \\
        --ignore tests/ops/test_op_samples.py

(a pytest plugin; fusing is off while it runs, and some tests fail). For each op type that computes
from its inputs alone, up to three small samples of different dtypes and attributes are kept.
"""

import gzip
import json
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().parents[1] / "ops" / "op_samples.json.gz"
MOST, LARGEST, WANTED = 3, 200, 60  # samples of an op type; elements in one input; in a sample
LEFT_OUT = ("Dataset", "PyFunc")
DEFINITIONS = TARGET.parents[1] / "graphdef" / "recorded_op_defs.json.gz"

found = {}


def _attribute(value):
    from scopeflow.core.dtypes import DType
    from scopeflow.core.tensor_shape import TensorShape

    if isinstance(value, DType):
        return {"dtype": value.name}
    if isinstance(value, TensorShape):
        return {"shape": None if value._dims is None else list(value._dims)}
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, list | tuple):
        return [_attribute(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(value)


def item_of(value, dtype):
    """A value as JSON."""
    array = np.asarray(value)
    if array.size > LARGEST:
        raise ValueError("too large")
    if dtype == "string":
        data = [x.decode("latin-1") if isinstance(x, bytes) else str(x) for x in array.ravel()]
    elif array.dtype.kind == "c":
        data = [[x.real, x.imag] for x in array.ravel().tolist()]
    elif array.dtype.kind == "f":
        short = "{:.17g}" if dtype == "float64" else "{:.9g}"
        data = [float(short.format(x)) if np.isfinite(x) else str(x) for x in array.ravel()]
    else:
        data = array.ravel().tolist()
    return {"dtype": dtype, "shape": list(array.shape), "data": data}


def _array(value, dtype, arg):
    import torch

    if isinstance(value, torch.Tensor):
        return (value.float() if value.dtype is torch.bfloat16 else value).detach().numpy()
    kind = {"string": object, "bfloat16": np.float32}.get(dtype.name, dtype.as_numpy_dtype)
    if arg.dims:
        return np.full(value, b"", object) if kind is object else np.zeros(value, kind)
    return np.asarray(value, kind)


def _note(op, args):
    definition = op.op_def
    asks = {"generator", "held", "functions", "in_place", "keep"} & {*definition.kernel_parameters}
    if definition.stateful or asks or any(a.cell or a.held or a.ref for a in definition.inputs):
        return
    flat = [x for a in args for x in (a if isinstance(a, list) else [a])]
    inputs = {}
    try:
        for arg, tensor, value in zip(
            definition.argument_of(op.attrs), op.inputs, flat, strict=True
        ):
            dtype = tensor.dtype.base_dtype
            item = item_of(_array(value, dtype, arg), dtype.name)
            if arg.many or arg.mixed:
                inputs.setdefault(arg.name, []).append(item)
            else:
                inputs[arg.name] = item
        attrs = {k: _attribute(v) for k, v in op.attrs.items() if k in definition.attrs}
    except (TypeError, ValueError):
        return
    items = [
        x for value in inputs.values() for x in (value if isinstance(value, list) else [value])
    ]
    kind = json.dumps([attrs, [(x["dtype"], len(x["shape"])) for x in items]], sort_keys=True)
    size = sum(len(x["data"]) for x in items)
    of_type = found.setdefault(op.type, {})
    if kind not in of_type or of_type[kind][0] < size <= WANTED:
        of_type[kind] = size, inputs, attrs, items


def _chosen(of_type):
    def worth(sample):
        size, _, _, items = sample
        floating = {"float32", "float64"} & {x["dtype"] for x in items}
        empty = any(0 in x["shape"] for x in items)
        return empty, not floating, -sum(len(x["shape"]) for x in items), -size

    seen = {}
    for sample in sorted(of_type.values(), key=worth):
        _, inputs, attrs, items = sample
        kind = json.dumps([attrs, sorted({x["dtype"] for x in items})], sort_keys=True)
        seen.setdefault(kind, (inputs, attrs))
    return list(seen.values())[:MOST]


def pytest_configure(config):
    import torch

    from scopeflow.core.op import registry
    from scopeflow.runtime import lowering
    from scopeflow.runtime.options import current

    current.fuse = False
    for definition in registry.values():
        if isinstance(definition.kernel, str):
            definition.kernel = lambda *a, path=definition.kernel: eval(path, {"torch": torch})(*a)
    on_host, call = lowering.on_host, lowering.Lowering.call

    def seldom_on_host(lowered, op):
        only_there = any(arg.host for arg in op.op_def.outputs) or not callable(op.op_def.kernel)
        return only_there and on_host(lowered, op)

    def noting(lowered, op):
        before = len(lowered.lines)
        call(lowered, op)
        name = f"noted_{op.id}"
        for i, line in enumerate(lowered.lines[before:], before):
            for called in (op.type, f"{op.type}_of_ranks"):
                if line.op is op and f"ops.{called}(" in line.text:
                    kernel = getattr(lowered.space["ops"], called)
                    text = line.text.replace(f"ops.{called}(", f"ops.{name}(", 1)
                    lowered.lines[i] = line._replace(text=text)

                    def noted(*args, kernel=kernel, **kwargs):
                        _note(op, args)
                        return kernel(*args, **kwargs)

                    setattr(lowered.space["ops"], name, noted)

    lowering.on_host, lowering.folded = seldom_on_host, lambda *args: False
    lowering.Lowering.call = noting


def pytest_sessionfinish(session):
    from scopeflow.core.op import registry

    in_tensorflow = json.loads(gzip.decompress(DEFINITIONS.read_bytes()))
    in_tensorflow = in_tensorflow.get("ops", in_tensorflow)
    samples = []
    for kind in sorted(found.keys() & registry.keys()):
        if any(part in kind for part in LEFT_OUT) or kind not in in_tensorflow:
            continue
        fixed = sorted({arg.name for arg in registry[kind].inputs if arg.host})
        for inputs, attrs in _chosen(found[kind]):
            samples.append({"op": kind, "inputs": inputs, "attrs": attrs, "fixed": fixed})
    samples += by_hand()
    text = json.dumps(samples, separators=(",", ":"))
    with TARGET.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


def by_hand():
    """Samples of op types that the test suite never makes, or only on the host."""

    def floats(*shape, seed=0, dtype="float32"):
        values = np.random.RandomState(seed).uniform(-2, 2, shape).astype(dtype)
        return item_of(values, dtype)

    def complexes(*shape):
        random = np.random.RandomState(1)
        values = random.uniform(-2, 2, shape) + 1j * random.uniform(-2, 2, shape)
        return item_of(values.astype("complex64"), "complex64")

    def ints(*values, dtype="int32"):
        return item_of(np.array(values, dtype), dtype)

    def scalar(value, dtype):
        return item_of(np.array(value, dtype), dtype)

    strides = {
        "strides": [1, 1, 1, 1],
        "padding": "SAME",
        "data_format": "NHWC",
        "dilations": [1] * 4,
    }
    boxes = item_of(np.float32([[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, 2, 1, 3]]), "float32")
    at = item_of(np.int64([[0, 1], [1, 2]]), "int64")
    rows = [
        ("Bucketize", {"input": floats(3, 4)}, {"boundaries": [-1.0, 0.0, 1.5]}, []),
        ("BroadcastArgs", {"s0": ints(2, 1, 3), "s1": ints(4, 1)}, {}, []),
        ("BroadcastGradientArgs", {"s0": ints(2, 1, 3), "s1": ints(4, 1)}, {}, ["s0", "s1"]),
        ("ConcatOffset",
         {"concat_dim": scalar(1, "int32"), "shape": [ints(2, 3), ints(2, 5), ints(2, 1)]},
         {}, ["concat_dim", "shape"]),
        ("DepthwiseConv2dNativeBackpropFilter",
         {"input": floats(1, 4, 5, 2), "filter_sizes": ints(3, 3, 2, 2),
          "out_backprop": floats(1, 4, 5, 4, seed=1)}, strides, ["filter_sizes"]),
        ("DepthwiseConv2dNativeBackpropInput",
         {"input_sizes": ints(1, 4, 5, 2), "filter": floats(3, 3, 2, 2),
          "out_backprop": floats(1, 4, 5, 4, seed=1)}, strides, ["input_sizes"]),
        ("Div", {"x": floats(3, 1), "y": floats(4, seed=1)}, {}, []),
        ("Div", {"x": ints(7, -7, 6), "y": ints(2, 2, -4)}, {}, []),
        *((kind, {"input": complexes(2, 3, 4)}, {}, [])
          for kind in ("FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "IFFT3D")),
        ("RFFT2D", {"input": floats(2, 3, 4), "fft_length": ints(3, 4)}, {}, ["fft_length"]),
        ("RFFT3D", {"input": floats(2, 3, 4), "fft_length": ints(2, 3, 4)}, {}, ["fft_length"]),
        ("Inv", {"x": floats(3, 2)}, {}, []),
        ("InvGrad", {"y": floats(3), "dy": floats(3, seed=1)}, {}, []),
        ("NonMaxSuppression", {"boxes": boxes, "scores": floats(3),
                               "max_output_size": scalar(2, "int32")},
         {"iou_threshold": 0.5}, ["max_output_size"]),
        ("NonMaxSuppressionV2", {"boxes": boxes, "scores": floats(3),
                                 "max_output_size": scalar(2, "int32"),
                                 "iou_threshold": scalar(0.5, "float32")}, {}, ["max_output_size"]),
        ("OnesLike", {"x": floats(2, 3)}, {}, []),
        ("PreventGradient", {"input": floats(2, 3)}, {"message": "no"}, []),
        ("Rank", {"input": floats(2, 3)}, {}, []),
        ("Size", {"input": floats(2, 3)}, {"out_type": {"dtype": "int64"}}, []),
        ("Shape", {"input": floats(2, 3)}, {"out_type": {"dtype": "int32"}}, []),
        ("ShapeN", {"input": [floats(2, 3), floats(4)]}, {"out_type": {"dtype": "int64"}}, []),
        ("SparseDenseCwiseAdd", {"sp_indices": at, "sp_values": floats(2),
                                 "sp_shape": ints(2, 3, dtype="int64"), "dense": floats(3, seed=1)},
         {}, []),
        ("ShardedFilespec", {"basename": item_of(np.array(b"a", object), "string"),
                             "num_shards": scalar(3, "int32")}, {}, []),
    ]  # fmt: skip
    return [
        {"op": kind, "inputs": inputs, "attrs": attrs, "fixed": fixed}
        for kind, inputs, attrs, fixed in rows
    ]
