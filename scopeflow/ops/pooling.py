"""The public poolings."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.operation import Tensor
from .array import _one_of, expand_dims, squeeze
from .pool import AvgPool, AvgPool3D, MaxPool, MaxPool3D, MaxPoolWithArgmax
from .space_batch import dilated
from .window import per_dimension


def max_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The largest element of every window of `value` [batch, height, width, channels].

    `ksize` and `strides`: an int, two (space) or four ints. `padding` "VALID" keeps to whole
    windows, "SAME" gives ceil(size / stride) of them. `data_format` "NCHW" puts the channels
    second. The first of equal elements of a window gets the gradient. `input` is another name of
    `value`. Raises ValueError for shapes that do not fit.
    """
    value = _one_of("input", input, "value", value)
    return _pool2d(MaxPool, "MaxPool", value, ksize, strides, padding, data_format, name)


def avg_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The mean of every window of `value`, not counting padding; arguments as `tf.nn.max_pool`."""
    value = _one_of("input", input, "value", value)
    return _pool2d(AvgPool, "AvgPool", value, ksize, strides, padding, data_format, name)


avg_pool2d = avg_pool


def max_pool2d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.max_pool` under its newer name."""
    return _pool2d(MaxPool, "MaxPool2d", input, ksize, strides, padding, data_format, name)


def _pool2d(
    function: Any,
    default: str,
    value: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    name: str | None,
) -> Tensor:
    with name_scope(name, default, [value]) as scope:
        data_format = data_format or "NHWC"
        value = convert_to_tensor(value, name="input")
        return function(
            value,
            ksize=per_dimension(ksize, 2, data_format, "ksize"),
            padding=padding,
            strides=per_dimension(strides, 2, data_format, "strides"),
            data_format=data_format,
            name=scope,
        )


def max_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.max_pool` of [batch, depth, height, width, channels], or "NCDHW"."""
    return _pool3d(MaxPool3D, "MaxPool3D", input, ksize, strides, padding, data_format, name)


def avg_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.avg_pool` of [batch, depth, height, width, channels], or "NCDHW"."""
    return _pool3d(AvgPool3D, "AvgPool3D", input, ksize, strides, padding, data_format, name)


def _pool3d(
    function: Any,
    default: str,
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    name: str | None,
) -> Tensor:
    with name_scope(name, default, [input]) as scope:
        data_format = data_format or "NDHWC"
        return function(
            input,
            ksize=per_dimension(ksize, 3, data_format, "ksize"),
            padding=padding,
            strides=per_dimension(strides, 3, data_format, "strides"),
            data_format=data_format,
            name=scope,
        )


def max_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.max_pool` of [batch, width, channels], or "NCW"."""
    return _pool1d(MaxPool, "MaxPool1d", input, ksize, strides, padding, data_format, name)


def avg_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.avg_pool` of [batch, width, channels], or "NCW"."""
    return _pool1d(AvgPool, "AvgPool1D", input, ksize, strides, padding, data_format, name)


def _pool1d(
    function: Any,
    default: str,
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    name: str | None,
) -> Tensor:
    with name_scope(name, default, [input]) as scope:
        data_format = data_format or "NWC"
        if data_format not in ("NWC", "NCW"):
            raise ValueError(f'data_format must be "NWC" or "NCW", not {data_format!r}')
        at = 1 if data_format == "NWC" else 2
        sizes = [
            per_dimension(v, 1, data_format, n) for v, n in ((ksize, "ksize"), (strides, "strides"))
        ]
        window, step = ([*each[:at], 1, *each[at:]] for each in sizes)
        found = function(
            expand_dims(input, at),
            ksize=window,
            strides=step,
            padding=padding,
            data_format="NHWC" if at == 1 else "NCHW",
            name=scope,
        )
        return squeeze(found, [at])


def max_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """`tf.nn.max_pool1d`, `max_pool2d` or `max_pool3d`, by the rank of `input`."""
    if _space(input, data_format) == 2:
        return _pool2d(MaxPool, "MaxPool", input, ksize, strides, padding, data_format, name)
    function = max_pool1d if _space(input, data_format) == 1 else max_pool3d
    return function(input, ksize, strides, padding, data_format or "", name)


def avg_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """`tf.nn.avg_pool1d`, `avg_pool2d` or `avg_pool3d`, by the rank of `input`."""
    if _space(input, data_format) == 2:
        return _pool2d(AvgPool, "AvgPool", input, ksize, strides, padding, data_format, name)
    function = avg_pool1d if _space(input, data_format) == 1 else avg_pool3d
    return function(input, ksize, strides, padding, data_format or "", name)


def _space(input: Any, data_format: str | None) -> int:
    """The number of spatial dimensions."""
    rank = None
    if data_format is not None:
        rank = len(data_format)
    else:
        dims = convert_to_tensor(input)._dims
        rank = None if dims is None else len(dims)
    if rank not in (3, 4, 5):
        raise ValueError(
            "Input tensor must be of rank 3, 4 or 5 but was "
            f"{'of unknown rank' if rank is None else rank}."
        )
    return rank - 2


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    Targmax: Any = None,
    name: str | None = None,
    output_dtype: Any = None,
    include_batch_in_index: bool = False,
) -> tuple[Tensor, Tensor]:
    """(the largest elements as `tf.nn.max_pool`, their places in the flattened image).

    A place is (y · width + x) · channels + c, in `Targmax` (`output_dtype`; default tf.int64), and
    b · height · width · channels more where `include_batch_in_index`. Only "NHWC".
    """
    if data_format != "NHWC":
        raise ValueError("Data formats other than 'NHWC' are not yet supported")
    wanted = as_dtype(_one_of("output_dtype", output_dtype, "Targmax", Targmax) or dtypes.int64)
    return MaxPoolWithArgmax(
        input,
        ksize=list(ksize),
        strides=list(strides),
        Targmax=wanted,
        padding=padding,
        include_batch_in_index=include_batch_in_index,
        name=name,
    )


def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    padding: str,
    dilation_rate: Any = None,
    strides: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """ "MAX" or "AVG" pooling in as many dimensions as `window_shape` has elements.

    `strides` and `dilation_rate` (other name: `dilations`) have one element for each; only one of
    them may be above 1, dilation only with "VALID". `data_format` "NC..." puts channels second.
    """
    rate = _one_of("dilations", dilations, "dilation_rate", dilation_rate)
    with name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        space = len(window_shape)
        if input._dims is not None and len(input._dims) != space + 2:
            raise ValueError(
                f"input has {len(input._dims)} dimensions, window_shape {space}: there must be "
                "two more"
            )
        if not 1 <= space <= 3:
            raise ValueError("Input tensor must have 1, 2 or 3 spatial dimensions")
        strides = [1] * space if strides is None else [int(s) for s in strides]
        rate = [1] * space if rate is None else [int(r) for r in rate]
        if max(rate) > 1 and max(strides) > 1:
            raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
        if padding == "SAME" and max(rate) > 1:
            raise ValueError("pooling with SAME padding is not implemented for dilation_rate > 1")
        kinds = {"MAX": (max_pool1d, MaxPool, MaxPool3D), "AVG": (avg_pool1d, AvgPool, AvgPool3D)}
        if pooling_type not in kinds:
            raise ValueError(f"{space}-D {pooling_type} pooling is not supported.")
        function = kinds[pooling_type][space - 1]
        first = data_format is not None and data_format.startswith("NC")
        chosen = (("NWC", "NCW"), ("NHWC", "NCHW"), ("NDHWC", "NCDHW"))[space - 1][first]

        def build(data: Tensor, padding: Any) -> Tensor:
            return function(
                data,
                ksize=per_dimension(window_shape, space, chosen, "window_shape"),
                strides=per_dimension(strides, space, chosen, "strides"),
                padding=padding,
                data_format=chosen,
                name=scope,
            )

        axes = range(2, space + 2) if first else range(1, space + 1)
        return dilated(input, rate, padding, build, axes=tuple(axes))
