"""What holds for every test: a kernel may hand out an input's memory only if its op says so.

The runtime decides by `view=True` whether a variable may be overwritten in place and whether a
fetched array must be copied, so a forgotten `view` would be a wrong result some day.
"""

import functools

import numpy as np
import pytest

UNDECLARED: list[str] = []


def addresses(value):
    """Where the tensors in a kernel's arguments or results keep their elements."""
    import torch

    if isinstance(value, torch.Tensor):
        if value.numel():
            yield value.untyped_storage().data_ptr()
    elif isinstance(value, np.ndarray):
        if value.size:
            yield value.__array_interface__["data"][0]
    elif isinstance(value, list | tuple):
        for item in value:
            yield from addresses(item)
    elif hasattr(value, "op") and hasattr(value, "value"):  # a variable's cell
        yield from addresses(value.value)


def watched(op_type, kernel):
    @functools.wraps(kernel)
    def call(*args, **kwargs):
        before = set(addresses(args))
        result = kernel(*args, **kwargs)
        if not before.isdisjoint(addresses(result)):
            UNDECLARED.append(op_type)
        return result

    return call


@pytest.fixture(autouse=True)
def _watch_kernels(request, monkeypatch):
    from scopeflow.runtime.lowering import Lowering

    if request.node.get_closest_marker("traced_by_torch"):
        return  # torch.compile and torch.export follow the kernels themselves
    lower = Lowering.call

    def call(lowering, op):
        lower(lowering, op)
        op_def = op.op_def
        shares = op_def.view or not op_def.outputs or any(arg.ref for arg in op_def.outputs)
        kernels = lowering.space["ops"]
        kernel = getattr(kernels, op.type, None)
        if kernel is not None and not shares:
            setattr(kernels, op.type, watched(op.type, kernel))

    monkeypatch.setattr(Lowering, "call", call)


@pytest.fixture(autouse=True)
def _no_undeclared_views():
    yield
    found = sorted(set(UNDECLARED))
    UNDECLARED.clear()
    assert not found, f"these ops returned an input's memory but are not view=True: {found}"
