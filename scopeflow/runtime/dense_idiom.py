"""The idiom of tf.layers.dense on more than two dimensions: a tensordot, and a bias."""

from __future__ import annotations

from ..core.operation import Operation, Tensor
from ..core.static_value import static_value
from ..ops import fused
from .idiom import Idiom, NoMatch, ends_in, last_dim


@ends_in("BiasAdd", "Add", "AddV2")
def dense_bias(idiom: Idiom, op: Operation) -> None:
    """tensordot(x, kernel) over the last dimension of x, + bias."""
    whole, bias = op.inputs
    if op.attrs.get("data_format", "NHWC") != "NHWC":
        raise NoMatch
    if whole.dtype.base_dtype.name not in ("float32", "float64"):
        raise NoMatch
    product = idiom.take(idiom.take(whole, "Reshape").inputs[0], "MatMul")
    if product.attrs["transpose_a"] or product.attrs["transpose_b"]:
        raise NoMatch
    x, kernel = (_flattened(idiom, side) for side in product.inputs)
    rank, depth, units = len(x._dims or ()), last_dim(x), last_dim(kernel)
    if rank < 3 or kernel._dims != (depth, units) or bias._dims != (units,):
        raise NoMatch
    if last_dim(product.inputs[0]) != depth or product.inputs[1]._dims != kernel._dims:
        raise NoMatch
    _shaped_like(idiom, whole.op.inputs[1], x, units)
    rows = product.inputs[0].op.inputs[1]
    if rows.op.type == "Pack":
        for size in idiom.take(rows, "Pack").inputs:
            if size.op.type != "Const":
                _of_shape(idiom, idiom.take(size, "Prod").inputs[0], x)
    elif rows.op.type != "Const":
        raise NoMatch
    idiom.computes(fused.dense_bias, x, kernel, bias)


def _flattened(idiom: Idiom, matrix: Tensor) -> Tensor:
    """What tensordot has made a matrix of, in the order that it was in."""
    reshape = idiom.take(matrix, "Reshape")
    transpose = idiom.take(reshape.inputs[0], "Transpose")
    x = transpose.inputs[0]
    if static_value(transpose.inputs[1]) != tuple(range(len(x._dims or ()))):
        raise NoMatch
    return x


def _of_shape(idiom: Idiom, sizes: Tensor, x: Tensor) -> Operation:
    """The op that takes some of the sizes of x."""
    gather = idiom.take(sizes, "GatherV2")
    if idiom.take(gather.inputs[0], "Shape").inputs[0] is not x:
        raise NoMatch
    return gather


def _shaped_like(idiom: Idiom, shape: Tensor, x: Tensor, units: int) -> None:
    """NoMatch unless the shape is that of x, but for the last dimension."""
    assert x._dims is not None
    if None not in x._dims and static_value(shape) == (*x._dims[:-1], units):
        return
    sizes, last, axis = idiom.take(shape, "ConcatV2").inputs
    gather = _of_shape(idiom, sizes, x)
    if static_value(gather.inputs[1]) != tuple(range(len(x._dims) - 1)):
        raise NoMatch
    if static_value(last) != (units,) or static_value(axis) != 0:
        raise NoMatch
