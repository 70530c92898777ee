"""Ops that hold functions: blocks that their kernels call."""

import threading

import pytest
import torch

import scopeflow as tf
from scopeflow.core.control_flow import blocks_of, traced
from scopeflow.core.op import define, registry


@pytest.fixture(scope="module")
def keep():
    """An op whose value is its function, for later calls."""
    op = define(
        "TestKeepFunction",
        ["captured"],
        "[Targuments] -> variant",
        lambda captured, *, functions: functions[0],
        attrs={"blocks": ()},
        shape=lambda captured: (),
        differentiable=False,
    )
    yield op
    del registry["TestKeepFunction"]


def test_a_function_outlives_its_run(keep):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [])
        v = tf.Variable(10.0)
        before = len(graph.get_operations())
        block = traced(
            lambda a, n: (a * x + v, {"n": n + 1}), "test", [(tf.float32, ()), (tf.int32, ())]
        )
        assert len(graph.get_operations()) == before  # TensorFlow keeps them in a function
        assert [t.dtype for t in block.outputs] == [tf.float32, tf.int32]
        kept = keep(block.captured(), blocks=(block,))
        later = tf.constant(1.0) * 2.0
        assert later.name == "mul:0"
        with tf.Session() as session:
            session.run(v.initializer)
            program = session.program(kept, [x])
            bound = session._bound(((kept,), (x,)))
            (function,) = program.function(
                bound.cells, [torch.tensor(3.0)], bound.generators, session._held
            )
            assert blocks_of(kept.op)[0] is block
            found = []
            thread = threading.Thread(
                target=lambda: found.extend(function(torch.tensor(2.0), torch.tensor(5)))
            )
            thread.start()
            thread.join()
            assert [t.item() for t in found] == [16.0, 6]
            session.run(v.assign(20.0))  # variables are read when the function runs
            assert function(torch.tensor(2.0), torch.tensor(5))[0].item() == 26.0
